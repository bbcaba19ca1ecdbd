// All orders of the shop, in memory, and everything that changes them.

import { randomInt } from "node:crypto";

import { DinteroError, ShopError } from "./errors.mjs";
import { OPERATIONS } from "./operations.mjs";
import { giveUp, isFixed, settle } from "./payments.mjs";
import { asPriced, hasGoodsOf, sessionRequest, updateRequest } from "./session.mjs";

const LETTERS = "23456789abcdefghjkmnpqrstuvwxyz";

/** The orders, each changed by one at a time: an older reading must not overwrite a newer. */
export class Shop {
  #orders = new Map();
  #queues = new Map();
  #settings;
  #dintero;

  constructor(settings, dintero, publicUrl) {
    this.#settings = settings;
    this.#dintero = dintero;
    this.publicUrl = publicUrl;
  }

  get settings() {
    return this.#settings;
  }

  /** All orders, the oldest first. */
  get orders() {
    return [...this.#orders.values()];
  }

  /** The order with this reference, or undefined. */
  find(ref) {
    return this.#orders.get(ref);
  }

  /** The order with this reference, or a 404. */
  order(ref) {
    const order = this.#orders.get(ref);
    if (!order) throw new ShopError(404, "We have no order with this number.");
    return order;
  }

  /** Make an order and a session to pay it in; answers with the page to send the customer to. */
  async checkOut(lines, currency) {
    const order = this.#keep(newOrder(this.#newReference(), lines, currency));
    return this.#alone(order.ref, async () => {
      const request = sessionRequest(order, this.#settings.profileId, this.publicUrl);
      try {
        const { id, url } = await this.#dintero.createSession(request);
        this.#keep({ ...order, sessionId: id });
        return url;
      } catch (trouble) {
        this.#keep(giveUp({ ...order, problem: "Dintero has no session for it" }, "failed"));
        throw trouble;
      }
    });
  }

  /** Something was said about an order's payment: find out what is true. Answers `{order, problem}`. */
  hear(ref, transactionId, error) {
    return this.#alone(ref, () => this.#look(ref, transactionId, error));
  }

  /** Change the basket while the customer is on Dintero's page. */
  changeBasket(ref, lines) {
    return this.#alone(ref, async () => {
      const { order } = await this.#look(ref);
      if (isFixed(order)) throw new ShopError(409, "The order is paid and cannot change any more.");
      if (!order.sessionId) throw new ShopError(409, "This order has no open session.");
      return this.#keep(await this.#tell({ ...order, lines }));
    });
  }

  /** Take note of the codes in Dintero's question. Which of them count, the payment tells. */
  price(order, asked) {
    return this.#keep(asPriced(order, asked));
  }

  /**
   * Send, repay or release. Only the payment as it is read afterwards says whether it was done.
   * Answers `{order, isPending}`.
   */
  operate(ref, name, wishes) {
    const { verb, request, isDone } = OPERATIONS.get(name);
    return this.#alone(ref, async () => {
      const { order: before, problem } = await this.#look(ref);
      if (problem) throw new ShopError(409, `Not accepted: ${problem}.`);
      if (!before.transactionId) throw new ShopError(409, "This order has no payment yet.");
      const body = request(before, wishes);
      const operation = () => this.#dintero.operate(before.transactionId, verb, body);
      const { result: isPending, trouble } = await attempted(operation);
      const { order: after } = await this.#look(ref);
      if (isDone(before, after, body)) return { order: after, isPending: false };
      if (trouble) throw trouble;
      const [failure] = after.failures.slice(before.failures.length);
      if (failure) throw new ShopError(409, `It was not done: ${failure}.`);
      if (isPending) return { order: after, isPending };
      throw new DinteroError("It was not done: Dintero has no record of it.");
    });
  }

  /** Tell Dintero of another basket. Only the session as it is read afterwards says whether it took it. */
  async #tell(order) {
    const session = await this.#dintero.session(order.sessionId);
    const changed = { ...asPriced(order, session.order), maybe: null };
    const request = updateRequest(changed, session);
    const { trouble } = await attempted(() => this.#dintero.updateSession(order.sessionId, request));
    if (trouble?.isRefusal) throw trouble;
    // As long as nobody can tell, either basket may be paid.
    this.#keep({ ...this.order(order.ref), maybe: order.lines });
    if (hasGoodsOf(changed, await this.#dintero.session(order.sessionId))) return changed;
    throw trouble ?? new DinteroError("It was not done: Dintero has another basket.");
  }

  /** Read the payment; whoever told us of it may be wrong, or lie. */
  async #look(ref, named, error) {
    const transactionId = named || (await this.#transactionOf(this.order(ref)));
    if (transactionId) {
      const transaction = await this.#dintero.transaction(transactionId);
      // Looked up only now: a question about codes may have been answered meanwhile.
      const { order, problem } = settle(this.order(ref), transaction);
      return { order: this.#keep(order), problem };
    }
    const order = this.order(ref);
    return { order: error ? this.#keep(giveUp(order, error)) : order, problem: null };
  }

  /** A session that was not paid at the first attempt has another transaction than we know. */
  async #transactionOf(order) {
    const { sessionId, transactionId } = order;
    if (isFixed(order) || !sessionId) return transactionId;
    try {
      return (await this.#dintero.session(sessionId)).transaction_id ?? transactionId;
    } catch (trouble) {
      if (trouble instanceof DinteroError && trouble.answered === 404) return transactionId;
      throw trouble;
    }
  }

  #keep(order) {
    const before = this.#orders.get(order.ref);
    this.#orders.set(order.ref, Object.freeze(order));
    if (before?.state !== order.state || before.problem !== order.problem) {
      console.error(`shop: ${order.ref} is ${order.state} ${order.problem}`.trimEnd());
    }
    return order;
  }

  /** Run what changes an order after all that was asked before for the same one. */
  #alone(ref, work) {
    const turn = (this.#queues.get(ref) ?? Promise.resolve()).then(work);
    const end = turn.catch(() => {}).finally(() => {
      if (this.#queues.get(ref) === end) this.#queues.delete(ref);
    });
    this.#queues.set(ref, end);
    return turn;
  }

  /** Not to be guessed: whoever knows it can see the order. */
  #newReference() {
    const letters = Array.from({ length: 10 }, () => LETTERS[randomInt(LETTERS.length)]);
    const ref = `LL-${letters.join("")}`;
    return this.#orders.has(ref) ? this.#newReference() : ref;
  }
}

/** What a call to Dintero came to. One that ended in trouble may have been done all the same. */
async function attempted(call) {
  try {
    return { result: await call() };
  } catch (trouble) {
    if (!(trouble instanceof DinteroError)) throw trouble;
    return { trouble };
  }
}

/** An order that nobody has paid yet. */
export function newOrder(ref, lines, currency) {
  return {
    ref,
    lines,
    currency,
    maybe: null,
    codes: [],
    state: "NEW",
    mails: [],
    problem: "",
    sessionId: null,
    transactionId: null,
    address: null,
    shipping: null,
    parcels: [],
    captured: 0,
    refunded: 0,
    underway: [],
    failures: [],
  };
}
