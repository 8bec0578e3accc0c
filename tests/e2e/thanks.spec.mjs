// The order is placed: however the thank-you page is written, and whatever becomes of it, the lead ends. In every engine.

import assert from "node:assert/strict";

import { onEachEngine } from "./support/engine-stage.mjs";
import { checkout, ELSEWHERE, FORM, html, OPTIONS, scriptTag } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { aWhile, eventually, until } from "./support/wait.mjs";

const TAG = '<script async src="/leadkeep.js" data-endpoint="/api/lead"></script>';
const thanks = (head, after = "") => html({ head, form: "<h1>Thank you</h1>", items: null, after });

/** The ways in which a shop may write it. None has a form, and all know the endpoint alone. */
const WAYS = {
  "calls complete() after the tag": thanks(
    TAG.replace("async ", ""),
    '<script>window.leadkeep.complete("ORDER-1")</script>',
  ),
  "queues complete before the tag": thanks(
    '<script>(window.leadkeep = window.leadkeep || { q: [] }).q.push(["complete", "ORDER-1"])</script>' + TAG,
  ),
  "queues complete after the tag": thanks(
    TAG.replace("async ", ""),
    '<script>(window.leadkeep = window.leadkeep || { q: [] }).q.push(["complete", "ORDER-1"])</script>',
  ),
  "has data-complete": thanks(TAG.replace("async", 'async data-complete="ORDER-1"')),
  "calls start().complete()": thanks(`<script type="module">
    import { start } from "/npm/index.js";
    await start({ endpoint: "/api/lead" }).complete("ORDER-1");
  </script>`),
  "gives start() the option complete, a number": thanks(`<script type="module">
    import { start } from "/npm/index.js";
    start({ endpoint: "/api/lead", complete: 1 });
  </script>`),
  "calls complete() when everything is loaded": thanks(
    TAG,
    `<script>addEventListener("load", () => window.leadkeep.complete("ORDER-1"))</script>`,
  ),
};

async function saves(visitor, page = checkout()) {
  await visitor.opens(page);
  await visitor.tab.types("#email", "ada@example.com");
  await holdsBilling(visitor.demo, { Email: "ada@example.com" });
  await visitor.reaches("saved");
  return isOneLead(visitor.demo);
}

/** The lead is marked as bought, and the browser knows that the proxy knows. */
async function isOver(visitor, code, tab = visitor.tab) {
  await eventually(async () => {
    const [mark] = await visitor.demo.calls("markLeads");
    assert.deepEqual(mark?.params, [[{ LeadCode: code, Used: true, StopFollowups: true }]]);
  });
  await eventually(async () => {
    const { closed } = (await visitor.record(tab)) ?? {};
    assert.deepEqual([Boolean(closed), closed?.pending], [true, undefined]);
  });
}

const closings = ({ site }) => site.posts.filter(({ path }) => /complete|withdraw/.test(path));
const isModuleLoaded = ({ tab }) =>
  tab.runs(() => window.performance.getEntriesByType("resource").some(({ name }) => name.includes(".wasm")));

