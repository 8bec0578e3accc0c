// Between the browser and the proxy: every way in which an answer can be late, wrong or missing. docs/faults.md holds the
// same table in words. In every engine.

import assert from "node:assert/strict";

import { onEachEngine } from "./support/engine-stage.mjs";
import { checkout } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { aWhile, until } from "./support/wait.mjs";

const problem = (code) => JSON.stringify({ code, message: "no", request_id: "0" });
const json = (status, body) => ({ status, headers: { "content-type": "application/json" }, body });
const html = (status, headers = {}) => ({
  status,
  headers: { "content-type": "text/html", ...headers },
  body: "<!doctype html><title>Log in</title>",
});
const LOG_IN = "<!doctype html><html><head><title>Log in</title></head></html>";

/** Trying the same again is pointless: idle with `lastError`, and sent with the next edit. */
const REFUSALS = {
  400: json(400, problem("lead/malformed")),
  401: html(401),
  "403 lead/origin": json(403, problem("lead/origin")),
  404: html(404),
  "409 with another code": json(409, problem("other/conflict")),
  "413 of a load balancer": html(413),
};

/** The change is kept, and arrives by itself: what `lastError` says meanwhile. */
const FAILURES = {
  "nothing, and the work is not done": [{ before: "drop" }, "transport/offline"],
  "nothing, although the work is done": [{ after: "drop" }, "transport/offline"],
  // WebKit takes the half for the whole.
  "half of the answer": [{ after: "half" }, "transport/offline", "transport/malformed"],
  "200 with a web page": [html(200), "transport/malformed"],
  "200 with somebody else's JSON": [json(200, '{"ok":true}'), "transport/malformed"],
  "200 with JSON that is no object": [json(200, "null"), "transport/malformed"],
  204: [{ status: 204 }, "transport/malformed"],
  "302 to a log-in page": [html(302, { location: "/log-in" }), "transport/malformed"],
  "307 to a log-in page": [html(307, { location: "/log-in" }), "transport/malformed"],
  408: [json(408, problem("lead/timeout")), "transport/unavailable"],
  500: [html(500), "transport/unavailable"],
  502: [html(502), "transport/unavailable"],
  503: [html(503), "transport/unavailable"],
};

/** The least time between two attempts. */
const LEAST_MS = 200;

const gaps = (posts) => posts.slice(1).map(({ at }, i) => at - posts[i].at);

