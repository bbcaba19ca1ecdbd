// An embedded page speaks the protocol of Dintero's Web SDK: it tells the shop's page what happens, and does what it is asked.
// Message names and fields are the SDK's own. The page itself works by forms; this file only adds the talk.

import { redraw } from "./redraw.js";

const { sid, role, validates, asksForAddress, firstLoad } = document.body.dataset;
const isPopOut = role === "pop_out_payment";
const isLauncher = role === "pop_out_launcher";
const shop = isPopOut ? window.opener : window.parent;
const sessionUrl = `/v1/view/${sid}/session`;
const ACK_WITHIN = 500; // ms after which nobody is taken to listen

let lastMessage = 0;
const unheard = new Map();

export function tell(type, fields = {}) {
  lastMessage += 1;
  const context = isPopOut ? { context: "popOut" } : { mid: lastMessage };
  shop?.postMessage({ type, sid, ...context, ...fields }, "*");
  return lastMessage;
}

// Older SDKs know no TopLevelNavigation; if no one has heard it, the frame leads the whole window itself.
function leadTheWholeWindow(href) {
  const mid = tell("TopLevelNavigation", { href });
  unheard.set(mid, setTimeout(() => { window.top.location.href = href; }, ACK_WITHIN));
}

async function readSession() {
  const answer = await fetch(sessionUrl, { headers: { accept: "application/json" } });
  return answer.ok ? answer.json() : null;
}

async function tellOfSession(type) {
  const session = await readSession();
  if (session) tell(type, { session });
  else tell("SessionNotFound");
  return session;
}

/* Height: the shop's frame is 0 px high until the page says otherwise. */

function tellHeight() {
  tell("HeightChanged", { height: Math.ceil(document.body.getBoundingClientRect().height) });
}

/* Locking: the page stands still while the shop works on the session. */

async function lock() {
  const answer = await fetch(`${sessionUrl}/lock`, { method: "POST" });
  return answer.ok ? (await answer.json()).pay_lock.pay_lock_id : null;
}

async function unlock() {
  await fetch(`/checkout/${sid}/unlock`, { method: "POST" });
}

/* Questions to the shop's script. The SDK answers with a message of its own; there is no time limit. */

const answers = new Map();

function ask(type, answerType, session) {
  return new Promise((resolve) => {
    answers.set(answerType, resolve);
    tell(type, { session });
  });
}

function showTrouble(text) {
  const place = document.querySelector("[data-trouble]");
  place.hidden = false;
  place.setAttribute("data-testid", "message");
  place.querySelector("p").textContent = text;
}

async function whileLocked(work) {
  document.body.dataset.waiting = "";
  await lock();
  try {
    return await work();
  } finally {
    await unlock();
    delete document.body.dataset.waiting;
  }
}

let isValidated = false;

async function validate() {
  const session = await readSession();
  if (!session) return false;
  const result = await whileLocked(() => ask("ValidateSession", "ValidationResult", session));
  if (!result.success) {
    showTrouble(result.clientValidationError || document.body.dataset.validationFailed);
    await redraw();
  }
  isValidated = Boolean(result.success);
  return isValidated;
}

/* Forms that have to wait for the shop's word are sent again once it is there. */

function methodOf(form) {
  return form.querySelector("[name=payment_product_type]:checked")?.value;
}

async function submitLater(form, submitter, isAllowed) {
  if (!(await isAllowed())) return;
  form.dataset.allowed = "";
  form.requestSubmit(submitter);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.allowed !== undefined) return;
  const isPaying = form.matches("[data-form=pay]");
  if (isPaying && validates && !isValidated) {
    stop(event);
    submitLater(form, event.submitter, validate);
  } else if (form.matches("[data-form=address]") && asksForAddress) {
    stop(event);
    submitLater(form, event.submitter, () => askForAddress(form));
  }
}, true);

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

async function askForAddress(form) {
  const session = await readSession();
  if (!session) return false;
  const typed = Object.fromEntries([...new FormData(form)].filter(([name, value]) => value && name !== "customer_type"));
  const given = { ...session, order: { ...session.order, shipping_address: typed } };
  const result = await whileLocked(() => ask("AddressCallback", "AddressCallbackResult", given));
  if (!result.success) {
    showTrouble(result.error || document.body.dataset.validationFailed);
    return false;
  }
  const asked = Object.assign(document.createElement("input"), { type: "hidden", name: "asked_by_page", value: "true" });
  form.append(asked);
  return true;
}

