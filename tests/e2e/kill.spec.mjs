// The proxy is killed, again and again, while a shopper types: one lead, and in the end the newest of everything.

import assert from "node:assert/strict";

import { onEachEngine } from "./support/engine-stage.mjs";
import { checkout } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { Proxy } from "./support/proxy.mjs";
import { sleep } from "./support/wait.mjs";

/** Milliseconds from the first key of a field to the kill: before it is sent, while it is delivered, after it. */
const MOMENTS_MS = [5, 160, 40, 200, 90, 240, 180, 300, 10, 170];

onEachEngine(
  ({ scenario }) => {
    scenario(
      "kill -9 of the proxy, ten times while the shopper types: one lead with the newest values",
      async (visitor) => {
        const { demo, site, tab } = visitor;
        visitor.excuseFailedRequests();
        const proxy = await Proxy.before(demo);
        try {
          site.passesTo(proxy);
          await visitor.opens(checkout({ quietMs: 120 }));
          await tab.types("#email", "ada@example.com");
          let city = "";
          for (const [i, moment] of MOMENTS_MS.entries()) {
            city = `Turin ${i}`;
            const killed = sleep(moment).then(() => proxy.kill());
            await tab.types("#city", city);
            await tab.types("#zip", String(10_000 + i));
            await killed;
            await proxy.start();
          }
          await holdsBilling(demo, {
            Email: "ada@example.com",
            City: city,
            Zip: String(10_000 + MOMENTS_MS.length - 1),
          });
          await isOneLead(demo);
          await visitor.reaches("saved");
          await visitor.keepsNothing();
          assert.ok(site.posts.length <= 6 * MOMENTS_MS.length, `${site.posts.length} requests`);
        } finally {
          await proxy.discard();
        }
      },
    );
  },
  { only: ["Chromium"] },
);
