// One page, three ways onto it: script tag, `leadkeep/auto`, `start()`.

import assert from "node:assert/strict";

import { consentBox, fillIn, notice, tickConsent, typeInto } from "./support/actions.mjs";
import { ADA, ADAS_DETAILS, checkout, html, PACKAGINGS, scriptTag } from "./support/fixture.mjs";
import { holdsAmongBilling, holdsBilling, isOneLead, lastLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, eventually, until } from "./support/wait.mjs";

const { demo, scenario } = stage();

for (const packaging of Object.keys(PACKAGINGS)) {
  const page = (options, parts) => checkout(options, { packaging, ...parts });
  const leadkeep = (shopper, work) => shopper.page.evaluate(work);

  scenario(`${packaging}: a typed form is one complete lead`, async (shopper) => {
    await shopper.opens(page());
    await fillIn(shopper.page, ADA);
    await holdsBilling(demo, ADAS_DETAILS);
    const code = await isOneLead(demo);
    const lead = await lastLead(demo);
    assert.deepEqual([lead.Currency, lead.Language, lead.Items], ["EUR", "EN", [{ Code: "BOOK-1", Quantity: 1 }]]);
    const { leadCode, cart, missing, lastError } = await shopper.reaches("saved");
    assert.deepEqual([leadCode, missing, lastError], [code, [], null]);
    assert.equal(cart, (await shopper.record()).cart);
  });

  scenario(`${packaging}: the checkbox asks, and what was typed before the tick is kept`, async (shopper) => {
    await shopper.opens(page({ consent: "ask" }));
    await typeInto(shopper.page, "#email", "ada@example.com");
    await consentBox(shopper.page).waitFor();
    await shopper.reaches("waiting");
    await tickConsent(shopper.page);
    await holdsBilling(demo, { Email: "ada@example.com" });
  });

  scenario(`${packaging}: status() tells where it is, before and after the module is there`, async (shopper) => {
    await shopper.opens(page({ consent: "ask" }));
    await until("leadkeep on the page", () => leadkeep(shopper, () => Boolean(window.leadkeep)));
    assert.deepEqual(await shopper.status(), {
      state: "waiting",
      leadCode: null,
      cart: null,
      missing: [],
      lastError: null,
    });
    await leadkeep(shopper, () => {
      window.seen = [];
      document.addEventListener("leadkeep:status", (event) => window.seen.push(event.detail));
      return window.leadkeep.load();
    });
    await tickConsent(shopper.page);
    await fillIn(shopper.page, { "#email": "ada@example.com", "#city": "London" });
    await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
    await shopper.reaches("saved");
    const seen = await leadkeep(shopper, () => window.seen);
    assert.ok(seen.length > 3);
    for (const state of ["idle", "pending", "saving", "saved"])
      assert.ok(seen.some((status) => status.state === state));
    assert.ok(!JSON.stringify(seen).includes("ada@"), "no event holds what was typed");
    assert.deepEqual(seen.at(-1), await shopper.status());
  });

  scenario(`${packaging}: inspect() says of every field what it means`, async (shopper) => {
    const marked = `<form id="checkout">
      <input id="email" autocomplete="email"><input id="vat" data-lead="BillingDetails.FiscalCode">
      <select id="country" autocomplete="shipping country"></select><textarea id="note" data-lead="ignore"></textarea>
      <input id="card" autocomplete="cc-number" data-lead="BillingDetails.Company"><input id="full" autocomplete="name">
    </form>`;
    await shopper.opens(page({}, { form: marked }));
    await until("leadkeep on the page", () => leadkeep(shopper, () => Boolean(window.leadkeep)));
    const rows = await leadkeep(shopper, async () =>
      (await window.leadkeep.inspect()).map(({ element, path, source, reason }) => [
        element.id,
        path,
        source,
        typeof reason === "string" && reason !== "",
      ]),
    );
    assert.deepEqual(rows, [
      ["email", "BillingDetails.Email", "autocomplete", true],
      ["vat", "BillingDetails.FiscalCode", "attribute", true],
      ["country", "DeliveryDetails.CountryCode", "autocomplete", true],
      ["note", null, "attribute", true],
      ["card", null, "forbidden", true],
      ["full", "BillingDetails.FullName", "autocomplete", true],
    ]);
  });

  scenario(`${packaging}: flush() sends at once and is settled when 2Checkout has it`, async (shopper) => {
    await shopper.opens(page({ quietMs: 60_000, maxWaitMs: 90_000 }));
    await fillIn(shopper.page, ADA);
    await leadkeep(shopper, () => window.leadkeep.flush());
    assert.deepEqual((await lastLead(demo))?.BillingDetails, ADAS_DETAILS);
    assert.equal((await shopper.status()).state, "saved");
  });

  scenario(`${packaging}: setItems() is the cart, and the newest one counts`, async (shopper) => {
    await shopper.opens(page({ items: null }, { items: null }));
    await typeInto(shopper.page, "#email", "ada@example.com");
    await aWhile();
    assert.deepEqual(await demo.log(), [], "no lead without an item");
    await leadkeep(shopper, () => window.leadkeep.setItems([{ Code: "A", Quantity: 1 }]));
    await eventually(async () => assert.deepEqual((await lastLead(demo))?.Items, [{ Code: "A", Quantity: 1 }]));
    await leadkeep(shopper, () => window.leadkeep.setItems([{ Code: "A", Quantity: 3, Price: { Amount: 19.99 } }]));
    await eventually(async () => assert.equal((await lastLead(demo)).Items[0].Price?.Amount, 19.99));
    await leadkeep(shopper, () => window.leadkeep.setItems([]));
    await typeInto(shopper.page, "#city", "London");
    await holdsAmongBilling(demo, { City: "London" });
    assert.equal((await lastLead(demo)).Items[0].Quantity, 3);
    await isOneLead(demo);
  });

  scenario(`${packaging}: complete() closes the cart for good`, async (shopper) => {
    await shopper.opens(page());
    await fillIn(shopper.page, ADA);
    await holdsBilling(demo, ADAS_DETAILS);
    const code = await isOneLead(demo);
    await leadkeep(shopper, () => window.leadkeep.complete("ORDER-7"));
    assert.equal((await shopper.status()).state, "closed");
    const [mark] = await demo.calls("markLeads");
    assert.deepEqual(mark.params, [[{ LeadCode: code, Used: true, StopFollowups: true }]]);
    assert.equal(shopper.posts().at(-1).order_reference, "ORDER-7");
    const before = (await demo.log()).length;
    await typeInto(shopper.page, "#city", "Turin");
    await leadkeep(shopper, () => window.leadkeep.flush());
    await aWhile();
    assert.equal((await demo.log()).length, before);
  });

  scenario(`${packaging}: withdraw() empties the lead and stops its mails`, async (shopper) => {
    await shopper.opens(page());
    await fillIn(shopper.page, ADA);
    await holdsBilling(demo, ADAS_DETAILS);
    const code = await isOneLead(demo);
    await leadkeep(shopper, () => window.leadkeep.withdraw());
    assert.equal((await shopper.status()).state, "closed");
    const [mark] = await demo.calls("markLeads");
    assert.deepEqual(mark.params, [[{ LeadCode: code, Used: false, StopFollowups: true }]]);
    await eventually(async () => assert.ok(!JSON.stringify(await demo.leads()).includes("Lovelace")));
    await isOneLead(demo);
  });

  scenario(`${packaging}: stop() lets go, and sends what was unsent`, async (shopper) => {
    await shopper.opens(page({ consent: "ask", quietMs: 60_000, maxWaitMs: 90_000 }));
    await typeInto(shopper.page, "#email", "ada@example.com");
    await tickConsent(shopper.page);
    await leadkeep(shopper, () => window.leadkeep.stop());
    await holdsBilling(demo, { Email: "ada@example.com" });
    assert.equal((await shopper.status()).state, "off");
    assert.equal(await notice(shopper.page).count(), 0);
    const before = shopper.posts().length;
    await typeInto(shopper.page, "#city", "London");
    await leadkeep(shopper, () => window.leadkeep.flush());
    await aWhile();
    assert.equal(shopper.posts().length, before);
  });

  scenario(`${packaging}: it goes on with the lead of an earlier page`, async (shopper) => {
    await shopper.opens(page());
    await fillIn(shopper.page, ADA);
    await holdsBilling(demo, ADAS_DETAILS);
    await shopper.reaches("saved");
    await shopper.page.reload();
    await typeInto(shopper.page, "#city", "Turin");
    await holdsBilling(demo, { ...ADAS_DETAILS, City: "Turin" });
    await isOneLead(demo);
  });
}

