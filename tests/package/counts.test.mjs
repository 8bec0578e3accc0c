// `npm test` counts what other programs print; a failure that it overlooks would be a green run that is not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { counts } from "../../scripts/test/counts.mjs";

const CARGO = `
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
`;

const CASES = [
  ["cargo's binaries are summed", "cargo", 101, CARGO, { passed: 15, failed: 2, skipped: 1 }],
  [
    "colours do not hide a count",
    "cargo",
    0,
    "test result: \u001b[32mok\u001b[0m. 4 passed; 0 failed; 0 ignored;",
    { passed: 4, failed: 0, skipped: 0 },
  ],
  [
    "what does not compile is a failure",
    "cargo",
    101,
    "error[E0425]: cannot find value",
    { passed: 0, failed: 1, skipped: 0 },
  ],
  [
    "a crash after tests that passed is a failure",
    "cargo",
    1,
    "test result: ok. 4 passed; 0 failed; 0 ignored;",
    { passed: 4, failed: 1, skipped: 0 },
  ],
  [
    "no test at all is a failure",
    "cargo",
    0,
    "test result: ok. 0 passed; 0 failed; 0 ignored;",
    { passed: 0, failed: 1, skipped: 0 },
  ],
  [
    "node:test's summary",
    "node",
    1,
    "ℹ tests 6\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\nℹ skipped 1\nℹ todo 0\n",
    { passed: 3, failed: 2, skipped: 1 },
  ],
  ["a command that counts as one test", "one", 0, "", { passed: 1, failed: 0, skipped: 0 }],
  ["a command that counts as one test and failed", "one", 1, "3 files differ", { passed: 0, failed: 1, skipped: 0 }],
];

for (const [name, format, code, output, expected] of CASES) {
  test(name, () => assert.deepEqual(counts(format, { code, output }), expected));
}
