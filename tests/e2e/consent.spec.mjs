// Who said yes, and what a no undoes.

import assert from "node:assert/strict";

import { consentBox, fillIn, goBack, notice, tickConsent, typeInto, untickConsent } from "./support/actions.mjs";
import { ADA, ADAS_DETAILS, checkout, html, scriptTag } from "./support/fixture.mjs";
import { holdsAmongBilling, holdsBilling, isOneLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, eventually, until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const ASK = checkout({ consent: "ask" });
const EXTERNAL = checkout({ consent: "external" });
const says = (shopper, yes, page = shopper.page) => page.evaluate((yes) => window.leadkeep.consent(yes), yes);
const loaded = (shopper, page = shopper.page) =>
  until("leadkeep on the page", () => page.evaluate(() => Boolean(window.leadkeep)));

/** Nothing more reaches the proxy, whatever the shopper types. */
async function isSilent(shopper, page = shopper.page) {
  const before = shopper.posts().length;
  await typeInto(page, "#city", "Nowhere");
  await typeInto(page, "#email", "other@example.com");
  await aWhile();
  assert.deepEqual(shopper.posts().slice(before), []);
}

/** The lead of Ada is marked, and holds nothing of hers. */
async function isWithdrawn(shopper, code) {
  await until("markLeads", async () => (await demo.calls("markLeads")).length > 0);
  const [mark] = await demo.calls("markLeads");
  assert.deepEqual(mark.params, [[{ LeadCode: code, Used: false, StopFollowups: true }]]);
  await eventually(async () => {
    const lead = JSON.stringify((await demo.leads()).find(({ LeadCode }) => LeadCode === code));
    for (const value of Object.values(ADAS_DETAILS).filter((value) => value.length > 2))
      assert.ok(!lead.includes(value), "a personal field is still there");
  });
  const record = await shopper.recordText();
  for (const value of Object.values(ADAS_DETAILS).filter((value) => value.length > 2))
    assert.ok(!record.includes(value), "the record holds personal data");
}

async function savesAda(shopper) {
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
  await shopper.reaches("saved");
  return isOneLead(demo);
}

for (const [consent, more] of [
  ["ask", { text: "Remind me of this order", language: "en" }],
  ["external", {}],
  ["granted", {}],
]) {
  scenario(`${consent}: the proxy is told when, how and to which words the shopper agreed`, async (shopper) => {
    const before = Date.now();
    await shopper.opens(checkout({ consent, consentText: "Remind me of this order" }));
    await shopper.page.locator("#email").click();
    await loaded(shopper);
    if (consent === "ask") await tickConsent(shopper.page);
    if (consent === "external") await says(shopper, true);
    await savesAda(shopper);
    const [{ consent: told }] = shopper.posts();
    assert.deepEqual({ ...told, at: 0 }, { mode: consent, at: 0, ...more });
    assert.ok(told.at >= before && told.at <= Date.now());
  });
}

scenario("ask: a tick outlives a reload", async (shopper) => {
  await shopper.opens(ASK);
  await shopper.page.locator("#email").click();
  await tickConsent(shopper.page);
  await savesAda(shopper);
  await shopper.page.reload();
  await typeInto(shopper.page, "#city", "Turin");
  await holdsBilling(demo, { ...ADAS_DETAILS, City: "Turin" });
  assert.ok(await consentBox(shopper.page).isChecked());
  await isOneLead(demo);
});

scenario("ask: unticking before anything was saved leaves no trace", async (shopper) => {
  await shopper.opens(checkout({ consent: "ask", quietMs: 1_500 }));
  await shopper.page.locator("#email").click();
  await tickConsent(shopper.page);
  await typeInto(shopper.page, "#email", "ada@example.com");
  await untickConsent(shopper.page);
  await aWhile(1_500);
  assert.deepEqual(shopper.posts(), []);
  assert.equal(await shopper.recordText(), "");
  assert.equal((await shopper.status()).state, "waiting");
});

scenario("ask: unticking after a save withdraws, and a new tick begins a new cart", async (shopper) => {
  await shopper.opens(ASK);
  await shopper.page.locator("#email").click();
  await tickConsent(shopper.page);
  const code = await savesAda(shopper);
  const { cart, key } = await shopper.record();
  await untickConsent(shopper.page);
  await shopper.reaches("closed");
  await isWithdrawn(shopper, code);
  await shopper.page.reload();
  await isSilent(shopper);
  assert.equal(await consentBox(shopper.page).isChecked(), false);

  await tickConsent(shopper.page);
  await holdsAmongBilling(demo, { Email: "other@example.com", City: "Nowhere" });
  const record = await shopper.record();
  assert.notEqual(record.cart, cart);
  assert.notEqual(record.key, key);
  assert.equal((await demo.calls("addLead")).length, 2);
});

scenario("external: each page waits for consent(true), also when an earlier one had it", async (shopper) => {
  await shopper.opens(EXTERNAL);
  await loaded(shopper);
  await fillIn(shopper.page, ADA);
  await aWhile();
  assert.equal((await shopper.status()).state, "waiting");
  assert.equal(await notice(shopper.page).count(), 0, "no checkbox of ours");
  assert.deepEqual(shopper.posts(), []);
  assert.equal(await shopper.recordText(), "");
  await says(shopper, true);
  await holdsBilling(demo, ADAS_DETAILS);
  await shopper.reaches("saved");

  await shopper.page.reload();
  const before = shopper.posts().length;
  await typeInto(shopper.page, "#city", "Turin");
  await aWhile();
  assert.equal(shopper.posts().length, before);
  await says(shopper, true);
  await holdsBilling(demo, { ...ADAS_DETAILS, City: "Turin" });
  await isOneLead(demo);
});

scenario("external: a yes before the first touch counts from the first touch", async (shopper) => {
  await shopper.opens(EXTERNAL);
  await loaded(shopper);
  await says(shopper, true);
  assert.equal((await shopper.status()).state, "idle");
  await savesAda(shopper);
});

scenario("external: consent(false) after a save withdraws the lead", async (shopper) => {
  await shopper.opens(EXTERNAL);
  await loaded(shopper);
  await says(shopper, true);
  const code = await savesAda(shopper);
  await says(shopper, false);
  assert.equal((await shopper.status()).state, "closed");
  await isWithdrawn(shopper, code);
  await isSilent(shopper);
});

scenario("external: a no on the next page, before its first touch, withdraws too", async (shopper) => {
  await shopper.opens(EXTERNAL);
  await loaded(shopper);
  await says(shopper, true);
  const code = await savesAda(shopper);
  await shopper.page.reload();
  await loaded(shopper);
  await says(shopper, false);
  await isWithdrawn(shopper, code);
});

scenario("ask: a tick while the proxy has not heard of the no begins the next cart when it has", async (shopper) => {
  shopper.excuseFailedRequests();
  shopper.excuse(/^error: leadkeep: the endpoint could not be reached$/);
  await shopper.opens(ASK);
  await shopper.page.locator("#email").click();
  await tickConsent(shopper.page);
  const code = await savesAda(shopper);
  await shopper.proxyAnswers("abort");
  await untickConsent(shopper.page);
  await until("a withdrawal", () => shopper.posts().some(({ path }) => path.endsWith("/withdraw")));
  await tickConsent(shopper.page);
  await aWhile();
  assert.ok(await consentBox(shopper.page).isChecked());
  assert.deepEqual(await demo.calls("markLeads"), []);

  await shopper.proxyAnswers(null);
  await until("the next lead", async () => (await demo.calls("addLead")).length === 2);
  await isWithdrawn(shopper, code);
  await holdsAmongBilling(demo, { Email: "ada@example.com" });
  assert.equal((await demo.leads()).length, 2);
});

scenario("granted: a withdrawal outlives the page, until consent(true) begins a new cart", async (shopper) => {
  await shopper.opens(checkout());
  const code = await savesAda(shopper);
  await shopper.page.evaluate(() => window.leadkeep.withdraw());
  await isWithdrawn(shopper, code);
  await shopper.page.reload();
  await isSilent(shopper);
  assert.equal((await shopper.status()).state, "closed");

  await says(shopper, true);
  await holdsAmongBilling(demo, { Email: "other@example.com" });
  assert.equal((await demo.calls("addLead")).length, 2);
  assert.equal((await demo.leads()).length, 2);
});

scenario("granted: a no before anything was saved outlives the page, and nothing was ever sent", async (shopper) => {
  await shopper.opens(checkout());
  await loaded(shopper);
  await says(shopper, false);
  await isSilent(shopper);
  await shopper.page.reload();
  await isSilent(shopper);
  assert.deepEqual(shopper.posts(), []);
  assert.deepEqual(await demo.log(), []);
});

for (const [word, close] of [
  ["completed", () => window.leadkeep.complete()],
  ["withdrawn", () => window.leadkeep.withdraw()],
]) {
  scenario(`a cart ${word} in one tab is sent from no other`, async (shopper) => {
    await shopper.opens(checkout());
    await savesAda(shopper);
    const other = await shopper.opensTab("/checkout");
    await typeInto(other, "#city", "Turin");
    await holdsBilling(demo, { ...ADAS_DETAILS, City: "Turin" });
    await shopper.page.evaluate(close);
    await shopper.reaches("closed", other);
    await isSilent(shopper, other);
    await isSilent(shopper);
    await isOneLead(demo);
  });
}

scenario("two tabs are one lead, and neither takes away what the other wrote", async (shopper) => {
  await shopper.opens(checkout());
  const other = await shopper.opensTab("/checkout");
  await typeInto(shopper.page, "#email", "ada@example.com");
  await holdsBilling(demo, { Email: "ada@example.com" });
  await typeInto(other, "#city", "London");
  await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
  await typeInto(shopper.page, "#first", "Ada");
  await holdsBilling(demo, { Email: "ada@example.com", City: "London", FirstName: "Ada" });
  await isOneLead(demo);
});

scenario("two tabs that begin together are one lead", async (shopper) => {
  await shopper.opens(checkout());
  const other = await shopper.opensTab("/checkout");
  const tabs = [shopper.page, other];
  await Promise.all(tabs.map((tab) => tab.evaluate(() => window.leadkeep.load())));
  // To the millisecond: an extension that fills every tab, a session that is restored.
  const moment = Date.now() + 300;
  await Promise.all(
    tabs.map((tab) =>
      tab.evaluate((moment) => {
        const email = document.querySelector("#email");
        email.value = "ada@example.com";
        setTimeout(() => email.dispatchEvent(new Event("input", { bubbles: true })), moment - Date.now());
      }, moment),
    ),
  );
  await shopper.reaches("saved");
  await shopper.reaches("saved", other);
  await typeInto(shopper.page, "#first", "Ada");
  await shopper.reaches("saved");
  await typeInto(other, "#city", "London");
  await shopper.reaches("saved", other);
  await isOneLead(demo);
});

scenario("a page that comes back out of the cache after the order sends nothing", async (shopper) => {
  const noted = `<script>addEventListener("pageshow", (event) => (window.cameFromCache = event.persisted))</script>`;
  const thanks = html({
    head: scriptTag(),
    form: "<p>Thank you</p>",
    after: "<script>addEventListener('load', () => window.leadkeep.complete('ORDER-1'))</script>",
  });
  await shopper.serve({ "/thanks": thanks });
  await shopper.opens(checkout({}, { after: noted + '<a id="pay" href="/thanks">Pay</a>' }));
  await savesAda(shopper);
  await shopper.page.locator("#pay").click();
  await until("markLeads", async () => (await demo.calls("markLeads")).length > 0);
  await shopper.reaches("closed");
  assert.ok(await goBack(shopper.page), "the page came out of the back/forward cache");
  await shopper.reaches("closed");
  await isSilent(shopper);
  await isOneLead(demo);
});

scenario(
  "the next purchase begins with an edit on a page loaded after the order, or with setItems()",
  async (shopper) => {
    await shopper.opens(checkout());
    await savesAda(shopper);
    await shopper.page.evaluate(() => window.leadkeep.complete());
    await isSilent(shopper);
    await shopper.page.reload();
    await typeInto(shopper.page, "#email", "grace@example.com");
    await holdsBilling(demo, { Email: "grace@example.com" });
    assert.equal((await demo.leads()).length, 2);

    await shopper.serve({ "/again": checkout({ items: null }, { items: null }) });
    await shopper.goesTo("/again");
    await loaded(shopper);
    await shopper.page.evaluate(() => window.leadkeep.complete());
    await shopper.page.evaluate(() => window.leadkeep.setItems([]));
    await isSilent(shopper);
    await shopper.page.evaluate(() => window.leadkeep.setItems([{ Code: "NEXT", Quantity: 1 }]));
    await holdsAmongBilling(demo, { Email: "other@example.com" });
    assert.equal((await demo.leads()).length, 3);
  },
);
