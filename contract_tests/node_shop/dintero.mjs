// The few calls that the shop makes to Dintero, with one access token for all of them.

import { setTimeout as pause } from "node:timers/promises";

import { DinteroError } from "./errors.mjs";

const TIME_OUT = 5000;
const LONGEST_PAUSE_SECONDS = 5;
const WHO = { "Dintero-System-Name": "node-shop", "Dintero-System-Version": "1.0.0" };

export class Dintero {
  #settings;
  #token = null;
  #renewal = null;

  constructor(settings) {
    this.#settings = settings;
  }

  /** POST /v1/sessions-profile: `{id, url}`. */
  async createSession(body) {
    const { id, url } = (await this.#call("POST", "/v1/sessions-profile", body)).body;
    if (typeof id !== "string" || typeof url !== "string") throw new DinteroError("Dintero's answer has no session.");
    return { id, url };
  }

  /** GET /v1/sessions/{id}. */
  session(id) {
    return this.#read("sessions", id);
  }

  /** PUT /v1/sessions/{id}, also while its page is open. */
  async updateSession(id, body) {
    await this.#call("PUT", `${pathOf("sessions", id)}?update_without_lock=true`, body);
  }

  /** GET /v1/transactions/{id}. */
  transaction(id) {
    return this.#read("transactions", id);
  }

  /** POST /v1/transactions/{id}/capture, refund or void; answers whether Dintero goes on with it later (202). */
  async operate(id, verb, body) {
    return (await this.#call("POST", `${pathOf("transactions", id)}/${verb}`, body)).status === 202;
  }

  async #read(kind, id) {
    const { body } = await this.#call("GET", pathOf(kind, id));
    if (body.id !== id) throw new DinteroError("Dintero answered with something else.");
    return body;
  }

  /** A token that Dintero no longer takes is renewed once. */
  async #call(method, path, body) {
    let token = await this.#validToken();
    let answer = await this.#send(method, path, token, body);
    if (answer.status === 401) {
      if (this.#token === token) this.#token = null;
      token = await this.#validToken();
      answer = await this.#send(method, path, token, body);
    }
    return understood(answer);
  }

  #send(method, path, token, body) {
    const headers = { ...WHO, authorization: `Bearer ${token.text}` };
    return patiently(this.#settings.checkoutUrl + path, method, headers, body);
  }

  async #validToken() {
    if (this.#token && performance.now() < this.#token.goodUntil) return this.#token;
    // Whoever comes while it is renewed waits for the same new one.
    this.#renewal ??= this.#newToken().finally(() => (this.#renewal = null));
    return (this.#token = await this.#renewal);
  }

  async #newToken() {
    const { apiUrl, accountId, clientId, clientSecret } = this.#settings;
    const login = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
    const audience = `https://api.dintero.com/v1/accounts/${accountId}`;
    const url = `${apiUrl}/v1/accounts/${accountId}/auth/token`;
    const grant = { grant_type: "client_credentials", audience };
    const { body } = understood(await patiently(url, "POST", { ...WHO, authorization: `Basic ${login}` }, grant));
    if (typeof body.access_token !== "string") throw new DinteroError("Dintero's answer has no access token.");
    // A tenth early, so that a token does not run out on its way.
    return { text: body.access_token, goodUntil: performance.now() + 900 * (Number(body.expires_in) || 0) };
  }
}

/** An id may come from outside: escaped, it cannot lead to another path. */
function pathOf(kind, id) {
  return `/v1/${kind}/${encodeURIComponent(id)}`;
}

/** A call that Dintero was too busy for (429: nothing was done) is made once more when it says. */
async function patiently(url, method, headers, body) {
  const answer = await once(url, method, headers, body);
  const seconds = answer.status === 429 ? secondsOf(answer.headers.get("retry-after")) : Infinity;
  if (seconds > LONGEST_PAUSE_SECONDS) return answer;
  await pause(seconds * 1000);
  return once(url, method, headers, body);
}

/** `Retry-After` is seconds or a date; a second if it says nothing. */
function secondsOf(retryAfter) {
  if (!retryAfter) return 1;
  const seconds = /^[0-9]+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? 1 : Math.max(0, seconds);
}

async function once(url, method, headers, body) {
  const options = { method, headers, redirect: "error", signal: AbortSignal.timeout(TIME_OUT) };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { ...headers, "content-type": "application/json" };
  }
  try {
    const answer = await fetch(url, options);
    // Read here, so that the time-out covers the body and half of one is an error.
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch (error) {
    const isLate = error.name === "TimeoutError";
    throw new DinteroError(isLate ? "Dintero did not answer in time." : "Dintero could not be reached.");
  }
}

/** The JSON object of a good answer; otherwise the trouble, in Dintero's own words. */
function understood({ status, text }) {
  const body = objectIn(text);
  if ((status === 200 || status === 202) && body) return { status, body };
  if (status === 200 || status === 202) throw new DinteroError("Dintero's answer cannot be read.");
  throw new DinteroError(`Dintero answered ${status}: ${wordsOf(body)}`, status);
}

function objectIn(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function wordsOf(body) {
  const error = body?.error;
  const details = Array.isArray(error?.errors) ? error.errors.map((one) => one?.description) : [];
  return [error?.message, ...details].filter(Boolean).join("; ") || "it did not say why";
}
