// The page works without this file. It saves a tap on the shipping step and takes the danger out of double clicks.

import "./address.js";
import "./changes.js";
import "./place.js";

const busyText = document.body.dataset.busyText;
const labelsBefore = new Map();
let isSubmitting = false;

// Every button of the page rests while one form is under way, so no second answer can overtake the first.
function showBusy(form) {
  for (const button of document.querySelectorAll("button:not(:disabled)")) {
    button.disabled = true;
    button.dataset.busy = "";
  }
  for (const label of form.querySelectorAll("[data-busy] .button__label")) {
    labelsBefore.set(label, [...label.childNodes]);
    label.textContent = busyText;
  }
}

function showReady() {
  for (const [label, nodes] of labelsBefore) label.replaceChildren(...nodes);
  labelsBefore.clear();
  for (const button of document.querySelectorAll("button[data-busy]")) {
    button.disabled = false;
    delete button.dataset.busy;
  }
  isSubmitting = false;
}

document.addEventListener("submit", (event) => {
  if (isSubmitting) {
    event.preventDefault();
    return;
  }
  isSubmitting = true;
  showBusy(event.target);
});

// A page that comes back out of the browser's history must be usable again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) showReady();
});

// Arrow keys tick every option they pass, so only a pointer or the space bar submits; the button is there for the rest.
let isWalkingByArrow = false;
document.addEventListener("keydown", (event) => { isWalkingByArrow = event.key.startsWith("Arrow"); }, true);
document.addEventListener("pointerdown", () => { isWalkingByArrow = false; }, true);

function isComplete(form) {
  const radios = [...form.querySelectorAll("input[type=radio]")];
  const names = new Set(radios.map((radio) => radio.name));
  return [...names].every((name) => radios.some((radio) => radio.name === name && radio.checked));
}

// At the document, as an embedded page draws its forms anew.
document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-submit-when-complete], form[data-form=language]");
  if (form && !isWalkingByArrow && isComplete(form)) form.requestSubmit();
});
