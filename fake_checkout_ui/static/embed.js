// An embedded page speaks the protocol of Dintero's Web SDK: it tells the shop's page what happens, and does what it is asked.
// The page itself works by forms; this and the modules in embed/ only add the talk. docs/embedding.md has every message.

import { fitFrame } from "./embed/height.js";
import { followLanguage, speak } from "./embed/language.js";
import { hasShop, isHeard, isLauncher, isPopOut, listen, sid, tell } from "./embed/messages.js";
import { choose, followChoice } from "./embed/methods.js";
import { follow, guardButton, hearForPopOut, tellOfButton } from "./embed/pop_out.js";
import { askAtOnce, guardForms, hear } from "./embed/questions.js";
import { answerRefresh, lock, tellOnArrival } from "./embed/session.js";
import { redraw } from "./redraw.js";

const HANDLERS = {
  async LockSession() {
    await lock();
    await redraw();
  },
  async RefreshSession() {
    await answerRefresh();
    await redraw();
  },
  SetActivePaymentProductType({ payment_product_type: type }) { choose(type); },
  ValidationResult(result) {
    if (!hear(result) && isLauncher) hearForPopOut(result);
  },
  AddressCallbackResult: hear,
  SetLanguage({ language }) { speak(language); },
  OpenedPopOut: follow,
  OpenPopOutFailed: follow,
  ValidatingPopOut: follow,
  ClosedPopOut: follow,
};

/* What a page has to say as soon as it is there. */

function tellOfEnd({ finalEvent, href, merchantReference, transactionId, error }) {
  // A special way back starts at a page of ours; the shop's page needs its whole address.
  const fields = { href: href.startsWith("/") ? window.location.origin + href : href, merchant_reference: merchantReference };
  if (transactionId && !error) fields.transaction_id = transactionId;
  if (error) fields.error = error;
  tell(finalEvent, fields);
}

// SDKs before 0.9 know no TopLevelNavigation: where nobody hears it, the frame leads the whole window itself.
async function leadTheWholeWindow(href) {
  if (!(await isHeard(tell("TopLevelNavigation", { href })))) window.top.location.href = href;
}

async function arrive() {
  if (!isPopOut && !document.body.dataset.firstLoad) tell("ScrollToTop");
  const find = (name) => document.querySelector(`[data-${name}]`)?.dataset;
  if (find("final-event")) tellOfEnd(find("final-event"));
  else if (find("top-level-href")) await leadTheWholeWindow(find("top-level-href").topLevelHref);
  else if (find("not-found")) tell("SessionNotFound");
  else if (find("checkout")) await tellOnArrival();
  if (isLauncher && find("checkout")) tellOfButton();
}

if (hasShop && sid) {
  if (isPopOut) tell("AppLoaded");
  listen(HANDLERS);
  followLanguage();
  followChoice();
  guardForms();
  if (isLauncher) guardButton();
  if (!isPopOut) fitFrame();
  await arrive();
  askAtOnce();
}
