// Questions to the shop's script: may this order be paid, where can this address be delivered to?
// There is no time limit; the page stands still until the shop has answered.

import { draw, redraw } from "../redraw.js";
import { isLauncher, tell } from "./messages.js";
import { readSession, releaseLock, takeLock, toldContent } from "./session.js";

const { validates, asksForAddress } = document.body.dataset;
const OPENS_A_FORM = /(creditcard|klarna)/; // choosing one of these shows the provider's own form

let answer = null;

function ask(type, session) {
  return new Promise((resolve) => {
    answer = { type, resolve };
    tell(type, { session });
  });
}

const ANSWERS = { ValidateSession: "ValidationResult", AddressCallback: "AddressCallbackResult" };

/** The shop's answer; false if this page has not asked. */
export function hear(result) {
  if (!answer || ANSWERS[answer.type] !== result.type) return false;
  const { resolve } = answer;
  answer = null;
  resolve(result);
  return true;
}

/* What the customer sees. */

let trouble = "";

/** Say in the page what the shop did not like. */
export function showTrouble(text) {
  trouble = text || document.body.dataset.validationFailed;
  showAgain();
  tell("ScrollToTop");
}

function showAgain() {
  const place = document.querySelector("[data-trouble]");
  if (!place) return;
  place.hidden = !trouble;
  if (trouble) place.setAttribute("data-testid", "message");
  else place.removeAttribute("data-testid");
  place.querySelector("p").textContent = trouble;
}

/** The page stands still while this is done. */
export async function whileLocked(work) {
  const content = document.querySelector("[data-part=content]");
  const focused = document.activeElement?.id;
  trouble = "";
  showAgain();
  content.inert = true;
  document.body.dataset.waiting = "";
  const isOurs = (await takeLock()) !== null;
  try {
    return await work();
  } finally {
    if (isOurs) await releaseLock();
    content.inert = false;
    delete document.body.dataset.waiting;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
}

/* May this be paid? Asked once for what the shop was told last. */

let validated = null;

function isValidated() {
  return validated !== null && validated === toldContent();
}

async function validate() {
  const session = await readSession();
  if (!session.id) return redraw();
  const result = await whileLocked(() => ask("ValidateSession", session));
  validated = result.success ? toldContent() : null;
  await redraw();
  if (!result.success) showTrouble(result.clientValidationError);
  return Boolean(result.success);
}

/* Where can this be delivered to? The shop answers after it has put its options on the session. */

async function askForAddress(form) {
  const checked = await fetch(form.action, { method: "POST", body: fieldsOf(form, { only_check: "true" }) });
  if (checked.redirected) { // there is nothing to give an address to any more
    window.location.href = checked.url;
    return false;
  }
  if (!checked.ok) {
    draw(await checked.text());
    return false;
  }
  const addresses = await checked.json();
  const session = await readSession();
  if (!session.id) return redraw();
  const given = { ...session, order: { ...session.order, ...addresses } };
  const result = await whileLocked(() => ask("AddressCallback", given));
  if (!result.success) {
    if (form.matches("[data-submit-when-complete]")) form.reset(); // a sheet goes on with the address that it had
    showTrouble(result.error);
  }
  return Boolean(result.success);
}

/** A sheet that has just opened asks about its first address by itself. */
export function askAtOnce() {
  if (asksForAddress) document.querySelector("[data-asks-at-once]")?.requestSubmit();
}

function fieldsOf(form, more) {
  return new URLSearchParams([...new FormData(form), ...Object.entries(more)]);
}

/* Forms wait for the shop's word, and are sent again when it is there. Meanwhile they may have been drawn anew. */

async function sendAfter(before, isAllowed, more = {}) {
  if (!(await isAllowed())) return;
  const form = [...document.forms].find((one) => isSame(one, before));
  if (!form) return;
  for (const [name, value] of Object.entries(more)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.dataset.allowed = "";
  form.requestSubmit();
}

// The wallets at the top of the page have the same address, and differ in what they pay with.
function isSame(one, other) {
  const method = (form) => form.querySelector("[type=hidden][name=payment_product_type]")?.value;
  return one.action === other.action && method(one) === method(other);
}

function onSubmit(event) {
  const form = event.target;
  if (form.dataset.allowed !== undefined) return;
  if (form.matches("[data-form=pay]") && validates && !isValidated() && form.checkValidity()) {
    stop(event);
    sendAfter(form, validate);
  } else if (form.matches("[data-form=address]") && asksForAddress && !event.submitter?.hasAttribute("formaction")) {
    stop(event);
    sendAfter(form, () => askForAddress(form), { asked_by_page: "true" });
  }
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function onChange({ target }) {
  if (target.name !== "payment_product_type" || !validates || isValidated() || isLauncher) return;
  const isPayable = target.form?.querySelector("[data-testid=pay]:enabled");
  if (isPayable && OPENS_A_FORM.test(target.value)) validate();
}

/** From now on forms and choices that need the shop's word wait for it. */
export function guardForms() {
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("change", onChange);
  document.addEventListener("redrawn", showAgain);
}
