// axe-core on the demo shop: without the widget, with its checkbox, and once a lead is saved; in light and dark, wide and narrow.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

import { consentBox, fillIn, tickConsent } from "./support/actions.mjs";
import { checkout } from "./support/fixture.mjs";
import { stage } from "./support/stage.mjs";
import { until } from "./support/wait.mjs";

const { demo, scenario } = stage();
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe finds wrong, one line each. */
async function violations(page) {
  await page.addScriptTag({ path: AXE });
  return page.evaluate(async () => {
    const found = await window.axe.run(document, { resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
  });
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 390]) {
    scenario(`the demo shop, ${colorScheme}, ${width} pixels wide`, async (shopper) => {
      const { page } = shopper;
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      await page.goto(`${demo.origin}/`);
      await page.locator("#checkout").waitFor();
      assert.deepEqual(await violations(page), [], "without the widget's checkbox");
      await page.locator("#email").click();
      await consentBox(page).waitFor();
      assert.deepEqual(await violations(page), [], "with the checkbox");
      await tickConsent(page);
      await fillIn(page, { "#email": "ada@example.com" });
      await until("saved", async () => (await page.evaluate(() => window.leadkeep.status().state)) === "saved");
      assert.deepEqual(await violations(page), [], "saved");
    });
  }
}

scenario("a page of few styles, in dark, with the link to the privacy page", async (shopper) => {
  await shopper.page.emulateMedia({ colorScheme: "dark" });
  const page = checkout({ consent: "ask", privacyUrl: "/privacy" });
  await shopper.opens(page.replace("<head>", '<head><meta name="color-scheme" content="light dark">'));
  await shopper.page.locator("#email").click();
  await consentBox(shopper.page).waitFor();
  const found = await violations(shopper.page);
  assert.deepEqual(
    found.filter((line) => /leadkeep|part=/.test(line)),
    [],
  );
});
