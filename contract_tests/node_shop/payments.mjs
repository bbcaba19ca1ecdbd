// What Dintero's record of a payment makes of an order.

import { CODE, goodsAmount } from "./catalogue.mjs";
import { amountOf, crowns, sumOf } from "./money.mjs";
import { hasOurPrices, optionsFor, ourChoice } from "./shipping.mjs";

// INITIATED and UNKNOWN say nothing yet.
const STATE_OF = new Map([
  ["AUTHORIZED", "RESERVED"],
  ["ON_HOLD", "WAITING"],
  ["PARTIALLY_CAPTURED", "PART_SHIPPED"],
  ["CAPTURED", "SHIPPED"],
  ["PARTIALLY_CAPTURED_REFUNDED", "PART_REPAID"],
  ["PARTIALLY_REFUNDED", "PART_REPAID"],
  ["REFUNDED", "REPAID"],
  ["AUTHORIZATION_VOIDED", "RELEASED"],
  ["DECLINED", "DEAD"],
  ["FAILED", "DEAD"],
]);
const PAID = ["RESERVED", "PART_SHIPPED", "SHIPPED", "PART_REPAID", "REPAID"];

/** Whether the order was ever paid, whatever became of it later. */
export function wasPaid(order) {
  return order.mails.length > 0;
}

/** Whether its basket, its codes and its price are settled. */
export function isFixed(order) {
  return wasPaid(order) || order.state === "WAITING";
}

/** The order after its transaction was read, and why the payment does not fit (then nothing else changed). */
export function settle(order, transaction) {
  const problem = misfit(order, transaction);
  if (problem) return { order: { ...order, problem }, problem };
  // An earlier attempt that failed is heard of late, when another has long since been made.
  const isBygone = isFixed(order) && cameToNothing(transaction) && transaction.id !== order.transactionId;
  const saysNothing = isBygone || !STATE_OF.has(transaction.status);
  return { order: saysNothing ? order : learn(pricedAs(order, transaction), transaction), problem: null };
}

/** A payment that came to nothing and left no transaction. One that is read later overrules it. */
export function giveUp(order, error) {
  if (order.state !== "NEW") return order;
  return { ...order, state: error === "cancelled" ? "GAVE_UP" : "DEAD" };
}

/** Say why this transaction is not the payment of this order, or null if it is. */
function misfit(order, transaction) {
  if (transaction.merchant_reference !== order.ref) return "the payment is for another order";
  if (transaction.session_id !== order.sessionId) return "the payment was made in another session";
  if (cameToNothing(transaction)) return null;
  if (wasPaid(order)) {
    // What is paid stays paid; the shopkeeper may have changed its amount at Dintero.
    return transaction.id === order.transactionId ? null : "the order is already paid by another transaction";
  }
  return wrongPrice(pricedAs(order, transaction), transaction);
}

/**
 * The order as it was sold: Dintero may not have had our answer about a code or a basket. It can only
 * be paid at a price that we have told.
 */
function pricedAs(order, transaction) {
  if (isFixed(order) || cameToNothing(transaction)) return order;
  const baskets = [order.lines, order.maybe].filter(Boolean);
  const withCodes = (lines) => [order.codes, [], [CODE]].map((codes) => ({ ...order, lines, codes, maybe: null }));
  return baskets.flatMap(withCodes).find((one) => !wrongPrice(one, transaction)) ?? order;
}

function wrongPrice(order, transaction) {
  return wrongShipping(order, transaction) ?? wrongAmount(order, transaction);
}

/** Whether no money is reserved or taken, or none yet. */
function cameToNothing(transaction) {
  return [undefined, "DEAD", "RELEASED"].includes(STATE_OF.get(transaction.status));
}

/** Compare with our own options and prices for the address, not with what Dintero was told. */
function wrongShipping(order, transaction) {
  const chosen = transaction.shipping_option;
  const ours = ourChoice(optionsFor(order, transaction.shipping_address), chosen);
  if (!ours) return "the payment has no shipping option that we offer for its address";
  if (hasOurPrices(chosen, ours)) return null;
  return `the payment has another price than ${crowns(ours.amount)} for shipping`;
}

/** Compare with our own sum of goods and shipping, not with the transaction's items. */
function wrongAmount(order, transaction) {
  const { currency } = transaction;
  if (currency !== order.currency) return `the payment is in ${currency}, not ${order.currency}`;
  const expected = goodsAmount(order) + amountOf(transaction.shipping_option);
  if (transaction.amount === expected) return null;
  return `the payment is ${crowns(amountOf(transaction))}, the order is ${crowns(expected)}`;
}

/** Take over what the transaction says. Learning the same thing twice changes nothing. */
function learn(order, transaction) {
  const state = STATE_OF.get(transaction.status);
  const isNews = PAID.includes(state) && !wasPaid(order);
  const parcels = done(transaction, "CAPTURE");
  return {
    ...order,
    state,
    // This is where a real shop would send it: once, and only once.
    mails: isNews ? ["confirmation"] : order.mails,
    problem: "",
    transactionId: transaction.id,
    address: transaction.shipping_address ?? null,
    shipping: transaction.shipping_option ?? null,
    parcels: parcels.map(({ amount, items }) => ({ amount, items: items ?? null })),
    captured: sumOf(parcels),
    refunded: sumOf(done(transaction, "REFUND")),
    underway: ["CAPTURE", "REFUND", "VOID"].filter((kind) => isUnderway(transaction, kind)),
    failures: failuresOf(transaction),
  };
}

function eventsOf(transaction) {
  return Array.isArray(transaction.events) ? transaction.events : [];
}

function done(transaction, kind) {
  return eventsOf(transaction).filter((event) => event.event === kind && event.success !== false);
}

/** Whether Dintero has accepted an operation (202) that has not ended yet, well or badly. */
function isUnderway(transaction, kind) {
  const events = eventsOf(transaction);
  const ends = (begin, end) =>
    end.event === kind && (!end.correlation_request_id || end.correlation_request_id === begin.request_id);
  return events.some(
    (event, at) =>
      event.event === `INITIATE_${kind}` &&
      event.success !== false &&
      !events.slice(at + 1).some((later) => ends(event, later)),
  );
}

/** Why operations came to nothing, in Dintero's words. */
function failuresOf(transaction) {
  const failed = eventsOf(transaction).filter((event) => event.success === false);
  return failed.map((event) => String(event.error?.message ?? "the payment provider refused"));
}
