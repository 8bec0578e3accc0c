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
import { functionsOf } from "./lib/wasm-code.mjs";
import { BUILD, setup } from "./setup.mjs";

const LOADER = 2_000;
const TOTAL = 90_000;
const NEXT_BAR = 80_000;

/**
 * Whose a function of the .wasm is: that of the first package whose crates its name mentions. So a reader that serde derives
 * for a type of the project counts for serde: without serde it would not be there.
 */
const PACKAGES = {
  "serde-wasm-bindgen": ["serde_wasm_bindgen"],
  serde: ["serde", "serde_core"],
  "gloo-net": ["gloo_net", "http"],
  "gloo-timers": ["gloo_timers"],
  leptos: [
    "leptos\\w*",
    "tachys",
    "reactive_\\w+",
    "any_spawner",
    "server_fn\\w*",
    "wasm_streams",
    "next_tuple",
    "slotmap",
  ],
  "web-sys": ["web_sys"],
  "wasm-bindgen": ["wasm_bindgen\\w*", "js_sys", "__wbindgen\\w*", "__externref\\w*", "__wbg\\w*"],
  leadkeep: ["leadkeep", "wire", "widget_\\w+"],
  "standard library": ["std", "core", "alloc", "__rustc", "hashbrown", "dlmalloc", "compiler_builtins"],
};

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

  console.log(`${byPackage(parts.at(-1))}\n`);

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
        ? "Within the budgets, and under 80 KB."
        : `Within the budgets; ${bytes(-left)} bytes above the next bar, 80 KB.`,
    );
  }
  for (const line of over) console.error(line);
  return over.length === 0 ? 0 : 1;
});

/**
 * What each package costs in the .wasm. What the compiler has put into the functions of another counts for that one; the
 * brotli figure is the share of the .wasm in proportion. The glue, `leadkeep_widget.js`, is wasm-bindgen's as well, but for
 * the two JavaScript files of `src/browser`.
 */
function byPackage(wasm) {
  const named = readFileSync(join(dist, "wasm", "named.wasm"));
  const sums = new Map([...Object.keys(PACKAGES), "other crates"].map((name) => [name, 0]));
  const owners = Object.entries(PACKAGES).map(([name, crates]) => [
    name,
    new RegExp(`(?<![\\w:])(${crates.join("|")})(?!\\w)`),
  ]);
  let code = 0;
  for (const { name, size } of functionsOf(named)) {
    const owner = owners.find(([, crates]) => crates.test(name))?.[0] ?? "other crates";
    sums.set(owner, sums.get(owner) + size);
    code += size;
  }
  sums.set("data, tables, names of imports", wasm.raw - code);
  const row = ([name, raw]) => [name, bytes(raw), bytes(Math.round((raw * wasm.br) / wasm.raw))];
  return table([["of the wasm", "raw", "of its brotli"], ...[...sums].map(row)]);
}

function measure(name, file) {
  const content = readFileSync(join(dist, file));
  const br = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  return { name, raw: content.length, br: br.length };
}
