// What the shop sells, what a basket costs, and what a discount code takes off.

import { ShopError } from "./errors.mjs";
import { CURRENCIES, VAT, sumOf, vatOf } from "./money.mjs";

export const PRODUCTS = new Map([
  ["lamp", { name: "Reading lamp", price: 49900, text: "Warm light, and a switch where the hand is." }],
  ["cushion", { name: "Linen cushion", price: 19900, text: "Washed linen, filled with feathers." }],
  ["sofa", { name: "Three-seat sofa", price: 799000, text: "Comes by lorry from the factory." }],
]);

export const CODE = "HELLO15";
const PERCENT = 15;

/** The lines `[product, quantity]` of a basket like `{"lamp": 1}`, or a 400. */
export function linesOf(basket) {
  const names = basket && typeof basket === "object" && !Array.isArray(basket) ? Object.keys(basket) : [];
  if (!names.every((name) => PRODUCTS.has(name))) {
    throw new ShopError(400, `We sell ${[...PRODUCTS.keys()].join(", ")}, and nothing else.`);
  }
  const lines = names.map((name) => [name, quantityOf(basket[name])]).filter(([, quantity]) => quantity);
  if (!lines.length) throw new ShopError(400, "The basket is empty. Choose at least one thing.");
  return lines;
}

function quantityOf(value) {
  const isText = typeof value === "string" || typeof value === "number";
  const text = isText ? String(value).trim() || "0" : "no number";
  if (!/^[0-9]{1,2}$/.test(text)) throw new ShopError(400, "A quantity is a whole number from 0 to 99.");
  return Number(text);
}

/** The currency that was asked for, Norwegian crowns unless told otherwise, or a 400. */
export function currencyOf(wanted = "NOK") {
  if (!CURRENCIES.includes(wanted)) throw new ShopError(400, `We take ${CURRENCIES.join(", ")}.`);
  return wanted;
}

/** Those of the customer's codes that we honour, as they were typed: HELLO15, once. */
export function honoured(codes) {
  const typed = Array.isArray(codes) ? codes : [];
  return typed.filter((code) => typeof code === "string" && code.trim().toUpperCase() === CODE).slice(0, 1);
}

/** The goods of `{lines, codes}` as Dintero's order items; an amount is what is left to pay. */
export function itemsOf({ lines, codes }) {
  return lines.map(([name, quantity]) => {
    const { name: description, price } = PRODUCTS.get(name);
    const discounts = codes.map((code) => discountLine(price * quantity, code));
    const amount = price * quantity - sumOf(discounts);
    return {
      id: name,
      line_id: name,
      description,
      quantity,
      amount,
      vat: VAT,
      vat_amount: vatOf(amount),
      type: "physical",
      discount_lines: discounts,
    };
  });
}

function discountLine(gross, code) {
  return {
    amount: Math.round((gross * PERCENT) / 100),
    percentage: PERCENT,
    discount_type: "external",
    discount_id: code,
    description: `Hello, ${PERCENT} % off`,
    line_id: 1,
  };
}

/** What the goods cost, without shipping. */
export function goodsAmount(order) {
  return sumOf(itemsOf(order));
}
