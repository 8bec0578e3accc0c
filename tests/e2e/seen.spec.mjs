// What the shopper sees is what the lead holds, on pages built with the libraries that shops use: a value that no event
// told of, a field that a script has taken away, a form that was replaced, a mask that is no value. Each page has fields that must not be
// read, with values that must be found nowhere.

import assert from "node:assert/strict";

import { consentBox, notice, tickConsent, typeInto } from "./support/actions.mjs";
import { bundle } from "./support/bundle.mjs";
import { html, ITEM, scriptTag } from "./support/fixture.mjs";
import { areNowhere, holdsBilling, isOneLead, lastLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, eventually, until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const SECRETS = ["5105 1051 0510 5100", "qz731", "canarysecret1"];
const CANARIES = `<fieldset><legend>Payment</legend>
  <label>Card number <input name="number" value="${SECRETS[0]}"></label>
  <label>CVC <input name="cvc" value="${SECRETS[1]}"></label></fieldset>
  <input type="password" name="account_password" value="${SECRETS[2]}">`;

const EMAIL = '<p><label>E-mail <input id="email" name="email" type="email"></label></p>';
const text = (id, label, more = "") => `<p><label>${label} <input id="${id}" name="${id}" ${more}></label></p>`;
const NAMES = text("first_name", "First name") + text("last_name", "Last name");
const PLACE = text("address", "Street") + text("city", "City") + text("postcode", "Postcode");
const COUNTRIES = '<option value=""></option><option value="DE">Germany</option><option value="IT">Italy</option>';
const COUNTRY = `<p><label>Country <select id="country" name="country">${COUNTRIES}</select></label></p>`;
const form = (...rows) => `<form id="checkout">${rows.join("")}${CANARIES}</form>`;

/** Opens a page with a form and, where it needs one, a bundled script. */
async function opens(shopper, body, { source, options = {}, lang = "en", items } = {}) {
  // Chromium's advice to the page's author.
  shopper.excuse(/^verbose: \[DOM\]/);
  // What the libraries themselves say of a page that is as small as these.
  shopper.excuse(/^warning: Invalid keyframe value/, /^error: Failed to load resource: /);
  if (source) await shopper.serve({ "/library.js": { body: await bundle(source), contentType: "text/javascript" } });
  const library = source ? '<script defer src="/library.js"></script>' : "";
  const page = html({ head: scriptTag(options) + library, form: body, items }).replace('lang="en"', `lang="${lang}"`);
  await shopper.opens(page);
  await shopper.page.waitForFunction(() => window.leadkeep);
}

/** A test of a page with a form, whose secrets stay on it. */
function seen(name, { body, does, ...page }) {
  scenario(name, async (shopper) => {
    await opens(shopper, body, page);
    await does(shopper.page, shopper);
    await shopper.page.evaluate(() => window.leadkeep.flush());
    await areNowhere(SECRETS, shopper, demo);
    await isOneLead(demo);
  });
}

const types = async (page, values) => {
  for (const [id, value] of Object.entries(values)) await typeInto(page, `#${id}`, value);
};
const ADA = { email: "ada@example.com", first_name: "Ada", last_name: "Lovelace" };
const NAMED = { Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace" };

// An empty field that never held a value says nothing.

seen("a form that the shop has replaced by an empty one clears nothing", {
  body: `<div id="app">${form(EMAIL, NAMES, PLACE)}</div>`,
  async does(page) {
    await types(page, { ...ADA, city: "London" });
    await holdsBilling(demo, { ...NAMED, City: "London" });
    await page.evaluate(() => {
      const app = document.querySelector("#app");
      app.innerHTML = app.innerHTML.replaceAll('value=""', "");
    });
    await types(page, { postcode: "SW1Y 4JH" });
    await holdsBilling(demo, { ...NAMED, City: "London", Zip: "SW1Y 4JH" });
    await types(page, { city: "Leeds" });
    await holdsBilling(demo, { ...NAMED, City: "Leeds", Zip: "SW1Y 4JH" });
    await types(page, { city: "" });
    await holdsBilling(demo, { ...NAMED, City: "", Zip: "SW1Y 4JH" });
  },
});

seen("Turbo: a second visit of the same document clears nothing", {
  body: form(EMAIL, NAMES, PLACE) + '<a id="next" href="/second">Next</a>',
  source: 'import * as Turbo from "@hotwired/turbo"; window.Turbo = Turbo;',
  async does(page, shopper) {
    const second = html({
      head: scriptTag(),
      form: form(EMAIL, NAMES, PLACE).replace("<form", '<h2 id="there">2</h2><form'),
    });
    await shopper.serve({ "/second": second });
    await types(page, { ...ADA, city: "London" });
    await holdsBilling(demo, { ...NAMED, City: "London" });
    await page.evaluate(() => window.Turbo.visit("/second"));
    await page.locator("#there").waitFor();
    await types(page, { postcode: "SW1Y 4JH" });
    await holdsBilling(demo, { ...NAMED, City: "London", Zip: "SW1Y 4JH" });
  },
});

seen("morphdom: a patch of the server that empties nothing clears nothing, and the checkbox is put back at once", {
  body: `<div id="app">${form(EMAIL, NAMES, PLACE)}</div>`,
  source: 'import morphdom from "morphdom"; window.morphdom = morphdom;',
  options: { consent: "ask" },
  async does(page) {
    await page.locator("#email").click();
    await tickConsent(page);
    await types(page, { ...ADA, city: "London" });
    await holdsBilling(demo, { ...NAMED, City: "London" });
    await page.evaluate(
      (patch) =>
        window.morphdom(document.querySelector("#app"), patch, {
          // As LiveView does: what the shopper has typed stays.
          onBeforeElUpdated: (from, to) => (from.localName === "input" && (to.value = from.value), true),
        }),
      `<div id="app">${form(EMAIL, NAMES, PLACE, COUNTRY)}</div>`,
    );
    await until("the checkbox is back", async () => (await notice(page).count()) === 1);
    assert.ok(await consentBox(page).isChecked());
    await page.locator("#country").selectOption("IT");
    await eventually(async () => {
      const { FirstName, CountryCode } = (await lastLead(demo)).BillingDetails;
      assert.deepEqual([FirstName, CountryCode], ["Ada", "IT"]);
    });
  },
});

// One field that is there twice begins no second address.

const VUETIFY = `import { createApp, h } from "vue"; import { createVuetify } from "vuetify";
  import { VApp, VAutocomplete, VSelect, VTextField } from "vuetify/components"; import css from "vuetify/styles";
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  const COUNTRIES = [{ title: "Germany", value: "DE" }, { title: "Italy", value: "IT" }];
  createApp({
    data: () => ({ email: "", first: "", last: "", street: "", city: "", zip: "", country: null }),
    render() {
      const field = (label, key) =>
        h(VTextField, { label, id: key, name: key, modelValue: this[key], "onUpdate:modelValue": (v) => (this[key] = v) });
      return h(VApp, () => [field("E-mail", "email"), field("First name", "first"), field("Last name", "last"),
        field("Street", "street"), field("City", "city"), field("Postal code", "zip"),
        h(window.searchable ? VAutocomplete : VSelect, { label: "Country", name: "country", id: "country", items: COUNTRIES, modelValue: this.country,
          "onUpdate:modelValue": (v) => (this.country = v) })]);
    },
  }).use(createVuetify()).mount("#app");`;

for (const [kind, searchable] of [
  ["select", false],
  ["autocomplete", true],
])
  seen(`Vuetify: a country in a ${kind} belongs to the address it stands in`, {
    body: `<form id="checkout"><script>window.searchable = ${searchable}</script><div id="app"></div>${CANARIES}</form>`,
    source: VUETIFY,
    async does(page) {
      await types(page, {
        email: "ada@example.com",
        first: "Ada",
        last: "Lovelace",
        street: "Via Po 12",
        city: "Turin",
        zip: "10123",
      });
      await page.locator(".v-field").last().click();
      await page.locator(".v-list-item").filter({ hasText: "Italy" }).click();
      await holdsBilling(demo, { ...NAMED, Address1: "Via Po 12", City: "Turin", Zip: "10123", CountryCode: "IT" });
    },
  });

// Words that sound like something else.

seen("a zipcode is no secret code, and what is named comes before name", {
  body: form(
    EMAIL,
    text("f1", "Zipcode"),
    text("company_name", ""),
    text("cityName", ""),
    text("street_name", ""),
    text("customer_name", "Name"),
    '<p><select id="country_name" name="country_name"><option value="">Country</option><option>Germany</option><option>Italy</option></select></p>',
    text("state_name", ""),
  ),
  async does(page) {
    await types(page, {
      email: "ada@example.com",
      f1: "10123",
      company_name: "Engines",
      cityName: "Turin",
      street_name: "Via Po 12",
      customer_name: "Ada Lovelace",
      state_name: "Piedmont",
    });
    await page.locator("#country_name").selectOption("Italy");
    await holdsBilling(demo, {
      ...NAMED,
      Zip: "10123",
      Company: "Engines",
      City: "Turin",
      Address1: "Via Po 12",
      State: "Piedmont",
      CountryCode: "IT",
    });
  },
});

for (const [lang, full, label, first, last] of [
  ["hu", "Nagy János", "Teljes név", "János", "Nagy"],
  ["vi", "Nguyễn Văn An", "Họ và tên", "Văn An", "Nguyễn"],
  ["zh", "王小明", "姓名", "小明", "王"],
  ["ja", "山田 太郎", "お名前", "太郎", "山田"],
  ["ko", "김민수", "이름", "민수", "김"],
])
  seen(`a name on a page in ${lang} has the family name first`, {
    lang,
    body: form(EMAIL, text("name", label)),
    async does(page) {
      await types(page, { email: "ada@example.com" });
      await page.locator("#name").fill(full);
      await holdsBilling(demo, { Email: "ada@example.com", FirstName: first, LastName: last });
    },
  });

// Parts that stand side by side are one value.

seen("a telephone number in three boxes and a Japanese postal code in two are one value each", {
  body: form(
    EMAIL,
    `<p>Phone <input id="phone1" name="phone1" maxlength="3"> - <input id="phone2" name="phone2" maxlength="3"> - <input id="phone3" name="phone3" maxlength="4"></p>`,
    `<p>Postal code <input id="zip1" name="zip1" maxlength="3"> - <input id="zip2" name="zip2" maxlength="4"></p>`,
  ),
  async does(page) {
    await types(page, {
      email: "ada@example.com",
      phone1: "212",
      phone2: "555",
      phone3: "0100",
      zip1: "100",
      zip2: "0001",
    });
    await holdsBilling(demo, { Email: "ada@example.com", Phone: "212 555 0100", Zip: "100-0001" });
  },
});

seen("the number of a parcel locker's customer is no postal code", {
  lang: "de",
  body: form(EMAIL, text("postnummer", "Postnummer"), text("plz", "PLZ"), text("ort", "Ort")),
  async does(page) {
    await types(page, { email: "ada@example.com", postnummer: "12345678", plz: "10115", ort: "Berlin" });
    await holdsBilling(demo, { Email: "ada@example.com", Zip: "10115", City: "Berlin" });
  },
});

// What cannot be seen.

const HIDING = {
  "display: none": 'style="display: none"',
  hidden: "hidden",
  "visibility: hidden": 'style="visibility: hidden"',
  inert: "inert",
  "off the screen": 'style="position: absolute; left: -9999px"',
  "folded up": 'style="height: 0; overflow: hidden"',
};
for (const [how, attribute] of Object.entries(HIDING))
  seen(`the defaults of a form for a new address that is out of sight (${how}) say nothing`, {
    body: form(
      EMAIL,
      NAMES,
      `<div id="new" ${attribute}>${PLACE}<p><label>Country <select name="country"><option value="US">United States</option></select></label></p>
        <p><label>State <select name="state"><option value="AL">Alabama</option></select></label></p></div>`,
      '<p><label><input type="radio" name="use" checked> Use my saved address</label></p>',
    ),
    async does(page) {
      await types(page, ADA);
      await holdsBilling(demo, NAMED);
      await aWhile();
      await holdsBilling(demo, NAMED);
    },
  });

seen("Alpine: what belongs to a company is taken back with the fields, and a step that goes keeps what it had", {
  body: `<form id="checkout" x-data="{ company: true, step: 1 }">
    <div x-show="step == 1">${EMAIL}${NAMES}
      <p><label><input id="private" type="radio" name="who" @change="company = false"> Private person</label></p>
      <template x-if="company"><div>${text("company", "Company")}</div></template>
      <div x-show="company">${text("vat", "VAT number")}</div>
    </div>
    <button id="next" type="button" @click="step = 2">Next</button>
    <div x-show="step == 2">${PLACE}</div>${CANARIES}</form>`,
  source: 'import Alpine from "alpinejs"; Alpine.start();',
  async does(page) {
    await types(page, { ...ADA, company: "Engines", vat: "DE136695976" });
    await holdsBilling(demo, { ...NAMED, Company: "Engines", FiscalCode: "DE136695976" });
    await page.locator("#private").check();
    await holdsBilling(demo, { ...NAMED, Company: "", FiscalCode: "" });
    await page.locator("#next").click();
    await types(page, { city: "London" });
    await holdsBilling(demo, { ...NAMED, Company: "", FiscalCode: "", City: "London" });
  },
});

// Hidden inputs that hold what something else shows.

seen("react-select: the country that was chosen is in a hidden input", {
  body: `<form id="checkout">${EMAIL}${NAMES}<div id="app"></div><input type="hidden" name="country_code_of_card" value="${SECRETS[1]}">${CANARIES}</form>`,
  source: `import React from "react"; import { createRoot } from "react-dom/client"; import Select from "react-select";
    const options = [{ value: "DE", label: "Germany" }, { value: "IT", label: "Italy" }];
    createRoot(document.querySelector("#app")).render(
      <div><label htmlFor="country-input">Country</label><Select inputId="country-input" name="country" options={options} /></div>);`,
  async does(page) {
    await types(page, ADA);
    await page.locator("#country-input").click();
    await page.getByRole("option", { name: "Italy" }).click();
    await holdsBilling(demo, { ...NAMED, CountryCode: "IT" });
  },
});

// What the page writes without an event.

seen("Select2: a country that is chosen in it arrives without another event", {
  body: form(EMAIL, NAMES, COUNTRY),
  source: `import jquery from "jquery"; import select2 from "select2"; import css from "select2/dist/css/select2.css";
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    select2(window, jquery); jquery("#country").select2({ width: "200px" });`,
  async does(page) {
    await types(page, ADA);
    await holdsBilling(demo, NAMED);
    await page.locator(".select2-selection").click();
    await page.locator(".select2-results__option", { hasText: "Italy" }).click();
    await holdsBilling(demo, { ...NAMED, CountryCode: "IT" });
  },
});

seen("a script that corrects an address after a click is read, and so is a cart that it replaces", {
  body: form(EMAIL, PLACE, '<button id="check" type="button">Check the address</button>'),
  async does(page) {
    await types(page, { email: "ada@example.com", address: "via po 12", city: "turin" });
    await holdsBilling(demo, { Email: "ada@example.com", Address1: "via po 12", City: "turin" });
    await page.evaluate(() => {
      document.querySelector("#check").onclick = () =>
        setTimeout(() => {
          document.querySelector("#address").value = "Via Po 12";
          document.querySelector("#city").value = "Turin";
          document.querySelector("#items").outerHTML =
            '<script type="application/json" id="items">[{"Code":"B","Quantity":2}]<\/script>';
        }, 1_500);
    });
    await page.locator("#check").click();
    await holdsBilling(demo, { Email: "ada@example.com", Address1: "Via Po 12", City: "Turin" });
    const codes = async () => (await lastLead(demo)).Items.map(({ Code, Quantity }) => [Code, Quantity]);
    await eventually(async () => assert.deepEqual(await codes(), [["B", 2]]));
    await page.evaluate(() => (document.querySelector("#items").textContent = '[{"Code":"C","Quantity":1}]'));
    await eventually(async () => assert.deepEqual(await codes(), [["C", 1]]));
  },
});

seen("a push to the data layer is noticed when it happens, numbers and texts count, and the currency is its own", {
  body: "<script>window.dataLayer = []</script>" + form(EMAIL),
  items: null,
  options: { items: "dataLayer", currency: null },
  async does(page) {
    await types(page, { email: "ada@example.com" });
    await page.evaluate(() =>
      window.dataLayer.push({
        event: "begin_checkout",
        ecommerce: { currency: "CZK", coupon: "SUMMER", items: [{ item_id: 45048, quantity: "3", price: 379 }] },
      }),
    );
    await eventually(async () => {
      const lead = await lastLead(demo);
      assert.deepEqual([lead?.Currency, lead?.Items[0].Code, lead?.Items[0].Quantity], ["CZK", "45048", 3]);
    });
    await page.evaluate(() =>
      window.dataLayer.push({ event: "add_to_cart", ecommerce: { items: [{ item_id: "B" }] } }),
    );
    await eventually(async () => assert.equal((await lastLead(demo)).Items.length, 2));
  },
});

// Masks, dial codes, input methods.

seen("IMask: a mask is no value, and the number in it is one", {
  body: form(EMAIL, text("phone", "Phone")),
  source:
    'import IMask from "imask"; IMask(document.querySelector("#phone"), { mask: "+{7} (000) 000-00-00", lazy: false });',
  async does(page) {
    await types(page, { email: "ada@example.com" });
    await page.locator("#phone").click();
    await holdsBilling(demo, { Email: "ada@example.com" });
    await aWhile();
    await page.keyboard.press("Home");
    await page.keyboard.type("912");
    await aWhile();
    assert.equal((await lastLead(demo)).BillingDetails.Phone, undefined);
    await page.keyboard.type("3456789");
    await holdsBilling(demo, { Email: "ada@example.com", Phone: "+7 (912) 345-67-89" });
  },
});

seen("intl-tel-input: the dial code that it shows belongs to the number", {
  body: form(EMAIL, text("phone", "Phone", 'type="tel"')),
  source: `import intlTelInput from "intl-tel-input"; import css from "intl-tel-input/styles";
    document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
    intlTelInput(document.querySelector("#phone"), { initialCountry: "fr", separateDialCode: true });`,
  async does(page) {
    await types(page, { email: "ada@example.com", phone: "142685300" });
    await holdsBilling(demo, { Email: "ada@example.com", Phone: "+33 142685300" });
  },
});

seen("what an input method has not committed is no value", {
  body: form(EMAIL, text("city", "City")),
  async does(page) {
    await types(page, { email: "ada@example.com" });
    await holdsBilling(demo, { Email: "ada@example.com" });
    await page.locator("#city").focus();
    const session = await page.context().newCDPSession(page);
    await session.send("Input.imeSetComposition", { text: "とうk", selectionStart: 3, selectionEnd: 3 });
    await aWhile();
    assert.equal((await lastLead(demo)).BillingDetails.City, undefined);
    await session.send("Input.insertText", { text: "東京" });
    await holdsBilling(demo, { Email: "ada@example.com", City: "東京" });
  },
});

// Half an address.

seen("street and town in locked fields are read, and a house number alone is no address", {
  body: form(
    EMAIL,
    text("postcode", "Postcode"),
    text("house_number", "House number"),
    text("street", "Street", "disabled"),
    text("city", "City", "disabled"),
  ),
  async does(page) {
    await types(page, { email: "ada@example.com", postcode: "1012 JS", house_number: "123" });
    await holdsBilling(demo, { Email: "ada@example.com", Zip: "1012 JS" });
    await page.evaluate(() => {
      document.querySelector("#street").value = "Dam";
      document.querySelector("#city").value = "Amsterdam";
    });
    await page.locator("#house_number").press("Tab");
    await holdsBilling(demo, { Email: "ada@example.com", Zip: "1012 JS", Address1: "Dam 123", City: "Amsterdam" });
  },
});

// A script that comes late.

seen("a script that comes late finds the caret in a filled field", {
  body: form(EMAIL, PLACE),
  options: { consent: "granted" },
  async does(page, shopper) {
    const late = html({ form: form(EMAIL, PLACE), items: [ITEM] });
    await shopper.serve({ "/late": late });
    await shopper.goesTo("/late");
    await types(page, { city: "London", email: "ada@example.com" });
    await page.evaluate((tag) => {
      const script = document.createElement("script");
      for (const [, name, value] of tag.matchAll(/([a-z-]+)="([^"]*)"/g)) script.setAttribute(name, value);
      document.head.append(script);
    }, scriptTag());
    await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
  },
});
