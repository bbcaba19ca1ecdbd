// What an HTTP request to the shop carries, and what it is answered with.

import { ShopError } from "./errors.mjs";

const LARGEST_BODY = 1_000_000;

/** The parts of a request that the shop looks at; throws for an address that is none. */
export function requestOf(message) {
  const [path, ...rest] = message.url.split("?");
  const query = rest.join("?");
  return {
    method: message.method,
    path,
    query,
    params: new URLSearchParams(query),
    header: (name) => message.headers[name],
    text: () => textOf(message),
  };
}

async function textOf(message) {
  const chunks = [];
  let size = 0;
  // Kept open when it is left early, so that there is an answer.
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new ShopError(413, "That is more than the shop reads.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The JSON object in the body, or a 400. */
export async function jsonOf(request) {
  const value = parsed(await request.text());
  if (!value || typeof value !== "object" || Array.isArray(value)) {
    throw new ShopError(400, "The body must be a JSON object.");
  }
  return value;
}

/** The JSON object in the body; `{}` when there is no body. */
export async function optionalJsonOf(request) {
  const text = await request.text();
  return text.trim() ? jsonOf({ text: () => text }) : {};
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of a form. */
export async function formOf(request) {
  return new URLSearchParams(await request.text());
}

export function json(body, status = 200) {
  return { status, type: "application/json", body: JSON.stringify(body) };
}

export function redirect(url) {
  return { status: 302, type: "text/plain; charset=utf-8", body: "", headers: { location: url } };
}
