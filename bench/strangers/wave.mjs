#!/usr/bin/env node
// `npm run bench:wave`: 10,000 hostile saves from 100 addresses against production's settings, while honest shoppers check
// out. Says what reached 2Checkout and what it cost the shoppers; ends with 1 when a bound did not hold or a shopper was harmed.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { count, pool, post, start } from "./program.mjs";

const SAVES = 10_000;
const ADDRESSES = 100;
const VICTIMS = 20;
const SHOPPERS = 30;

/** What production is set to by default. */
const NEW_CARTS_PER_CLIENT = 10;
const LEADS_PER_ADDRESS = 3;

const proxy = await start();
const url = `${proxy.origin}/api/lead`;
let at = Date.now();

const save = (cart, values) => {
  const changes = Object.entries(values).map(([path, value]) => [path, { value, at: at++ }]);
  return JSON.stringify({ ...cart, changes: Object.fromEntries(changes) });
};
const newCart = () => ({ cart: randomUUID(), key: randomUUID().replaceAll("-", "") });
const items = [{ Code: "KLD-1", Quantity: 1 }];

// Each address in a network of its own: the most that a hundred addresses can do.
const hostile = Array.from({ length: SAVES }, (_, n) => async () => {
  const victim = `victim${n % VICTIMS}+${n}@${n % 2 ? "Victim" : "victim"}.example`;
  const values = {
    "BillingDetails.Email": victim,
    "BillingDetails.FirstName": `You won! https://evil.example/${n}`,
    Items: items,
    Currency: "EUR",
  };
  const { status } = await post(url, `198.${n % ADDRESSES}.7.9`, save(newCart(), values));
  statuses.push(status);
});
const statuses = [];

const shoppers = Array.from({ length: SHOPPERS }, (_, n) => ({
  ...newCart(),
  client: `203.0.${n}.5`,
  email: `shopper${n}@honest.example`,
  refused: 0,
  ms: [],
}));

async function checkOut({ client, email, cart, key, ...shopper }, index) {
  await sleep(index * 100);
  const steps = [
    { "BillingDetails.Email": email, Items: items, Currency: "EUR" },
    { "BillingDetails.FirstName": "Ada", "BillingDetails.LastName": "Lovelace" },
    { "BillingDetails.City": "Turin" },
    { "BillingDetails.Zip": "10117" },
  ];
  for (const step of steps) {
    const { status, ms } = await post(url, client, save({ cart, key }, step));
    if (status !== 200 && status !== 202) shoppers[index].refused += 1;
    shopper.ms.push(ms);
    await sleep(250);
  }
}

const began = performance.now();
await Promise.all([pool(hostile, 32), ...shoppers.map(checkOut)]);
const seconds = (performance.now() - began) / 1_000;
await sleep(3_000);

const leads = (await proxy.leads()).map(({ lead }) => lead);
const ofShopper = ({ email }) => leads.filter(({ BillingDetails }) => BillingDetails.Email === email);
const ofVictims = leads.filter(({ BillingDetails }) => BillingDetails.Email.toLowerCase().includes("@victim.example"));
const perVictim = count(ofVictims.map(({ BillingDetails }) => BillingDetails.Email.toLowerCase().split("+")[0]));
const whole = shoppers.filter((shopper) => {
  const [lead, ...more] = ofShopper(shopper);
  return more.length === 0 && lead?.BillingDetails.Zip === "10117" && lead.BillingDetails.LastName === "Lovelace";
});
const waits = shoppers.flatMap(({ ms }) => ms).sort((a, b) => a - b);

console.log(
  `${SAVES} hostile saves from ${ADDRESSES} addresses in ${seconds.toFixed(1)} s: ${JSON.stringify(count(statuses))}`,
);
console.log(
  `leads at 2Checkout: ${ofVictims.length} of strangers, at most ${Math.max(0, ...Object.values(perVictim))} for a victim`,
);
console.log(
  `names with a URL among them: ${ofVictims.filter(({ BillingDetails }) => BillingDetails.FirstName).length}`,
);
console.log(
  `${SHOPPERS} shoppers: ${whole.length} leads whole, ${shoppers.reduce((sum, { refused }) => sum + refused, 0)} saves refused; ` +
    `answers after ${waits[waits.length >> 1].toFixed(0)} ms (median), ${waits[Math.floor(waits.length * 0.95)].toFixed(0)} ms (95 %)`,
);
const metrics = await (await fetch(`${proxy.operators}/metrics`)).text();
console.log(
  metrics
    .split("\n")
    .filter((text) => text.startsWith("leadkeep_limit_hits"))
    .join("\n"),
);
console.log(`log lines above INFO: ${proxy.warnings.length}`);
proxy.stop();

assert.ok(ofVictims.length <= ADDRESSES * NEW_CARTS_PER_CLIENT, "the bound of a client does not hold");
assert.ok(
  Object.values(perVictim).every((leads) => leads <= LEADS_PER_ADDRESS),
  "the bound of an address does not hold",
);
assert.equal(whole.length, SHOPPERS, "a shopper was harmed");
assert.ok(proxy.warnings.length < 20, "the log was flooded");
