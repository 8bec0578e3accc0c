#!/usr/bin/env node
// `npm run build`: the npm package and the demo shop, in `dist`. A step whose inputs are unchanged is not done again.
//
//   src, wire  --wasm-pack-->  dist/wasm  --esbuild-->  dist/leadkeep_widget.js, dist/leadkeep_widget_bg.wasm
//   src/core/field/terms  ->  dist/leadkeep_terms.js, the terms of other letters than Latin ones
//   src/view/texts  ->  dist/leadkeep_text_de.js and so on, the words of the consent checkbox in each language
//   js         --esbuild--->   dist/leadkeep.js (script tag), dist/index.js, dist/auto.js (npm), and their types
//   what the script tag loads  ->  the same with .br and .gz behind its name
//   www, and all of these  ->  dist/demo, with a .br beside each file

import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import { buildCompressed } from "./build/compressed.mjs";
import { buildDemo, SCRIPT_TAG } from "./build/demo.mjs";
import { buildEntries } from "./build/entries.mjs";
import { buildModule } from "./build/module.mjs";
import { buildTexts } from "./build/texts.mjs";
import { buildWidget } from "./build/widget.mjs";
import { dist } from "./lib/paths.mjs";
import { script } from "./lib/run.mjs";
import { BUILD, setup } from "./setup.mjs";

/**
 * Builds everything a browser loads into `dist`, or with `quick` into `dist/quick`: unoptimised, for the time while one
 * works on it. Expects that the needs of BUILD are set up. Gives the folder of the demo shop.
 */
export async function build({ quick = false } = {}) {
  const out = quick ? join(dist, "quick") : dist;
  await buildWidget({ out, quick });
  await buildTexts({ out });
  await buildModule({ out, quick });
  await buildEntries({ out, quick });
  if (!quick) await buildCompressed({ out, names: SCRIPT_TAG });
  return buildDemo({ out, quick });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  await script(async () => {
    await setup(...BUILD);
    await build({ quick: argv.includes("--quick") });
  });
}
