// Is it Dintero who calls? The `Dintero-Signature` header tells.

import { createHmac, timingSafeEqual } from "node:crypto";

const SIGNATURE = /^t=([0-9]{1,12}),v0-hmac-sha256=([0-9a-f]{64})$/;
const TOLERANCE_SECONDS = 300;

/** Say what is wrong with a signature, or null if it is good; `now` is in seconds. */
export function signatureFault(header, call, secret, accountId, now) {
  const parts = SIGNATURE.exec(header ?? "");
  if (!parts) return "the signature is missing or not of the form t=...,v0-hmac-sha256=...";
  const [, sentAt, given] = parts;
  const ours = sign(secret, sentAt, accountId, call);
  if (!timingSafeEqual(Buffer.from(given, "hex"), Buffer.from(ours, "hex"))) {
    return "the signature is not made with our secret for this address";
  }
  if (Math.abs(now - Number(sentAt)) > TOLERANCE_SECONDS) {
    return "the signature's time is more than 5 minutes from ours";
  }
  return null;
}

/** Dintero's v0 signature of `{method, host, path, query}`; scheme, port and body are not in it. */
export function sign(secret, sentAt, accountId, { method, host, path, query }) {
  const sorted = new URLSearchParams(query);
  sorted.sort();
  const payload = [sentAt, accountId, method, host, path, sorted.toString()].join("\n");
  return createHmac("sha256", secret).update(payload).digest("hex");
}
