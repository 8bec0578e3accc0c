// What capture costs: requests to the proxy, calls to 2Checkout, bytes in the browser.

import assert from "node:assert/strict";

import { autofill, fillIn, hidePage, showPage, tickConsent, typeInto, typeOn } from "./support/actions.mjs";
import { ADA, ADAS_DETAILS, checkout, FORM } from "./support/fixture.mjs";
import { holdsAmongBilling, holdsBilling, isOneLead, lastLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, eventually } from "./support/wait.mjs";

const { demo, scenario } = stage();

const PROFILE = {
  EMAIL_ADDRESS: "ada@example.com",
  NAME_FIRST: "Ada",
  NAME_LAST: "Lovelace",
  ADDRESS_HOME_LINE1: "12 St James's Square",
  ADDRESS_HOME_CITY: "London",
  ADDRESS_HOME_ZIP: "SW1Y 4JH",
  ADDRESS_HOME_COUNTRY: "IT",
};

const saves = async () => (await demo.log()).filter(({ method }) => method === "addLead" || method === "updateLead");

/** Lets the browser fill the form; it needs a moment after the load to know it. */
async function fillsByItself(shopper) {
  await eventually(async () => {
    await autofill(shopper.page, "#email", PROFILE);
    assert.equal(await shopper.page.locator("#city").inputValue(), "London");
  });
}

scenario("a form filled by autofill costs one request and one call", async (shopper) => {
  await shopper.opens(checkout({ quietMs: null }));
  await shopper.page.locator("#email").click();
  await fillsByItself(shopper);
  await holdsBilling(demo, ADAS_DETAILS);
  await shopper.reaches("saved");
  await aWhile(800);
  assert.equal(shopper.posts().length, 1);
  assert.equal((await saves()).length, 1);
});

scenario("a form filled by autofill after consent, the module long there, costs the same", async (shopper) => {
  await shopper.opens(checkout({ quietMs: null, consent: "ask" }));
  await shopper.page.locator("#email").click();
  await tickConsent(shopper.page);
  await aWhile(800);
  await fillsByItself(shopper);
  await holdsBilling(demo, ADAS_DETAILS);
  await shopper.reaches("saved");
  await aWhile(800);
  assert.equal(shopper.posts().length, 1);
  assert.equal((await saves()).length, 1);
});

scenario("typing without pauses costs one request for each longest wait and one at the end", async (shopper) => {
  const maxWaitMs = 1_500;
  await shopper.opens(checkout({ quietMs: 600, maxWaitMs }));
  await typeInto(shopper.page, "#email", "ada@example.com");
  await shopper.reaches("saved");
  const [requests, calls] = [shopper.posts().length, (await saves()).length];

  const text = "12 St James's Square, above the bookbinder, second door";
  const begun = Date.now();
  await typeInto(shopper.page, "#street", text, { delay: 90 });
  const typed = Date.now() - begun;
  await holdsAmongBilling(demo, { Address1: text });
  await shopper.reaches("saved");
  await aWhile(600);

  const cost = shopper.posts().length - requests;
  const most = Math.floor(typed / maxWaitMs) + 1;
  assert.ok(cost >= 2, `typing went on for ${typed} ms, and was sent once only`);
  assert.ok(cost <= most, `${cost} requests for ${typed} ms of typing: at most ${most}`);
  assert.equal((await saves()).length - calls, cost, "each is one call");
});

scenario("each pause is one request, and each request one call", async (shopper) => {
  await shopper.opens(checkout());
  for (const [selector, text] of Object.entries(ADA).slice(0, 5)) {
    await fillIn(shopper.page, { [selector]: text });
    await shopper.reaches("saved");
    await aWhile();
  }
  assert.equal(shopper.posts().length, 5);
  assert.equal((await saves()).length, 5);
  assert.ok((await demo.calls("login")).length <= 1, "the session is kept");
});

scenario("focus, blur, and looking away cost nothing when nothing changed", async (shopper) => {
  await shopper.opens(checkout({ quietMs: null }));
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
  await shopper.reaches("saved");
  const before = shopper.posts().length;
  for (const selector of ["#email", "#city", "#first"]) await shopper.page.locator(selector).click();
  await shopper.page.locator("h1").click();
  await hidePage(shopper.page);
  await showPage(shopper.page);
  await typeOn(shopper.page, "#city", "x");
  await shopper.page.keyboard.press("Backspace");
  await shopper.page.evaluate(() => window.leadkeep.flush());
  await shopper.opensTab("/checkout");
  await aWhile(800);
  assert.equal(shopper.posts().length, before);
});

scenario("a reload that shows the same costs nothing", async (shopper) => {
  const filled = FORM.replace('id="email"', 'id="email" value="ada@example.com"').replace(
    'id="city"',
    'id="city" value="London"',
  );
  await shopper.opens(checkout({}, { form: filled }));
  await shopper.page.locator("#first").click();
  await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
  await shopper.reaches("saved");
  for (let visit = 0; visit < 3; visit++) {
    await shopper.page.reload();
    await shopper.page.locator("#first").click();
    await shopper.reaches("saved");
  }
  await shopper.goesTo("/checkout");
  await shopper.page.evaluate(() => window.leadkeep.flush());
  await aWhile();
  assert.equal(shopper.posts().length, 1);
  assert.equal((await saves()).length, 1);
});

scenario("the record is at most 1 KB", async (shopper) => {
  await shopper.opens(checkout());
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
  await shopper.reaches("saved");
  const text = await shopper.recordText();
  assert.ok(Buffer.byteLength(text) <= 1_000, `${Buffer.byteLength(text)} bytes`);
  for (const value of Object.values(ADA)) if (value.length > 2) assert.ok(!text.includes(value), "no personal data");
});

scenario("the record is at most 4 KB while much is unsent, and the page loses none of it", async (shopper) => {
  shopper.excuseFailedRequests();
  shopper.excuse(/^error: leadkeep: the endpoint could not be reached$/);
  await shopper.opens(checkout());
  await typeInto(shopper.page, "#email", "ada@example.com");
  await shopper.reaches("saved");
  await shopper.proxyAnswers("abort");
  const long = (letter) => letter.repeat(480);
  const fields = { "#first": "a", "#last": "b", "#street": "c", "#city": "d", "#zip": "e" };
  for (const [selector, letter] of Object.entries(fields)) await shopper.page.locator(selector).fill(long(letter));
  // Just under what the proxy takes for a cart.
  const notes = Array.from({ length: 30 }, (_, i) => ({
    Code: `ITEM-${i}`,
    Quantity: 1,
    Description: "f".repeat(200),
  }));
  await shopper.page.evaluate((items) => (document.querySelector("#items").textContent = JSON.stringify(items)), notes);
  await shopper.reaches("retrying");
  const bytes = Buffer.byteLength(await shopper.recordText());
  assert.ok(bytes > 1_000 && bytes <= 4_096, `${bytes} bytes`);

  await shopper.proxyAnswers(null);
  await shopper.page.locator("#country").selectOption("DE");
  await holdsAmongBilling(demo, { FirstName: long("a"), Zip: long("e"), CountryCode: "DE" });
  assert.equal((await lastLead(demo)).Items.length, 30);
  await isOneLead(demo);
  await eventually(async () => assert.ok(Buffer.byteLength(await shopper.recordText()) <= 1_000));
});
