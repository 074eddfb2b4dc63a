// Sends files piece by piece, so that a broken connection costs one piece. Without script the plain form does it.
"use strict";

const form = document.querySelector("form[data-uploads]");
const RETRIES = [1, 2, 4, 8, 15];
// As much as one file may hold, and one piece of it; the server has the last word on both.
const MOST = 256 * 1024 * 1024;
const PIECE = 1024 * 1024;

class Refused extends Error {}
class Broken extends Error {}
class SignedOut extends Error {}

const words = form ? JSON.parse(form.dataset.words) : {};
const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;

const digest = async (blob) => {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};
const markOf = (file) => digest(new Blob([file.slice(0, PIECE), file.slice(Math.max(0, file.size - PIECE))]));

// One answer of the server; 409 is an answer too, for it names the place to go on from.
const ask = async (address, options) => {
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", ...options });
  } catch {
    throw new Broken();
  }
  if (answer.redirected || !(answer.headers.get("content-type") || "").includes("json")) {
    throw answer.status >= 500 ? new Broken() : new SignedOut();
  }
  const told = await answer.json();
  if (answer.ok || answer.status === 409) return told;
  throw new Refused(told.text);
};

const open = async (file, item, anew) => {
  const body = new URLSearchParams({ item, name: file.name, size: file.size, mark: await markOf(file) });
  if (anew) body.set("anew", "yes");
  return ask(form.dataset.uploads, { method: "POST", body, headers: { "X-CSRFToken": token() } });
};

// What is there already must be this very file, piece for piece; otherwise two files would be joined into one.
const same = async (file, pieces) => {
  for (const piece of pieces) {
    if ((await digest(file.slice(piece.offset, piece.offset + piece.size))) !== piece.sha256) return false;
  }
  return true;
};

const send = async (one) => {
  const file = one.file;
  one.tell(say("reading"));
  let state = await open(file, one.item, false);
  if (state.pieces.length && !(await same(file, state.pieces))) state = await open(file, one.item, true);
  one.id = state.id;
  let said = state.offset ? "resumed" : "sending";
  let offset = state.offset;
  one.reached(offset, said);
  while (offset < file.size) {
    const address = `${form.dataset.uploads}${state.id}/?offset=${offset}`;
    const body = file.slice(offset, offset + state.piece);
    const headers = { "X-CSRFToken": token(), "Content-Type": "application/octet-stream" };
    offset = (await ask(address, { method: "PUT", body, headers })).offset;
    one.reached(offset, said);
    said = "sending";
  }
  one.done = true;
  one.tell(say("sent"));
};

const persist = async (one) => {
  let before = -1;
  for (let tries = 0; ; tries += 1) {
    try {
      return await send(one);
    } catch (fault) {
      if (!(fault instanceof Broken)) throw fault;
      if (one.offset > before) tries = 0;
      before = one.offset;
      if (tries >= RETRIES.length) throw fault;
      one.tell(say("waiting", { seconds: RETRIES[tries], done: size(one.offset) }));
      await wait(RETRIES[tries]);
    }
  }
};

class Chosen {
  constructor(file, list, remove) {
    this.file = file;
    this.offset = 0;
    this.done = false;
    this.row = document.createElement("li");
    this.row.className = "upload-item";
    this.row.innerHTML = '<p class="upload-name"></p><button type="button" class="button button--quiet"></button><p class="upload-state" role="status"></p><progress class="upload-bar"></progress>';
    const [name, button, state, bar] = this.row.children;
    name.textContent = `${file.name}（${size(file.size)}）`;
    button.textContent = words.remove_short;
    button.setAttribute("aria-label", say("remove", { name: file.name }));
    button.addEventListener("click", () => remove(this));
    bar.max = file.size || 1;
    bar.setAttribute("aria-label", file.name);
    this.state = state;
    this.bar = bar;
    this.button = button;
    list.append(this.row);
    this.tell(words.ready);
  }

  tell(text, fault = false) {
    this.state.textContent = text;
    this.row.toggleAttribute("data-fault", fault);
  }

  reached(offset, said) {
    this.offset = offset;
    this.bar.value = offset;
    this.tell(say(said, { done: size(offset), size: size(this.file.size) }));
  }

  fail(fault) {
    const broken = () => say("broken", { done: size(this.offset) });
    this.tell(fault instanceof Broken ? broken() : fault instanceof SignedOut ? words.signed_out : fault.message, true);
  }
}

const begin = () => {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector("[data-drop]");
  const panel = form.querySelector("[data-chosen]");
  const list = form.querySelector("[data-chosen-list]");
  const told = form.querySelector("[data-chosen-text]");
  const buttons = [...form.querySelectorAll("button[type=submit]")];
  let chosen = [];

  const count = () => {
    panel.hidden = false;
    const total = chosen.reduce((sum, one) => sum + one.file.size, 0);
    told.textContent = chosen.length ? say("chosen", { n: chosen.length, size: size(total) }) : words.none;
  };
  const remove = (one) => {
    chosen = chosen.filter((each) => each !== one);
    one.row.remove();
    count();
    input.focus();
  };
  const add = (files) => {
    for (const file of files) {
      const known = chosen.some((one) => one.file.name === file.name && one.file.size === file.size);
      if (!known) chosen.push(new Chosen(file, list, remove));
    }
    // The list holds them from here on; the same file may be chosen again after it was removed.
    input.value = "";
    count();
  };
  const busy = (on) => {
    for (const button of buttons) button.disabled = on;
    for (const one of chosen) one.button.hidden = on;
  };

  const sendAll = async () => {
    const item = form.querySelector("[name=item]").value;
    let whole = true;
    for (const one of chosen) {
      if (one.done && one.item === item) continue;
      one.item = item;
      one.done = false;
      one.row.toggleAttribute("data-busy", true);
      try {
        if (!one.file.size || one.file.size > MOST) throw new Refused(say("too_large", { most: size(MOST) }));
        await persist(one);
      } catch (fault) {
        whole = false;
        one.fail(fault);
        if (!(fault instanceof Refused)) break;
      }
    }
    return whole;
  };

  const file = (rehearse) => {
    const hidden = (name, value) => {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      form.append(field);
    };
    for (const one of chosen) hidden("upload", one.id);
    if (rehearse) hidden("dry_run", "on");
    told.textContent = words.all_sent;
    form.submit();
  };

  input.addEventListener("change", () => add(input.files));
  form.querySelector("[data-drop-note]").hidden = false;
  drop.toggleAttribute("data-ready", true);
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", true);
  });
  drop.addEventListener("dragleave", () => drop.removeAttribute("data-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.removeAttribute("data-over");
    add(event.dataTransfer.files);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (!chosen.length) {
      count();
      input.focus();
      return;
    }
    busy(true);
    if (await sendAll()) file(event.submitter?.name === "dry_run");
    else busy(false);
  });
};

if (form && window.crypto?.subtle) begin();
