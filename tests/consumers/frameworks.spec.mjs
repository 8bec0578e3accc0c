// The package in what has a page of its own to build: Parcel, Next, and a Leptos application.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { root, target } from "../../scripts/lib/paths.mjs";
import { FORM } from "../e2e/support/fixture.mjs";
import { OPTIONS, page, SCRIPT, shop } from "./support/shop.mjs";

const { project, served, lead } = shop();
const FRAMEWORKS = fileURLToPath(new URL(".", import.meta.url));

/** A project beside the frameworks, so that they are found from it, with the package in it. */
function framed(files) {
  const home = mkdtempSync(join(FRAMEWORKS, "app-"));
  after(() => rmSync(home, { force: true, recursive: true }));
  cpSync(join(project, "node_modules", "leadkeep"), join(home, "node_modules", "leadkeep"), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name, ".."), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return home;
}

const run = (cwd, command, ...args) =>
  promisify(execFile)(command, args, {
    cwd,
    env: { ...process.env, CARGO_TARGET_DIR: target, NEXT_TELEMETRY_DISABLED: "1", PARCEL_WORKERS: "1" },
  }).catch((error) => assert.fail(`${error.stdout}\n${error.stderr}`));
const bin = (name) => join(FRAMEWORKS, "node_modules", ".bin", name);

test("Parcel builds it", async () => {
  const home = framed({
    "package.json": '{ "name": "shop", "private": true, "dependencies": { "leadkeep": "*" } }',
    "index.html": page('<script type="module" src="./main.js"></script>'),
    "main.js": SCRIPT(),
  });
  await run(home, bin("parcel"), "build", "index.html", "--no-cache", "--dist-dir", "out");
  const said = await lead(await served(join(home, "out")));
  assert.deepEqual(said, []);
});

test("Next builds it, and renders the page on its server", async () => {
  const home = framed({
    "package.json": '{ "name": "shop", "private": true }',
    "next.config.mjs": `export default { output: "export", turbopack: { root: ${JSON.stringify(FRAMEWORKS)} } };`,
    "app/layout.js":
      "export default function Layout({ children }) { return <html lang='en'><body>{children}</body></html>; }",
    "app/page.js": `"use client";
      import { useEffect } from "react";
      import { start } from "leadkeep";
      export default function Checkout() {
        useEffect(() => {
          const leadkeep = start({ ...${JSON.stringify(OPTIONS)}, items: [{ Code: "BOOK-1", Quantity: 1 }] });
          return () => void leadkeep.stop();
        }, []);
        return <form id="checkout">
          <input id="email" type="email" autoComplete="email" /><input id="city" autoComplete="address-level2" />
        </form>;
      }`,
  });
  await run(home, bin("next"), "build");
  const said = await lead(await served(join(home, "out")));
  assert.deepEqual(said, []);
});

test("a storefront that is a Leptos application keeps its lead", async () => {
  const wasm32 = "wasm32-unknown-unknown";
  const storefront = join(root, "tests/storefront");
  await run(storefront, "cargo", "build", "--quiet", "--target", wasm32, "--features", "csr", "--bin", "storefront");
  const out = framed({
    "index.html": page('<script type="module">import init from "./storefront.js"; init();</script>').replace(FORM, ""),
  });
  const built = join(target, wasm32, "debug", "storefront.wasm");
  await run(out, "wasm-bindgen", "--target", "web", "--no-typescript", "--out-dir", out, built);
  const said = await lead(await served(out), (tab) => tab.check("[part=checkbox]"));
  assert.deepEqual(said, []);
});
