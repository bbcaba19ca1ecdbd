// The shop's pages. They load nothing from elsewhere and work without JavaScript.

import { PRODUCTS, itemsOf } from "./catalogue.mjs";
import { crowns } from "./money.mjs";
import { totalOf } from "./operations.mjs";
import { partsOf } from "./shipping.mjs";
import { wasPaid } from "./payments.mjs";

/** A page as an answer. */
export function page({ title, body }, status = 200) {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} - Lys og Lin</title>
<link rel="icon" href="/logo.svg">
<link rel="stylesheet" href="/shop.css">
</head>
<body>
<header><a href="/"><img src="/logo.svg" alt="" width="32" height="32"> Lys og Lin</a></header>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
<footer><a href="/terms">Terms</a></footer>
</body>
</html>
`;
  const policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'";
  return { status, type: "text/html; charset=utf-8", body: html, headers: { "content-security-policy": policy } };
}

export function productsPage() {
  const cards = [...PRODUCTS].map(
    ([name, { name: title, price, text }]) => `<li>
<h2>${escaped(title)}</h2>
<p>${escaped(text)}</p>
<p class="price">${crowns(price)}</p>
<label for="${name}">How many</label>
<input id="${name}" name="${name}" type="number" min="0" max="99" value="${name === "lamp" ? 1 : 0}">
</li>`,
  );
  return {
    title: "Light and linen",
    body: `<form method="post" action="/cart/pay">
<ul class="products">
${cards.join("\n")}
</ul>
<button>Pay with Dintero</button>
</form>
<p>All prices include VAT. We send to Norway, Sweden and Denmark.</p>`,
  };
}

export function termsPage() {
  return {
    title: "Terms",
    body: `<p>What you do not like you can send back within 14 days, and you get back what you paid.</p>
<p>We take your money when we send what you bought.</p>`,
  };
}

/** How the order stands, without anything about the customer: whoever has the address can see it. */
export function thanksPage(order) {
  const [title, text] = wordsFor(order);
  const lines = [
    ...itemsOf(order).map(({ description, quantity, amount }) => [`${quantity} × ${description}`, amount]),
    ...partsOf(order.shipping).map((part) => [part.title, part.amount]),
  ];
  const row = ([what, amount]) => `<tr><th scope="row">${escaped(what)}</th><td>${crowns(amount)}</td></tr>`;
  return {
    title,
    body: `<p role="status">${escaped(text)}</p>
<table>
<caption>Order ${escaped(order.ref)}</caption>
<tbody>
${lines.map(row).join("\n")}
</tbody>
<tfoot><tr><th scope="row">Total</th><td>${crowns(totalOf(order))} (${escaped(order.currency)})</td></tr></tfoot>
</table>
<p><a href="/">Back to the shop</a></p>`,
  };
}

function wordsFor(order) {
  const { state } = order;
  if (state === "RELEASED") return ["Order cancelled", "The order was cancelled, and nothing was taken."];
  if (wasPaid(order)) return ["Thank you", "We have your order and your payment. A confirmation is on its way."];
  if (state === "WAITING") return ["Please wait", "The payment is being looked at. We write to you when we know."];
  if (order.problem) return ["Not paid", "The payment does not fit this order. Please get in touch with us."];
  if (state === "GAVE_UP") return ["Not paid", "You cancelled the payment. Nothing was taken; you can try again."];
  if (state === "DEAD") return ["Not paid", "The payment failed. Nothing was taken; you can try again."];
  return ["Almost there", "We have not heard of your payment yet. Load this page again in a moment."];
}

export function errorPage(message) {
  return {
    title: "That did not work",
    body: `<p role="alert">${escaped(message)}</p>
<p><a href="/">Back to the shop</a></p>`,
  };
}

/** Text that cannot become markup. */
export function escaped(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(text).replace(/[&<>"']/g, (one) => names[one]);
}
