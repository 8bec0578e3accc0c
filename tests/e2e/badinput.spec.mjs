// What a page or a browser gets wrong: the checkout goes on, and one line in the console says so.

import assert from "node:assert/strict";

import { consentBox, fillIn, tickConsent, typeInto } from "./support/actions.mjs";
import { ADA, checkout, FORM, html, OPTIONS, PACKAGINGS, scriptTag } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const THANKS = html({ form: "<p>Thanks</p>", items: null });

/** The shopper fills the form, nothing gets in the way, and the order reaches the shop with every value. `state` is what
 * leadkeep has come to before the order is placed. */
async function ordersAllTheSame(shopper, state) {
  await shopper.serve({ "/thanks": THANKS });
  await fillIn(shopper.page, ADA);
  for (const [selector, text] of Object.entries(ADA))
    assert.equal(await shopper.page.locator(selector).inputValue(), text);
  await typeInto(shopper.page, "#city", "Turin");
  assert.equal(await shopper.page.evaluate(() => document.activeElement.id), "city");
  await aWhile();
  if (state) await until(`state ${state}`, async () => (await shopper.status()).state === state);
  await shopper.page.locator("#order").click();
  await shopper.page.getByText("Thanks").waitFor();
  const sent = new URL(shopper.page.url()).searchParams;
  assert.deepEqual([sent.get("email"), sent.get("city"), sent.get("country")], ["ada@example.com", "Turin", "IT"]);
}

/** Exactly one line of leadkeep's in the console. */
function saysOnce(shopper, line) {
  assert.deepEqual(shopper.lines(), [`error: leadkeep: ${line}`]);
  shopper.excuse(/^error: leadkeep: /);
}

/** What the loader needs itself: it says so at once. */
const WRONG = [
  [
    "no endpoint",
    { endpoint: null },
    /^expected endpoint to be the URL of the proxy, such as "\/api\/lead", received nothing$/,
  ],
  ["an empty endpoint", { endpoint: " " }, /^expected endpoint to be the URL of the proxy, .+, received " "$/],
  [
    "a form that is no selector",
    { form: "#1!" },
    /^expected form to be a CSS selector, such as "#checkout", received "#1!"$/,
  ],
];

/** What only the module knows: it says so when the shopper comes near the form. */
const WRONG_LATER = [
  [
    "an unknown consent",
    { consent: "yes" },
    /^expected consent to be "ask", "external" or "granted", received "?yes"?$/,
  ],
  [
    "a currency that is none",
    { currency: "EURO" },
    /^expected currency to be an ISO 4217 code, such as "EUR", received "?EURO"?$/,
  ],
  [
    "a language that is none",
    { language: "1" },
    /^expected language to be an ISO 639-1 code, such as "EN", received "?1"?$/,
  ],
  [
    "a pause that is no number",
    { quietMs: "fast" },
    /^expected quietMs to be a number of milliseconds, received "?fast"?$/,
  ],
  ["a negative wait", { maxWaitMs: -1 }, /^expected maxWaitMs to be a number of milliseconds, received "?-1"?$/],
  ["items that are no selector", { items: "#1!" }, /^expected items to be a CSS selector, .+, received "?#1!"?$/],
  ["a slot that is no selector", { slot: "#1!" }, /^expected slot to be a CSS selector, .+, received "?#1!"?$/],
];

/** It says what it expected, is off, and sends nothing. */
async function isRefused(shopper, line, { isLoaded = false } = {}) {
  await until("leadkeep on the page", () => shopper.page.evaluate(() => Boolean(window.leadkeep)));
  await typeInto(shopper.page, "#email", "ada@example.com");
  await until("the line", () => shopper.lines().length > 0);
  await aWhile();
  const status = await shopper.status();
  assert.equal(status.state, "off");
  assert.equal(status.lastError.code, "config/option");
  assert.match(status.lastError.message, /^expected .+, received /);
  assert.equal(shopper.lines().length, 1);
  assert.match(shopper.lines()[0].replace("error: leadkeep: ", ""), line);
  shopper.excuse(/^error: leadkeep: expected /);
  assert.deepEqual(shopper.posts(), []);
  assert.equal(shopper.requests.filter(({ path }) => path.includes(".wasm")).length, isLoaded ? 1 : 0);
}

