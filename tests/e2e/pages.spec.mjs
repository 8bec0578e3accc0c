// The shapes of pages: where the tag stands, when the form comes, what it is made of.

import assert from "node:assert/strict";

import { consentBox, fillIn, notice, tickConsent, typeInto } from "./support/actions.mjs";
import { ADA, ADAS_DETAILS, checkout, FORM, html, OPTIONS, scriptTag } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const TAG = scriptTag();
const PLACES = {
  "async in the head": html({ head: TAG }),
  "deferred in the head": html({ head: TAG.replace("async", "defer") }),
  "blocking in the head": html({ head: TAG.replace("async", "") }),
  "async after the form": html({ after: TAG }),
  "blocking before the form": html({ form: TAG.replace("async", "") + FORM }),
};

for (const [place, page] of Object.entries(PLACES)) {
  scenario(`a script tag ${place} works`, async (shopper) => {
    await shopper.opens(page);
    await fillIn(shopper.page, { "#email": "ada@example.com", "#city": "London" });
    await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
  });
}

scenario("the tag twice on a page is one lead, one checkbox and one request for each pause", async (shopper) => {
  const tag = scriptTag({ consent: "ask" });
  await shopper.opens(html({ head: tag, after: tag }));
  await shopper.page.locator("#email").click();
  await tickConsent(shopper.page);
  await typeInto(shopper.page, "#email", "ada@example.com");
  await holdsBilling(demo, { Email: "ada@example.com" });
  await shopper.reaches("saved");
  await aWhile();
  assert.equal(await notice(shopper.page).count(), 1);
  assert.equal(shopper.posts().length, 1);
  await isOneLead(demo);
});

scenario("a form that appears later is found", async (shopper) => {
  await shopper.opens(html({ head: TAG, form: '<div id="app"></div>' }));
  await until("leadkeep on the page", () => shopper.page.evaluate(() => Boolean(window.leadkeep)));
  assert.equal((await shopper.status()).lastError.code, "form/missing");
  await shopper.page.evaluate((form) => (document.querySelector("#app").innerHTML = form), FORM);
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
});

scenario("a form that appears after the module was loaded is found", async (shopper) => {
  await shopper.opens(html({ head: scriptTag({ consent: "ask" }), form: '<div id="app"></div>' }));
  await until("leadkeep on the page", () => shopper.page.evaluate(() => Boolean(window.leadkeep)));
  await shopper.page.evaluate(() => window.leadkeep.load());
  assert.equal((await shopper.status()).state, "off");
  await shopper.page.evaluate((form) => (document.querySelector("#app").innerHTML = form), FORM);
  await tickConsent(shopper.page);
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
});

scenario("a form that a framework renders anew is watched on, with its checkbox", async (shopper) => {
  await shopper.opens(html({ head: scriptTag({ consent: "ask" }), form: `<div id="app">${FORM}</div>` }));
  await shopper.page.locator("#email").click();
  await tickConsent(shopper.page);
  await typeInto(shopper.page, "#email", "ada@example.com");
  await holdsBilling(demo, { Email: "ada@example.com" });
  await shopper.page.evaluate((form) => (document.querySelector("#app").innerHTML = form), FORM);
  await fillIn(shopper.page, { ...ADA, "#email": "ada@example.com" });
  await holdsBilling(demo, ADAS_DETAILS);
  assert.ok(await consentBox(shopper.page).isChecked());
  assert.equal(await notice(shopper.page).count(), 1);
  await isOneLead(demo);
});

scenario("a form given as an element, without a selector, is watched", async (shopper) => {
  const start = `<script type="module">
    import { start } from "/npm/index.js";
    start({ ...${JSON.stringify(OPTIONS)}, form: document.querySelector("#checkout") });
  </script>`;
  await shopper.opens(html({ after: start }));
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
});

scenario("without data-form the form with the lead's fields is found, not the newsletter's", async (shopper) => {
  const newsletter = '<form id="news"><input id="news-email" type="email" autocomplete="email"></form>';
  await shopper.opens(checkout({ form: null }, { form: newsletter + FORM }));
  await typeInto(shopper.page, "#news-email", "news@example.com");
  await aWhile();
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
});

scenario("fields in an open shadow root are read, a change in it is noticed", async (shopper) => {
  const component = `<form id="checkout"><input id="email" autocomplete="email"><x-address></x-address></form>
    <script>customElements.define("x-address", class extends HTMLElement {
      connectedCallback() {
        this.attachShadow({ mode: "open" }).innerHTML = '<input id="city" autocomplete="address-level2">' +
          '<select id="country" autocomplete="country"><option value=""></option><option value="IT">Italy</option></select>';
      }
    })</script>`;
  await shopper.opens(checkout({}, { form: component }));
  await fillIn(shopper.page, { "#email": "ada@example.com", "#city": "Turin" });
  await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
  await shopper.page.locator("#country").selectOption("IT");
  await holdsBilling(demo, { Email: "ada@example.com", City: "Turin", CountryCode: "IT" });
});

