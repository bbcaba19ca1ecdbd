// Which way to pay is chosen: told to the shop's page, and chosen by it.

import { tell } from "./messages.js";

function radios() {
  return [...document.querySelectorAll("[name=payment_product_type]")];
}

function tellOfChoice() {
  const chosen = radios().find((radio) => radio.checked)?.value;
  tell("ActivePaymentProductType", { payment_product_type: chosen });
}

/** The shop's page chooses; without a type nothing is chosen, and one that is not on offer changes nothing. */
export function choose(type) {
  if (type && !radios().some((radio) => radio.value === type)) return;
  for (const radio of radios()) radio.checked = radio.value === type;
  tellOfChoice();
}

/** From now on tell of the customer's choice. */
export function followChoice() {
  document.addEventListener("change", ({ target }) => {
    if (target.name === "payment_product_type") tellOfChoice();
  }, true);
}