for (const [name, options, line] of WRONG) {
  scenario(`${name}: one line, and nothing is loaded`, async (shopper) => {
    await shopper.opens(checkout(options));
    await isRefused(shopper, line);
  });
}

for (const [name, options, line] of WRONG_LATER) {
  scenario(`${name}: one line at the first touch, and nothing is sent`, async (shopper) => {
    await shopper.opens(checkout(options));
    await isRefused(shopper, line, { isLoaded: true });
  });
}

for (const packaging of Object.keys(PACKAGINGS)) {
  scenario(`${packaging}: a wrong option leaves the page untouched`, async (shopper) => {
    await shopper.opens(checkout({ currency: "EURO" }, { packaging }));
    await isRefused(shopper, /^expected currency to be /, { isLoaded: true });
    await ordersAllTheSame(shopper);
  });
}

scenario("of several wrong options one is told", async (shopper) => {
  await shopper.opens(checkout({ consent: "yes", currency: "EURO", form: "#1!" }));
  await isRefused(shopper, /^expected form to be /);
});

scenario("every call on a page with a wrong option settles, and throws nothing", async (shopper) => {
  await shopper.opens(checkout({ endpoint: " " }));
  await until("leadkeep on the page", () => shopper.page.evaluate(() => Boolean(window.leadkeep)));
  const settled = await shopper.page.evaluate(async () => {
    const { leadkeep } = window;
    const calls = [leadkeep.load(), leadkeep.ready, leadkeep.setItems([]), leadkeep.flush(), leadkeep.consent(true)];
    calls.push(leadkeep.complete(), leadkeep.withdraw(), leadkeep.inspect(), leadkeep.stop());
    return (await Promise.allSettled(calls)).map(({ status }) => status);
  });
  assert.deepEqual(new Set(settled), new Set(["fulfilled"]));
  saysOnce(shopper, 'expected endpoint to be the URL of the proxy, such as "/api/lead", received " "');
});

for (const [name, argument] of Object.entries({ nothing: "", null: "null", "a text": '"/api/lead"' })) {
  scenario(`start() with ${name} says what it expected`, async (shopper) => {
    const head = `<script type="module">import { start } from "/npm/index.js"; start(${argument});</script>`;
    await shopper.opens(html({ head }));
    await isRefused(shopper, /^expected endpoint to be the URL of the proxy, .+, received nothing$/);
  });
}

scenario("a path in the option fields that is none is one line, the page untouched", async (shopper) => {
  await shopper.opens(checkout({ fields: { "#city": "BillingDetails.Town" } }, { packaging: "start()" }));
  await ordersAllTheSame(shopper, "off");
  saysOnce(
    shopper,
    'expected fields to name a path of the lead, such as "BillingDetails.Email", received "BillingDetails.Town"',
  );
});

for (const [name, fields] of [
  ["no JSON", "{'#city': 'ignore'}"],
  ["no selector", { "#1!": "ignore" }],
  ["no path", 7],
]) {
  scenario(`fields with ${name}: one line, and nothing is captured`, async (shopper) => {
    await shopper.opens(checkout({ fields }, { packaging: "start()" }));
    await ordersAllTheSame(shopper, "off");
    assert.deepEqual(shopper.posts(), []);
    assert.equal(shopper.lines().length, 1);
    assert.match(
      shopper.lines()[0],
      /^error: leadkeep: expected fields to be selectors and paths in JSON, .+, received /,
    );
    shopper.excuse(/^error: leadkeep: /);
  });
}

scenario("no form on the page: quiet, and status() says so", async (shopper) => {
  await shopper.opens(checkout({}, { form: "<p>A page without a form</p>" }));
  await until("leadkeep on the page", () => shopper.page.evaluate(() => Boolean(window.leadkeep)));
  const missing = { code: "form/missing", message: "no form to watch on this page" };
  const isOff = async () => {
    const { state, leadCode, lastError } = await shopper.status();
    assert.deepEqual([state, leadCode, lastError], ["off", null, missing]);
  };
  await isOff();
  await shopper.page.evaluate(() => window.leadkeep.load());
  await isOff();
});

