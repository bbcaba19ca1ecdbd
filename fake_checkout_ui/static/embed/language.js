// The language of the page: told when the customer changes it, changed when a pop-out was.

import { tell } from "./messages.js";

/** Speak another language; the page is loaded again in it. */
export function speak(language) {
  const picker = document.querySelector("[name=language]");
  if (!picker || picker.value === language) return;
  picker.value = language;
  if (picker.value) picker.form.submit(); // unlike requestSubmit this tells nobody
}

/** From now on tell of the customer's language. */
export function followLanguage() {
  document.addEventListener("submit", ({ target }) => {
    if (target.matches("[data-form=language]")) tell("LanguageChanged", { language: target.elements.language.value });
  }, true);
}
