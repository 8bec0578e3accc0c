// A merchant's checkout in plain PHP, from the templates, through php/leadkeep.php: what a shopper types makes a lead, keeps
// it up to date, completes and withdraws it. Seen in a browser; the oracle is what the stand-in for 2Checkout holds.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { fields, form, isReceipt } from "../../conformance/notification.mjs";
import { demo as builtShop, root } from "../../scripts/lib/paths.mjs";
import { tickConsent, typeInto, untickConsent } from "../e2e/support/actions.mjs";
import { openBrowser } from "../e2e/support/browser.mjs";
import { Demo } from "../e2e/support/demo.mjs";
import { Shopper } from "../e2e/support/shopper.mjs";
import { eventually } from "../e2e/support/wait.mjs";
import { PhpSite, SECRETS } from "./support/site.mjs";

const WIDGET = process.env.LEADKEEP_TEST_WWW || builtShop;
const SERVED = {
  "PHP's built-in server": (site) => site.startsBuiltIn(),
  "php-fpm with nginx": (site) => site.startsFpm(),
};

for (const [served, start] of Object.entries(SERVED)) {
  describe(`a checkout in plain PHP, served by ${served}`, () => {
    const demo = new Demo();
    let browser, shopper, site;
    before(async () => {
      await demo.start();
      site = new PhpSite(demo);
      site.serves(join(root, "php", "templates"), "checkout.php", "thank-you.php");
      site.serves(WIDGET, ...readdirSync(WIDGET).filter((name) => /^leadkeep.*\.(js|wasm)$/.test(name)));
      await start(site);
      browser = await openBrowser();
    });
    after(async () => {
      await browser?.close();
      await site?.discard();
      await demo.discard();
    });

    const scenario = (name, body) =>
      test(name, { timeout: 120_000 }, async () => {
        await demo.empty();
        shopper = await Shopper.arrives(browser, site);
        try {
          await shopper.goesTo("/checkout.php");
          await body(shopper.page);
          assert.deepEqual(shopper.complaints(), [], "the console holds something");
        } finally {
          await shopper.leaves();
        }
      });

    /** Waits until 2Checkout holds one lead, and it passes. */
    const holds = (look) =>
      eventually(async () => {
        const leads = await demo.leads();
        assert.equal(leads.length, 1, "one cart is one lead");
        look(leads[0]);
      });

    const billing = (wanted) =>
      holds(({ lead }) => {
        const seen = Object.fromEntries(Object.keys(wanted).map((name) => [name, lead.BillingDetails[name]]));
        assert.deepEqual(seen, wanted);
      });

    const marks = (Used) => holds((lead) => assert.deepEqual([lead.Used, lead.StopFollowups], [Used, true]));

    const begins = async (page) => {
      await page.locator("[name=email]").click();
      await tickConsent(page);
      await typeInto(page, "[name=email]", "ada@example.com");
      await billing({ Email: "ada@example.com" });
    };

    const fills = async (page) => {
      await typeInto(page, "[name=first_name]", "Ada");
      await typeInto(page, "[name=last_name]", "Lovelace");
      await typeInto(page, "[name=street]", "12 St James's Square");
      await typeInto(page, "[name=postcode]", "SW1Y 4JH");
      await typeInto(page, "[name=city]", "London");
    };

    scenario("what a shopper types makes a lead and updates it, and the order completes it", async (page) => {
      await begins(page);
      await holds(({ lead }) => {
        assert.equal(lead.Items[0].Code, "04C26C50F8");
        assert.equal(lead.Currency, "EUR");
        assert.match(lead.ExternalReference, /^SHOP-[0-9A-F]{10}$/);
      });
      await fills(page);
      await billing({ FirstName: "Ada", LastName: "Lovelace", Zip: "SW1Y 4JH", City: "London" });
      await page.locator("button").click();
      await page.waitForURL("**/thank-you.php?order=SHOP-*");
      await marks(true);
      const number = await page.locator("#order").textContent();
      await holds(({ lead }) => assert.equal(lead.ExternalReference, number));
      assert.equal((await demo.calls("addLead")).length, 1);
    });

    scenario("an order whose thank-you page is never seen completes its lead all the same", async (page) => {
      await begins(page);
      await fills(page);
      await billing({ City: "London" });
      await page.route("**/thank-you.php*", (route) => route.fulfill({ body: "gone", contentType: "text/html" }));
      await page.locator("button").click();
      await marks(true);
    });

    scenario("2Checkout's notification completes it, where the shop says nothing", async (page) => {
      await begins(page);
      const [{ lead }] = await demo.leads();
      const list = fields({ REFNOEXT: lead.ExternalReference });
      const body = form(list, SECRETS.secretKey);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const answer = await fetch(`${site.origin}/leadkeep.php/ipn`, { method: "POST", body, headers });
      assert.equal(answer.status, 200);
      assert.ok(isReceipt(await answer.text(), list, SECRETS.secretKey, "sha256"));
      await marks(true);
    });

    scenario("a shopper who takes consent back withdraws the lead", async (page) => {
      await begins(page);
      await typeInto(page, "[name=city]", "London");
      await billing({ City: "London" });
      await untickConsent(page);
      await marks(false);
      await holds(({ lead }) => {
        assert.ok(!JSON.stringify(lead).includes("ada@example.com"));
        assert.equal(lead.BillingDetails.City, "");
      });
    });
  });
}
