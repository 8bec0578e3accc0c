// The shopper goes: the last edit arrives, now or with the next page.

import assert from "node:assert/strict";

import { fillIn, hidePage, typeInto, typeOn } from "./support/actions.mjs";
import { checkout, ELSEWHERE } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, eventually, sleep, until } from "./support/wait.mjs";

const { demo, scenario } = stage();

/** The pauses of a real shop, so that nothing is sent before the shopper goes. */
const SLOW = { quietMs: 5_000, maxWaitMs: 10_000 };
/** From the last key to going. */
const MOMENT_MS = 50;

const pages = (options) => ({ "/checkout": checkout(options), "/elsewhere": ELSEWHERE, "/thanks": ELSEWHERE });

/** Opens the page and begins a lead, so that what follows is an edit. */
async function begins(shopper, options = SLOW) {
  await shopper.serve(pages(options));
  await shopper.goesTo("/checkout");
  await typeInto(shopper.page, "#email", "ada@example.com");
  await shopper.page.evaluate(() => window.leadkeep.flush());
  await holdsBilling(demo, { Email: "ada@example.com" });
  await shopper.reaches("saved");
}

const WAYS = {
  "by a link": (page) => page.locator("#away").click(),
  "by submitting the form": (page) => page.locator("#order").click(),
  "by Enter in the field": (page) => page.keyboard.press("Enter"),
  "by the page's own script": (page) => page.evaluate(() => void (window.location = "/elsewhere")),
  "by a reload": (page) => page.reload(),
  "by closing the tab": (page) => page.close(),
};

for (const [way, go] of Object.entries(WAYS)) {
  scenario(`the last edit arrives when the shopper leaves ${way}`, async (shopper) => {
    await begins(shopper);
    await fillIn(shopper.page, { "#country": "IT" });
    await typeInto(shopper.page, "#city", "Turin");
    await sleep(MOMENT_MS);
    await go(shopper.page);
    await holdsBilling(demo, { Email: "ada@example.com", City: "Turin", CountryCode: "IT" });
    await isOneLead(demo);
  });
}

scenario("a lead that begins with the last edit arrives when the shopper leaves", async (shopper) => {
  await shopper.serve(pages(SLOW));
  await shopper.goesTo("/checkout");
  await shopper.page.evaluate(() => window.leadkeep.load());
  await fillIn(shopper.page, { "#city": "Turin", "#email": "ada@example.com" });
  await sleep(MOMENT_MS);
  await shopper.page.locator("#away").click();
  await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
  await isOneLead(demo);
});

scenario("what the shopper typed is sent when the page is hidden", async (shopper) => {
  await begins(shopper);
  await typeInto(shopper.page, "#city", "Turin");
  await hidePage(shopper.page);
  await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
});

scenario(
  "while the proxy is down the change waits, and arrives from the next page's untouched form",
  async (shopper) => {
    shopper.excuseFailedRequests();
    shopper.excuse(/^error: leadkeep: the endpoint could not be reached$/);
    await begins(shopper);
    await demo.stop();
    await typeInto(shopper.page, "#city", "Turin");
    await sleep(MOMENT_MS);
    await shopper.page.locator("#away").click();
    await shopper.page.locator("#back").waitFor();
    assert.ok((await shopper.record()).unsent, "the change is kept");
    assert.ok(Buffer.byteLength(await shopper.recordText()) <= 4_096);

    await demo.start();
    await shopper.page.locator("#back").click();
    await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
    await eventually(async () => {
      const text = await shopper.recordText();
      assert.ok(!text.includes("Turin") && !text.includes("unsent"), "nothing is kept once it is delivered");
    });
    await isOneLead(demo);
  },
);

scenario("a kept change gives way to a newer one, and to nothing older", async (shopper) => {
  shopper.excuseFailedRequests();
  shopper.excuse(/^error: leadkeep: the endpoint could not be reached$/);
  await begins(shopper);
  await demo.stop();
  await fillIn(shopper.page, { "#city": "Turin", "#zip": "10123" });
  await shopper.page.locator("#away").click();
  await shopper.page.locator("#back").waitFor();
  await shopper.page.goto("about:blank");
  await demo.start();
  await shopper.goesTo("/checkout");
  await typeInto(shopper.page, "#city", "Milan");
  await shopper.page.evaluate(() => window.leadkeep.flush());
  await holdsBilling(demo, { Email: "ada@example.com", City: "Milan", Zip: "10123" });
  await isOneLead(demo);
});

scenario("an order placed while the proxy is down closes the lead with the next page", async (shopper) => {
  shopper.excuseFailedRequests();
  shopper.excuse(/^error: leadkeep: the endpoint could not be reached$/);
  await begins(shopper);
  await demo.stop();
  await shopper.page.evaluate(() => window.leadkeep.complete("ORDER-9"));
  assert.equal((await shopper.status()).state, "closed");
  await shopper.page.goto("about:blank");
  await demo.start();
  await shopper.goesTo("/checkout");
  await until("markLeads", async () => (await demo.calls("markLeads")).length > 0);
  assert.equal((await demo.calls("markLeads"))[0].params[0][0].Used, true);
  assert.equal((await shopper.status()).state, "closed");
});

scenario("where the page's fetch fails as it goes, a beacon carries the last edit", async (shopper) => {
  shopper.excuse(/^error: leadkeep: the endpoint could not be reached$/);
  await begins(shopper);
  await shopper.page.evaluate(() => (window.fetch = () => Promise.reject(new TypeError("no"))));
  await typeOn(shopper.page, "#city", "Turin");
  await sleep(MOMENT_MS);
  await shopper.page.locator("#away").click();
  await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
  await aWhile();
  await isOneLead(demo);
});
