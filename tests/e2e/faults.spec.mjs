// 2Checkout or the proxy is out of order: one lead, with the newest values, and a checkout that goes on.

import assert from "node:assert/strict";

import { fillIn, typeInto } from "./support/actions.mjs";
import { checkout } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, until } from "./support/wait.mjs";

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

const problem = (code) => JSON.stringify({ code, message: "no", request_id: "0" });
const HTML = { contentType: "text/html", body: "<!doctype html><title>Log in</title>" };

const REFUSALS = {
  400: { status: 400, body: problem("request/malformed") },
  401: { status: 401, ...HTML },
  403: { status: 403, body: problem("lead/origin") },
  404: { status: 404, ...HTML },
  "409 with another code": { status: 409, body: problem("other/conflict") },
  413: { status: 413, body: problem("request/too_large") },
};

for (const [name, answer] of Object.entries(REFUSALS)) {
  scenario(
    `the endpoint answers ${name}: idle with lastError, never saved, sent again with the next edit`,
    async (shopper) => {
      shopper.excuseFailedRequests();
      shopper.excuse(/^error: leadkeep: the endpoint refused the request$/);
      await shopper.opens(checkout());
      await shopper.page.evaluate(() => {
        window.states = [];
        document.addEventListener("leadkeep:status", ({ detail }) => window.states.push(detail.state));
      });
      await shopper.proxyAnswers(answer);
      await typeInto(shopper.page, "#email", "ada@example.com");
      await until("a request", () => shopper.posts().length > 0);
      const status = await shopper.reaches("idle");
      assert.deepEqual(status.lastError, { code: "transport/refused", message: "the endpoint refused the request" });
      assert.equal(status.leadCode, null);
      await aWhile();
      assert.equal(shopper.posts().length, 1, "trying the same again is pointless");
      assert.ok(!(await shopper.page.evaluate(() => window.states)).includes("saved"));
      assert.ok(shopper.lines().length <= 1, "one line in the console at most");

      await shopper.proxyAnswers(null);
      await typeInto(shopper.page, "#city", "London");
      await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
      assert.equal((await shopper.reaches("saved")).lastError, null);
      await isOneLead(demo);
    },
  );
}

const FAILURES = {
  408: [{ status: 408 }, "transport/unavailable"],
  "429 with Retry-After": [{ status: 429, headers: { "retry-after": "1" } }, "transport/unavailable"],
  500: [{ status: 500, ...HTML }, "transport/unavailable"],
  503: [{ status: 503, ...HTML }, "transport/unavailable"],
  "204 without a body": [{ status: 204 }, "transport/malformed"],
  "200 with a web page": [{ status: 200, ...HTML }, "transport/malformed"],
  "200 with somebody else's JSON": [{ status: 200, body: '{"ok":true}' }, "transport/malformed"],
  "200 with JSON that is no object": [{ status: 200, body: "null" }, "transport/malformed"],
  "not at all": ["abort", "transport/offline"],
};

for (const [name, [answer, code]] of Object.entries(FAILURES)) {
  scenario(`the endpoint answers ${name}: the change is kept and arrives by itself`, async (shopper) => {
    shopper.excuseFailedRequests();
    shopper.excuse(/^error: leadkeep: the endpoint [a-z ]+$/);
    await shopper.opens(checkout());
    await shopper.proxyAnswers(answer);
    await fillIn(shopper.page, { "#email": "ada@example.com", "#city": "London" });
    const status = await shopper.reaches("retrying");
    assert.equal(status.lastError.code, code);
    assert.ok((await shopper.record()).unsent, "the change is kept");
    await until("another attempt", () => shopper.posts().length > 1);
    assert.ok(shopper.lines().length <= 1, "one line in the console at most");

    await shopper.proxyAnswers(null);
    await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
    assert.equal((await shopper.reaches("saved")).lastError, null);
    await isOneLead(demo);
    assert.equal((await shopper.record()).unsent, undefined, "nothing is kept once it is delivered");
  });
}

scenario("the endpoint answers 409 lead/closed: closed, and never sent again", async (shopper) => {
  shopper.excuseFailedRequests();
  await shopper.opens(checkout());
  await shopper.proxyAnswers({ status: 409, body: problem("lead/closed") });
  await typeInto(shopper.page, "#email", "ada@example.com");
  assert.equal((await shopper.reaches("closed")).lastError, null);
  const before = shopper.posts().length;
  await shopper.proxyAnswers(null);
  await typeInto(shopper.page, "#city", "London");
  await aWhile();
  assert.equal(shopper.posts().length, before);
  assert.deepEqual(await demo.log(), []);
});
