// The launcher of a pop-out: the shop's page draws the button over this frame, where ours would be, and opens the window.

import { redraw } from "../redraw.js";
import { tell } from "./messages.js";
import { showTrouble } from "./questions.js";

const STATES = { OpenedPopOut: "open", OpenPopOutFailed: "failed", ValidatingPopOut: "validating", ClosedPopOut: "closed" };

let state = "";
let lastTold = "";

/** Show, move or hide the button. Nothing is told twice. */
export function tellOfButton() {
  const place = document.querySelector("[data-pop-out-button]");
  const isReady = place?.dataset.ready !== undefined;
  const [type, fields] = isReady ? ["ShowPopOutButton", buttonOf(place)] : ["HidePopOutButton", {}];
  const said = JSON.stringify([type, fields]);
  if (said === lastTold) return;
  lastTold = said;
  tell(type, fields);
}

function buttonOf(place) {
  const { top, left, right, height } = place.getBoundingClientRect();
  const look = getComputedStyle(place);
  return {
    styles: {
      font: look.font, height: `${height}px`, color: look.color, background: look.backgroundColor, textAlign: "center",
      padding: "0", margin: "0", border: "none", borderRadius: look.borderRadius, cursor: "pointer", fontWeight: look.fontWeight,
      lineHeight: look.lineHeight, transition: "none", outline: "none",
    },
    stylesHover: { filter: "brightness(0.92)" },
    stylesFocusVisible: { outline: `3px solid ${look.color}`, outlineOffset: "-6px" },
    openLabel: place.dataset.openLabel, focusLabel: place.dataset.focusLabel, closeLabel: place.dataset.closeLabel,
    descriptionLabel: place.dataset.descriptionLabel,
    top: `${top + window.scrollY}`, left: `${left}`, right: `${document.documentElement.clientWidth - right}`,
    language: document.documentElement.lang, disabled: `${state === "open" || state === "validating"}`,
  };
}

function showState() {
  for (const one of document.querySelectorAll("[data-pop-out-state]")) one.hidden = one.dataset.popOutState !== state;
}

/** The window was opened, was not, was closed, or the shop is asked before it goes on. */
export async function follow({ type }) {
  // First of all: a window that closed after the payment has left a page without a button. SDK 0.8.30 would draw
  // the button over its result, if it were told of it once more (sessions.md 18.9).
  if (type === "ClosedPopOut") await redraw();
  state = STATES[type];
  showState();
  tellOfButton();
}

/** The shop's answer to the question that the SDK asks while the window shows that it is waiting. */
export function hearForPopOut({ success, clientValidationError }) {
  if (success) follow({ type: "OpenedPopOut" });
  else showTrouble(clientValidationError);
}

/** From now on the button follows the page. */
export function guardButton() {
  document.addEventListener("redrawn", () => { showState(); tellOfButton(); });
  new ResizeObserver(tellOfButton).observe(document.body);
}
