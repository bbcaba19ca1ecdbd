// What the shop tells Dintero about an order before it is paid: the session, two answers, a change.

import { goodsAmount, honoured, itemsOf } from "./catalogue.mjs";
import { amountOf, sumOf } from "./money.mjs";
import { optionsFor, ourChoice } from "./shipping.mjs";

/** The express session that an order is paid in; `shop` is our own address. */
export function sessionRequest(order, profileId, shop) {
  const hooks = `${shop}/hooks/dintero`;
  const reports = "report_error=true&report_event=CAPTURE&report_event=REFUND&report_event=VOID";
  return {
    profile_id: profileId,
    url: {
      return_url: `${shop}/thanks/${order.ref}`,
      callback_url: `${hooks}/payment/${order.ref}?${reports}`,
      merchant_terms_url: `${shop}/terms`,
    },
    merchant: { name: "Lys og Lin", logo_url: `${shop}/logo.svg` },
    order: { merchant_reference: order.ref, ...sums(order, null) },
    express: {
      shipping_options: [],
      shipping_address_callback_url: `${hooks}/address`,
      discount_codes: { max_count: 1, callback_url: `${hooks}/codes` },
    },
    configuration: {
      allow_express_wallet_payment: true,
      discounts: { express_discount_codes: { enabled: true } },
    },
  };
}

/**
 * An order at the price of the codes in Dintero's session: an answer of ours that got lost, or came
 * too late, left another code there than the one that we were last asked about.
 */
export function asPriced(order, asked) {
  return { ...order, codes: honoured(asked?.discount_codes) };
}

/**
 * The ways to send an order to the address in Dintero's question, and the sum with the option
 * chosen so far at the price in the question: a difference would become a correction item.
 */
export function answerToAddress(order, asked) {
  return {
    shipping_options: optionsFor(order, asked.shipping_address),
    order: sums(order, asked.shipping_option),
  };
}

/** All items at the price with these codes, and the shipping, which may have become dearer. */
export function answerToCodes(order, asked) {
  const options = optionsFor(order, asked.shipping_address);
  const chosen = ourChoice(options, asked.shipping_option);
  return { shipping_options: options, order: { ...sums(order, chosen), discount_codes: order.codes } };
}

/** The update of an open session for an order with another basket. */
export function updateRequest(order, session) {
  const options = optionsFor(order, session.order?.shipping_address);
  const chosen = ourChoice(options, session.order?.shipping_option);
  return {
    order: { ...sums(order, chosen), discount_codes: order.codes, ...(chosen && { shipping_option: chosen }) },
    express: { shipping_options: options },
  };
}

/** Whether a session has the goods of this order: an update took effect, whatever was answered. */
export function hasGoodsOf(order, session) {
  const told = (items) => items.map((item) => [item?.line_id, item?.quantity, amountOf(item)].join()).join(";");
  const items = session.order?.items;
  return Array.isArray(items) && told(items) === told(itemsOf(order));
}

function sums(order, chosen) {
  const items = itemsOf(order);
  return {
    amount: goodsAmount(order) + amountOf(chosen),
    vat_amount: sumOf(items, "vat_amount") + amountOf(chosen, "vat_amount"),
    currency: order.currency,
    items,
  };
}
