#!/usr/bin/env node
// `npm run format`: rustfmt and prettier over everything.

import { script, visibly } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

await script(async () => {
  await setup("lints", "packages");
  await visibly("cargo", ["fmt", "--all"]);
  await visibly("prettier", ["--log-level", "warn", "--write", "."]);
});
