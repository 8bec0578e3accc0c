#!/usr/bin/env node
// `npm run bench:fields`: how well fields are recognised on labelled pages of real sites, through `inspect()` of the built
// product: precision, recall and F1 for each detail of a lead, and how many fields that must not be read were.
//
// The pages and their scorer are not part of this repository: LEADKEEP_FORMS names their folder, `../shared/forms` by
// default. What is given after `--` goes to the scorer: `npm run bench:fields -- --verbose` lists every mismatch.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { argv } from "node:process";

import { build } from "../scripts/build.mjs";
import { root } from "../scripts/lib/paths.mjs";
import { script, visibly } from "../scripts/lib/run.mjs";
import { buildProxy } from "../scripts/proxy.mjs";
import { BUILD, setup } from "../scripts/setup.mjs";

const FOLDER = process.env.LEADKEEP_FORMS || join(root, "..", "shared", "forms");

await script(async () => {
  const scorer = join(FOLDER, "score.mjs");
  if (!existsSync(scorer)) {
    console.log(`fields: no labelled pages: expected a scorer at ${scorer}; LEADKEEP_FORMS names another folder`);
    return;
  }
  await setup(...BUILD, "chromium");
  process.env.LEADKEEP_TEST_WWW = await build();
  process.env.LEADKEEP_TEST_PROXY = await buildProxy();
  // Reads where the built product is when it is loaded.
  const { Demo } = await import("../tests/e2e/support/demo.mjs");
  const demo = new Demo();
  try {
    await demo.start();
    const recogniser = join(root, "bench", "recogniser.mjs");
    const forms = ["--forms", join(FOLDER, "pages"), "--half", "all"];
    await visibly("node", [scorer, ...forms, "--recogniser", recogniser, ...argv.slice(2)], {
      env: {
        LEADKEEP_BASE: demo.origin,
        LEADKEEP_FORMS: resolve(FOLDER),
        PLAYWRIGHT_CORE: createRequire(import.meta.url).resolve("playwright-core"),
      },
    });
  } finally {
    await demo.discard();
  }
});
