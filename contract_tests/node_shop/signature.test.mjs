import assert from "node:assert/strict";
import test from "node:test";

import { sign, signatureFault } from "./signature.mjs";

const NOW = 1_790_000_000;
const CALL = { method: "GET", host: "shop.test", path: "/paid", query: "b=2&a=1&time=2026-01-01T10:00:00Z" };

test("the signature is the one that Dintero publishes", () => {
  const call = { method: "GET", host: "example.com", path: "/callback", query: "B=123&A=992" };
  const digest = sign("123", "1582236537", "P00000000", call);
  assert.equal(digest, "6bed2ab1b919d460ef7465a20dc6c97260dca73fab6647106ca525f0908df64a");
});

test("a signature is good for five minutes either way", () => {
  for (const [age, isGood] of [[0, true], [300, true], [301, false], [-300, true], [-301, false]]) {
    const header = `t=${NOW - age},v0-hmac-sha256=${sign("secret", String(NOW - age), "T1", CALL)}`;
    assert.equal(signatureFault(header, CALL, "secret", "T1", NOW) === null, isGood, `${age} seconds`);
  }
});

test("a signature of another call, account or secret is refused", () => {
  const header = `t=${NOW},v0-hmac-sha256=${sign("secret", String(NOW), "T1", CALL)}`;
  for (const other of [{ method: "POST" }, { host: "evil.test" }, { path: "/paid/" }, { query: "a=1&b=3" }]) {
    assert.match(signatureFault(header, { ...CALL, ...other }, "secret", "T1", NOW), /not made with our secret/);
  }
  assert.match(signatureFault(header, CALL, "other", "T1", NOW), /not made with our secret/);
  assert.match(signatureFault(header, CALL, "secret", "T2", NOW), /not made with our secret/);
});

test("what is no signature is refused", () => {
  const zeros = "0".repeat(64);
  const spaced = `t=${NOW}, v0-hmac-sha256=${zeros}`;
  const timeless = `t=x,v0-hmac-sha256=${zeros}`;
  for (const header of [undefined, "", "nonsense", spaced, timeless, `t=${NOW},v0-hmac-sha256=00`]) {
    assert.match(signatureFault(header, CALL, "secret", "T1", NOW), /missing or not of the form/);
  }
});
