// The operators' page, in a real browser: what it counts, that it asks nobody else, and that everybody can read it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { openBrowser } from "./support/browser.mjs";
import { Demo } from "./support/demo.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const demo = new Demo();
let browser;

before(async () => {
  await demo.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await demo.discard();
});

const post = (path, body) =>
  fetch(demo.origin + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function lead(email) {
  const [cart, key, at] = [randomUUID(), randomUUID().replaceAll("-", ""), Date.now()];
  const values = { "BillingDetails.Email": email, Items: [{ Code: "A", Quantity: 1 }], Currency: "EUR" };
  const changes = Object.fromEntries(Object.entries(values).map(([path, value]) => [path, { value, at }]));
  await post("/api/lead", { cart, key, changes });
  return { cart, key };
}

test("the dashboard shows what became of the leads, and is clean at every width and in both schemes", async () => {
  const [bought, withdrawn] = [
    await lead("ada@example.com"),
    await lead("eve@example.com"),
    await lead("bob@example.com"),
  ];
  await post("/api/lead/complete", bought);
  await post("/api/lead/withdraw", withdrawn);
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const wrong = [];
      page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
      page.on("pageerror", (error) => wrong.push(String(error)));
      page.on("request", (request) => request.url().startsWith(demo.origin) || wrong.push(request.url()));
      await page.goto(`${demo.origin}/dashboard`);
      for (const span of ["day", "week", "month"]) {
        await page.check(`input[value=${span}]`);
        await page.waitForSelector(`html[data-drawn=${span}]`);
        const totals = await page.locator("#totals div").allTextContents();
        assert.deepEqual(totals.slice(0, 3), ["Made3", "Bought1", "by browser1"], span);
        assert.ok(totals.includes("Withdrawn1"), span);
        assert.equal(await page.locator("#plots canvas").count(), 3);
      }
      await page.locator("summary").click();
      assert.equal(await page.locator("#table tbody tr").count(), 31);
      assert.ok(await page.getByText("Nothing. 2Checkout has everything").isVisible());
      assert.equal(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
        0,
        "no sideways scrolling",
      );
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(
        violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)]),
        [],
      );
      assert.deepEqual(wrong, []);
      assert.ok(!(await page.content()).includes("@example.com"));
      await page.close();
    }
  }
});

test("what is stuck is told with the command that helps", async () => {
  await fetch(`${demo.origin}/sandbox/faults`, {
    method: "PUT",
    body: JSON.stringify([{ on: "addLead", fault: "errors", times: 99 }]),
  });
  await lead("dan@example.com");
  const page = await browser.newPage();
  await page.goto(`${demo.origin}/dashboard`);
  await page.locator("#stuck li").first().waitFor();
  assert.match(await page.locator("#stuck").textContent(), /1 cart: refused by 2Checkout.*leadkeep-proxy leads retry/s);
  await page.close();
});
