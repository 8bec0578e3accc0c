// A build that leaves something out because it looks unchanged ships yesterday's widget.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

import { step } from "../../scripts/lib/stamp.mjs";

let folder, input, output, runs;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "leadkeep-stamp-"));
  [input, output] = [join(folder, "input"), join(folder, "output")];
  writeFileSync(input, "one");
  runs = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the step under test and says how often it has done its work by now. */
async function built(settings = "") {
  await step("thing", { folder, inputs: [input], settings, outputs: [output] }, () => {
    runs += 1;
    writeFileSync(output, "made");
  });
  return runs;
}

test("a step whose inputs are unchanged is not done again", async () => {
  assert.equal(await built(), 1);
  assert.equal(await built(), 1);
});

test("a changed input is built again", async () => {
  await built();
  writeFileSync(input, "two");
  assert.equal(await built(), 2);
});

test("other settings are built again", async () => {
  await built("rustc 1.95.0");
  assert.equal(await built("rustc 1.96.0"), 2);
});

test("an output that somebody else changed or removed is made again", async () => {
  await built();
  writeFileSync(output, "mended by hand");
  assert.equal(await built(), 2);
  rmSync(output);
  assert.equal(await built(), 3);
});

test("a step that failed is done again", async () => {
  await built();
  writeFileSync(input, "broken");
  const failing = step("thing", { folder, inputs: [input], outputs: [output] }, () => {
    throw new Error("does not compile");
  });
  await assert.rejects(failing);
  writeFileSync(input, "one");
  assert.equal(await built(), 2);
});