const STORAGES = {
  "access to localStorage throws": () =>
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    }),
  "localStorage is null": () => Object.defineProperty(window, "localStorage", { get: () => null }),
  "localStorage is full": () => {
    Storage.prototype.setItem = () => {
      throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    };
  },
};

for (const [name, breaks] of Object.entries(STORAGES)) {
  scenario(`${name}: the lead lives as long as the page, one line says so`, async (shopper) => {
    await shopper.context.addInitScript(breaks);
    await shopper.opens(checkout());
    await typeInto(shopper.page, "#email", "ada@example.com");
    await holdsBilling(demo, { Email: "ada@example.com" });
    await ordersAllTheSame(shopper, "saved");
    await isOneLead(demo);
    saysOnce(shopper, "localStorage is not available, so the lead ends with this page");
  });
}

scenario("items in the shop's own shape: one line and the status say what was dropped, and why", async (shopper) => {
  shopper.excuse(/^error: leadkeep: the endpoint has dropped Items: incomplete-item$/);
  shopper.excuse(/^error: leadkeep: there is no lead yet: it needs Items$/);
  await shopper.opens(checkout({}, { items: [{ artikel: "A-1", menge: 2 }] }));
  await fillIn(shopper.page, { "#email": "ada@example.com", "#city": "Turin" });
  const { missing, dropped } = await shopper.reaches("saved");
  assert.deepEqual([missing, dropped], [["Items"], [{ path: "Items", reason: "incomplete-item" }]]);
  await shopper.page.evaluate(() => window.leadkeep.setItems([{ Code: "A-1", Quantity: 2 }]));
  await until("a lead", async () => (await shopper.status()).leadCode);
  const { missing: now, dropped: still } = await shopper.status();
  assert.deepEqual([now, still], [[], []]);
});

scenario("localStorage that holds nonsense is as good as none", async (shopper) => {
  for (const text of ["{", "null", "[]", '"x"', '{"v":1}', '{"v":9,"cart":1,"key":{}}', "\u0000"]) {
    await demo.empty();
    await shopper.opens(html());
    await shopper.page.evaluate((text) => localStorage.setItem("leadkeep", text), text);
    await shopper.serve({ "/capture": checkout() });
    await shopper.goesTo("/capture");
    await typeInto(shopper.page, "#email", "ada@example.com");
    await holdsBilling(demo, { Email: "ada@example.com" });
    await isOneLead(demo);
  }
});

const FETCHES = {
  "throws a string": () =>
    (window.fetch = () => {
      throw "no";
    }),
  "throws an error": () =>
    (window.fetch = () => {
      throw new TypeError("no");
    }),
  "rejects with a string": () => (window.fetch = () => Promise.reject("no")),
  "rejects with nothing": () => (window.fetch = () => Promise.reject()),
  "gives nothing": () => (window.fetch = () => undefined),
  "gives something that is no response": () => (window.fetch = () => Promise.resolve({ ok: true, status: 200 })),
  "is no function": () => (window.fetch = null),
  "never answers": () => (window.fetch = () => new Promise(() => {})),
};

for (const [name, breaks] of Object.entries(FETCHES)) {
  scenario(`a fetch that ${name}: the checkout goes on`, async (shopper) => {
    await shopper.opens(checkout());
    await shopper.page.evaluate(() => window.leadkeep.load());
    await shopper.page.evaluate(breaks);
    const silent = name === "never answers";
    await ordersAllTheSame(shopper, silent ? "saving" : "retrying");
    if (!silent) saysOnce(shopper, "the endpoint could not be reached");
  });
}

scenario("without WebAssembly: off, one line, the checkout goes on", async (shopper) => {
  await shopper.context.addInitScript(() => delete window.WebAssembly);
  await shopper.opens(checkout());
  await typeInto(shopper.page, "#email", "ada@example.com");
  await until("off", async () => (await shopper.status()).state === "off");
  assert.deepEqual(await shopper.status(), {
    state: "off",
    leadCode: null,
    cart: null,
    missing: [],
    lastError: { code: "module/unavailable", message: "the module could not be loaded" },
  });
  await ordersAllTheSame(shopper, "off");
  saysOnce(shopper, "the module could not be loaded");
});

