// Run the shop: `node shop.mjs [--port 8428] [--host 127.0.0.1] [--public-url https://...]`.
// It learns from the environment (`DINTERO_*`, see settings.mjs) where Dintero is.

import { parseArgs } from "node:util";

import { Dintero } from "./dintero.mjs";
import { Shop } from "./orders.mjs";
import { serverOf } from "./server.mjs";
import { bare, settingsFrom } from "./settings.mjs";

const text = { type: "string" };
const { values: flags } = parseArgs({ options: { port: text, host: text, "public-url": text } });
const host = flags.host ?? "127.0.0.1";
const port = Number(flags.port ?? (process.env.PORT || 8428));

let settings;
try {
  settings = settingsFrom(process.env);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

let shop;
const server = serverOf(() => shop);
server.listen(port, host, () => {
  const here = `http://${host}:${server.address().port}`;
  const publicUrl = bare(flags["public-url"] ?? process.env.SHOP_URL ?? here);
  shop = new Shop(settings, new Dintero(settings), publicUrl);
  console.log(`Node shop at ${here}`);
});
server.on("error", (error) => {
  console.error(`The shop cannot listen on ${host}:${port}: ${error.message}`);
  process.exit(1);
});
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(0));
