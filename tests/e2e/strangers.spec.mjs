// What a stranger may write into a page (a review, a comment) or into a link moves nothing of leadkeep.

import assert from "node:assert/strict";

import { fillIn, typeInto } from "./support/actions.mjs";
import { checkout, FORM, html, OPTIONS, PACKAGINGS, scriptTag } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const EVIL = "https://evil.example";
const ADA = { "#email": "ada@example.com", "#city": "London" };
const ADAS_DETAILS = { Email: "ada@example.com", City: "London" };

/** Capture works as without the markup, and nobody else is asked for anything. */
async function isUnmoved(shopper) {
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
  await isOneLead(demo);
  assert.deepEqual(
    shopper.requests.filter(({ url, resource }) => url.startsWith(EVIL) && resource !== "image"),
    [],
  );
}

const CLOBBERS = {
  "an image named currentScript": `<img name="currentScript" src="${EVIL}/x" data-endpoint="${EVIL}/lead">`,
  "a form named currentScript": `<form name="currentScript"><input name="src" value="${EVIL}/leadkeep.js"></form>`,
  "a form with the id leadkeep and a field named inspect": '<form id="leadkeep"><input name="inspect"></form>',
  "a form with the id leadkeep and a field named q": '<form id="leadkeep"><input name="q"></form>',
  "an image named leadkeep": '<img name="leadkeep"><img name="leadkeep">',
  "an object named inspect": '<form id="leadkeep"><object name="inspect"></object></form>',
};

for (const [name, markup] of Object.entries(CLOBBERS)) {
  for (const packaging of Object.keys(PACKAGINGS)) {
    scenario(`${packaging}: ${name} before it moves nothing`, async (shopper) => {
      shopper.excuseFailedRequests();
      await shopper.opens(html({ form: markup + FORM, after: PACKAGINGS[packaging](OPTIONS) }));
      await isUnmoved(shopper);
    });
  }
}

const METHODS = ["matches", "querySelector", "querySelectorAll", "contains", "getRootNode", "closest", "getAttribute"];
const PROPERTIES = ["parentNode", "parentElement", "isConnected", "localName", "nodeType", "elements", "lang", "id"];
const HIDING = [...METHODS, ...PROPERTIES, "dispatchEvent", "addEventListener", "checkVisibility"];

for (const given of ["#checkout", null]) {
  scenario(`a form whose fields hide its methods is captured: option form ${given}`, async (shopper) => {
    const fields = HIDING.map((name) => `<input name="${name}" data-lead="ignore">`).join("");
    const form = FORM.replace("</form>", `${fields}</form>`);
    await shopper.opens(checkout({ form: given }, { form }));
    await until("leadkeep on the page", () => shopper.page.evaluate(() => Boolean(window.leadkeep)));
    // Not by a click: the test's own tools ask the form, too.
    for (const [selector, text] of Object.entries(ADA)) {
      await shopper.page.evaluate((selector) => document.querySelector(selector).focus(), selector);
      await shopper.page.keyboard.type(text);
    }
    await holdsBilling(demo, ADAS_DETAILS);
    await isOneLead(demo);
    await shopper.reaches("saved");
  });
}

const MARKUP = `<p data-endpoint="${EVIL}/lead" data-consent="granted" data-items="#items">Nice!</p>`;
const META = `<meta name="leadkeep" data-endpoint="${EVIL}/lead" data-consent="granted">`;

scenario("leadkeep/auto takes its settings from a script, not from other markup", async (shopper) => {
  shopper.excuse(/^error: leadkeep: expected endpoint /);
  const auto = '<script type="module">import "/npm/auto.js"</script>';
  await shopper.opens(html({ form: MARKUP + META + FORM, after: auto }));
  await until("leadkeep on the page", () => shopper.page.evaluate(() => Boolean(window.leadkeep)));
  await fillIn(shopper.page, ADA);
  await aWhile();
  assert.equal((await shopper.status()).lastError.code, "config/option");
  assert.ok(!shopper.requests.some(({ url }) => url.startsWith(EVIL)));

  await shopper.opens(html({ form: MARKUP + META + FORM, after: PACKAGINGS["leadkeep/auto"](OPTIONS) }));
  await isUnmoved(shopper);
});

scenario("leadkeep/auto takes its settings from a meta in the head", async (shopper) => {
  const meta = PACKAGINGS["script tag"](OPTIONS).replace('script async src="/leadkeep.js"', 'meta name="leadkeep"');
  const auto = '<script type="module">import "/npm/auto.js"</script>';
  await shopper.opens(html({ head: meta.replace("</script>", "") + auto, form: MARKUP + FORM }));
  await isUnmoved(shopper);
});

for (const packaging of Object.keys(PACKAGINGS)) {
  scenario(`${packaging}: what stands on Object.prototype is no option`, async (shopper) => {
    await shopper.context.addInitScript(() => {
      Object.prototype.each = function () {};
      Object.prototype.consent = "granted";
      Object.prototype.complete = "ORDER-1";
      Object.prototype.form = "#nowhere";
    });
    await shopper.opens(checkout({ consent: null, form: null }, { packaging }));
    await typeInto(shopper.page, "#email", "ada@example.com");
    await shopper.reaches("waiting");
    await aWhile();
    assert.deepEqual(shopper.posts(), []);
  });
}

for (const [name, src] of Object.entries({
  "a short URL of a CDN": "/npm/leadkeep",
  "a URL that only ends like ours": "/short?of=/leadkeep.js",
})) {
  scenario(`${name} is no folder to load a module from`, async (shopper) => {
    shopper.excuse(/^error: leadkeep: the module could not be loaded$/);
    await shopper.context.route(
      (url) => url.pathname + url.search === src,
      async (route) => route.fulfill({ response: await route.fetch({ url: `${demo.origin}/leadkeep.js` }) }),
    );
    await shopper.opens(html({ head: scriptTag().replace("/leadkeep.js", src) }));
    await typeInto(shopper.page, "#email", "ada@example.com");
    await until("the line", () => shopper.lines().length > 0);
    assert.ok(!shopper.requests.some(({ path }) => /leadkeep_widget/.test(path)));
    assert.equal((await shopper.status()).state, "off");
  });
}

scenario("a query behind leadkeep.js is allowed", async (shopper) => {
  await shopper.opens(html({ head: scriptTag().replace("/leadkeep.js", "/leadkeep.js?1") }));
  await isUnmoved(shopper);
});