scenario("early calls are carried out in their order once the module is there", async (shopper) => {
  await shopper.opens(checkout({ items: null, quietMs: 300 }, { items: null }));
  await until("leadkeep on the page", () => shopper.page.evaluate(() => Boolean(window.leadkeep)));
  await shopper.page.evaluate(() => {
    window.leadkeep.setItems([{ Code: "FIRST", Quantity: 1 }]);
    window.leadkeep.setItems([{ Code: "SECOND", Quantity: 1 }]);
  });
  await aWhile();
  assert.equal((await shopper.status()).state, "idle");
  await typeInto(shopper.page, "#email", "ada@example.com");
  await eventually(async () => assert.deepEqual((await lastLead(demo))?.Items, [{ Code: "SECOND", Quantity: 1 }]));
});

scenario("start() twice gives one object, and after stop() a new one", async (shopper) => {
  const twice = `<script type="module">
    import { start } from "/npm/index.js";
    const options = { endpoint: "/api/lead", form: "#checkout", consent: "granted", items: "#items", quietMs: 150 };
    window.first = start(options);
    window.second = start({ ...options, currency: "EUR" });
    window.again = async () => (await window.first.stop(), start({ ...options, currency: "EUR" }));
  </script>`;
  await shopper.opens(html({ head: twice }));
  await until("start()", () => shopper.page.evaluate(() => Boolean(window.again)));
  assert.ok(await shopper.page.evaluate(() => window.first === window.second && window.first === window.leadkeep));
  assert.ok(await shopper.page.evaluate(async () => (await window.again()) !== window.first));
  await typeInto(shopper.page, "#email", "ada@example.com");
  await eventually(async () => assert.equal((await lastLead(demo))?.Currency, "EUR"));
  await isOneLead(demo);
});

scenario("script tag and npm together on one page are one capture", async (shopper) => {
  const both = scriptTag() + scriptTag({}, "leadkeep/auto") + scriptTag({}, "start()");
  await shopper.opens(html({ head: both }));
  await fillIn(shopper.page, { "#email": "ada@example.com", "#city": "London" });
  await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
  await shopper.reaches("saved");
  await isOneLead(demo);
  assert.ok(shopper.posts().length <= 2, "one capture sends, not three");
});
