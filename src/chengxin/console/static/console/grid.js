// The table of rows to be mended, by keyboard. Without script it is a plain form: Tab goes on, Enter saves.
"use strict";

const grid = document.querySelector("form[data-grid]");

const place = (field) => {
  const cell = field.closest("td");
  return { row: cell.parentElement, at: cell.cellIndex };
};

const beside = (field, by) => {
  const { row, at } = place(field);
  let next = row;
  do next = by > 0 ? next.nextElementSibling : next.previousElementSibling;
  while (next && !next.cells[at].querySelector(".grid-input"));
  return next?.cells[at].querySelector(".grid-input");
};

const sideways = (field, by) => {
  const all = [...place(field).row.querySelectorAll(".grid-input")];
  return all[all.indexOf(field) + by];
};

const move = (event, to) => {
  if (!to) return;
  event.preventDefault();
  to.focus();
  to.select();
};

const at = (field, end) => field.selectionStart === field.selectionEnd && field.selectionStart === end;
const whole = (field) => field.value && field.selectionStart === 0 && field.selectionEnd === field.value.length;

const press = (event) => {
  const field = event.target;
  if (!field.classList.contains("grid-input") || event.isComposing || event.altKey || event.shiftKey) return;
  const save = grid.querySelector(".grid-foot button");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    grid.requestSubmit();
  } else if (event.key === "Enter") {
    event.preventDefault();
    const below = beside(field, 1);
    if (below) move(event, below);
    else save.focus();
  } else if (event.key === "ArrowDown") move(event, beside(field, 1));
  else if (event.key === "ArrowUp") move(event, beside(field, -1));
  else if (event.key === "ArrowLeft" && (whole(field) || at(field, 0))) move(event, sideways(field, -1));
  else if (event.key === "ArrowRight" && (whole(field) || at(field, field.value.length))) move(event, sideways(field, 1));
};

const changed = () => [...grid.querySelectorAll(".grid-input")].filter((field) => field.value !== field.defaultValue);

const count = () => {
  const fields = changed();
  for (const field of grid.querySelectorAll(".grid-input")) field.toggleAttribute("data-changed", fields.includes(field));
  const rows = new Set(fields.map((field) => place(field).row)).size;
  const text = grid.dataset.words.replace("{cells}", fields.length).replace("{rows}", rows);
  grid.querySelector("[data-count]").textContent = fields.length ? text : "";
};

if (grid) {
  let saving = false;
  document.querySelector("[data-keys]").hidden = false;
  grid.addEventListener("keydown", press);
  grid.addEventListener("input", count);
  grid.addEventListener("submit", () => {
    saving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!saving && changed().length) event.preventDefault();
  });
}
