// The default checkouts of shop platforms, with the bare script tag: no `data-form`, no `data-lead`, no options for fields.
// A shopper types into every field that is in sight, and 2Checkout gets the whole lead. The pages are in
// tests/fields/platforms.

import assert from "node:assert/strict";

import { labelledPage, typeSecrets } from "./support/labelled.mjs";
import { areNowhere, isOneLead, lastLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { eventually } from "./support/wait.mjs";

const TAG =
  '<script async src="/leadkeep.js" data-endpoint="/api/lead" data-consent="granted" data-currency="EUR" data-items="#items"></script>';

/** What the shopper types. */
const ADA = {
  FirstName: "Ada",
  LastName: "Lovelace",
  Company: "Analytical Engines",
  FiscalCode: "DE136695976",
  Email: "ada@example.com",
  Phone: "+49 30 901820",
  Address1: "Invalidenstraße 44",
  Address2: "Hinterhaus 2",
  City: "Berlin",
  Zip: "10115",
};
const CHARLES = {
  FirstName: "Charles",
  LastName: "Babbage",
  Company: "Difference Works",
  Phone: "+49 351 4880",
  Address1: "Prager Straße 7",
  Address2: "Zweiter Stock",
  City: "Dresden",
  Zip: "01069",
};
const TYPED = { BillingDetails: ADA, DeliveryDetails: CHARLES };

/** What the shopper chooses in a select, and what the lead holds then. */
const GERMAN = {
  "BillingDetails.CountryCode": [/^(Germany|Deutschland|Allemagne)$/, "DE"],
  "DeliveryDetails.CountryCode": [/^(Germany|Deutschland|Allemagne)$/, "DE"],
  "BillingDetails.State": [/^Berlin$/, "Berlin"],
  "DeliveryDetails.State": [/^Sachsen$/, "Sachsen"],
};
const AMERICAN = {
  "BillingDetails.CountryCode": [/^United States/, "US"],
  "DeliveryDetails.CountryCode": [/^United States/, "US"],
  "BillingDetails.State": [/^New York$/, "NY"],
  "DeliveryDetails.State": [/^Oregon$/, "OR"],
};

const { demo, scenario } = stage();

/** Fills every field in sight that belongs to the shopper, as the label of the page says; gives the details by block. */
async function fillAll(page, choices) {
  const details = { BillingDetails: {}, DeliveryDetails: {} };
  for (const field of await page.$$("input, select, textarea")) {
    const labels = await field.evaluate((element) => window.expected.get(element));
    if (labels.length > 1 || !labels[0].includes(".")) continue;
    if (!(await field.isVisible()) || !(await field.isEnabled())) continue;
    const [block, detail] = labels[0].split(".");
    const choice = choices[labels[0]];
    if (choice) {
      const value = await field.evaluate(
        (select, label) => [...select.options].find((option) => new RegExp(label).test(option.text.trim())).value,
        choice[0].source,
      );
      await field.selectOption(value);
      details[block][detail] = choice[1];
    } else {
      await field.focus();
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.type(TYPED[block][detail]);
      details[block][detail] = TYPED[block][detail];
    }
  }
  return details;
}

/** Opens a platform's page and waits for leadkeep. */
async function opens(shopper, platform) {
  // Chromium's advice to the page's author.
  shopper.excuse(/^verbose: \[DOM\]/);
  await shopper.opens(labelledPage("platforms", platform, TAG));
  await shopper.page.waitForFunction(() => window.leadkeep);
}

/** Types secrets last, and lets everything out that wants out. */
async function keepsSecrets(shopper) {
  const secrets = await typeSecrets(shopper.page);
  assert.ok(secrets.length > 0, "the page has fields that must not be read");
  await shopper.page.evaluate(() => window.leadkeep.flush());
  await areNowhere(secrets, shopper, demo);
  await isOneLead(demo);
}

/** An address without what belongs to a person and not to a place. */
const place = ({ Email: _, FiscalCode: __, ...rest } = {}) => rest;

/** Waits until the lead's two addresses are these. */
const holds = (billing, delivery) =>
  eventually(async () => {
    const lead = await lastLead(demo);
    assert.deepEqual(lead?.BillingDetails, billing);
    assert.deepEqual(place(lead.DeliveryDetails), delivery);
  });

/** Waits until billing is this, and delivery the same where it says something. */
const holdsOne = (address) =>
  eventually(async () => {
    const lead = await lastLead(demo);
    assert.deepEqual(lead?.BillingDetails, address);
    assert.deepEqual(place(lead.DeliveryDetails), place(address));
  });

/** Platforms whose billing address stands on the page and whose delivery address a tick brings. */
const TICKED = {
  "woocommerce-classic": { tick: "#ship-to-different-address-checkbox", on: true, choices: AMERICAN },
  shopware: { tick: "#differentShippingAddress", on: true, choices: GERMAN },
  opencart: { tick: "#same", on: false, choices: GERMAN },
};

for (const [platform, { tick, on, choices }] of Object.entries(TICKED)) {
  scenario(`${platform}: one address is billing, and delivery follows it`, async (shopper) => {
    await opens(shopper, platform);
    const { BillingDetails, DeliveryDetails } = await fillAll(shopper.page, choices);
    assert.ok(Object.keys(BillingDetails).length >= 11, "the page asks for a whole address");
    assert.deepEqual(DeliveryDetails, {});
    await holdsOne(BillingDetails);
    await keepsSecrets(shopper);
  });

  scenario(`${platform}: two addresses are two`, async (shopper) => {
    await opens(shopper, platform);
    await shopper.page.locator(tick).setChecked(on);
    const { BillingDetails, DeliveryDetails } = await fillAll(shopper.page, choices);
    assert.ok(Object.keys(DeliveryDetails).length >= 8, "the page asks for a second address");
    await holds(BillingDetails, DeliveryDetails);
    await keepsSecrets(shopper);
  });

  scenario(`${platform}: a second address that is taken back is the first again`, async (shopper) => {
    await opens(shopper, platform);
    await shopper.page.locator(tick).setChecked(on);
    const { BillingDetails, DeliveryDetails } = await fillAll(shopper.page, choices);
    await holds(BillingDetails, DeliveryDetails);
    await shopper.page.locator(tick).setChecked(!on);
    await holdsOne(BillingDetails);
    await isOneLead(demo);
  });
}

scenario("prestashop: the address is billing, in a form of its own beside the one with the e-mail", async (shopper) => {
  await opens(shopper, "prestashop");
  const { BillingDetails } = await fillAll(shopper.page, GERMAN);
  assert.ok(Object.keys(BillingDetails).length >= 11, "the page asks for a whole address");
  await holdsOne(BillingDetails);
  await keepsSecrets(shopper);
});

/** Platforms whose shipping address is billing too until a tick is taken away. */
const COPIED = {
  "woocommerce-blocks": { same: "#checkbox-control-1", choices: AMERICAN },
  "drupal-commerce": { same: "#edit-copy", choices: GERMAN },
  hosted: { same: "#same", choices: GERMAN },
};

for (const [platform, { same, choices }] of Object.entries(COPIED)) {
  scenario(`${platform}: the shipping address is billing too while it is the only one`, async (shopper) => {
    await opens(shopper, platform);
    const { BillingDetails, DeliveryDetails } = await fillAll(shopper.page, choices);
    assert.deepEqual(BillingDetails, { Email: ADA.Email });
    await holdsOne({ ...DeliveryDetails, ...BillingDetails });
    await keepsSecrets(shopper);
  });

  scenario(`${platform}: a billing address of its own makes the shipping address the delivery's`, async (shopper) => {
    await opens(shopper, platform);
    await fillAll(shopper.page, choices);
    await shopper.page.locator(same).setChecked(false);
    const { BillingDetails, DeliveryDetails } = await fillAll(shopper.page, choices);
    assert.ok(Object.keys(BillingDetails).length >= 7, "the page asks for a second address");
    await holds(BillingDetails, DeliveryDetails);
    await keepsSecrets(shopper);
  });
}

scenario("magento: the shipping address of the first step is billing too", async (shopper) => {
  await opens(shopper, "magento");
  const { BillingDetails, DeliveryDetails } = await fillAll(shopper.page, GERMAN);
  assert.deepEqual(BillingDetails, { Email: ADA.Email });
  await holdsOne({ ...DeliveryDetails, ...BillingDetails });
  await shopper.page.locator("#next").click();
  await keepsSecrets(shopper);
  await holdsOne({ ...DeliveryDetails, ...BillingDetails });
});

scenario("magento: a billing address of the second step leaves the shipping address where it is", async (shopper) => {
  await opens(shopper, "magento");
  const first = await fillAll(shopper.page, GERMAN);
  await shopper.page.locator("#next").click();
  await shopper.page.locator("#billing-address-same-as-shipping-ccform").setChecked(false);
  const second = await fillAll(shopper.page, GERMAN);
  await holds({ ...first.BillingDetails, ...second.BillingDetails }, first.DeliveryDetails);
  await keepsSecrets(shopper);
});
