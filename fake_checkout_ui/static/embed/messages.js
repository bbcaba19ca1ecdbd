// The line to the shop's page: messages there, and messages back. Names and fields are the Web SDK's own.

export const { sid, role } = document.body.dataset;
export const isPopOut = role === "pop_out_payment";
export const isLauncher = role === "pop_out_launcher";

const shop = isPopOut ? window.opener : window.parent;
export const hasShop = Boolean(shop) && shop !== window;

const ACK_WITHIN = 500; // ms; after that nobody is taken to listen (ours, sessions.md 14.2)

// Starts anywhere, so that an answer to the page before this one is not taken for ours.
let lastMessage = Math.floor(Math.random() * 1e9);
const awaited = new Map();

/** Tell the shop's page. Answers with the message's number, which comes back as `{ack}`; a pop-out gets none. */
export function tell(type, fields = {}) {
  lastMessage += 1;
  const extra = isPopOut ? { context: "popOut" } : { mid: lastMessage };
  shop.postMessage({ type, sid, ...extra, ...fields }, "*");
  return lastMessage;
}

/** Whether somebody has heard this message. */
export function isHeard(mid) {
  return new Promise((resolve) => {
    awaited.set(mid, resolve);
    setTimeout(resolve, ACK_WITHIN, false);
  });
}

/** Hand the shop's messages to the function with their name. */
export function listen(handlers) {
  window.addEventListener("message", ({ source, data }) => {
    if (source !== shop || !data) return;
    if (data.ack) awaited.get(data.ack)?.(true);
    else if (data.sid === sid && Object.hasOwn(handlers, data.type)) handlers[data.type](data);
  });
}
