// The proxy with its demo: built by cargo, run by `npm start`, `npm run dev` and the page tests.

import { join } from "node:path";

import { root, target } from "./lib/paths.mjs";
import { visibly } from "./lib/run.mjs";

/** Builds it, unoptimised since that is ready sooner, and gives the binary's path. Expects the need `rust`. */
export async function buildProxy() {
  await visibly("cargo", ["build", "--package", "leadkeep-proxy", "--features", "demo"]);
  return join(target, "debug", "leadkeep-proxy");
}

/** The arguments for a demo that serves the folder `www` on a port of the loopback interface. */
export function demoArguments({ www, port }) {
  return ["demo", "--www", www, "--data", join(root, ".leadkeep", String(port)), "--port", String(port)];
}
