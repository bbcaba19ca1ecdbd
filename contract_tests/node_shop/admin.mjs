// What the shopkeeper sees of orders and does with them, all in JSON.

import { linesOf } from "./catalogue.mjs";
import { DinteroError, ShopError } from "./errors.mjs";
import { OPERATIONS, totalOf } from "./operations.mjs";
import { json, jsonOf, optionalJsonOf } from "./requests.mjs";

/** `?ref=REF` shows one order, nothing shows all. */
export function ordersFile(shop, request) {
  const ref = request.params.get("ref");
  return json(ref === null ? { orders: shop.orders.map(shown) } : { order: shown(shop.order(ref)) });
}

/** Send, repay or release. */
export async function operate(shop, request, ref, name) {
  if (!OPERATIONS.has(name)) throw new ShopError(404, "There is no such operation.");
  const { ref: known } = shop.order(ref);
  const wishes = await optionalJsonOf(request);
  const { order, isPending } = await inDinterosWords(() => shop.operate(known, name, wishes));
  return json({ order: shown(order) }, isPending ? 202 : 200);
}

/** The customer puts something else into the basket while Dintero's page is open. */
export async function changeBasket(shop, request, ref) {
  const { ref: known } = shop.order(ref);
  const lines = linesOf((await jsonOf(request)).basket);
  return json({ order: shown(await inDinterosWords(() => shop.changeBasket(known, lines))) });
}

/** Dintero's refusal is a conflict with what was asked; its absence is a bad gateway. */
async function inDinterosWords(work) {
  try {
    return await work();
  } catch (trouble) {
    if (trouble instanceof DinteroError && trouble.isRefusal) throw new ShopError(409, trouble.message);
    throw trouble;
  }
}

function shown(order) {
  return {
    ref: order.ref,
    state: order.state,
    problem: order.problem,
    session: order.sessionId,
    transaction: order.transactionId,
    basket: Object.fromEntries(order.lines),
    codes: order.codes,
    mails: order.mails,
    money: { currency: order.currency, total: totalOf(order), captured: order.captured, refunded: order.refunded },
    send_to: order.address,
    send_by: order.shipping,
  };
}
