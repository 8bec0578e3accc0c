// Runs the checks, one after the other, and gives the report.

import answers from "./checks/answers.mjs";
import changes from "./checks/changes.mjs";
import closing from "./checks/closing.mjs";
import errors from "./checks/errors.mjs";
import ipn from "./checks/ipn.mjs";
import keys from "./checks/keys.mjs";
import limits from "./checks/limits.mjs";
import merging from "./checks/merging.mjs";
import orders from "./checks/orders.mjs";
import origins from "./checks/origins.mjs";
import upstream from "./checks/upstream.mjs";
import { Kit } from "./kit.mjs";
import { Failure, REQUIRED, Skipped } from "./outcome.mjs";
import { Sandbox } from "./sandbox.mjs";

/** Every check, in the order they are made; those of `errors` look back at all answers, so they come last but one. */
export const checks = [
  ...answers,
  ...changes,
  ...merging,
  ...keys,
  ...closing,
  ...origins,
  ...orders,
  ...ipn,
  ...upstream,
  ...errors,
  ...limits,
];

/**
 * Holds an endpoint against the contract.
 *
 * `options`: `endpoint` (URL), `sandbox` (URL), `shopToken`, `secretKey`, `allowedOrigin`, `burst`, `ipn`, `orders` (URLs),
 * `patience` (milliseconds), `only` (names or their beginnings), `onResult` (called after each check).
 *
 * Gives `{ endpoint, results, passed, failed, advisedFailed, skipped, ok }`; a result is
 * `{ name, level, contract, outcome, message?, exchanges? }`, `ok` is whether every required check passed.
 */
export async function run({ only = [], onResult = () => {}, sandbox, ...options }) {
  const kit = new Kit({ ...options, sandbox: sandbox ? new Sandbox(sandbox) : null });
  const wanted = ({ name }) =>
    only.length === 0 || only.some((start) => name === start || name.startsWith(`${start}/`));
  const results = [];
  for (const check of checks.filter(wanted)) {
    const result = await resultOf(check, kit);
    results.push(result);
    onResult(result);
  }
  const count = (outcome, level) =>
    results.filter((result) => result.outcome === outcome && (!level || result.level === level)).length;
  const failed = count("failed", REQUIRED);
  return {
    endpoint: kit.endpoint,
    results,
    passed: count("passed"),
    failed,
    advisedFailed: count("failed") - failed,
    skipped: count("skipped"),
    ok: failed === 0 && results.length > 0,
  };
}

async function resultOf({ name, level, contract, needs, run: check }, kit) {
  const result = { name, level, contract };
  kit.takeExchanges();
  try {
    if (needs === "sandbox" && !kit.sandbox) kit.skip("seen only at 2Checkout: needs --sandbox");
    await check(kit);
    return { ...result, outcome: "passed" };
  } catch (error) {
    if (error instanceof Skipped) return { ...result, outcome: "skipped", message: error.message };
    if (!(error instanceof Failure)) throw error;
    return { ...result, outcome: "failed", message: error.message, exchanges: kit.takeExchanges().slice(-3) };
  } finally {
    if (needs === "sandbox" && kit.sandbox) await kit.sandbox.clearFaults();
  }
}