scenario("fields that belong to the form by their form attribute are read", async (shopper) => {
  const outside = '<p>City <input id="city-outside" form="checkout" autocomplete="address-level2"></p>';
  const form = FORM.replace(/<p><label>City.*?<\/p>/s, "");
  await shopper.opens(checkout({}, { form: form + outside }));
  await fillIn(shopper.page, { "#email": "ada@example.com", "#city-outside": "Turin" });
  await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
});

scenario("fields without a form are read from their container", async (shopper) => {
  const container = FORM.replaceAll("form", "div");
  await shopper.opens(checkout({}, { form: container }));
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
});

scenario("fields without a form and without data-form are found on the page", async (shopper) => {
  const container = FORM.replaceAll("form", "div").replace('id="checkout"', "");
  await shopper.opens(checkout({ form: null }, { form: container }));
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
});

scenario("what the page writes into a field itself is read with the next edit", async (shopper) => {
  await shopper.opens(checkout());
  await typeInto(shopper.page, "#email", "ada@example.com");
  await shopper.page.evaluate(() => (document.querySelector("#city").value = "Turin"));
  await typeInto(shopper.page, "#zip", "10123");
  await holdsBilling(demo, { Email: "ada@example.com", City: "Turin", Zip: "10123" });
});

scenario("a page that stops its events is read all the same", async (shopper) => {
  const stopping = `<script>
    for (const name of ["input", "change", "focusin", "pointerdown"])
      document.querySelector("#checkout").addEventListener(name, (event) => event.stopImmediatePropagation(), true);
  </script>`;
  await shopper.opens(checkout({}, { after: stopping }));
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
});

scenario(
  "a field that is emptied or taken away alone is emptied in the lead; one that is locked stays",
  async (shopper) => {
    await shopper.opens(checkout());
    await fillIn(shopper.page, ADA);
    await holdsBilling(demo, ADAS_DETAILS);
    await typeInto(shopper.page, "#street", "");
    const rest = { ...ADAS_DETAILS, Address1: "" };
    await holdsBilling(demo, rest);
    await shopper.page.evaluate(() => document.querySelector("#first").closest("p").remove());
    await shopper.page.evaluate(() => (document.querySelector("#last").disabled = true));
    await typeInto(shopper.page, "#city", "Turin");
    await holdsBilling(demo, { ...rest, FirstName: "", City: "Turin" });
  },
);

scenario("data-lead, fields and ignore beat the page's own tokens", async (shopper) => {
  const form = `<form id="checkout">
    <input id="email" autocomplete="email">
    <input id="a" autocomplete="address-level2" data-lead="BillingDetails.State">
    <input id="b" autocomplete="given-name" data-lead="ignore">
    <input id="c"><input id="d" autocomplete="organization">
  </form>`;
  const fields = { "#c": "BillingDetails.City", "#d": "ignore" };
  await shopper.opens(checkout({ fields }, { form, packaging: "start()" }));
  await fillIn(shopper.page, { "#email": "ada@example.com", "#a": "Piemonte", "#b": "x", "#c": "Turin", "#d": "y" });
  await holdsBilling(demo, { Email: "ada@example.com", State: "Piemonte", City: "Turin" });
});

scenario("items from GA4's dataLayer", async (shopper) => {
  const layer = `<script>window.dataLayer = [{ event: "view_cart", ecommerce: { items: [
    { item_id: "SKU-1", item_name: "Poems", price: 19.99, quantity: 2 }] } }];</script>`;
  await shopper.opens(html({ head: layer + scriptTag({ items: "dataLayer" }) }));
  await typeInto(shopper.page, "#email", "ada@example.com");
  const { Items } = await until("a lead", async () => (await demo.calls("addLead"))[0]?.params[0]);
  assert.deepEqual(
    { Code: Items[0].Code, Quantity: Items[0].Quantity, Amount: Items[0].Price.Amount },
    { Code: "SKU-1", Quantity: 2, Amount: 19.99 },
  );
});

scenario("items from a function are read before each save", async (shopper) => {
  const start = `<script type="module">
    import { start } from "/npm/index.js";
    window.cart = [{ Code: "A", Quantity: 1 }];
    start({ ...${JSON.stringify(OPTIONS)}, items: () => window.cart });
  </script>`;
  await shopper.opens(html({ head: start }));
  await typeInto(shopper.page, "#email", "ada@example.com");
  await holdsBilling(demo, { Email: "ada@example.com" });
  await shopper.page.evaluate(() => (window.cart = [{ Code: "B", Quantity: 1 }]));
  await typeInto(shopper.page, "#city", "Turin");
  await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
  const updates = await demo.calls("updateLead");
  assert.equal(updates.at(-1).params[0].Items[0].Code, "B");
});
