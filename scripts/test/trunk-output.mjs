#!/usr/bin/env node
// What Trunk built must be what `npm start` serves: the same files, but for the page that Trunk itself rewrites.

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { demo, dist } from "../lib/paths.mjs";
import { Refusal, script } from "../lib/run.mjs";
import { filesUnder } from "../lib/stamp.mjs";

await script(() => {
  const built = join(dist, "trunk");
  const wanted = filesUnder(demo).filter((file) => !file.endsWith(".br") && !file.endsWith(".html"));
  const have = new Set(filesUnder(built).map((file) => relative(built, file)));
  for (const file of wanted) {
    const name = relative(demo, file);
    if (!have.has(name)) throw new Refusal(`trunk build left out ${name}`);
    if (!readFileSync(file).equals(readFileSync(join(built, name)))) throw new Refusal(`trunk build changed ${name}`);
  }
  if (!have.has("index.html")) throw new Refusal("trunk build left out index.html");
  console.log(`${wanted.length + 1} files as npm start serves them`);
});
