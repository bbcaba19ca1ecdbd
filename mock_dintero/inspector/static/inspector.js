// Keeps the page as the server would draw it now. Without this script everything works, with reloads.
const main = document.querySelector("[data-live]");
const state = document.querySelector("[data-live-state]");
const KINDS = ["request", "delivery", "session", "transaction", "fault", "clock", "reset", "missed"];
const PAUSE = 200; // milliseconds between two looks, however much happens

let drawn = main.innerHTML;
let isLooking = false;
let isStale = false;

function say(text, isOn) {
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("is-on", isOn);
}

// Somebody reads or writes here: what is selected must not be pulled away.
function isBusy() {
  const selection = document.getSelection();
  return !selection.isCollapsed && main.contains(selection.anchorNode);
}

function draw(html) {
  if (html === drawn) return;
  drawn = html;
  const open = [...main.querySelectorAll("details[open][id]")].map((one) => one.id);
  const active = document.activeElement;
  const kept = main.contains(active) && active.id
    ? { id: active.id, value: active.value, from: active.selectionStart, to: active.selectionEnd, isTyped: active.matches("input") }
    : null;
  main.innerHTML = html;
  for (const id of open) {
    const found = document.getElementById(id);
    if (found) found.open = true;
  }
  const again = kept && document.getElementById(kept.id);
  if (!again) return;
  if (kept.isTyped) again.value = kept.value;
  again.focus({ preventScroll: true });
  if (kept.isTyped && kept.from !== null) again.setSelectionRange(kept.from, kept.to);
}

async function look() {
  isStale = true;
  if (isLooking || document.hidden || isBusy()) return;
  isLooking = true;
  try {
    while (isStale) {
      isStale = false;
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (isBusy()) isStale = true;
      else if (fresh) draw(fresh.innerHTML);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      if (isBusy()) break;
    }
  } catch {
    say("not reachable", false);
  } finally {
    isLooking = false;
  }
}

function lookIfStale() {
  if (isStale) look();
}

const account = main.dataset.live;
const source = new EventSource(`/_mock/api/v1/events${account ? `?account=${encodeURIComponent(account)}` : ""}`);
source.onopen = () => { say("live", true); look(); };
source.onerror = () => say("not connected, trying again", false);
for (const kind of KINDS) source.addEventListener(kind, look);
addEventListener("pagehide", () => source.close());
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("visibilitychange", lookIfStale);
document.addEventListener("selectionchange", lookIfStale);

// Buttons without leaving the page.
main.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  if (form.ariaBusy === "true") return; // and not the button disabled: it would lose the focus
  form.ariaBusy = "true";
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type !== "opaqueredirect") say((await answer.json()).error.message, false);
  } catch {
    say("not reachable", false);
  }
  form.ariaBusy = "false";
  look();
});

// The filter works while one types.
let typing = 0;
function filter(form) {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
  look();
}
main.addEventListener("input", (event) => {
  const form = event.target.closest("form[role=search]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => (event.target.matches("select") ? form.requestSubmit() : filter(form)), PAUSE);
});
