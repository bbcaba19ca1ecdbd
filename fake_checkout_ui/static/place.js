// A step leads to the page once more: the customer stays where he was, and what had the focus has it again.

const NAME = `place:${window.location.pathname === "/" ? new URLSearchParams(window.location.search).get("sid") : ""}`;

function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME));
    sessionStorage.removeItem(NAME);
    return kept;
  } catch {
    return null; // a frame in a strict browser has no storage
  }
}

const SAME_PLACE = "form[data-submit-when-complete], form.discount, form.code";

document.addEventListener("submit", ({ target }) => {
  if (!target.matches(SAME_PLACE)) return;
  const kept = { y: window.scrollY, focus: document.activeElement?.id ?? "" };
  try {
    sessionStorage.setItem(NAME, JSON.stringify(kept));
  } catch { /* then the page begins at the step's own heading */ }
});

const before = recall();

function goBack() {
  const focused = document.activeElement;
  if (!focused || focused === document.body) document.getElementById(before.focus)?.focus({ preventScroll: true });
  window.scrollTo({ top: before.y, behavior: "instant" });
}

// The address names the step, for browsers without this file; going there takes the focus away once more.
if (before) {
  goBack();
  window.addEventListener("load", () => requestAnimationFrame(goBack));
}
