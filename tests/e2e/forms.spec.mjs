// Real input: checkout and address pages saved from real sites, filled as a person would. What a field means is taken
// from the page's own tokens by a table of the test's own; a field that must not be read gets a value that must occur
// nowhere. The pages are not part of this repository: LEADKEEP_FORMS names their folder.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { root } from "../../scripts/lib/paths.mjs";
import { ITEM, scriptTag } from "./support/fixture.mjs";
import { isNowhere, isOneLead, lastLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { declared, forbidden } from "./support/tokens.mjs";
import { eventually } from "./support/wait.mjs";

const FOLDER = join(process.env.LEADKEEP_FORMS || join(root, "..", "shared", "forms"), "pages");

const EMAIL = "BillingDetails.Email";
/** A shop that knows its shopper puts the address beside the form. */
const KNOWN_EMAIL = `<input type="hidden" data-lead="${EMAIL}" value="ada@example.com">`;

/**
 * Pages that carry tokens. `form`: the merchant says which; `fields`: what the merchant says of fields whose token is
 * missing or lies; `extra`: what the merchant adds.
 */
const PAGES = {
  apple_checkout: {},
  disneyworld_signup: {},
  espn_signup: {},
  everydayoil_checkout: { form: ".edit_checkout" },
  google_store_checkout: { fields: { "[name=ContactEmailField]": EMAIL } },
  joybird_com: { fields: { "[name=email]": EMAIL } },
  porkbun_com_login: {
    form: "#accountCreateForm",
    fields: { "#newAccountFirstName": "BillingDetails.FirstName", "#newAccountLastName": "BillingDetails.LastName" },
  },
  stripeelements_checkout: { form: "form:has(#example5-email)" },
  tripadvisor_signup: { fields: { "[type=email]": EMAIL } },
  walmart_checkout: { form: "body", extra: KNOWN_EMAIL },
};

/** What the shopper types. */
const TYPED = {
  Email: "ada@example.com",
  Full: "Ada Lovelace",
  FirstName: "Ada",
  LastName: "Lovelace",
  Company: "Analytical",
  Address1: "12 Dorset Street",
  Address2: "Flat 2",
  Line3: "Rear",
  City: "Mobile",
  Zip: "36602",
  State: "Alabama",
  CountryCode: "United States",
  Phone: "+12515550123",
};

/** The lead that follows from the details a page asks for. */
function leadOf(details) {
  const lead = {};
  for (const detail of details) {
    if (detail === "Full") Object.assign(lead, { FirstName: TYPED.FirstName, LastName: TYPED.LastName });
    else if (detail === "CountryCode") lead.CountryCode = "US";
    else if (detail !== "Line3") lead[detail] = TYPED[detail];
  }
  if (details.has("Line3")) lead.Address2 = `${TYPED.Address2}, ${TYPED.Line3}`;
  return lead;
}

/** The saved page as the merchant would serve it, with leadkeep on it. The labels stay with the test. */
function page(name, { form = null, fields = null, extra = "" }) {
  const saved = readFileSync(join(FOLDER, `${name}.html`), "utf8").replace(/<script[^]*?<\/script>/gi, "");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${name}</title>
    <link rel="icon" href="/favicon.svg">${scriptTag({ form, fields, quietMs: 400 })}</head><body>
    ${saved}${extra}
    <script type="application/json" id="items">${JSON.stringify([ITEM])}</script>
    <script>
      window.labels = new WeakMap();
      for (const field of document.querySelectorAll("input, select, textarea")) {
        window.labels.set(field, field.dataset.manualScoring ?? "");
        for (const name of Object.keys(field.dataset)) if (name.startsWith("manual")) delete field.dataset[name];
      }
    </script></body></html>`;
}

/** What the test knows of a field. */
const describe = (field) =>
  field.evaluate((element) => ({
    tag: element.localName,
    type: element.type,
    autocomplete: element.getAttribute("autocomplete") ?? "",
    label: window.labels.get(element),
    length: element.maxLength > 0 ? element.maxLength : 100,
    options: [...(element.options ?? [])].map(({ label, value }) => ({ label: label.trim(), value })),
  }));

/** Letters that occur nowhere by themselves, however short the field is. */
function canary(index, length) {
  const letters = "qzjxkvw";
  const pair = letters[index % 7] + letters[(index * 3 + 1 + Math.floor(index / 7)) % 7];
  return `${pair}${letters[(index * 5 + 2) % 7]}${index}-secret`.slice(0, length);
}

/** Types or chooses what belongs into a field; `false` where a select has no such choice. */
async function fill(field, { tag, options }, text) {
  if (tag === "select") {
    const wanted = options.find(({ label }) => label.toLowerCase() === text.toLowerCase());
    if (wanted) await field.selectOption(wanted.value);
    return Boolean(wanted);
  }
  await field.focus();
  await field.press("ControlOrMeta+A");
  await field.pressSequentially(text);
  return true;
}

/** Fills all that a person sees; gives the details by block, and the secrets. */
async function fillAsAPerson(shopper, { form = "body", fields = {} }) {
  const details = { BillingDetails: new Set(), DeliveryDetails: new Set() };
  const secrets = [];
  const marked = new Map(Object.entries(fields));
  for (const field of await shopper.page.locator("input, select, textarea").all()) {
    if (!(await field.isVisible()) || !(await field.isEditable())) continue;
    const about = await describe(field);
    if (forbidden(about)) {
      if (about.tag === "select") await field.selectOption({ index: 1 });
      else (secrets.push(canary(secrets.length, about.length)), await field.fill(secrets.at(-1)));
      continue;
    }
    const inside = await field.evaluate((element, form) => Boolean(element.closest(form)), form);
    const path = await field.evaluate((element, all) => all.find((one) => element.matches(one)), [...marked.keys()]);
    const [block, detail] = path ? marked.get(path).split(".") : Object.values(declared(about.autocomplete) ?? {});
    if (!inside || !detail) continue;
    if (await fill(field, about, TYPED[detail])) details[block].add(detail);
  }
  return { details, secrets };
}

/** A select may say its value or its label. */
const same = (detail, seen, wanted) => seen === wanted || (detail === "State" && /^(AL|Alabama)$/.test(seen));

const { demo, scenario } = stage();

if (!existsSync(FOLDER)) {
  test("real pages become leads", { skip: "LEADKEEP_FORMS names no folder with saved forms" }, () => {});
} else {
  for (const [name, merchant] of Object.entries(PAGES)) {
    scenario(`the real page ${name} becomes a lead, and its secrets stay on it`, async (shopper) => {
      shopper.excuseFailedRequests();
      // The saved pages ask for what is not here; what is not leadkeep's own may say what it likes.
      shopper.excuse(/^(?!.*leadkeep)/);
      await shopper.context.route(
        (url) => url.origin !== demo.origin,
        (route) => route.abort(),
      );
      await shopper.opens(page(name, merchant));
      // The addresses of the page's own pictures may hold any three letters.
      shopper.requests.length = 0;
      const { details, secrets } = await fillAsAPerson(shopper, merchant);
      const asked = details.BillingDetails.size + details.DeliveryDetails.size;
      assert.ok(asked >= 2, `${asked} fields`);

      await eventually(async () => {
        const lead = await lastLead(demo);
        for (const block of ["BillingDetails", "DeliveryDetails"]) {
          for (const [detail, wanted] of Object.entries(leadOf(details[block]))) {
            const seen = lead?.[block]?.[detail];
            assert.ok(same(detail, seen, wanted), `${block}.${detail} is ${seen}, typed was ${wanted}`);
          }
        }
      });
      await shopper.reaches("saved");
      await isOneLead(demo);
      await shopper.page.evaluate(() => window.leadkeep.flush());
      for (const secret of secrets) await isNowhere(secret, shopper, demo);
    });
  }
}
