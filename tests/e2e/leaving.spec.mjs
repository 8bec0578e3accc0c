// The shopper goes: the last edit arrives, now or with the next page. In every engine.

import assert from "node:assert/strict";

import { onEachEngine } from "./support/engine-stage.mjs";
import { Key } from "./support/engines/engines.mjs";
import { checkout, ELSEWHERE } from "./support/fixture.mjs";
import { holdsAmongBilling, holdsBilling, isOneLead } from "./support/oracle.mjs";
import { aWhile, sleep, until } from "./support/wait.mjs";

/** The pauses of a real shop, so that nothing is sent before the shopper goes. */
const SLOW = { quietMs: 5_000, maxWaitMs: 10_000 };
/** From the last key to going. */
const MOMENT_MS = 50;
/** What the bodies of all requests that outlive a page may add up to: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch */
const KEEPALIVE_BYTES = 64 * 1024;

/** Opens the page and begins a lead, so that what follows is an edit. */
async function begins(visitor, page = checkout(SLOW)) {
  visitor.site.serves({ "/elsewhere": ELSEWHERE, "/thanks": ELSEWHERE });
  await visitor.opens(page);
  await visitor.tab.types("#email", "ada@example.com");
  await visitor.flushes();
  await holdsBilling(visitor.demo, { Email: "ada@example.com" });
  await visitor.reaches("saved");
}

/** Back on the shop's page, whose form is untouched. */
async function returns(visitor) {
  await until("another page", () => visitor.tab.shows(() => Boolean(document.querySelector("#back"))));
  await visitor.tab.clicks("#back");
}

const WAYS = {
  "by a link": ({ tab }) => tab.clicks("#away"),
  "by submitting the form": ({ tab }) => tab.clicks("#order"),
  "by Enter in the field": ({ tab }) => tab.presses(Key.ENTER),
  "by the page's own script": ({ tab }) => tab.starts(() => void (window.location = "/elsewhere")),
  "by a reload": ({ tab }) => tab.reloads(),
  "by closing the tab": async (visitor) => {
    // With the last page of a site Firefox ends the site's process at once, before `pagehide`.
    if (visitor.browser.name === "Firefox") await visitor.opensTab("/elsewhere");
    await visitor.tab.closes();
  },
};

