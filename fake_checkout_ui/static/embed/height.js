// The shop's frame is 0 px high until the page says how high it is, and follows it up and down from then on.

import { isHeard, tell } from "./messages.js";

let lastHeight = -1;

function tellHeight() {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (height === lastHeight) return;
  lastHeight = height;
  const mid = tell("HeightChanged", { height });
  // A frame that follows needs no scrollbars; they would only flash up while it grows.
  if (!document.documentElement.dataset.fitted) isHeard(mid).then(showFitted);
}

function showFitted(heard) {
  if (heard) document.documentElement.dataset.fitted = "true";
}

/** From now on tell of every change of height. */
export function fitFrame() {
  new ResizeObserver(tellHeight).observe(document.body);
}
