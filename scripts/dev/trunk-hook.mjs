#!/usr/bin/env node
// Called by Trunk after each of its builds: builds what changed, and puts the demo shop's files where Trunk serves
// them. The page itself is Trunk's, with the live reload in it. `trunk build --release` gets what `npm start` serves.

import { cpSync, mkdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { env } from "node:process";

import { build } from "../build.mjs";
import { Refusal, script } from "../lib/run.mjs";
import { filesUnder } from "../lib/stamp.mjs";
import { BUILD, setup } from "../setup.mjs";

await script(async () => {
  const staging = env.TRUNK_STAGING_DIR;
  if (!staging) throw new Refusal("TRUNK_STAGING_DIR is not set: Trunk calls this script, see Trunk.toml");
  await setup(...BUILD);
  const demo = await build({ quick: env.TRUNK_PROFILE !== "release" });
  for (const file of filesUnder(demo)) {
    const to = join(staging, relative(demo, file));
    if (file.endsWith(".br") || to === join(staging, "index.html")) continue;
    mkdirSync(dirname(to), { recursive: true });
    cpSync(file, to);
  }
});
