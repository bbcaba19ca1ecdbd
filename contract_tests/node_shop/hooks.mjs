// Dintero's calls to the shop: two questions before the payment, and the news of it after.

import { DinteroError, ShopError } from "./errors.mjs";
import { isFixed } from "./payments.mjs";
import { json, jsonOf } from "./requests.mjs";
import { answerToAddress, answerToCodes } from "./session.mjs";
import { signatureFault } from "./signature.mjs";

/** Dintero asks: how can you send it to this address? */
export async function addressHook(shop, request) {
  mustBeDintero(shop, request);
  const { order, asked } = await questionOf(shop, request);
  return json(answerToAddress(order, asked));
}

/** Dintero asks: what is the order worth with these discount codes? */
export async function codesHook(shop, request) {
  mustBeDintero(shop, request);
  const { order, asked } = await questionOf(shop, request);
  return json(answerToCodes(order, asked));
}

/** Dintero says that something happened to a payment; we go and look. */
export async function paymentHook(shop, request, ref) {
  mustBeDintero(shop, request);
  const { params } = request;
  const order = shop.find(params.get("merchant_reference") ?? ref);
  // Dintero asks for a 5xx here, so that it calls again: a 4xx would be the last we hear of it.
  if (!order) throw new ShopError(500, "We have no order with this number, or not yet.");
  const { order: now, problem } = await heard(shop, order.ref, params);
  if (problem) throw new ShopError(409, `Not accepted: ${problem}.`);
  return json({ ref: now.ref, state: now.state });
}

async function heard(shop, ref, params) {
  try {
    return await shop.hear(ref, params.get("transaction_id"), params.get("error"));
  } catch (trouble) {
    // Once Dintero can be read again we want to know.
    if (trouble instanceof DinteroError) throw new ShopError(500, trouble.message);
    throw trouble;
  }
}

/** Refuse a caller who cannot sign as Dintero. */
function mustBeDintero(shop, request) {
  // The address as Dintero knows it; a proxy may have changed host and path on the way.
  const { hostname, pathname } = new URL(shop.publicUrl);
  const path = pathname.replace(/\/$/, "") + request.path;
  const call = { method: request.method, host: hostname, path, query: request.query };
  const { signatureSecret, accountId } = shop.settings;
  const header = request.header("dintero-signature");
  const fault = signatureFault(header, call, signatureSecret, accountId, Date.now() / 1000);
  if (fault) throw new ShopError(401, `Refused: ${fault}.`);
}

/** Our order that Dintero asks about, and the order as it stands in Dintero's session. */
async function questionOf(shop, request) {
  const session = await jsonOf(request);
  const asked = session.order;
  if (!asked || typeof asked !== "object") throw new ShopError(400, "The session in the body has no order.");
  const order = shop.order(asked.merchant_reference);
  // The signature does not cover the body, so the session must be the one we made.
  if (!order.sessionId || session.id !== order.sessionId) throw new ShopError(404, "This session is not the order's.");
  if (isFixed(order)) throw new ShopError(409, "The order is paid and cannot change any more.");
  return { order: shop.price(order, asked), asked };
}
