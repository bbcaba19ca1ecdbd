// The ways to send an order, what each costs, and which of them a customer has chosen.
//
// The sofa comes from the factory. Together with other things it is two shipments, and the
// customer chooses a way for each.

import { goodsAmount } from "./catalogue.mjs";
import { VAT, amountOf, sumOf, vatOf } from "./money.mjs";

const FREE_FROM = 150000;
// Carrier, and the prices to the door, to a locker, by lorry.
const COUNTRIES = new Map([
  ["NO", { operator: "posten", home: 7900, locker: 3900, lorry: 49900 }],
  ["SE", { operator: "postnord", home: 12900, locker: 6900, lorry: 79900 }],
  ["DK", { operator: "postnord", home: 13900, locker: 7900, lorry: 89900 }],
]);
const CARRY_IN = 30000;

/** The options for an address, of which only country and postal code may be known; none elsewhere. */
export function optionsFor(order, address) {
  const country = typeof address?.country === "string" ? address.country.trim().toUpperCase() : "";
  const prices = COUNTRIES.get(country);
  if (!prices) return [];
  const isLarge = ([name]) => name === "sofa";
  const large = order.lines.filter(isLarge);
  const small = order.lines.filter((line) => !isLarge(line));
  const parcel = small.length ? parcelOptions(country, prices, goodsAmount(order) >= FREE_FROM) : [];
  const freight = large.length ? freightOptions(country, prices) : [];
  if (!parcel.length || !freight.length) return [...parcel, ...freight];
  return [...asShipment("parcel", small, parcel), ...asShipment("freight", large, freight)];
}

function parcelOptions(country, { home, locker, operator }, isFree) {
  const toDoor = "To your door in 2 to 4 working days";
  const toLocker = "Near your address, open day and night";
  const door = option("home", "Home delivery", toDoor, isFree ? 0 : home, country, operator);
  const box = option("locker", "Parcel locker", toLocker, isFree ? 0 : locker, country, operator);
  return [door, { ...box, delivery_method: "pick_up" }];
}

function freightOptions(country, prices) {
  return [
    option("kerb", "Lorry, to the kerb", "On a day that you agree on", prices.lorry, country, "bring"),
    option("room", "Lorry, carried in", "Into the room of your choice", prices.lorry + CARRY_IN, country, "bring"),
  ];
}

function option(id, title, description, amount, country, operator) {
  return {
    id,
    line_id: id,
    title,
    description,
    countries: [country],
    amount,
    vat: VAT,
    vat_amount: vatOf(amount),
    operator,
    delivery_method: "delivery",
  };
}

function asShipment(shipmentId, lines, options) {
  const items = lines.map(([name, quantity]) => ({ line_id: name, quantity }));
  return options.map((one) => ({ ...one, shipment_id: shipmentId, shipment_items: items }));
}

/** The single options inside a choice: itself, or one for each shipment. */
export function partsOf(chosen) {
  if (!chosen || typeof chosen !== "object") return [];
  return Array.isArray(chosen.shipments) && chosen.shipments.length ? chosen.shipments : [chosen];
}

/** The same choice with our own prices, or null if it is none that we offer. */
export function ourChoice(options, chosen) {
  const ours = partsOf(chosen).map((part) => options.find((one) => one.line_id === part?.line_id));
  if (!ours.length || ours.includes(undefined)) return null;
  const shipments = (list) => [...new Set(list.map((one) => one.shipment_id))].length;
  if (shipments(ours) !== ours.length || ours.length !== shipments(options)) return null;
  if (ours.length === 1) return ours[0];
  // What stands on top is Dintero's wording; the prices are ours.
  const { id, line_id, title, operator } = chosen;
  const sums = { amount: sumOf(ours), vat_amount: sumOf(ours, "vat_amount") };
  return { id, line_id, title, operator, ...sums, shipments: ours };
}

/** Whether a choice costs what ours does, in sum and in each part. */
export function hasOurPrices(chosen, ours) {
  const prices = (one) => [amountOf(one), ...partsOf(one).map((part) => amountOf(part))].join();
  const inOrder = partsOf(chosen).map((part) => partsOf(ours).find((one) => one.line_id === part.line_id));
  return prices(chosen) === [amountOf(ours), ...inOrder.map((part) => amountOf(part))].join();
}
