// The npm packages of package-lock.json: esbuild, wasm-opt (binaryen), prettier, and what the tests use.

import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { root } from "../lib/paths.mjs";
import { quietly } from "../lib/run.mjs";

/** Installs them if what is there differs from the lock file. Their commands are on PATH afterwards. */
export async function packages() {
  if (!installed()) {
    console.log(
      "installing npm packages: esbuild and wasm-opt build the widget, the others test it (about 10 seconds)",
    );
    // No package here needs an install script; Playwright would fetch browsers that Debian has.
    await quietly("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
  }
  const bin = join(root, "node_modules", ".bin");
  if (!process.env.PATH.split(delimiter).includes(bin)) process.env.PATH = bin + delimiter + process.env.PATH;
}

function installed() {
  // npm keeps its own account of what it put into node_modules.
  const account = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(account)) return false;
  const have = JSON.parse(readFileSync(account, "utf8")).packages;
  const want = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(want).every(
    ([path, { optional, version }]) => path === "" || optional || have[path]?.version === version,
  );
}
