// Draws the page anew from the server without loading it; what the customer has typed or opened stays as it is.

let turn = 0;

/** Draw what the server shows now. Of two at the same time the later one counts. */
export async function redraw() {
  turn += 1;
  const mine = turn;
  const answer = await fetch(document.body.dataset.again, { headers: { accept: "text/html" } });
  const html = await answer.text();
  if (mine === turn) draw(html);
}

/** Draw this page of ours. */
export function draw(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const before = remember();
  for (const part of ["header", "content", "footer"]) {
    const now = document.querySelector(`[data-part=${part}]`);
    const then = fresh.querySelector(`[data-part=${part}]`);
    if (now && then && now.innerHTML !== then.innerHTML) now.replaceChildren(...then.childNodes);
  }
  document.title = fresh.title;
  restore(before);
  document.dispatchEvent(new Event("redrawn"));
}

// The answer to a form shows what was typed as its own.
function isAnswerToForm() {
  return new URL(document.body.dataset.again, location.href).pathname !== location.pathname;
}

function fields() {
  return [...document.querySelectorAll("[data-part] :is(input, select)[id]")].filter((one) => one.type !== "hidden");
}

function isTouched(field) {
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.options) return !field.selectedOptions[0]?.defaultSelected;
  return field.value !== field.defaultValue;
}

function remember() {
  const { activeElement: focused } = document;
  return {
    touched: fields().filter(isAnswerToForm() ? () => true : isTouched),
    open: [...document.querySelectorAll("details[data-testid]")].filter((one) => one.open),
    focused: focused?.id,
    selection: focused?.matches("input[type=text], input[type=tel]") ? [focused.selectionStart, focused.selectionEnd] : null,
  };
}

function restore({ touched, open, focused, selection }) {
  for (const before of touched) {
    const now = document.getElementById(before.id);
    if (!now || now === before || now.type !== before.type) continue;
    if (before.type === "radio" || before.type === "checkbox") now.checked = before.checked;
    else now.value = before.value;
  }
  for (const { dataset } of open) {
    const now = document.querySelector(`details[data-testid="${dataset.testid}"]`);
    if (now) now.open = true;
  }
  const again = focused && document.getElementById(focused);
  if (!again || again === document.activeElement) return;
  again.focus({ preventScroll: true });
  if (selection) again.setSelectionRange(...selection);
}
