#!/usr/bin/env node
// Ensures what a task needs and no more, and says in one line what it installs and why. Run by itself it takes the
// names of needs: `node scripts/setup.mjs wasm packages`; without names it lists them.

import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import { Refusal, script } from "./lib/run.mjs";
import { cargoTool } from "./setup/cargo-tools.mjs";
import { chromium, firefox, linker, php, postgres, release, webkit } from "./setup/debian.mjs";
import { bundlers, packages } from "./setup/packages.mjs";
import { lints, muslTarget, rust, rustSource, wasmTarget } from "./setup/rust.mjs";

const needs = {
  rust: ["Rust as rust-toolchain.toml asks, and a C linker", [rust, linker]],
  lints: ["clippy and rustfmt", [rust, lints]],
  wasm: [
    "the wasm32 target, wasm-bindgen and its test runner",
    [rust, linker, wasmTarget, () => cargoTool("wasm-bindgen-cli")],
  ],
  "wasm-pack": [
    "wasm-pack, and the source of the standard library",
    [rust, linker, rustSource, () => cargoTool("wasm-pack")],
  ],
  trunk: ["trunk, for `npm run dev`", [rust, linker, () => cargoTool("trunk")]],
  mdbook: ["mdbook, for the book of docs/book", [rust, linker, () => cargoTool("mdbook")]],
  packages: ["the packages of package-lock.json", [packages]],
  bundlers: ["what shops bundle the npm package with", [bundlers]],
  chromium: ["Chromium and chromedriver", [chromium]],
  firefox: ["Firefox and geckodriver", [firefox, rust, linker, () => cargoTool("geckodriver")]],
  webkit: ["WebKitGTK's MiniBrowser and its driver", [webkit]],
  php: ["PHP, php-fpm, nginx and MariaDB, for the endpoint in PHP", [php]],
  release: [
    "a static target, cargo-deb and systemd-analyze, for what is released",
    [rust, linker, release, muslTarget, () => cargoTool("cargo-deb")],
  ],
  postgres: ["PostgreSQL, for the tests of several proxies", [postgres]],
};

/** What `npm run build` and everything that comes after it needs. */
export const BUILD = ["rust", "wasm", "wasm-pack", "packages"];

/** Ensures the named needs; what it found or installed is on this process's PATH afterwards. */
export async function setup(...names) {
  const done = new Set();
  for (const name of names) {
    if (!needs[name]) throw new Refusal(`unknown need ${name}: expected ${Object.keys(needs).join(", ")}`);
    for (const ensure of needs[name][1]) {
      if (done.has(ensure)) continue;
      done.add(ensure);
      await ensure();
    }
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const names = argv.slice(2);
  if (names.length === 0) for (const [name, [what]] of Object.entries(needs)) console.log(`${name.padEnd(10)} ${what}`);
  else await script(() => setup(...names));
}
