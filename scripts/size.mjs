#!/usr/bin/env node
// `npm run size`: what a shopper's browser loads, and whether it is within the budgets. 1 KB is 1000 bytes here, the
// stricter reading.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

import { build } from "./build.mjs";
import { dist } from "./lib/paths.mjs";
import { script } from "./lib/run.mjs";
import { bytes, table } from "./lib/text.mjs";
import { BUILD, setup } from "./setup.mjs";

const LOADER = 1_500;
const TOTAL = 80_000;
const NEXT_BAR = 60_000;

await script(async () => {
  await setup(...BUILD);
  await build();
  const parts = [measure("loader", "leadkeep.js"), measure("module", "leadkeep_widget.js")];
  parts.push(measure("wasm", "leadkeep_widget_bg.wasm"));
  const [loader] = parts;
  const total = parts.reduce((sum, { raw, br }) => ({ name: "total", raw: sum.raw + raw, br: sum.br + br }), {
    raw: 0,
    br: 0,
  });

  const budgets = { loader: LOADER, total: TOTAL };
  const row = ({ name, raw, br }) => [name, bytes(raw), bytes(br), budgets[name] ? bytes(budgets[name]) : ""];
  console.log(`\n${table([["bytes", "raw", "brotli 11", "budget"], ...parts.map(row), row(total)])}\n`);

  const over = [];
  if (loader.br > LOADER) {
    over.push(
      `The loader is ${bytes(loader.br - LOADER)} bytes over its budget. Every visitor of every page that carries the tag`,
      "loads it, most of them never touch the form. What only a shopper needs belongs into the module.",
    );
  }
  if (total.br > TOTAL) {
    over.push(
      `Everything together is ${bytes(total.br - TOTAL)} bytes over its budget. It is loaded while a shopper types the`,
      "first field, often on a phone; what comes too late has missed the shopper who leaves at once.",
      "Usual causes: a dependency that formats, parses JSON or matches regular expressions.",
    );
  }
  if (over.length === 0) {
    const left = NEXT_BAR - total.br;
    console.log(
      left >= 0
        ? "Within the budgets, and under 60 KB."
        : `Within the budgets; ${bytes(-left)} bytes above the next bar, 60 KB.`,
    );
  }
  for (const line of over) console.error(line);
  return over.length === 0 ? 0 : 1;
});

function measure(name, file) {
  const content = readFileSync(join(dist, file));
  const br = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  return { name, raw: content.length, br: br.length };
}
