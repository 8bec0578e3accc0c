// What people load: the script-tag loader, the npm entries, the overlay for merchants, and the types.

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "../lib/paths.mjs";
import { hashOf, lockedPackage, step } from "../lib/stamp.mjs";

/** The npm entries and what they share, published as they stand in js but for their comments. */
export const NPM = ["index.js", "auto.js", "inline.js", "module.js", "npm.js", "binary.js", "facade.js"];

/** The types as they lie in js, and as they are published, each beside what it is of. */
const types = {
  "leadkeep.d.ts": "index.d.ts",
  "auto.d.ts": "auto.d.ts",
  "inline.d.ts": "inline.d.ts",
  "module.d.ts": "module.d.ts",
  "loader.d.ts": "leadkeep.d.ts",
  "wasm.d.ts": "leadkeep_widget_bg.d.ts",
};

/**
 * `__BUILD__` in the sources is six hexadecimal digits that change with the module, the .wasm and the overlay: the loader
 * puts them behind `?v=`, so that a browser that cached a former version loads the new one.
 */
export async function buildEntries({ out, quick }) {
  const js = join(root, "js");
  const overlay = join(js, "debug");
  const product = ["leadkeep_widget.js", "leadkeep_widget_bg.wasm"].map((name) => join(out, name));
  const scripts = ["leadkeep.js", ...NPM, "leadkeep_debug.js", "leadkeep_inline.js"];
  const outputs = [...scripts, ...Object.values(types)].map((name) => join(out, name));
  const settings = `esbuild ${lockedPackage("esbuild")}`;
  await step("entries", { folder: out, inputs: [js, ...product], settings, outputs }, async () => {
    const { build } = await import("esbuild");
    const common = {
      bundle: true,
      define: { __BUILD__: JSON.stringify(hashOf(...product, overlay).slice(0, 6)) },
      // Loaded at the shopper's first touch, never before; the overlay only where the page's address asks for it.
      external: ["./leadkeep_widget.js", "./leadkeep_debug.js"],
      legalComments: "none",
      logLevel: "warning",
      target: "es2021",
    };
    await build({
      ...common,
      entryPoints: [join(js, "script.js")],
      format: "iife",
      minify: !quick,
      outfile: join(out, "leadkeep.js"),
    });
    await build({
      ...common,
      entryPoints: [join(overlay, "index.js")],
      format: "esm",
      minify: !quick,
      outfile: join(out, "leadkeep_debug.js"),
    });
    // Readable: the merchant's own bundler makes it small, and finds each file where it stands beside the others.
    await build({
      entryPoints: NPM.map((name) => join(js, name)),
      format: "esm",
      logLevel: "warning",
      outdir: out,
      target: common.target,
    });
    writeFileSync(join(out, "leadkeep_inline.js"), `export default "${readFileSync(product[1], "base64")}";\n`);
    for (const [from, to] of Object.entries(types)) copyFileSync(join(js, from), join(out, to));
  });
}