onEachEngine(({ scenario }) => {
  for (const [way, page] of Object.entries(WAYS)) {
    scenario(`a thank-you page that ${way} ends the lead, without the module`, async (visitor) => {
      const code = await saves(visitor);
      visitor.site.serves({ "/thanks": page });
      await visitor.goesTo("/thanks");
      await isOver(visitor, code);
      assert.match(closings(visitor)[0].order_reference, /^(ORDER-)?1$/);
      assert.equal(closings(visitor).length, 1);
      assert.equal(await isModuleLoaded(visitor), false);
      const { state, cart, leadCode, lastError } = await visitor.status();
      assert.deepEqual([state, leadCode, lastError], ["closed", code, null]);
      assert.equal(cart, (await visitor.record()).cart);
      await isOneLead(visitor.demo);
    });
  }

  scenario("data-complete without a value ends the lead", async (visitor) => {
    const code = await saves(visitor);
    visitor.site.serves({ "/thanks": thanks(TAG.replace("async", "async data-complete")) });
    await visitor.goesTo("/thanks");
    await isOver(visitor, code);
  });

  scenario("the clean-up of a component calls stop(), and complete() works after it", async (visitor) => {
    const code = await saves(visitor, checkout({}, { packaging: "start()" }));
    await visitor.tab.runs(async () => {
      const { leadkeep } = window;
      void leadkeep.stop();
      document.querySelector("#checkout").remove();
      await leadkeep.complete("ORDER-1");
    });
    await isOver(visitor, code);
    assert.equal(closings(visitor)[0].order_reference, "ORDER-1");
  });

  scenario("withdraw() works on a page without a form, and before the module is there", async (visitor) => {
    const code = await saves(visitor);
    visitor.site.serves({ "/account": thanks(TAG, '<button onclick="leadkeep.withdraw()">Forget me</button>') });
    await visitor.goesTo("/account");
    await until("leadkeep on the page", () => visitor.tab.shows(() => Boolean(window.leadkeep)));
    await visitor.tab.runs(() => window.leadkeep.withdraw());
    await eventually(async () => {
      const [mark] = await visitor.demo.calls("markLeads");
      assert.deepEqual(mark?.params, [[{ LeadCode: code, Used: false, StopFollowups: true }]]);
    });
    await visitor.goesTo("/checkout");
    await visitor.tab.types("#city", "Turin");
    await aWhile();
    assert.equal((await visitor.status()).state, "closed", "the no outlives the page");
  });

  scenario("a shopper who leaves the thank-you page at once loses nothing", async (visitor) => {
    const code = await saves(visitor);
    const leaving = `<script>window.leadkeep.complete("ORDER-1"); window.location = "/elsewhere"</script>`;
    visitor.site.serves({ "/elsewhere": ELSEWHERE, "/thanks": thanks(TAG.replace("async ", "") + leaving) });
    await visitor.tab.starts(() => void (window.location = "/thanks"));
    await until("another page", () => visitor.tab.shows(() => Boolean(document.querySelector("#back"))));
    await eventually(async () => {
      const [mark] = await visitor.demo.calls("markLeads");
      assert.deepEqual(mark?.params, [[{ LeadCode: code, Used: true, StopFollowups: true }]]);
    });
    assert.ok((await visitor.record()).closed);
  });

  scenario("while the proxy is down the end is kept, and any next page of the site tells it", async (visitor) => {
    visitor.excuseFailedRequests();
    const code = await saves(visitor);
    visitor.site.serves({ "/thanks": WAYS["has data-complete"], "/next": thanks(TAG), "/elsewhere": ELSEWHERE });
    visitor.site.meets({ before: "drop" });
    await visitor.goesTo("/thanks");
    await until("the attempt", () => closings(visitor).length > 0);
    assert.equal((await visitor.status()).state, "closed");
    await visitor.goesTo("/elsewhere");
    assert.deepEqual(await visitor.demo.calls("markLeads"), []);
    assert.equal((await visitor.record()).closed.pending, true);

    visitor.site.meets(null);
    await visitor.goesTo("/next");
    await isOver(visitor, code);
    assert.equal(closings(visitor).at(-1).order_reference, "ORDER-1");
    assert.equal(await isModuleLoaded(visitor), false);
  });

  scenario("a proxy that says 503 is asked again from the same page", async (visitor) => {
    const code = await saves(visitor);
    visitor.site.serves({ "/thanks": WAYS["has data-complete"] });
    visitor.site.meets({ status: 503, headers: { "content-type": "application/json" }, body: "{}" }, null);
    await visitor.goesTo("/thanks");
    await isOver(visitor, code);
  });

  scenario("an order without a lead stores and sends nothing, and begins none on its page", async (visitor) => {
    await visitor.opens(checkout());
    await until("leadkeep on the page", () => visitor.tab.shows(() => Boolean(window.leadkeep)));
    await visitor.tab.runs(() => window.leadkeep.complete("ORDER-1"));
    assert.equal(await visitor.recordText(), "");
    await visitor.tab.types("#email", "ada@example.com");
    await visitor.reaches("closed");
    await aWhile();
    assert.deepEqual([visitor.site.posts, await visitor.recordText()], [[], ""]);
  });

  scenario(
    "a tab that was open before the order begins no next purchase, its module comes after it",
    async (visitor) => {
      const code = await saves(visitor);
      const other = await visitor.opensTab("/checkout");
      await until("leadkeep on the page", () => other.shows(() => Boolean(window.leadkeep)));
      visitor.site.serves({ "/thanks": WAYS["has data-complete"] });
      await visitor.goesTo("/thanks");
      await isOver(visitor, code);
      await other.types("#email", "ada@example.com");
      await other.types("#city", "Turin");
      await visitor.reaches("closed", other);
      await aWhile();
      await isOneLead(visitor.demo);
      await visitor.goesTo("/checkout", other);
      await other.types("#email", "grace@example.com");
      await holdsBilling(visitor.demo, { Email: "grace@example.com" });
      assert.equal((await visitor.demo.leads()).length, 2, "a page loaded after it does");
    },
  );

  scenario("start(), a call, stop() and start() in one breath leave the second capture alive", async (visitor) => {
    const strict = `<script type="module">
      import { start } from "/npm/index.js";
      const options = ${JSON.stringify(OPTIONS)};
      const first = start(options);
      first.setItems([{ Code: "FIRST", Quantity: 1 }]);
      first.stop();
      window.second = start(options);
      window.isAnother = first !== window.second;
    </script>`;
    await visitor.opens(html({ head: strict }));
    await until("both", () => visitor.tab.shows(() => window.isAnother && window.leadkeep === window.second));
    await visitor.tab.types("#email", "ada@example.com");
    await holdsBilling(visitor.demo, { Email: "ada@example.com" });
    await isOneLead(visitor.demo);
  });

  scenario("a module that is blocked is asked for again, and what was typed meanwhile arrives", async (visitor) => {
    visitor.excuse(/^error: leadkeep: the module could not be loaded$/);
    let asked = 0;
    const block = (_, response) => ((asked += 1), response.destroy());
    visitor.site.serves({ "/leadkeep_widget.js": block });
    await visitor.opens(checkout());
    await until("leadkeep on the page", () => visitor.tab.shows(() => Boolean(window.leadkeep)));
    await visitor.tab.types("#email", "ada@example.com");
    await until("three attempts", () => asked > 2);
    assert.deepEqual(
      await visitor.tab.runs(() => Promise.all([window.leadkeep.flush(), window.leadkeep.ready]).then(() => "settled")),
      "settled",
    );
    assert.equal((await visitor.record())?.cart, undefined);
    visitor.site.serves({ "/leadkeep_widget.js": undefined });
    await visitor.tab.types("#city", "Turin");
    await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin" });
    assert.equal(visitor.site.said.filter((line) => line.includes("could not be loaded")).length, 1);
  });

  scenario("a script that comes late finds the shopper in a filled form", async (visitor) => {
    await visitor.opens(html({ form: FORM }));
    await visitor.tab.types("#email", "ada@example.com");
    await visitor.tab.types("#city", "Turin");
    await visitor.tab.runs((tag) => {
      const script = document.createElement("script");
      script.src = "/leadkeep.js";
      Object.assign(script.dataset, tag);
      document.head.append(script);
    }, OPTIONS);
    await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin" });
    await isOneLead(visitor.demo);
  });

  scenario("a page that the shopper has not touched loads nothing more", async (visitor) => {
    const more = ["checkbox", "radio", "color", "range"].map((type) => `<input type="${type}">`).join("");
    const filled = FORM.replace('id="email"', 'id="email" value="ada@example.com"').replace(
      "</form>",
      more + "</form>",
    );
    await visitor.opens(html({ head: scriptTag(), form: filled }));
    await until("leadkeep on the page", () => visitor.tab.shows(() => Boolean(window.leadkeep)));
    await aWhile();
    assert.equal(await isModuleLoaded(visitor), false);
  });
});