onEachEngine(({ scenario }) => {
  for (const [name, answer] of Object.entries(REFUSALS)) {
    scenario(`${name}: idle with lastError, never saved, sent again with the next edit`, async (visitor) => {
      const { demo, site, tab } = visitor;
      visitor.excuse(/^error: leadkeep: POST \/api\/lead was refused \(\d+/);
      site.meets(answer);
      await visitor.opens(checkout());
      await tab.runs(() => {
        window.states = [];
        document.addEventListener("leadkeep:status", ({ detail }) => window.states.push(detail.state));
      });
      await tab.types("#email", "ada@example.com");
      await until("a request", () => site.posts.length > 0);
      const status = await visitor.reaches("idle");
      assert.deepEqual(status.lastError, { code: "transport/refused", message: "the endpoint refused the request" });
      assert.equal(status.leadCode, null);
      await aWhile();
      assert.equal(site.posts.length, 1, "trying the same again is pointless");
      assert.ok(!(await tab.runs(() => window.states)).includes("saved"));
      assert.ok(site.said.length <= 1, "one line in the console at most");

      site.meets(null);
      await tab.types("#city", "London");
      await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
      assert.equal((await visitor.reaches("saved")).lastError, null);
      await isOneLead(demo);
    });
  }

  for (const [name, [answer, ...codes]] of Object.entries(FAILURES)) {
    scenario(`${name}: the change is kept and arrives by itself`, async (visitor) => {
      const { demo, site, tab } = visitor;
      visitor.excuseFailedRequests();
      site.serves({ "/log-in": LOG_IN });
      site.meets(answer, null);
      await visitor.opens(checkout());
      await tab.runs(() => {
        window.seen = [];
        document.addEventListener("leadkeep:status", ({ detail }) => {
          if (detail.state === "retrying") window.seen.push([detail.lastError.code, localStorage.leadkeep]);
        });
      });
      await tab.types("#email", "ada@example.com");
      await until("another attempt", () => site.posts.length > 1);
      assert.ok(gaps(site.posts)[0] >= LEAST_MS, `it followed after ${gaps(site.posts)[0]} ms`);
      const [code, kept] = (await tab.runs(() => window.seen))[0];
      assert.ok(codes.includes(code), code);
      assert.ok(JSON.parse(kept).unsent, "the change is kept");
      await tab.types("#city", "London");
      await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
      assert.equal((await visitor.reaches("saved")).lastError, null);
      await visitor.keepsNothing();
      // A machine that is slow types the city in several pauses. What has arrived is not sent again.
      const told = site.posts.slice(1).map(({ changes }) => JSON.stringify(changes));
      assert.equal(new Set(told).size, told.length, "the same changes twice");
      assert.ok(site.said.length <= 1, "one line in the console at most");
      await isOneLead(demo);
    });
  }

  for (const [name, when] of Object.entries({
    seconds: () => "2",
    "a date": () => new Date(Date.now() + 3_000).toUTCString(),
  })) {
    scenario(`429 with Retry-After in ${name}: it comes back then and not before`, async (visitor) => {
      const { demo, site, tab } = visitor;
      visitor.excuseFailedRequests();
      await visitor.opens(checkout());
      await visitor.loads();
      site.meets({ ...json(429, problem("lead/rate")), headers: { "retry-after": when() } }, null);
      await tab.types("#email", "ada@example.com");
      assert.equal((await visitor.reaches("retrying")).lastError.code, "transport/unavailable");
      await holdsBilling(demo, { Email: "ada@example.com" });
      // A date has whole seconds, and the page needs a moment to type.
      assert.ok(gaps(site.posts)[0] >= 1_000, `it came back after ${gaps(site.posts)[0]} ms`);
      await visitor.reaches("saved");
      assert.equal(site.posts.length, 2);
      await isOneLead(demo);
    });
  }

  scenario(
    "an answer that takes long, while the shopper types on: one request at a time, then the newest",
    async (visitor) => {
      const { demo, site, tab } = visitor;
      await visitor.opens(checkout());
      await visitor.loads();
      site.meets({ after: 4_000 }, null);
      await tab.types("#email", "ada@example.com");
      await until("the slow request", () => site.posts.length === 1);
      await tab.types("#city", "Turin");
      await aWhile();
      await tab.types("#city", "London");
      await aWhile();
      assert.equal(site.posts.length, 1, "one request at a time");
      assert.equal((await visitor.status()).state, "saving");
      await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
      await visitor.reaches("saved");
      assert.equal(site.posts.length, 2, "and one for all that was typed meanwhile");
      await isOneLead(demo);
    },
  );

  scenario(
    "a hang, although the work is done: the request is given up, and the newest arrives in the one lead",
    async (visitor) => {
      const { demo, site, tab } = visitor;
      visitor.excuseFailedRequests();
      await visitor.opens(checkout());
      await visitor.loads();
      site.meets({ after: "hang" }, null);
      await tab.types("#email", "ada@example.com");
      await until("the request that hangs", () => site.posts.length === 1);
      await tab.types("#city", "London");
      // The widget's own patience ends before that of this test.
      await until("another attempt", () => site.posts.length > 1, 60_000);
      await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
      assert.equal((await visitor.reaches("saved")).lastError, null);
      await visitor.keepsNothing();
      await isOneLead(demo);
    },
  );

  scenario("a lost answer and a reload: the next page goes on with the one lead", async (visitor) => {
    const { demo, site, tab } = visitor;
    visitor.excuseFailedRequests();
    await visitor.opens(checkout());
    await visitor.loads();
    site.meets({ after: "drop" });
    await tab.types("#email", "ada@example.com");
    await holdsBilling(demo, { Email: "ada@example.com" });
    await tab.reloads();
    site.meets(null);
    await tab.types("#city", "London");
    await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
    const code = await isOneLead(demo);
    assert.equal((await visitor.reaches("saved")).leadCode, code);
    await visitor.keepsNothing();
  });

  scenario("409 lead/closed: closed, and never sent again", async (visitor) => {
    const { demo, site, tab } = visitor;
    site.meets(json(409, problem("lead/closed")));
    await visitor.opens(checkout());
    await tab.types("#email", "ada@example.com");
    assert.equal((await visitor.reaches("closed")).lastError, null);
    const before = site.posts.length;
    site.meets(null);
    await tab.types("#city", "London");
    await aWhile();
    assert.equal(site.posts.length, before);
    assert.deepEqual(await demo.log(), []);
  });
});
