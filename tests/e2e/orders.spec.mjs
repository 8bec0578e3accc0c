// An order ends its lead in the demo, whoever reports it: the shopper's browser, the shop's server, 2Checkout.

import assert from "node:assert/strict";

import { tickConsent, typeInto } from "./support/actions.mjs";
import { holdsAmongBilling } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const WAYS = ["the shopper\u2019s browser", "the shop\u2019s server", "2Checkout\u2019s notification"];

for (const way of WAYS)
  scenario(`an order that is reported by ${way} marks the lead used and stops its mails`, async (shopper) => {
    await shopper.opensShop();
    await shopper.page.locator("#email").click();
    await tickConsent(shopper.page);
    await typeInto(shopper.page, "#email", "ada@example.com");
    for (const [field, text] of [
      ["first-name", "Ada"],
      ["last-name", "Lovelace"],
      ["address-1", "12 St James's Square"],
      ["zip", "SW1Y 4JH"],
      ["city", "London"],
    ])
      await typeInto(shopper.page, `#billing-${field}`, text);
    await shopper.page.locator("#billing-country").selectOption("GB");
    await holdsAmongBilling(demo, { Email: "ada@example.com", City: "London", CountryCode: "GB" });

    await shopper.page.getByLabel(way).check();
    await shopper.page.getByRole("button", { name: "Place order" }).click();
    await shopper.page.getByRole("heading", { name: "Order placed" }).waitFor();
    await until("a used lead", async () => (await demo.leads())[0].Used);
    const [mark] = await demo.calls("markLeads");
    const [{ LeadCode }] = await demo.leads();
    assert.deepEqual(mark.params, [[{ LeadCode, Used: true, StopFollowups: true }]]);
    assert.equal((await demo.leads()).length, 1);
  });
