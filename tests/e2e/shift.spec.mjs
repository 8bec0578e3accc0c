// What moves on the page because of the widget, on a slow network.

import assert from "node:assert/strict";

import { consentBox, tickConsent, typeInto } from "./support/actions.mjs";
import { checkout, FORM, html, scriptTag } from "./support/fixture.mjs";
import { holdsBilling } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const OBSERVER = `<script>
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) window.shifts.push({ value, hadRecentInput });
  }).observe({ type: "layout-shift", buffered: true });
</script>`;

/** The cumulative layout shift: what moved without the shopper having done something just before. */
const shift = (shopper) =>
  shopper.page.evaluate(() =>
    window.shifts.filter(({ hadRecentInput }) => !hadRecentInput).reduce((sum, { value }) => sum + value, 0),
  );

/** The .wasm comes a second and a half after the first touch. */
const slow = (shopper) =>
  shopper.context.route("**/leadkeep_widget_bg.wasm*", async (route) => {
    await new Promise((done) => setTimeout(done, 1_500));
    await route.continue();
  });

scenario("a place of its own that is as high as the box: nothing moves, however late it comes", async (shopper) => {
  await slow(shopper);
  const place = '<div id="consent" style="min-height: 120px"></div>';
  const form = FORM.replace("<p><label>First name", `${place}<p><label>First name`);
  await shopper.opens(html({ head: OBSERVER + scriptTag({ consent: "ask", slot: "#consent" }), form }));
  await shopper.page.locator("#email").click();
  const top = () => shopper.page.locator("#city").evaluate((field) => field.getBoundingClientRect().top);
  const before = await top();
  await consentBox(shopper.page).waitFor();
  assert.equal(await top(), before);
  await tickConsent(shopper.page);
  await typeInto(shopper.page, "#email", "ada@example.com");
  await until("saved", async () => (await shopper.status()).state === "saved");
  assert.equal(await top(), before, "Saved has its place, too");
  assert.equal(await shift(shopper), 0);
});

scenario("loading and saving move nothing once the box is there", async (shopper) => {
  await shopper.opens(checkout({ consent: "ask" }).replace("<head>", `<head>${OBSERVER}`));
  await shopper.page.locator("#email").click();
  await consentBox(shopper.page).waitFor();
  await shopper.page.evaluate(() => (window.shifts.length = 0));
  await tickConsent(shopper.page);
  await typeInto(shopper.page, "#email", "ada@example.com");
  await holdsBilling(demo, { Email: "ada@example.com" });
  await until("saved", async () => (await shopper.status()).state === "saved");
  assert.deepEqual(await shopper.page.evaluate(() => window.shifts), []);
});

scenario("Global Privacy Control turns granted into a question", async (shopper) => {
  const gpc = `<script>Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });</script>`;
  await shopper.opens(checkout({ consent: "granted", language: "DE" }).replace("<head>", `<head>${gpc}`));
  await typeInto(shopper.page, "#email", "ada@example.com");
  await consentBox(shopper.page).waitFor();
  await shopper.reaches("waiting");
  assert.deepEqual(shopper.posts(), []);
  await shopper.page.getByText("Meine Angaben speichern").waitFor();
  await tickConsent(shopper.page);
  await holdsBilling(demo, { Email: "ada@example.com" });
});
