// What 2Checkout holds, held against what was typed.

import assert from "node:assert/strict";

import { eventually } from "./wait.mjs";

/** The lead of the last call that 2Checkout carried out, as it was sent. */
export async function lastLead(demo) {
  const saves = (await demo.log()).filter(
    ({ method, outcome }) => (method === "addLead" || method === "updateLead") && outcome.done,
  );
  return saves.at(-1)?.params[0] ?? null;
}

/** Waits until the lead's billing details are these, no more and no less. */
export async function holdsBilling(demo, details) {
  await eventually(async () => assert.deepEqual((await lastLead(demo))?.BillingDetails, details));
}

/** Waits until the lead's billing details have these among them. */
export async function holdsAmongBilling(demo, details) {
  await eventually(async () => {
    const billing = (await lastLead(demo))?.BillingDetails ?? {};
    const seen = Object.fromEntries(Object.keys(details).map((name) => [name, billing[name]]));
    assert.deepEqual(seen, details);
  });
}

/** One cart is one lead: added once, updated by its code. Gives the code. */
export async function isOneLead(demo) {
  const log = await demo.log();
  const added = log.filter(({ method, outcome }) => method === "addLead" && outcome.done);
  assert.equal(added.length, 1, "exactly one addLead was carried out");
  const leads = await demo.leads();
  assert.equal(leads.length, 1, "exactly one lead is held");
  const code = leads[0].LeadCode;
  for (const { method, params } of log) if (method === "updateLead") assert.equal(params[1], code);
  return code;
}

/**
 * A text that must never leave the page occurs nowhere: in no request, no call, no storage, no console, no log of
 * the proxy.
 */
export const isNowhere = (secret, shopper, demo) => areNowhere([secret], shopper, demo);

/** Likewise for many texts, told apart by their places in the list. */
export async function areNowhere(secrets, shopper, demo) {
  const places = {
    requests: JSON.stringify(shopper.requests),
    calls: JSON.stringify(await demo.log()),
    storage: await shopper.storage(),
    "the console": shopper.said().join("\n"),
    "the proxy's output": demo.output,
  };
  for (const [place, text] of Object.entries(places)) {
    secrets.forEach((secret, i) => {
      for (const form of [secret, encodeURIComponent(secret)])
        assert.ok(!text.includes(form), `a value that must not leave the page (number ${i + 1}) is in: ${place}`);
    });
  }
}
