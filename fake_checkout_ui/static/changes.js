// Listens to what happens to the session while its page is open, and draws the page anew when it looks different.

import { redraw } from "./redraw.js";

const LISTENS_AFTER = 700; // ms: a page that has just come must be able to fall silent
const TRIES_AGAIN_AFTER = 3000;
const LONGEST_TIMER = 2 ** 31 - 1;

const page = () => document.querySelector("[data-changes]");

// A form under way brings a new page itself; while the shop's script is asked, the form has to stay where it is.
const isBusy = () => document.querySelector("button[data-busy]") || "waiting" in document.body.dataset;

let pending = null;

function draw(now) {
  clearTimeout(pending);
  if (!page() || page().dataset.state === now.state && !now.ended) return;
  if (isBusy()) {
    pending = setTimeout(() => draw(now), 250);
    return;
  }
  if (now.ended) window.location.replace(page().dataset.page);
  else redraw();
}

function listen() {
  if (!page()) return;
  const url = new URL(page().dataset.changes, window.location.href);
  url.searchParams.set("state", page().dataset.state);
  const source = new EventSource(url);
  const heard = ({ data }) => {
    if (!page()) source.close();
    else draw(JSON.parse(data));
  };
  for (const kind of ["session", "clock", "reset"]) source.addEventListener(kind, heard);
  source.addEventListener("error", () => {
    source.close();
    setTimeout(listen, TRIES_AGAIN_AFTER);
  });
  window.addEventListener("pagehide", () => source.close(), { once: true });
}

function waitForTheEnd() {
  const left = Number(page().dataset.expiresIn) * 1000;
  if (left > 0 && left < LONGEST_TIMER) setTimeout(() => draw({ ended: true }), left);
}

if (page()) {
  document.body.dataset.again ??= window.location.pathname === "/" ? withoutNews() : page().dataset.page;
  setTimeout(listen, LISTENS_AFTER);
  waitForTheEnd();
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) listen(); });
}

function withoutNews() {
  const here = new URL(window.location.href);
  here.searchParams.delete("say");
  return here.href;
}
