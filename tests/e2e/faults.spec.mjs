// 2Checkout is out of order: one lead, with the newest values, and a checkout that goes on.

import assert from "node:assert/strict";

import { fillIn, typeInto } from "./support/actions.mjs";
import { checkout } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const FAULTS = ["lost_answer", "error_500", "html", "errors", "session_expired", "rate_limited", "unavailable_503"];

for (const fault of FAULTS) {
  scenario(`2Checkout, ${fault} on addLead: one lead with the newest values`, async (shopper) => {
    await shopper.opens(checkout());
    await demo.fault("addLead", fault);
    await typeInto(shopper.page, "#email", "ada@example.com");
    await until("the call that failed", async () => (await demo.calls("addLead")).some((call) => call.outcome.fault));
    await fillIn(shopper.page, { "#first": "Ada", "#city": "London" });
    await holdsBilling(demo, { Email: "ada@example.com", FirstName: "Ada", City: "London" });
    const code = await isOneLead(demo);
    // The browser may have been told "queued": it learns the code with its next save at the latest.
    await typeInto(shopper.page, "#city", "Turin");
    await holdsBilling(demo, { Email: "ada@example.com", FirstName: "Ada", City: "Turin" });
    const status = await shopper.reaches("saved");
    assert.equal(status.leadCode, code);
    assert.equal(status.lastError, null);
  });

  scenario(`2Checkout, ${fault} on updateLead: one lead with the newest values`, async (shopper) => {
    await shopper.opens(checkout());
    await typeInto(shopper.page, "#email", "ada@example.com");
    await shopper.reaches("saved");
    await demo.fault("updateLead", fault);
    await typeInto(shopper.page, "#first", "Ada");
    await until("the call that failed", async () =>
      (await demo.calls("updateLead")).some((call) => call.outcome.fault),
    );
    await typeInto(shopper.page, "#city", "London");
    await holdsBilling(demo, { Email: "ada@example.com", FirstName: "Ada", City: "London" });
    await isOneLead(demo);
    await shopper.reaches("saved");
  });
}

scenario("a withdrawal while the answer to addLead is lost leaves one emptied lead", async (shopper) => {
  await shopper.opens(checkout());
  await demo.fault("addLead", "lost_answer");
  await typeInto(shopper.page, "#email", "ada@example.com");
  await until("the call that failed", async () => (await demo.calls("addLead")).length > 0);
  await shopper.page.evaluate(() => window.leadkeep.withdraw());
  await until("markLeads", async () => (await demo.calls("markLeads")).length > 0);
  await until("the emptied lead", async () => !JSON.stringify(await demo.leads()).includes("ada@example.com"));
  await isOneLead(demo);
});
