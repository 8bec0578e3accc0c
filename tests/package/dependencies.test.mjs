// What the crates depend on, by the rules of deny.toml: `cargo deny check` says the same, and looks for advisories as well.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { root } from "./support.mjs";

const rules = readFileSync(join(root, "deny.toml"), "utf8");
const list = (name) =>
  [...rules.match(new RegExp(`^${name} = \\[([^\\]]*)\\]`, "m"))[1].matchAll(/"([^"]+)"/g)].map(([, text]) => text);
const metadata = () =>
  JSON.parse(
    execFileSync("cargo", ["metadata", "--format-version", "1", "--locked", "--all-features"], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  ).packages;

/** Whether a SPDX expression is satisfied by the licences that are allowed; an older crate writes `/` for OR. */
function allows(allowed, expression) {
  const tokens = expression
    .replaceAll("/", " OR ")
    .replace(/ WITH [\w.-]+/g, "")
    .match(/\(|\)|[\w.+-]+/g);
  const term = () => {
    const token = tokens.shift();
    if (token !== "(") return allowed.includes(token);
    const inside = either();
    tokens.shift();
    return inside;
  };
  const both = () => {
    let all = term();
    while (tokens[0] === "AND") {
      tokens.shift();
      all = term() && all;
    }
    return all;
  };
  const either = () => {
    let any = both();
    while (tokens[0] === "OR") {
      tokens.shift();
      any = both() || any;
    }
    return any;
  };
  return either();
}

test("an expression of licences is read as SPDX has it", () => {
  for (const [expression, expected] of [
    ["MIT", true],
    ["GPL-3.0-only", false],
    ["GPL-3.0-only OR MIT", true],
    ["MIT AND GPL-3.0-only", false],
    ["MIT/Apache-2.0", true],
    ["ISC AND (GPL-3.0-only OR MIT)", true],
    ["Apache-2.0 WITH LLVM-exception OR GPL-3.0-only", true],
  ]) {
    assert.equal(allows(["MIT", "Apache-2.0", "ISC"], expression), expected, expression);
  }
});

test("every crate comes from the registry, under a licence that is allowed", () => {
  const allowed = list("allow");
  const [registry] = list("allow-registry");
  for (const { name, version, license, source } of metadata()) {
    // What lies in this repository has no source.
    if (source === null) continue;
    assert.equal(source, `registry+${registry}`, `${name} ${version}`);
    assert.ok(license && allows(allowed, license), `${name} ${version}: ${license}`);
  }
});
