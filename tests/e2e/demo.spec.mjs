// The demo shop as `npm start` serves it: what a shopper types becomes one lead in 2Checkout.

import assert from "node:assert/strict";

import { consentBox, fillIn, notice, tickConsent, typeInto, typeOn, untickConsent } from "./support/actions.mjs";
import { holdsAmongBilling, isNowhere, isOneLead, lastLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, eventually, until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const ADA = {
  "#phone": "+44 20 7946 0958",
  "#billing-first-name": "Ada",
  "#billing-last-name": "Lovelace",
  "#billing-company": "Analytical Engines",
  "#billing-tax-id": "GB123456789",
  "#billing-address-1": "12 St James's Square",
  "#billing-address-2": "2nd floor",
  "#billing-zip": "SW1Y 4JH",
  "#billing-city": "London",
  "#billing-state": "Greater London",
  "#billing-country": "GB",
};
const BILLING = {
  Email: "ada@example.com",
  Phone: "+44 20 7946 0958",
  FirstName: "Ada",
  LastName: "Lovelace",
  Company: "Analytical Engines",
  FiscalCode: "GB123456789",
  Address1: "12 St James's Square",
  Address2: "2nd floor",
  Zip: "SW1Y 4JH",
  City: "London",
  State: "Greater London",
  CountryCode: "GB",
};
const GROTESK = {
  Code: "BRV-GROTESK",
  Quantity: 2,
  Name: "Brevier Grotesk",
  IsDynamic: false,
  Tangible: false,
  PurchaseType: "PRODUCT",
  Price: { Amount: 19.99, Type: "CUSTOM" },
};

/** Opens the shop, agrees, and types the e-mail address; gives the LeadCode once 2Checkout has made the lead. */
async function begins(shopper) {
  await shopper.opensShop();
  await shopper.page.locator("#email").click();
  await tickConsent(shopper.page);
  await typeInto(shopper.page, "#email", "ada@example.com");
  await holdsAmongBilling(demo, { Email: "ada@example.com" });
  return until("a LeadCode", async () => (await shopper.record())?.lead_code);
}

const quantityOf = (lead, code) => lead?.Items.find((item) => item.Code === code)?.Quantity;

scenario(
  "a shopper who types makes one login, one addLead, then updateLeads with the complete lead",
  async (shopper) => {
    const code = await begins(shopper);
    await fillIn(shopper.page, ADA);
    await eventually(async () => assert.deepEqual((await lastLead(demo)).BillingDetails, BILLING));

    assert.equal((await demo.calls("login")).length, 1);
    assert.equal((await demo.calls("addLead")).length, 1);
    assert.equal(await isOneLead(demo), code);
    const lead = await lastLead(demo);
    assert.equal(lead.Currency, "EUR");
    assert.equal(lead.Language, "EN");
    assert.deepEqual(lead.Items[0], GROTESK);
    assert.equal(lead.Items.length, 2);
    assert.deepEqual(
      lead.DeliveryDetails,
      Object.fromEntries(Object.entries(BILLING).filter(([name]) => name in lead.DeliveryDetails)),
      "the delivery is a copy of the billing",
    );
    assert.equal(lead.DeliveryDetails.City, "London");
    await shopper.reaches("saved");
  },
);

scenario("nothing but the loader is loaded before the first touch", async (shopper) => {
  await shopper.opensShop();
  await shopper.page.locator("h1").click();
  await shopper.page.mouse.wheel(0, 600);
  await aWhile(800);
  const loaded = shopper.requests.map(({ path }) => path).filter((path) => /leadkeep|\.wasm|\/api\//.test(path));
  assert.deepEqual(loaded, ["/leadkeep.js"]);
  assert.equal(await notice(shopper.page).count(), 0);
});

scenario("nothing is requested or stored before the tick", async (shopper) => {
  await shopper.opensShop();
  await typeInto(shopper.page, "#email", "ada@example.com");
  await fillIn(shopper.page, ADA);
  await consentBox(shopper.page).waitFor();
  await aWhile(800);
  assert.equal((await shopper.status()).state, "waiting");
  assert.deepEqual(shopper.posts(), []);
  assert.equal(await shopper.recordText(), "");
  assert.deepEqual(await demo.log(), []);

  await tickConsent(shopper.page);
  await eventually(async () => assert.deepEqual((await lastLead(demo))?.BillingDetails, BILLING));
  await isOneLead(demo);
});

scenario("a reload and one more edit lose nothing", async (shopper) => {
  const code = await begins(shopper);
  await fillIn(shopper.page, ADA);
  await holdsAmongBilling(demo, BILLING);
  await shopper.page.reload();
  await typeInto(shopper.page, "#billing-city", "Turin");
  await eventually(async () => {
    assert.deepEqual((await lastLead(demo)).BillingDetails, { ...BILLING, City: "Turin" });
  });
  assert.equal(await isOneLead(demo), code);
  assert.equal((await lastLead(demo)).Items.length, 2);
});

scenario("the proxy is stopped and started again, and the same browser goes on with the same lead", async (shopper) => {
  shopper.excuseFailedRequests();
  shopper.excuse(/^error: leadkeep: the endpoint could not be reached$/);
  const code = await begins(shopper);
  await fillIn(shopper.page, { "#billing-first-name": "Ada", "#billing-last-name": "Lovelace" });
  await holdsAmongBilling(demo, { FirstName: "Ada", LastName: "Lovelace" });

  await demo.stop();
  await typeInto(shopper.page, "#billing-city", "London");
  await shopper.reaches("retrying");
  await demo.start();
  await holdsAmongBilling(demo, { Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace", City: "London" });
  assert.equal(await isOneLead(demo), code);
  assert.equal((await demo.calls("addLead")).length, 1);
});

scenario("plus and minus change the items", async (shopper) => {
  await begins(shopper);
  await shopper.page.getByRole("button", { name: "One Brevier Grotesk more" }).click();
  await eventually(async () => assert.equal(quantityOf(await lastLead(demo), "BRV-GROTESK"), 3));
  await shopper.page.getByRole("button", { name: "One Proofsheet 3 more" }).click();
  await eventually(async () => assert.equal(quantityOf(await lastLead(demo), "BRV-PROOFSHEET"), 1));
  await shopper.page.getByRole("button", { name: "One The Specimen Box less" }).click();
  await eventually(async () => assert.equal(quantityOf(await lastLead(demo), "BRV-SPECIMEN"), undefined));
  assert.equal((await lastLead(demo)).Items.length, 2);
  await isOneLead(demo);
});

scenario("an emptied cart never sends empty items", async (shopper) => {
  await begins(shopper);
  for (const name of ["Brevier Grotesk", "Brevier Grotesk", "The Specimen Box"])
    await shopper.page.getByRole("button", { name: `One ${name} less` }).click();
  await typeInto(shopper.page, "#billing-city", "London");
  await holdsAmongBilling(demo, { City: "London" });
  for (const { method, params } of await demo.log())
    if (/Lead$/.test(method)) assert.ok(params[0].Items.length > 0, method);
});

scenario("another delivery address is sent, and 'same as billing' makes it a copy again", async (shopper) => {
  await begins(shopper);
  await fillIn(shopper.page, { "#billing-city": "London", "#billing-zip": "SW1Y 4JH" });
  await shopper.page.locator("#same-address").uncheck();
  await fillIn(shopper.page, { "#delivery-first-name": "Mary", "#delivery-city": "Turin", "#delivery-country": "IT" });
  const delivery = async () => (await lastLead(demo)).DeliveryDetails;
  await eventually(async () => {
    const { FirstName, City, CountryCode } = await delivery();
    assert.deepEqual({ FirstName, City, CountryCode }, { FirstName: "Mary", City: "Turin", CountryCode: "IT" });
  });
  assert.equal((await lastLead(demo)).BillingDetails.City, "London");

  await shopper.page.locator("#same-address").check();
  await eventually(async () => assert.equal((await delivery()).City, "London"));
  assert.equal((await delivery()).CountryCode, undefined);
  assert.ok(!JSON.stringify(await lastLead(demo)).includes("Mary"));
  await isOneLead(demo);
});

scenario("what stands in the card fields occurs nowhere", async (shopper) => {
  await begins(shopper);
  const card = {
    "#card-name": "CANARY HOLDER",
    "#card-number": "4242 4242 4242 4242",
    "#card-expiry": "11 / 29",
    "#card-code": "8374",
  };
  await fillIn(shopper.page, card);
  await typeInto(shopper.page, "#billing-city", "London");
  await holdsAmongBilling(demo, { City: "London" });
  await shopper.page.reload();
  for (const secret of [...Object.values(card), "4242424242424242"]) await isNowhere(secret, shopper, demo);
});

scenario("an order marks the lead used and stops its mails, and the next purchase is a new cart", async (shopper) => {
  const code = await begins(shopper);
  await fillIn(shopper.page, ADA);
  await holdsAmongBilling(demo, BILLING);
  await shopper.page.getByRole("button", { name: "Place order" }).click();
  await shopper.reaches("closed");
  await until("markLeads", async () => (await demo.calls("markLeads")).length > 0);
  const [mark] = await demo.calls("markLeads");
  assert.deepEqual(mark.params, [[{ LeadCode: code, Used: true, StopFollowups: true }]]);
  const cart = (await shopper.record()).cart;

  const calls = (await demo.log()).length;
  await shopper.page.getByRole("button", { name: "Start a new order" }).click();
  await shopper.page.locator("#email").waitFor();
  await aWhile(800);
  assert.equal((await shopper.status()).state, "closed");
  assert.equal((await demo.log()).length, calls, "a reload alone begins nothing");

  await typeInto(shopper.page, "#email", "grace@example.com");
  await holdsAmongBilling(demo, { Email: "grace@example.com" });
  assert.equal((await demo.calls("addLead")).length, 2);
  assert.notEqual((await shopper.record()).cart, cart);
  const leads = await demo.leads();
  assert.equal(leads.length, 2);
  assert.notEqual(leads[0].LeadCode, leads[1].LeadCode);
});

scenario("unticking withdraws: the lead is emptied, its mails stop, and nothing more is sent", async (shopper) => {
  const code = await begins(shopper);
  await fillIn(shopper.page, { "#billing-first-name": "Ada", "#billing-last-name": "Lovelace" });
  await holdsAmongBilling(demo, { FirstName: "Ada", LastName: "Lovelace" });
  await untickConsent(shopper.page);
  await shopper.reaches("closed");
  await until("markLeads", async () => (await demo.calls("markLeads")).length > 0);
  const [mark] = await demo.calls("markLeads");
  assert.deepEqual(mark.params, [[{ LeadCode: code, Used: false, StopFollowups: true }]]);
  await eventually(async () => assert.ok(!JSON.stringify(await demo.leads()).match(/ada@example|Lovelace/)));
  await until("another mark after the update", async () => (await demo.calls("markLeads")).length === 2);

  const calls = (await demo.log()).length;
  await typeInto(shopper.page, "#billing-city", "London");
  await aWhile(800);
  assert.equal((await demo.log()).length, calls);
  assert.equal(await consentBox(shopper.page).isChecked(), false);
  assert.ok(!(await shopper.recordText()).includes("ada@"));
});
