// Waiting for what is to happen. No test asserts how long anything takes; the time is what a slow machine may need.

const PATIENCE_MS = 20_000;
const STEP_MS = 50;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until `look` gives something true, and gives it; else fails with `what` and what it saw last. */
export async function until(what, look, patienceMs = PATIENCE_MS) {
  const end = Date.now() + patienceMs;
  let seen;
  for (;;) {
    seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
    await sleep(STEP_MS);
  }
}

/** Waits until `assertion` does not throw any more. */
export async function eventually(assertion) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(STEP_MS);
  }
}

/** Time in which something that must not happen would happen, on a page that pauses for `quietMs`. */
export const aWhile = (quietMs = 150) => sleep(quietMs + 400);