/* Choosing a way to pay. Card and Klarna open a form of their own, so the shop is asked before it shows. */

const OPENS_A_FORM = /(creditcard|klarna)/;

document.addEventListener("change", async (event) => {
  if (event.target.name !== "payment_product_type") return;
  tell("ActivePaymentProductType", { payment_product_type: event.target.value });
  if (validates && !isLauncher && OPENS_A_FORM.test(event.target.value) && !isValidated) await validate();
});

function choose(type) {
  for (const radio of document.querySelectorAll("[name=payment_product_type]")) radio.checked = radio.value === type;
  const chosen = methodOf(document);
  tell("ActivePaymentProductType", chosen ? { payment_product_type: chosen } : {});
}

/* Language */

document.addEventListener("change", (event) => {
  if (event.target.name === "language") tell("LanguageChanged", { language: event.target.value });
}, true);

function speak(language) {
  const picker = document.querySelector("[name=language]");
  if (!picker || picker.value === language) return;
  picker.value = language;
  picker.form.requestSubmit();
}

/* The pop-out's launcher: the shop's page draws the button over this frame, where ours would be. */

function tellOfPopOutButton() {
  const place = document.querySelector("[data-pop-out-button]");
  if (!place || place.dataset.ready === undefined) {
    tell("HidePopOutButton");
    return;
  }
  const { top, left, right, height } = place.getBoundingClientRect();
  const look = getComputedStyle(place);
  tell("ShowPopOutButton", {
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
    language: document.documentElement.lang, disabled: "false",
  });
}

function showPopOut(state) {
  document.body.dataset.popOut = state;
  for (const one of document.querySelectorAll("[data-pop-out-state]")) one.hidden = one.dataset.popOutState !== state;
}

/* What the shop's page asks for. */

const HANDLERS = {
  async LockSession() {
    const id = await lock();
    if (id) tell("SessionLocked", { pay_lock_id: id });
    else tell("SessionLockFailed");
    await redraw();
  },
  async RefreshSession() {
    await tellOfSession("SessionUpdated");
    await redraw();
  },
  SetActivePaymentProductType({ payment_product_type: type }) { choose(type); },
  ValidationResult(result) { answers.get("ValidationResult")?.(result); afterPopOutValidation(result); },
  AddressCallbackResult(result) { answers.get("AddressCallbackResult")?.(result); },
  SetLanguage({ language }) { speak(language); },
  OpenedPopOut() { showPopOut("open"); },
  OpenPopOutFailed() { showPopOut("failed"); },
  ValidatingPopOut() { showPopOut("validating"); },
  ClosedPopOut() { showPopOut("closed"); redraw(); },
};

function afterPopOutValidation(result) {
  if (!isLauncher) return;
  if (result.success) showPopOut("open");
  else showTrouble(result.clientValidationError || document.body.dataset.validationFailed);
}

window.addEventListener("message", (event) => {
  if (event.source !== shop || !event.data) return;
  if (event.data.ack) {
    clearTimeout(unheard.get(event.data.ack));
    unheard.delete(event.data.ack);
    return;
  }
  if (event.data.sid === sid) HANDLERS[event.data.type]?.(event.data);
});

/* What this page has to say as soon as it is there. */

function tellOfTheEnd(end) {
  const { finalEvent, href, merchantReference, transactionId, error } = end.dataset;
  const fields = { href, merchant_reference: merchantReference };
  if (transactionId && !error) fields.transaction_id = transactionId;
  if (error) fields.error = error;
  tell(finalEvent, fields);
}

if (shop && shop !== window) {
  if (isPopOut) shop.postMessage({ type: "AppLoaded", context: "popOut", sid }, "*");
  new ResizeObserver(tellHeight).observe(document.body);
  const end = document.querySelector("[data-final-event]");
  const away = document.querySelector("[data-top-level-href]");
  if (end) tellOfTheEnd(end);
  else if (away) leadTheWholeWindow(away.dataset.topLevelHref);
  else if (document.querySelector("[data-checkout]")) {
    await tellOfSession(firstLoad ? "SessionLoaded" : "SessionUpdated");
    if (isLauncher) tellOfPopOutButton();
  } else if (document.querySelector("[data-not-found]")) tell("SessionNotFound");
  if (!firstLoad) tell("ScrollToTop");
  document.addEventListener("redrawn", async () => {
    await tellOfSession("SessionUpdated");
    if (isLauncher) tellOfPopOutButton();
  });
}
