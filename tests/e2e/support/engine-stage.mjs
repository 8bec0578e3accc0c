// What a spec for all engines stands on: for each engine a browser, for each test a visitor on a site and a demo of their
// own, and the demand that no console says anything.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Demo } from "./demo.mjs";
import { Browser } from "./engines/browser.mjs";
import { NAMES } from "./engines/engines.mjs";
import { Visitor } from "./visitor.mjs";

const TEST_MS = 120_000;

/**
 * Runs `spec({ engine, scenario })` for each engine, or for those named in `only`. `scenario(name, body)` is a test whose
 * body gets a `Visitor`.
 */
export function onEachEngine(spec, { only = NAMES, profile = false } = {}) {
  for (const engine of only.filter((name) => NAMES.includes(name))) {
    describe(engine, () => {
      let browser;
      before(async () => (browser = await Browser.opens(engine, { profile })));
      after(() => browser?.ends());

      const scenario = (name, body) =>
        test(`${engine}: ${name}`, { timeout: TEST_MS }, async () => {
          const demo = new Demo();
          await demo.start();
          const visitor = await Visitor.arrives(browser, demo);
          try {
            await body(visitor);
            assert.deepEqual(visitor.complaints(), [], "the console holds something");
          } finally {
            await visitor.leaves();
            await demo.discard();
          }
        });
      spec({ engine, scenario });
    });
  }
}
