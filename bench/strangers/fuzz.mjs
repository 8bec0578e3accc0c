#!/usr/bin/env node
// `npm run bench:fuzz`: 20,000 random requests, from bytes to nearly right ones, over the public paths. Ends with 1 at the first
// answer that is a 5xx, no JSON in its shape, or an echo of a value. `-- SEED REQUESTS` repeats a run.

import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";

import { chance, count, pool, post, start } from "./program.mjs";

const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
const requests = Number(process.argv[3] ?? 20_000);
const random = chance(seed);
const below = (n) => Math.floor(random() * n);
const one = (list) => list[below(list.length)];

const PATHS = ["/api/lead", "/api/lead", "/api/lead", "/api/lead/complete", "/api/lead/withdraw", "/api/nothing"];
const NAMES = [
  ..."Email FirstName LastName Address1 City Zip CountryCode Phone Company FiscalCode CVC"
    .split(" ")
    .flatMap((name) => [`BillingDetails.${name}`, `DeliveryDetails.${name}`]),
  ..."Items Promotions Currency Language LocalTime ExternalReference __proto__ Items[0].Code".split(" "),
];
const MARK = "FUZZ-MARK";
const TEXTS = [
  "",
  " ",
  MARK,
  "ada@example.com",
  "4111 1111 1111 1111",
  "EUR",
  "\u0000",
  "\u202e",
  "\ud83d",
  "😀",
  "<b>",
  "//e.example",
];

function scalar() {
  const kinds = [
    () => one(TEXTS),
    () => MARK + "x".repeat(below(600)),
    () => (random() - 0.5) * 10 ** below(30),
    () => below(10_000),
    () => random() < 0.5,
    () => null,
    () => String.fromCharCode(...Array.from({ length: below(20) }, () => below(65_536))),
  ];
  return one(kinds)();
}

function value(depth = 0) {
  if (depth > 5 || random() < 0.6) return scalar();
  if (random() < 0.5) return Array.from({ length: below(6) }, () => value(depth + 1));
  return Object.fromEntries(
    Array.from({ length: below(6) }, () => [one([...NAMES, "Code", "Quantity", "Price", "Amount"]), value(depth + 1)]),
  );
}

function item() {
  const parts = [
    "Code",
    "Quantity",
    "Name",
    "Description",
    "Price",
    "IsDynamic",
    "SKU",
    "PriceOptions",
    "Trial",
    "RecurringOptions",
  ];
  return { Code: "A", ...Object.fromEntries(Array.from({ length: below(5) }, () => [one(parts), value(3)])) };
}

const newCart = () => ({ cart: randomUUID(), key: randomUUID().replaceAll("-", "") });
const known = Array.from({ length: 50 }, newCart);

function body() {
  const kind = random();
  if (kind < 0.1) return randomBytes(below(2_000));
  if (kind < 0.2) return JSON.stringify(value());
  if (kind < 0.23) return "[".repeat(below(20_000));
  const changes = {};
  for (let left = below(8); left > 0; left -= 1) {
    const path = one(NAMES);
    const sent = path === "Items" && random() < 0.7 ? Array.from({ length: below(5) }, item) : value();
    changes[path] = random() < 0.9 ? { value: sent, at: random() < 0.9 ? Date.now() + below(9) : value() } : value();
  }
  // Sooner or later each is closed, so they are replaced.
  const index = below(known.length);
  if (random() < 0.1) known[index] = newCart();
  const request = { ...known[index], changes };
  if (random() < 0.2)
    request[one(["cart", "key", "lead_code", "consent", "token", "order_reference", "changes"])] = value();
  let text = JSON.stringify(request);
  if (random() < 0.1) text = text.slice(0, below(text.length));
  if (random() < 0.1) text = text.replace(/[a-z]/, () => String.fromCharCode(below(256)));
  return text;
}

const OFF = { LEADKEEP_RATE_PER_MINUTE: "4000000", LEADKEEP_RATE_BURST: "4000000", LEADKEEP_ANSWER_WITHIN_MS: "100" };
const limits = ["CLIENT", "NETWORK", "HOUR"].map((limit) => [`LEADKEEP_NEW_CARTS_PER_${limit}`, "0"]);
const proxy = await start({ ...OFF, ...Object.fromEntries(limits) });
const answers = [];
const task = () => async () => {
  const sent = body();
  const headers =
    random() < 0.1 ? { "content-type": one(["text/plain", "text/html", "", "application/json; charset=x"]) } : {};
  const { status, text } = await post(proxy.origin + one(PATHS), "198.51.100.7", sent, headers);
  answers.push(status);
  const context = () => `seed ${seed}, after ${answers.length}: ${status} ${text}\n${String(sent).slice(0, 2_000)}`;
  assert.ok(status < 500, context());
  assert.doesNotThrow(() => JSON.parse(text), context());
  assert.ok(!text.includes(MARK), context());
  if (status >= 400)
    assert.match(text, /^\{"code":"lead\/[a-z-]+","message":"[^"]+","request_id":"[0-9a-f-]{36}"/, context());
};
await pool(Array.from({ length: requests }, task), 24);
const health = await fetch(`${proxy.operators}/healthz`);
console.log(`seed ${seed}: ${requests} requests, ${JSON.stringify(count(answers))}; then /healthz is ${health.status}`);
proxy.stop();
assert.equal(health.status, 200);
