// Draws the page anew from the server without loading it: what stays the same stays where it is.

export async function redraw() {
  const answer = await fetch(window.location.href, { headers: { accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.id;
  for (const place of ["header", "content", "footer"]) {
    const now = document.querySelector(`[data-part=${place}]`);
    const then = fresh.querySelector(`[data-part=${place}]`);
    if (now && then && now.innerHTML !== then.innerHTML) now.replaceChildren(...then.childNodes);
  }
  document.title = fresh.title;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
