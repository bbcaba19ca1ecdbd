// Every address of the shop, and what an error looks like to whoever asked.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import { changeBasket, operate, ordersFile } from "./admin.mjs";
import { ShopError } from "./errors.mjs";
import { pay, products, terms, thanks } from "./front.mjs";
import { addressHook, codesHook, paymentHook } from "./hooks.mjs";
import { errorPage, page } from "./pages.mjs";
import { json, requestOf } from "./requests.mjs";

const USUAL = { "x-content-type-options": "nosniff", "cache-control": "no-store" };
const REF = "([A-Za-z0-9-]+)";
const ROUTES = [
  ["GET", "/", products],
  ["GET", "/terms", terms],
  ["GET", "/shop.css", file("shop.css", "text/css; charset=utf-8")],
  ["GET", "/logo.svg", file("logo.svg", "image/svg+xml")],
  ["GET", "/up", () => ({ status: 200, type: "text/plain", body: "ok" })],
  ["POST", "/cart/pay", pay],
  ["PATCH", `/cart/${REF}`, changeBasket],
  ["GET POST", `/thanks/${REF}`, thanks],
  ["POST", "/hooks/dintero/address", addressHook],
  ["POST", "/hooks/dintero/codes", codesHook],
  ["GET POST", `/hooks/dintero/payment/${REF}`, paymentHook],
  ["GET", "/admin/orders.json", ordersFile],
  ["POST", `/admin/orders/${REF}/([a-z]+)`, operate],
].map(([methods, path, handler]) => ({ methods: methods.split(" "), path: new RegExp(`^${path}$`), handler }));

/** The shop as an HTTP server; it does not listen yet. `shop` is asked for at each request. */
export function serverOf(shop) {
  const server = createServer(async (message, response) => {
    const request = requestOf(message);
    const answer = await answerTo(shop(), request).catch((error) => trouble(request, error));
    message.resume();
    const headers = { "content-type": answer.type, ...USUAL, ...answer.headers };
    response.writeHead(answer.status, headers).end(request.method === "HEAD" ? undefined : answer.body);
  });
  // Longer than whoever calls us keeps a connection, so that we are not the one to hang up on a call.
  server.keepAliveTimeout = 75_000;
  return server;
}

async function answerTo(shop, request) {
  const found = ROUTES.filter(({ path }) => path.test(request.path));
  if (!found.length) throw new ShopError(404, "There is no such page.");
  const method = request.method === "HEAD" ? "GET" : request.method;
  const route = found.find(({ methods }) => methods.includes(method));
  if (!route) throw new ShopError(405, "That cannot be done here.");
  return route.handler(shop, request, ...route.path.exec(request.path).slice(1));
}

/** Plain words for what went wrong: JSON to a program, a page to a person. */
function trouble(request, error) {
  const isOurs = !(error instanceof ShopError);
  if (isOurs) console.error(`shop: ${request.method} ${request.path}: ${error.stack}`);
  const status = isOurs ? 500 : error.status;
  const message = isOurs ? "Something is wrong on our side." : error.message;
  const isForPrograms = /^\/(admin|hooks)\//.test(request.path) || request.method === "PATCH";
  const wantsJson = isForPrograms || (request.header("accept") ?? "").includes("application/json");
  return wantsJson ? json({ error: { message } }, status) : page(errorPage(message), status);
}

function file(name, type) {
  const body = readFileSync(new URL(`public/${name}`, import.meta.url));
  return () => ({ status: 200, type, body, headers: { "cache-control": "max-age=3600" } });
}
