// What the shopkeeper does with a paid order: send, repay, release.
//
// Each operation makes Dintero's request or refuses, and knows by the order, as it was read before
// and after, whether it was done.

import { PRODUCTS, goodsAmount, itemsOf } from "./catalogue.mjs";
import { ShopError } from "./errors.mjs";
import { amountOf, sumOf, vatOf } from "./money.mjs";
import { partsOf } from "./shipping.mjs";

export const OPERATIONS = new Map([
  ["send", { verb: "capture", request: sendRequest, isDone: grownBy("captured") }],
  ["repay", { verb: "refund", request: repayRequest, isDone: grownBy("refunded") }],
  ["release", { verb: "void", request: releaseRequest, isDone: (_, after) => after.state === "RELEASED" }],
]);

/** Whether a sum has grown by what was asked for. */
function grownBy(sum) {
  return (before, after, { amount }) => after[sum] - before[sum] >= amount;
}

/** What an order costs, with shipping once it is known. */
export function totalOf(order) {
  return goodsAmount(order) + amountOf(order.shipping);
}

/** Capture what is sent: with `{lines: {lamp: 1}}` these, else all that is left. */
function sendRequest(order, { lines } = {}) {
  const wanted = lines === undefined ? null : partOf(lines);
  mustBe(["RESERVED", "PART_SHIPPED", "PART_REPAID"], order, "sent");
  mustNotBeAt(order, "CAPTURE", "sending");
  const open = totalOf(order) - order.captured;
  if (open <= 0 && totalOf(order) > 0) throw new ShopError(409, "All of this order was sent.");
  const items = wanted ? wantedLines(order, wanted) : linesLeft(order);
  const amount = wanted ? sumOf(items) : open;
  if (amount > open) throw new ShopError(409, "More was captured already than these lines leave.");
  const capture_reference = `${order.ref}-parcel-${order.parcels.length + 1}`;
  // A capture by sum alone, made at Dintero, does not say which lines are left.
  return { amount, capture_reference, ...(sumOf(items) === amount && { items }) };
}

/** Pay back `{amount}`, or all that was captured and not paid back. */
function repayRequest(order, { amount } = {}) {
  if (amount !== undefined && !(Number.isSafeInteger(amount) && amount > 0)) {
    throw new ShopError(400, "The amount to repay is a whole number above 0.");
  }
  const open = order.captured - order.refunded;
  if (open <= 0) throw new ShopError(409, "There is nothing to pay back.");
  mustNotBeAt(order, "REFUND", "repaying");
  if (amount > open) throw new ShopError(409, `No more than ${open} can be paid back.`);
  const isWhole = !order.refunded && order.captured === totalOf(order) && (amount ?? open) === open;
  return {
    amount: amount ?? open,
    reason: "Returned by the customer",
    refund_reference: `${order.ref}-return-${order.refunded}`,
    // A part cannot be told line by line: we do not know which lines it is for.
    ...(isWhole && { items: allLines(order) }),
  };
}

/** Let go of what is reserved. */
function releaseRequest(order) {
  mustBe(["RESERVED"], order, "released");
  mustNotBeAt(order, "CAPTURE", "sending");
  mustNotBeAt(order, "VOID", "releasing");
  return {};
}

function mustBe(states, order, done) {
  if (!states.includes(order.state)) throw new ShopError(409, `An order that is ${order.state} cannot be ${done}.`);
}

function mustNotBeAt(order, kind, doing) {
  if (order.underway.includes(kind)) throw new ShopError(409, `Dintero is still ${doing} it.`);
}

/** All lines of an order as Dintero knows them; the shipping is among them, or the sum would not fit. */
export function allLines(order) {
  const goods = itemsOf(order).map(({ discount_lines, ...item }) => item);
  const shipping = partsOf(order.shipping).map(({ id, line_id, title, amount, vat, vat_amount }) => {
    return { id, line_id, description: title, quantity: 1, amount, vat, vat_amount, type: "shipping" };
  });
  return [...goods, ...shipping];
}

/** What of each line was not captured yet. */
function linesLeft(order) {
  return allLines(order).flatMap((line) => {
    const taken = order.parcels.flatMap(({ items }) => items ?? []).filter((item) => item.line_id === line.line_id);
    if (!taken.length) return [line];
    const quantity = line.quantity - taken.reduce((sum, item) => sum + Number(item.quantity ?? line.quantity), 0);
    return quantity > 0 ? [portion(line, quantity, line.amount - sumOf(taken))] : [];
  });
}

/** These quantities of the lines that are left; the shipping goes with the first part. */
function wantedLines(order, wanted) {
  const left = linesLeft(order);
  const goods = [...wanted].map(([name, quantity]) => {
    const line = left.find((one) => one.line_id === name);
    if (!line || quantity > line.quantity) throw new ShopError(409, `There is no ${quantity} of ${name} left to send.`);
    // The last portion takes what rounding has left over.
    return portion(line, quantity, Math.round((line.amount * quantity) / line.quantity));
  });
  return [...goods, ...left.filter((line) => line.type === "shipping")];
}

function portion(line, quantity, amount) {
  return { ...line, quantity, amount, vat_amount: vatOf(amount) };
}

/** The quantities by product in `{"lamp": 1}`, or a 400. */
function partOf(lines) {
  const entries = lines && typeof lines === "object" && !Array.isArray(lines) ? Object.entries(lines) : [];
  const isGood = ([name, quantity]) => PRODUCTS.has(name) && Number.isInteger(quantity) && quantity > 0;
  if (!entries.length || !entries.every(isGood)) {
    throw new ShopError(400, 'Say what to send as {"lines": {"lamp": 1}}.');
  }
  return new Map(entries);
}