for (const [name, file] of [
  ["module", "leadkeep_widget.js"],
  ["wasm file", "leadkeep_widget_bg.wasm"],
]) {
  scenario(`the ${name} is not there: one line, the checkout goes on`, async (shopper) => {
    shopper.excuseFailedRequests();
    await shopper.serve({ [`/${file}`]: { status: 404, body: "not found" } });
    await shopper.opens(checkout());
    await ordersAllTheSame(shopper);
    saysOnce(shopper, "the module could not be loaded");
    assert.deepEqual(shopper.posts(), []);
  });
}

scenario("the module is not there at first: loaded with a later touch", async (shopper) => {
  shopper.excuseFailedRequests();
  let missing = true;
  await shopper.context.route("**/leadkeep_widget_bg.wasm*", (route) => (missing ? route.abort() : route.continue()));
  await shopper.opens(checkout());
  await shopper.page.locator("#email").click();
  await until("the line", () => shopper.lines().length > 0);
  missing = false;
  await fillIn(shopper.page, { "#email": "ada@example.com", "#city": "London" });
  await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
  saysOnce(shopper, "the module could not be loaded");
});

const csp = (policy, options) => ({
  body: checkout(options).replace('<link rel="icon" href="data:,">', '<link rel="icon" href="/favicon.svg">'),
  headers: { "content-security-policy": policy },
});

scenario("a policy that forbids WebAssembly: one line, the checkout goes on", async (shopper) => {
  shopper.excuse(/Content Security Policy/, /wasm/);
  await shopper.opens(csp("default-src 'self'", {}));
  await ordersAllTheSame(shopper);
  saysOnce(shopper, "the module could not be loaded");
  assert.deepEqual(shopper.posts(), []);
});

scenario("a strict policy with Trusted Types is no hindrance, the checkbox is shown", async (shopper) => {
  const policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
  await shopper.opens(csp(policy, { consent: "ask" }));
  await shopper.page.locator("#email").click();
  await tickConsent(shopper.page);
  assert.ok(await consentBox(shopper.page).isVisible());
  const gap = await consentBox(shopper.page).evaluate((box) => getComputedStyle(box.parentElement).display);
  assert.equal(gap, "flex", "its style is there");
  await fillIn(shopper.page, { "#email": "ada@example.com", "#city": "London" });
  await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
});

scenario("an endpoint on another origin that does not allow this one: the checkout goes on", async (shopper) => {
  shopper.excuseFailedRequests();
  shopper.excuse(/blocked by CORS policy/);
  const foreign = demo.origin.replace("127.0.0.1", "localhost");
  await shopper.opens(checkout({ endpoint: `${foreign}/api/lead` }));
  await ordersAllTheSame(shopper, "retrying");
  saysOnce(shopper, "the endpoint could not be reached");
  assert.deepEqual(await demo.log(), []);
});

scenario("a page that has patched its prototypes away is not brought down", async (shopper) => {
  await shopper.context.addInitScript(() => {
    // An old library that knows better: https://prototypejs.org is still out there.
    Array.prototype.toJSON = function () {
      return `[${this.map((entry) => JSON.stringify(entry)).join(",")}]`;
    };
    delete Element.prototype.checkVisibility;
  });
  await shopper.opens(checkout({ items: null, form: "#checkout" }, { form: FORM }));
  await ordersAllTheSame(shopper);
});

scenario("a page whose own listeners throw loses none of what leadkeep needs", async (shopper) => {
  shopper.excuse(/^uncaught: the page's own mistake$/, /the page's own mistake/);
  const throwing = `<script>
    for (const name of ["input", "change", "focusin"])
      document.addEventListener(name, () => { throw new Error("the page's own mistake") }, true);
    document.addEventListener("leadkeep:status", () => { throw new Error("the page's own mistake") });
  </script>`;
  await shopper.opens(html({ head: throwing + scriptTag(OPTIONS) }));
  await fillIn(shopper.page, { "#email": "ada@example.com", "#city": "London" });
  await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
  await shopper.reaches("saved");
});
