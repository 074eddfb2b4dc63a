// Looks again every few seconds while receipts are awaited; the page is complete without it (there is a link).
"use strict";

const region = document.querySelector("[data-live]");
const controls = document.querySelector("[data-live-controls]");
const seconds = Number(region?.dataset.live || 0);
let paused = false;

const look = async () => {
  if (paused || document.hidden || region.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || paused) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
  if (!fresh) return;
  region.replaceChildren(...fresh.childNodes);
  if (Number(fresh.dataset.live || 0) === 0) stop();
};

const stop = () => {
  clearInterval(timer);
  controls.hidden = true;
};

const timer = seconds ? setInterval(look, seconds * 1000) : 0;
if (seconds) {
  const toggle = controls.querySelector("button");
  controls.hidden = false;
  toggle.addEventListener("click", () => {
    paused = !paused;
    toggle.setAttribute("aria-pressed", String(paused));
  });
}
