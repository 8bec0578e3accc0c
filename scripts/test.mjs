#!/usr/bin/env node
// `npm test`: sets up what is missing and runs the rings of tests, or those that are named: `npm test -- host e2e`. What takes long and
// changes seldom runs with `npm test -- --all`, or by its name.
// The last line is `N passed, N failed`, summed over the rings.

import { argv } from "node:process";

import { Refusal, script } from "./lib/run.mjs";
import { duration, table } from "./lib/text.mjs";
import { setup } from "./setup.mjs";
import { add, NOTHING } from "./test/counts.mjs";
import { rings } from "./test/rings.mjs";

await script(async () => {
  const asked = argv.slice(2);
  const names = asked.filter((name) => name !== "--all");
  const all = names.length < asked.length;
  const unknown = names.find((name) => !rings.some((ring) => ring.name === name));
  if (unknown) throw new Refusal(`unknown ring ${unknown}: expected ${rings.map(({ name }) => name).join(", ")}`);

  const results = [];
  for (const ring of rings) {
    if (names.includes(ring.name) || (names.length === 0 && (all || !ring.slow))) results.push(await result(ring));
  }

  const row = ({ name, counts, ms }) => [name, counts.passed, counts.failed, counts.skipped, duration(ms)];
  console.log(`\n${table([["ring", "passed", "failed", "skipped", "time"], ...results.map(row)])}\n`);
  for (const { name, failures } of results) for (const title of failures) console.log(`failed: ${name}, ${title}`);
  const { passed, failed } = results.map(({ counts }) => counts).reduce(add, NOTHING);
  const left = rings.filter(({ slow }) => slow && names.length === 0 && !all).map(({ name }) => name);
  if (left.length > 0) console.log(`left out: ${left.join(", ")} (npm test -- --all)`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

/** Runs a ring to its end, also past a failure: one run tells all there is to mend. */
async function result({ name, asks, needs, steps }) {
  console.log(`\n== ${name}: ${asks}`);
  const begun = Date.now();
  const failures = [];
  let counts = NOTHING;
  try {
    await setup(...needs);
    for (const { title, run } of steps()) {
      console.log(`-- ${title}`);
      const found = await run();
      if (found.failed > 0) failures.push(title);
      counts = add(counts, found);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(`leadkeep: ${error.message}`);
    failures.push("could not be run");
    counts = add(counts, { ...NOTHING, failed: 1 });
  }
  return { name, counts, failures, ms: Date.now() - begun };
}
