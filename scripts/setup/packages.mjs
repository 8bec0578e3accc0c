// The npm packages of the package-lock.json files: esbuild, wasm-opt (binaryen), prettier, and what the tests use.

import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { root } from "../lib/paths.mjs";
import { quietly } from "../lib/run.mjs";

/** Installs them if what is there differs from the lock file. Their commands are on PATH afterwards. */
export async function packages() {
  await installed(root, "esbuild and wasm-opt build the widget, the others test it (about 10 seconds)");
  const bin = join(root, "node_modules", ".bin");
  if (!process.env.PATH.split(delimiter).includes(bin)) process.env.PATH = bin + delimiter + process.env.PATH;
}

/** Those of tests/consumers: what shops bundle the npm package with. */
export const bundlers = () =>
  installed(
    join(root, "tests", "consumers"),
    "Vite, webpack, Rollup, Parcel and Next, which the npm package is built with (about 30 seconds, 550 MB)",
  );

async function installed(folder, why) {
  if (isInstalled(folder)) return;
  console.log(`installing npm packages: ${why}`);
  // No package here needs an install script; Playwright would fetch browsers that Debian has.
  await quietly("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
}

function isInstalled(folder) {
  // npm keeps its own account of what it put into node_modules.
  const account = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(account)) return false;
  const have = JSON.parse(readFileSync(account, "utf8")).packages;
  const want = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")).packages;
  return Object.entries(want).every(
    ([path, { optional, version }]) => path === "" || optional || have[path]?.version === version,
  );
}
