// The session as the shop's page gets to see it: when it is told of it, and locking it.

import { isLauncher, isPopOut, sid, tell } from "./messages.js";

const address = `/v1/view/${sid}/session`;

/** The session, or `{cause}` if it has ended. */
export async function readSession() {
  const answer = await fetch(address, { headers: { accept: "application/json" } });
  if (answer.ok) return answer.json();
  const { error } = await answer.json().catch(() => ({}));
  return { cause: error?.cause ?? "UNKNOWN" };
}

/* What the shop was told last. Every step is a page of its own, and browsers keep no storage for a frame of another
   site; but the frame's name outlives its pages. A pop-out has its name from the SDK, but it has storage. */

const TOLD = `told-${sid}`;
let lastTold = {};

function told() {
  try {
    return JSON.parse(isPopOut ? sessionStorage.getItem(TOLD) : window.name) ?? lastTold;
  } catch {
    return lastTold; // a name that somebody else gave, or none; a browser that stores nothing
  }
}

/** What of the order and its delivery the shop knows, to be compared. */
export function toldContent() {
  return told().content;
}

function remember(session) {
  lastTold = { content: contentOf(session), events: session.events?.length };
  const text = JSON.stringify(lastTold);
  if (!isPopOut) {
    window.name = text;
    return;
  }
  try {
    sessionStorage.setItem(TOLD, text);
  } catch {
    // a browser that stores nothing: the next page tells once more
  }
}

function contentOf(session) {
  return JSON.stringify([session.order, session.express]);
}

// Of what a payment leaves on the session the window tells that it is made in, not the launcher below it.
function isNews(session) {
  const { content, events } = told();
  return contentOf(session) !== content || (!isLauncher && session.events?.length !== events);
}

function tellOf(session, type) {
  if (!session.id) tell("SessionNotFound");
  else {
    remember(session);
    tell(type, { session });
  }
}

/** A page was opened: the first one of this frame, or the next step. */
export async function tellOnArrival() {
  const session = await readSession();
  if (document.body.dataset.firstLoad) tellOf(session, "SessionLoaded");
  else if (!session.id || isNews(session)) tellOf(session, "SessionUpdated");
}

/* Plugins that update the shop on every SessionUpdated would go round for ever, as their refresh brings the next one.
   A refresh is always answered, as the SDK waits for it; one that brings nothing new is answered later each time (ours). */

const PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
let pause = 0;

/** The shop has asked for the session as it is now; for a pop-out the frame below it answers. */
export async function answerRefresh() {
  if (isPopOut) {
    remember(await readSession());
    return;
  }
  const session = await readSession();
  isHeldByShop = Boolean(session.pay_lock);
  const isNew = contentOf(session) !== toldContent();
  const wait = isNew ? 0 : pause;
  pause = isNew ? 0 : Math.min(Math.max(PAUSE, 2 * pause), LONGEST_PAUSE);
  if (wait) setTimeout(async () => tellOf(await readSession(), "SessionUpdated"), wait);
  else tellOf(session, "SessionUpdated");
}

// A shop may lock while it is asked whether the order can be paid (Magento does); then the lock is no longer ours to let go.
let isHeldByShop = false;

/** The shop wants to work on the session: the page stands still meanwhile. */
export async function lock() {
  isHeldByShop = true;
  const id = await takeLock();
  isHeldByShop = id !== null;
  if (isPopOut) return;
  if (id) tell("SessionLocked", { pay_lock_id: id });
  else tell("SessionLockFailed");
}

/** Lock it; answers with the lock's id, or null where there is nothing to lock. */
export async function takeLock() {
  const answer = await fetch(`${address}/lock`, { method: "POST" });
  return answer.ok ? (await answer.json()).pay_lock.pay_lock_id : null;
}

/** Let go of a lock that the page took itself. */
export async function releaseLock() {
  if (!isHeldByShop) await fetch(`/checkout/${sid}/unlock`, { method: "POST" });
}
