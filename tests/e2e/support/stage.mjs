// What every spec stands on: a demo and a browser for its file, a shopper with a clean browser for each test, and the
// demand that the console stays empty.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { Demo } from "./demo.mjs";
import { Shopper } from "./shopper.mjs";

const TEST_MS = 120_000;

/**
 * Gives `{ demo, scenario }`. `scenario(name, body)` is a test whose body gets a `Shopper`; `scenario(name, options,
 * body)` passes options to node:test.
 */
export function stage() {
  const demo = new Demo();
  let browser;

  before(async () => {
    await demo.start();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await demo.discard();
  });

  const scenario = (name, ...rest) => {
    const body = rest.pop();
    test(name, { timeout: TEST_MS, ...rest[0] }, async (context) => {
      await demo.empty();
      const shopper = await Shopper.arrives(browser, demo);
      try {
        await body(shopper, context);
        assert.deepEqual(shopper.complaints(), [], "the console holds something");
      } finally {
        await shopper.leaves();
      }
    });
  };

  return { demo, scenario };
}
