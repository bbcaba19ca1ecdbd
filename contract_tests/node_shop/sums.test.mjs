import assert from "node:assert/strict";
import test from "node:test";

import { honoured, itemsOf, linesOf } from "./catalogue.mjs";
import { OPERATIONS, allLines } from "./operations.mjs";
import { newOrder } from "./orders.mjs";
import { settle } from "./payments.mjs";
import { answerToAddress, answerToCodes } from "./session.mjs";
import { optionsFor, ourChoice } from "./shipping.mjs";

const OSLO = { country: "NO", postal_code: "0155" };
const NEW = { ...newOrder("LL-1", [["lamp", 3]], "NOK"), sessionId: "T1.s" };

const sum = (list) => list.reduce((total, { amount }) => total + amount, 0);

function paid(order, option, changes = {}) {
  return {
    id: "T1.t", session_id: "T1.s", merchant_reference: "LL-1", status: "AUTHORIZED", currency: "NOK",
    amount: sum(itemsOf(order)) + (option?.amount ?? 0), shipping_address: OSLO, shipping_option: option,
    events: [], ...changes,
  };
}

test("the options follow the country, and there are none where the shop does not send to", () => {
  const prices = (country) => optionsFor({ ...NEW, lines: [["lamp", 1]] }, { country }).map(({ amount }) => amount);
  assert.deepEqual([prices("NO"), prices("se"), prices("DK")], [[7900, 3900], [12900, 6900], [13900, 7900]]);
  for (const nowhere of ["GB", "", undefined, 7, { toString: 1 }, null]) assert.deepEqual(prices(nowhere), []);
});

test("parcels are free above a sum, which a discount may undo", () => {
  const lines = [["lamp", 3], ["cushion", 1]];
  const amounts = (codes) => optionsFor({ ...NEW, lines, codes }, OSLO).map(({ amount }) => amount);
  assert.deepEqual(amounts([]), [0, 0]);
  assert.deepEqual(amounts(["HELLO15"]), [7900, 3900]);
});

test("the sofa and other things are two shipments, either alone is none", () => {
  const shipments = (...names) =>
    optionsFor({ ...NEW, lines: names.map((name) => [name, 1]) }, OSLO).map(({ shipment_id }) => shipment_id);
  assert.deepEqual(shipments("lamp", "sofa"), ["parcel", "parcel", "freight", "freight"]);
  assert.deepEqual([shipments("lamp"), shipments("sofa")], [[undefined, undefined], [undefined, undefined]]);
});

test("a choice of shipments is one option for each", () => {
  const options = optionsFor({ ...NEW, lines: [["lamp", 1], ["sofa", 1]] }, OSLO);
  const chosen = (...ids) => ourChoice(options, { shipments: ids.map((line_id) => ({ line_id })) });
  assert.equal(chosen("kerb", "home").amount, 49900);
  const wrong = [["kerb"], ["kerb", "room"], ["kerb", "home", "room"], ["kerb", "x"]];
  for (const ids of wrong) assert.equal(chosen(...ids), null);
  assert.equal(ourChoice(options, { line_id: "kerb" }), null);
});

test("the sum counts the option as the question names it, so that no correction arises", () => {
  const chosen = { line_id: "home", amount: 7900.0, vat_amount: 1580 };
  const asked = { shipping_address: { country: "SE" }, shipping_option: chosen };
  const { order } = answerToAddress(NEW, asked);
  assert.equal(order.amount, sum(order.items) + 7900);
});

test("a good code takes 15 % off each line, another is refused without an error", () => {
  assert.deepEqual(honoured([" hello15 ", "HELLO15"]), [" hello15 "]);
  for (const codes of [["SUMMER"], [], undefined, "HELLO15", [15, null]]) assert.deepEqual(honoured(codes), []);
  const asked = { shipping_address: OSLO, shipping_option: { line_id: "home" } };
  const { order } = answerToCodes({ ...NEW, codes: ["HELLO15"] }, asked);
  assert.equal(order.items[0].amount, 149700 - 22455);
  assert.equal(order.amount, 127245 + 7900);
  assert.deepEqual(order.discount_codes, ["HELLO15"]);
});

test("a payment that does not fit changes nothing", () => {
  const [home] = optionsFor(NEW, OSLO);
  const cheaper = { ...home, amount: home.amount - 100 };
  const wrong = [
    { amount: 1 }, { currency: "SEK" }, { merchant_reference: "LL-2" }, { session_id: "T1.other" },
    { shipping_option: undefined }, { shipping_option: cheaper, amount: 149700 + cheaper.amount },
    { shipping_address: { country: "GB" } },
  ];
  for (const changes of wrong) {
    const { order, problem } = settle(NEW, paid(NEW, home, changes));
    assert.ok(problem, JSON.stringify(changes));
    assert.deepEqual([order.state, order.mails], ["NEW", []]);
  }
});

test("a payment is believed at a price that was told, whichever answer got lost", () => {
  const [home] = optionsFor(NEW, OSLO);
  const forgotten = settle({ ...NEW, codes: ["HELLO15"] }, paid(NEW, home)).order;
  assert.deepEqual([forgotten.state, forgotten.codes], ["RESERVED", []]);
  const wider = { ...NEW, lines: [["lamp", 1]], maybe: NEW.lines };
  assert.deepEqual(settle(wider, paid(NEW, home)).order.lines, NEW.lines);
});

test("parts add up to the whole, the shipping is in the first", () => {
  const [home] = optionsFor({ ...NEW, codes: ["HELLO15"] }, OSLO);
  let order = settle({ ...NEW, codes: ["HELLO15"] }, paid({ ...NEW, codes: ["HELLO15"] }, home)).order;
  const total = sum(allLines(order));
  const lines = [];
  for (let part = 0; part < 3; part += 1) {
    const { amount, items } = OPERATIONS.get("send").request(order, part < 2 ? { lines: { lamp: 1 } } : {});
    assert.equal(sum(items), amount);
    lines.push(items.map((item) => item.line_id));
    const parcels = [...order.parcels, { amount, items }];
    order = { ...order, state: "PART_SHIPPED", captured: order.captured + amount, parcels };
  }
  assert.equal(order.captured, total);
  assert.deepEqual(lines, [["lamp", "home"], ["lamp"], ["lamp"]]);
});

test("after a capture by sum alone the rest is captured by sum alone", () => {
  const [home] = optionsFor(NEW, OSLO);
  const order = { ...settle(NEW, paid(NEW, home)).order, captured: 1000, parcels: [{ amount: 1000, items: null }] };
  const { amount, items } = OPERATIONS.get("send").request(order, {});
  assert.deepEqual([amount, items], [149700 + home.amount - 1000, undefined]);
});

test("a basket that makes no sense is refused", () => {
  const quantities = [0, -1, 1.5, 100, "x", {}, null].map((lamp) => ({ lamp }));
  const nonsense = [undefined, null, [], {}, "lamp", { car: 1 }, ...quantities];
  for (const basket of [...nonsense, JSON.parse('{"__proto__": 1}')]) {
    assert.throws(() => linesOf(basket), { status: 400 });
  }
});
