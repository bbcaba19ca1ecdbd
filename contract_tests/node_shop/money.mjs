// Amounts: all are whole øre (or öre) and include VAT.

export const VAT = 25;
// One price list: what costs 499 costs that in each.
export const CURRENCIES = ["NOK", "SEK", "DKK"];

/** The VAT inside an amount that includes it. */
export function vatOf(amount) {
  return Math.round((amount * VAT) / (100 + VAT));
}

/** An amount in something of Dintero's; 0 when it is absent or no number. */
export function amountOf(record, key = "amount") {
  const amount = record?.[key];
  return Number.isFinite(amount) ? Math.trunc(amount) : 0;
}

/** The sum of a list's amounts. */
export function sumOf(records, key = "amount") {
  return records.reduce((sum, record) => sum + amountOf(record, key), 0);
}

/** 49900 is "499 kr", 42415 is "424.15 kr". */
export function crowns(amount) {
  const rest = amount % 100;
  return `${Math.trunc(amount / 100)}${rest ? `.${String(rest).padStart(2, "0")}` : ""}\u00a0kr`;
}
