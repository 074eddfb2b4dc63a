// Small kindnesses where script runs; every page is complete without it.
"use strict";

// On a phone the desk's long navigation starts folded, so that the page itself comes first.
const phone = window.matchMedia("(max-width: 56rem)");
const fold = () => {
  for (const details of document.querySelectorAll("details[data-fold-on-phone]")) details.open = !phone.matches;
};
fold();
phone.addEventListener("change", fold);

// After a refused form the reader is taken to the list of what to put right.
document.querySelector("[data-focus]")?.focus();

// A form is not sent twice by an anxious finger; after a few seconds it may be tried again.
const PAUSE_MS = 4000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  else form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, PAUSE_MS);
});