onEachEngine(({ engine, scenario }) => {
  for (const [way, go] of Object.entries(WAYS)) {
    scenario(`the last edit arrives when the shopper leaves ${way}`, async (visitor) => {
      await begins(visitor);
      await visitor.tab.chooses("#country", "IT");
      await visitor.tab.types("#city", "Turin");
      await sleep(MOMENT_MS);
      await go(visitor);
      await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin", CountryCode: "IT" });
      await isOneLead(visitor.demo);
    });
  }

  scenario("a lead that begins with the last edit arrives when the shopper leaves", async (visitor) => {
    visitor.site.serves({ "/elsewhere": ELSEWHERE });
    await visitor.opens(checkout(SLOW));
    await visitor.loads();
    await visitor.tab.fills({ "#city": "Turin", "#email": "ada@example.com" });
    await sleep(MOMENT_MS);
    await visitor.tab.clicks("#away");
    await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin" });
    await isOneLead(visitor.demo);
  });

  scenario(
    "what the shopper typed is sent when the page is hidden, and nothing else happens to it",
    async (visitor) => {
      await begins(visitor);
      await visitor.tab.types("#city", "Turin");
      await sleep(MOMENT_MS);
      if (engine === "WebKit") {
        // Nothing but its own window hides a page here, and there is no window manager to do it.
        await visitor.tab.runs(() => {
          Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
          document.dispatchEvent(new Event("visibilitychange"));
        });
      } else await visitor.tab.isHidden();
      await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin" });
    },
  );

  scenario(
    "while the proxy is down the change waits, and arrives from the next page's untouched form",
    async (visitor) => {
      visitor.excuseFailedRequests();
      await begins(visitor);
      visitor.site.meets({ before: "drop" });
      await visitor.tab.types("#city", "Turin");
      await sleep(MOMENT_MS);
      await visitor.tab.clicks("#away");
      await until("another page", () => visitor.tab.shows(() => Boolean(document.querySelector("#back"))));
      const kept = await visitor.recordText();
      assert.ok(kept.includes("unsent") && Buffer.byteLength(kept) <= 4_096, "the change is kept");

      visitor.site.meets(null);
      await returns(visitor);
      await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin" });
      await visitor.keepsNothing();
      assert.ok(!(await visitor.recordText()).includes("Turin"), "nothing is kept once it is delivered");
      await isOneLead(visitor.demo);
    },
  );

  scenario("a kept change gives way to a newer one, and to nothing older", async (visitor) => {
    visitor.excuseFailedRequests();
    await begins(visitor);
    visitor.site.meets({ before: "drop" });
    await visitor.tab.fills({ "#city": "Turin", "#zip": "10123" });
    await visitor.tab.clicks("#away");
    await until("another page", () => visitor.tab.shows(() => Boolean(document.querySelector("#back"))));
    visitor.site.meets(null);
    await visitor.tab.clicks("#back");
    await until("leadkeep on the page", () => visitor.tab.shows(() => Boolean(window.leadkeep)));
    await visitor.tab.types("#city", "Milan");
    await visitor.flushes();
    await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Milan", Zip: "10123" });
    await isOneLead(visitor.demo);
  });

  scenario("an order placed while the proxy is down closes the lead with the next page", async (visitor) => {
    visitor.excuseFailedRequests();
    await begins(visitor);
    visitor.site.meets({ before: "drop" });
    await visitor.tab.runs(() => window.leadkeep.complete("ORDER-9"));
    assert.equal((await visitor.status()).state, "closed");
    await visitor.goesTo("/elsewhere");
    visitor.site.meets(null);
    await visitor.goesTo("/checkout");
    const [mark] = await until("markLeads", async () => {
      const calls = await visitor.demo.calls("markLeads");
      return calls.length > 0 && calls;
    });
    assert.equal(mark.params[0][0].Used, true);
    assert.equal((await visitor.status()).state, "closed");
  });

  scenario("where the page's fetch fails as it goes, a beacon carries the last edit", async (visitor) => {
    visitor.excuseFailedRequests();
    await begins(visitor);
    await visitor.tab.runs(() => void (window.fetch = () => Promise.reject(new TypeError("no"))));
    await visitor.tab.typesOn("#city", "Turin");
    await sleep(MOMENT_MS);
    await visitor.tab.clicks("#away");
    await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin" });
    await aWhile();
    await isOneLead(visitor.demo);
  });

  scenario(
    "where the page's other scripts have spent the keepalive budget, the last edit comes with the next page",
    async (visitor) => {
      visitor.excuseFailedRequests();
      visitor.site.serves({ "/collect": () => {} });
      await begins(visitor);
      // Room for the characters of what follows, but not for their bytes.
      await visitor.tab.runs((bytes) => {
        void window.fetch("/collect", { method: "POST", keepalive: true, body: "x".repeat(bytes) });
      }, KEEPALIVE_BYTES - 3_000);
      const long = "東".repeat(450);
      await visitor.tab.runs((long) => {
        for (const name of ["street", "city"]) document.querySelector(`#${name}`).value = long;
      }, long);
      await visitor.tab.types("#first", "Ada");
      await sleep(MOMENT_MS);
      await visitor.tab.clicks("#away");
      await until("another page", () => visitor.tab.shows(() => Boolean(document.querySelector("#back"))));
      const kept = await visitor.recordText();
      assert.ok(kept.includes(long) && Buffer.byteLength(kept) <= 4_096, "the change is kept");
      await returns(visitor);
      await holdsBilling(visitor.demo, { Email: "ada@example.com", FirstName: "Ada", Address1: long, City: long });
      await visitor.keepsNothing();
      await isOneLead(visitor.demo);
    },
  );

  scenario("a large last edit arrives by itself while the budget is free, counted in bytes", async (visitor) => {
    await begins(visitor);
    const notes = [{ Code: "BOOK-1", Quantity: 1, Description: "東".repeat(15_000) }];
    await visitor.tab.runs((items) => (document.querySelector("#items").textContent = items), JSON.stringify(notes));
    await visitor.tab.types("#city", "Turin");
    await sleep(MOMENT_MS);
    await visitor.tab.clicks("#away");
    await holdsAmongBilling(visitor.demo, { City: "Turin" });
    await isOneLead(visitor.demo);
  });

  scenario("no unload handler is set, and the page comes back out of the back/forward cache", async (visitor) => {
    const { demo, site, tab } = visitor;
    const spy = `<script>
      window.heard = [];
      const before = EventTarget.prototype.addEventListener;
      EventTarget.prototype.addEventListener = function (name, ...rest) {
        window.heard.push(name);
        return before.call(this, name, ...rest);
      };
    </script>`;
    site.serves({ "/elsewhere": ELSEWHERE });
    await visitor.opens(checkout(SLOW).replace("<head>", `<head>${spy}`));
    await visitor.loads();
    await tab.writes("#email", "ada@example.com");
    await visitor.flushes();
    const { heard, handlers } = await tab.runs(() => ({
      heard: window.heard,
      handlers: [window.onunload, window.onbeforeunload, document.body.onunload],
    }));
    assert.ok(heard.includes("pagehide"), "the spy heard leadkeep");
    assert.ok(!heard.some((name) => name.endsWith("unload")), "no unload, no beforeunload");
    assert.deepEqual(handlers.filter(Boolean), []);

    await tab.writes("#city", "Turin");
    await sleep(MOMENT_MS);
    await tab.starts(() => void (window.location = "/elsewhere"));
    await until("another page", () => tab.shows(() => Boolean(document.querySelector("#back"))));
    await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
    assert.equal(await tab.goesBack(), true, "out of the back/forward cache");
    await tab.types("#zip", "10123");
    await visitor.flushes();
    await holdsBilling(demo, { Email: "ada@example.com", City: "Turin", Zip: "10123" });
    await visitor.keepsNothing();
    await isOneLead(demo);
  });
});
