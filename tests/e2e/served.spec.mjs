// The widget out of the proxy's own binary, on a page of another origin, by the tag that `leadkeep-proxy integrity` prints.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, test } from "node:test";

import { SCRIPT_TAG } from "../../scripts/build/demo.mjs";
import { consentBox, fillIn, tickConsent } from "./support/actions.mjs";
import { PROXY } from "./support/demo.mjs";
import { html } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { Proxy } from "./support/proxy.mjs";
import { Site } from "./support/site.mjs";
import { stage } from "./support/stage.mjs";

const { demo, scenario } = stage();
let proxy, shop, started;

/** Once the demo runs: what is before all tests runs at the same time as what the stage has there. */
const start = () =>
  (started ??= (async () => {
    shop = await Site.opens(demo);
    proxy = await Proxy.before(demo, ["--allow-origin", shop.origin]);
  })());
after(async () => {
  await proxy?.discard();
  await shop?.closes();
});

/** Opens a page of the shop's own origin. */
const opens = (shopper, head) => {
  shop.serves({ "/checkout": html({ head }) });
  return shopper.page.goto(`${shop.origin}/checkout`);
};

/** The tag that an operator copies, with what a merchant adds to it. */
const tag = (options) =>
  execFileSync(PROXY, ["integrity", "--base", proxy.origin], { encoding: "utf8" })
    .match(/<script[^]*<\/script>/)[0]
    .replace('data-endpoint="/api/lead"', `data-endpoint="${proxy.origin}/api/lead" ${options}`);

test("every file of the script tag is served, as brotli and as gzip", async () => {
  await start();
  for (const name of SCRIPT_TAG) {
    for (const encoding of ["br", "gzip"]) {
      const answer = await fetch(`${proxy.origin}/${name}`, { headers: { "accept-encoding": encoding } });
      const length = (await answer.arrayBuffer()).byteLength;
      // The words of one language may be no smaller as gzip: then they are sent as they are.
      const expected = length < 1_000 ? [encoding, null] : [encoding];
      assert.equal(answer.status, 200, name);
      assert.ok(expected.includes(answer.headers.get("content-encoding")), `${name} ${encoding}`);
    }
  }
});

scenario("the printed tag keeps a lead, and a browser fetches compressed files that it keeps", async (shopper) => {
  await start();
  const answers = new Map();
  shopper.page.on("response", (answer) => {
    const { origin, pathname } = new URL(answer.url());
    if (origin === proxy.origin && pathname.startsWith("/leadkeep")) answers.set(pathname, answer);
  });
  const options =
    'data-form="#checkout" data-currency="EUR" data-language="de" data-items="#items" data-quiet-ms="150"';
  await opens(shopper, tag(options));
  await fillIn(shopper.page, { "#email": "ada@example.com", "#city": "London" });
  await consentBox(shopper.page).waitFor();
  await tickConsent(shopper.page);
  await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
  await isOneLead(demo);

  assert.deepEqual([...answers.keys()].sort(), [
    "/leadkeep.js",
    "/leadkeep_text_de.js",
    "/leadkeep_widget.js",
    "/leadkeep_widget_bg.wasm",
  ]);
  for (const [path, answer] of answers) {
    const headers = await answer.allHeaders();
    assert.equal(headers["content-encoding"], "br", path);
    const isVersioned = new URL(answer.url()).searchParams.has("v");
    assert.equal(headers["cache-control"].includes("immutable"), isVersioned, `${path}: ${headers["cache-control"]}`);
    assert.equal(isVersioned, path.includes("widget"), path);
  }
});

scenario("a loader that is not the one of the hash does not run", async (shopper) => {
  await start();
  shopper.excuse(/integrity/);
  await opens(shopper, tag("").replace(/sha384-..../, "sha384-AAAA"));
  await shopper.page.waitForLoadState("load");
  assert.equal(await shopper.page.evaluate(() => window.leadkeep), undefined);
});
