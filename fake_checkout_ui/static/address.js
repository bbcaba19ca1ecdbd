// Two kindnesses of the address form: the town of a postal code, and an offer to those that the page knows.
// The server does both without this file, when the form is sent.

async function ask(url, query) {
  const place = new URL(url, window.location.href);
  for (const [name, value] of Object.entries(query)) place.searchParams.set(name, value);
  try {
    const answer = await fetch(place);
    return answer.status === 200 ? await answer.json() : null;
  } catch {
    return null; // the form does without
  }
}

// What was typed is never written over; what was filled in here goes when the code does.
async function fillPlace(form, prefix) {
  const [code, country, town] = ["postal_code", "country", "postal_place"].map((name) => form.elements[prefix + name]);
  if (!code?.value || !town || (town.value && town.value !== town.dataset.filled)) return;
  const found = await ask(form.dataset.placeUrl, { country: country.value, postal_code: code.value });
  if (town.value && town.value !== town.dataset.filled) return;
  town.value = found?.postal_place ?? "";
  town.dataset.filled = town.value;
  if (town === document.activeElement) town.select(); // who is about to type the same there does not write it twice
}

async function recognise(form) {
  const { email, phone_number: phone } = form.elements;
  const found = await ask(form.dataset.whoUrl, { email: email.value, phone_number: phone.value });
  const offer = form.querySelector("[data-who-found]");
  if (!offer) return;
  if (found) {
    const words = offer.querySelector("[data-who-words]");
    words.textContent = words.dataset.whoWords.replace("%s", found.name);
    const link = offer.querySelector("a");
    const href = new URL(link.href);
    href.searchParams.set("who", found.id);
    link.href = href;
  }
  offer.hidden = !found;
  form.querySelector("[data-who-hint]").hidden = Boolean(found);
}

// At the document, as the form may be drawn anew.
document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("form[data-form=address]");
  if (!form) return;
  if (["email", "phone_number"].includes(target.name)) recognise(form);
  const [, prefix, name] = /^(billing_)?(postal_code|country)$/.exec(target.name) ?? [];
  if (name) fillPlace(form, prefix ?? "");
});
