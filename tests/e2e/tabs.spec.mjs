// Several tabs, reloads, and browsers that are closed: one cart, one lead, the newest value of each field. In every engine.

import assert from "node:assert/strict";

import { onEachEngine } from "./support/engine-stage.mjs";
import { checkout, ELSEWHERE, html, scriptTag } from "./support/fixture.mjs";
import { holdsAmongBilling, holdsBilling, isOneLead } from "./support/oracle.mjs";
import { aWhile, sleep, until } from "./support/wait.mjs";

/** A page that fills a field by itself at a moment it is told: two tabs at once, which one pair of hands cannot do. */
const TYPIST = `<script>
  window.typesAt = (moment, selector, text) => new Promise((done) => setTimeout(() => {
    const field = document.querySelector(selector);
    field.focus();
    for (const letter of text) {
      field.value += letter;
      field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, data: letter }));
    }
    done();
  }, moment - Date.now()));
</script>`;

/** Tabs of one browser that lose the network together; as many as a small machine opens in a few seconds. */
const MANY = 12;

onEachEngine(({ engine, scenario }) => {
  scenario("two tabs that begin the same checkout at the same moment make one cart", async (visitor) => {
    const page = html({ head: scriptTag(), after: TYPIST });
    await visitor.opens(page);
    const other = await visitor.opensTab("/checkout");
    for (const tab of [visitor.tab, other]) await visitor.loads(tab);
    const moment = Date.now() + 700;
    await visitor.tab.starts((...given) => void window.typesAt(...given), moment, "#email", "ada@example.com");
    await other.starts((...given) => void window.typesAt(...given), moment, "#email", "ada@example.com");
    await visitor.tab.starts((...given) => void window.typesAt(...given), moment + 5, "#city", "Turin");
    await other.starts((...given) => void window.typesAt(...given), moment + 5, "#zip", "10123");
    await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin", Zip: "10123" });
    await aWhile();
    await isOneLead(visitor.demo);
    assert.equal(new Set(visitor.site.posts.map(({ cart }) => cart)).size, 1, "one cart");
  });

  scenario("of two tabs the newest value of each field counts, whichever sends last", async (visitor) => {
    await visitor.opens(checkout());
    await visitor.tab.fills({ "#email": "ada@example.com", "#city": "Turin" });
    await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin" });
    const other = await visitor.opensTab("/checkout");
    await other.fills({ "#city": "Milan", "#zip": "20121" });
    await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Milan", Zip: "20121" });
    // The first tab still shows Turin; that is no change of it.
    await visitor.tab.types("#first", "Ada");
    const whole = { Email: "ada@example.com", City: "Milan", Zip: "20121", FirstName: "Ada" };
    await holdsBilling(visitor.demo, whole);
    await visitor.tab.types("#city", "Genoa");
    await holdsBilling(visitor.demo, { ...whole, City: "Genoa" });
    await isOneLead(visitor.demo);
  });

  if (engine === "Chromium")
    scenario(
      `${MANY} tabs that come back online together do not call together, and 2Checkout hears little of it`,
      async (visitor) => {
        const { demo, site, tab } = visitor;
        visitor.excuseFailedRequests();
        const network = `<script>new BroadcastChannel("network").onmessage = () => dispatchEvent(new Event("online"))</script>`;
        await visitor.opens(html({ head: scriptTag(), after: network }));
        await tab.types("#email", "ada@example.com");
        await holdsBilling(demo, { Email: "ada@example.com" });
        for (let i = 1; i < MANY; i++) await visitor.loads(await visitor.opensTab("/checkout"));
        site.meets({ before: "drop" });
        await tab.types("#city", "Turin");
        await until("what is kept", async () => (await visitor.record())?.unsent);
        const before = site.posts.length;
        const calls = (await demo.calls("updateLead")).length;
        site.meets(null);
        await tab.runs(() => {
          new BroadcastChannel("network").postMessage("back");
          window.dispatchEvent(new Event("online"));
        });
        await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
        // The longest spread, and some.
        await sleep(2_500);
        const moments = site.posts.slice(before).map(({ at }) => at);
        assert.ok(moments.length <= MANY + 1, `${moments.length} requests of ${MANY} tabs`);
        const together = Math.max(
          ...moments.map((from) => moments.filter((at) => at >= from && at < from + 100).length),
        );
        assert.ok(together <= MANY / 2, `${together} of ${moments.length} requests in a tenth of a second`);
        const more = (await demo.calls("updateLead")).length - calls;
        // The tab that was typed in knows the shopper's local time, the others do not.
        assert.ok(more <= 2, `${more} calls to 2Checkout`);
        await isOneLead(demo);
      },
    );

  if (engine === "Chromium")
    scenario("a tab that was frozen and is thawed changes nothing back", async (visitor) => {
      const { browser, demo, tab } = visitor;
      await visitor.opens(checkout());
      await tab.fills({ "#email": "ada@example.com", "#city": "Turin" });
      await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
      // An edit that nothing has heard of when the tab freezes.
      await tab.runs(() => (document.querySelector("#zip").value = "10123"));
      const other = await visitor.opensTab("/checkout");
      await browser.devTools(tab, "Page.setWebLifecycleState", { state: "frozen" });
      await other.types("#city", "Milan");
      await holdsAmongBilling(demo, { City: "Milan" });
      await browser.devTools(tab, "Page.setWebLifecycleState", { state: "active" });
      await tab.types("#first", "Ada");
      await holdsBilling(demo, { Email: "ada@example.com", City: "Milan", Zip: "10123", FirstName: "Ada" });
      await isOneLead(demo);
    });

  scenario("a reload to an empty form empties nothing", async (visitor) => {
    await visitor.opens(checkout());
    await visitor.tab.fills({ "#email": "ada@example.com", "#city": "Turin", "#zip": "10123" });
    await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin", Zip: "10123" });
    await visitor.reaches("saved");
    await visitor.tab.reloads();
    await visitor.tab.runs(() => document.querySelector("form").reset());
    await visitor.tab.types("#first", "Ada");
    const whole = { Email: "ada@example.com", City: "Turin", Zip: "10123", FirstName: "Ada" };
    await holdsBilling(visitor.demo, whole);
    await visitor.tab.types("#city", "Milan");
    await holdsBilling(visitor.demo, { ...whole, City: "Milan" });
    await isOneLead(visitor.demo);
  });

  scenario(
    "a step that takes its fields away at once empties nothing, and what was typed in it arrives",
    async (visitor) => {
      const next = `<p><button id="next" type="button">Next</button></p><script>
      document.querySelector("#next").onclick = () => {
        for (const name of ["email", "city", "zip"]) document.querySelector("#" + name).closest("p").remove();
      };
    </script>`;
      const { demo, tab } = visitor;
      await visitor.opens(checkout({ quietMs: 3_000 }, { after: next }));
      await visitor.loads();
      await tab.fills({ "#email": "ada@example.com", "#city": "Turin", "#zip": "10123" });
      await tab.clicks("#next");
      await tab.types("#first", "Ada");
      await visitor.flushes();
      await holdsBilling(demo, { Email: "ada@example.com", City: "Turin", Zip: "10123", FirstName: "Ada" });
      await isOneLead(demo);
    },
  );

  scenario("Back to the form after an order sends nothing, out of the back/forward cache or not", async (visitor) => {
    const { demo, site, tab } = visitor;
    const thanks = html({ head: scriptTag(), form: '<p id="done">Thank you</p>', items: null });
    site.serves({ "/thanks": thanks });
    await visitor.opens(checkout());
    await tab.types("#email", "ada@example.com");
    await holdsBilling(demo, { Email: "ada@example.com" });
    await visitor.reaches("saved");
    await tab.clicks("#order");
    await until("the thank-you page", () =>
      tab.shows(() => Boolean(document.querySelector("#done") && window.leadkeep)),
    );
    await tab.runs(() => window.leadkeep.complete("ORDER-1"));
    await until("markLeads", async () => (await demo.calls("markLeads")).length === 1);
    const before = site.posts.length;
    const cached = await tab.goesBack();
    await aWhile();
    assert.equal(site.posts.length, before, "nothing is sent by coming back");
    if (cached) {
      await tab.types("#city", "Turin");
      await visitor.flushes();
      await aWhile();
      assert.equal(site.posts.length, before, "nor by the page that was there before the order");
      assert.equal((await visitor.status()).state, "closed");
    }
    await isOneLead(demo);
  });

  scenario("a second window after another script has cleared storage goes on with the one cart", async (visitor) => {
    const { demo, site, tab } = visitor;
    site.serves({ "/elsewhere": ELSEWHERE });
    await visitor.opens(checkout());
    await tab.types("#email", "ada@example.com");
    await holdsBilling(demo, { Email: "ada@example.com" });
    await visitor.reaches("saved");
    const eraser = await visitor.opensTab("/elsewhere");
    await eraser.runs(() => localStorage.clear());
    const other = await visitor.opensTab("/checkout");
    await other.fills({ "#email": "ada@example.com", "#city": "Turin" });
    await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
    await tab.types("#zip", "10123");
    await holdsBilling(demo, { Email: "ada@example.com", City: "Turin", Zip: "10123" });
    await isOneLead(demo);
  });
});

onEachEngine(
  ({ scenario }) => {
    scenario("a browser that is closed and opened again goes on with the one lead", async (visitor) => {
      const { browser, demo } = visitor;
      await visitor.opens(checkout());
      await visitor.tab.fills({ "#email": "ada@example.com", "#city": "Turin" });
      await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
      await visitor.reaches("saved");
      // Storage reaches the disk a moment after it was written.
      await sleep(2_000);
      await browser.reopens();
      visitor.tab = await visitor.opensTab("/checkout");
      await visitor.tab.types("#zip", "10123");
      await holdsBilling(demo, { Email: "ada@example.com", City: "Turin", Zip: "10123" });
      await isOneLead(demo);
    });
  },
  // Under automation WebKitGTK's MiniBrowser keeps nothing on disk.
  { only: ["Chromium", "Firefox"], profile: true },
);
