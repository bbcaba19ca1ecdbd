// What the customer sees and does: choose, pay, come back.

import { PRODUCTS, currencyOf, linesOf } from "./catalogue.mjs";
import { DinteroError, ShopError } from "./errors.mjs";
import { page, productsPage, termsPage, thanksPage } from "./pages.mjs";
import { formOf, jsonOf, redirect } from "./requests.mjs";

export function products() {
  return page(productsPage());
}

export function terms() {
  return page(termsPage());
}

/** The basket becomes an order and a session, and the customer goes to Dintero's page. */
export async function pay(shop, request) {
  const isForm = (request.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
  const { basket, currency } = isForm ? basketIn(await formOf(request)) : await jsonOf(request);
  try {
    return redirect(await shop.checkOut(linesOf(basket), currencyOf(currency)));
  } catch (trouble) {
    if (!(trouble instanceof DinteroError)) throw trouble;
    const words = `The payment page cannot be opened: ${trouble.message} You have not paid anything. Please try again.`;
    throw new ShopError(502, words);
  }
}

function basketIn(form) {
  const chosen = [...PRODUCTS.keys()].filter((name) => form.has(name)).map((name) => [name, form.get(name)]);
  return { basket: Object.fromEntries(chosen), currency: form.get("currency") ?? undefined };
}

/** The customer is back. The address is only a hint: anybody can type one. */
export async function thanks(shop, request, ref) {
  const form = request.method === "POST" ? await formOf(request) : new URLSearchParams();
  const said = (name) => request.params.get(name) ?? form.get(name);
  const { ref: known } = shop.order(ref);
  try {
    await shop.hear(known, said("transaction_id"), said("error"));
  } catch (trouble) {
    if (!(trouble instanceof DinteroError)) throw trouble;
  }
  return page(thanksPage(shop.order(known)));
}
