// How many tests passed, read from what the test runners print.

export const NOTHING = { passed: 0, failed: 0, skipped: 0 };

/** The sum of two counts. */
export const add = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

const COLOURS = /\u001b\[[0-9;]*m/g;

/**
 * Counts of one command. `format` is what it prints: `cargo` (libtest's and wasm-bindgen-test's `test result:` lines),
 * `node` (node:test's summary), or `one`: the command as a whole is one test. A command that failed without a failed
 * test (it did not compile, it crashed) counts as one failure; so does a run without any test, which proves nothing.
 */
export function counts(format, { code, output }) {
  const found = readers[format](output.replace(COLOURS, ""), code);
  if (code !== 0 && found.failed === 0) return { ...found, failed: 1 };
  if (found.passed + found.failed === 0) return { ...found, failed: 1 };
  return found;
}

const readers = {
  cargo: (output) =>
    [...output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm)]
      .map(([, passed, failed, skipped]) => ({ passed: +passed, failed: +failed, skipped: +skipped }))
      .reduce(add, NOTHING),
  node: (output) => {
    const last = (name) => Number([...output.matchAll(new RegExp(`^(?:ℹ|#) ${name} (\\d+)$`, "gm"))].at(-1)?.[1] ?? 0);
    return { passed: last("pass"), failed: last("fail") + last("cancelled"), skipped: last("skipped") + last("todo") };
  },
  one: (_, code) => ({ ...NOTHING, passed: code === 0 ? 1 : 0 }),
};
