// The module: the JavaScript that wasm-bindgen wrote, minified, beside the .wasm that it loads.

import { copyFileSync } from "node:fs";
import { join } from "node:path";

import { lockedPackage, step } from "../lib/stamp.mjs";

/**
 * `new URL("leadkeep_widget_bg.wasm", import.meta.url)` stays as it is: it works in a browser, and bundlers (Vite,
 * webpack, Parcel) look for exactly this to carry the file along.
 */
export async function buildModule({ out, quick }) {
  const glue = join(out, "wasm", "leadkeep_widget.js");
  const wasm = join(out, "wasm", "leadkeep_widget_bg.wasm");
  const outfile = join(out, "leadkeep_widget.js");
  const beside = join(out, "leadkeep_widget_bg.wasm");
  const settings = `esbuild ${lockedPackage("esbuild")}`;
  await step("module", { folder: out, inputs: [glue, wasm], settings, outputs: [outfile, beside] }, async () => {
    const { build } = await import("esbuild");
    await build({
      bundle: true,
      entryPoints: [glue],
      format: "esm",
      legalComments: "none",
      logLevel: "warning",
      minify: !quick,
      outfile,
      target: "es2020",
    });
    copyFileSync(wasm, beside);
  });
}
