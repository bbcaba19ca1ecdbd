// The way back to the shop, raced or doubled. "pagehide" comes when the shop's answer has arrived: until then
// this page stays, so the beacon is the moment in which the return has been handled.

const way = document.querySelector("[data-testid=way-back]");
const { sid, url, visits } = way.dataset;

function tell(moment) {
  navigator.sendBeacon(`/return/${sid}/${moment}`);
}

// "no-store": otherwise the browser's cache keeps the second visit waiting until the first was answered.
function visitUnseen() {
  const visit = { mode: "no-cors", credentials: "include", keepalive: true, cache: "no-store" };
  return fetch(url, visit).catch(() => {});
}

window.addEventListener("pagehide", () => tell("answered"));

if (visits === "twice") {
  tell("started");
  await visitUnseen();
} else {
  if (visits === "twice_at_once") visitUnseen();
  tell("started");
}
window.top.location.replace(url);
