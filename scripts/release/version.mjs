#!/usr/bin/env node
// `node scripts/release/version.mjs v1.2.3`: refuses a tag that is not the version of the npm package and of the crates.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";

import { root } from "../lib/paths.mjs";
import { Refusal, script } from "../lib/run.mjs";

await script(() => {
  const [tag] = argv.slice(2);
  const read = (name) => readFileSync(join(root, name), "utf8");
  const versions = {
    "package.json": JSON.parse(read("package.json")).version,
    "Cargo.toml": read("Cargo.toml").match(/^\[workspace\.package\]\nversion = "([^"]+)"/m)?.[1],
  };
  for (const [file, version] of Object.entries(versions))
    if (tag !== `v${version}`)
      throw new Refusal(`${file}: expected the version of the tag ${tag}, received ${version}`);
});
