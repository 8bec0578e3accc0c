// What cargo would publish: each crate is packed, unpacked and compiled from its package alone, the widget for the browser,
// where its code is. `cargo package` itself compiles for this machine, where most of the widget is switched off.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { target } from "../../scripts/lib/paths.mjs";
import { root } from "./support.mjs";

const WASM = ["--target", "wasm32-unknown-unknown"];
const CRATES = ["leadkeep-wire", "leadkeep-twocheckout", "leadkeep-proxy", "leadkeep"];

const home = mkdtempSync(join(tmpdir(), "leadkeep-crates-"));
after(() => rmSync(home, { recursive: true, force: true }));

/** With the project's own target folder: what the crates depend on is compiled already. */
const cargo = (args, cwd) =>
  execFileSync("cargo", args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, CARGO_TARGET_DIR: target },
    stdio: "pipe",
  });

const packages = CRATES.flatMap((name) => ["--package", name]);
cargo(["package", "--quiet", "--allow-dirty", "--no-verify", ...packages], root);
const folders = new Map();
for (const name of CRATES) {
  const file = readdirSync(join(target, "package")).find((file) => new RegExp(`^${name}-\\d[^-]*\\.crate$`).test(file));
  // `-m`: as new as they are here. A package's own times are those of no year, so that cargo would take what it compiled of an
  // earlier one for this one.
  execFileSync("tar", ["-xmzf", join(target, "package", file), "-C", home]);
  folders.set(name, join(home, file.replace(".crate", "")));
}

/** The others as they would be in the registry. */
const patched = (crate) =>
  CRATES.filter((name) => name !== crate).flatMap((name) => [
    "--config",
    `patch.crates-io.${name}.path=${JSON.stringify(folders.get(name))}`,
  ]);

for (const [crate, args] of [
  ["leadkeep-wire", []],
  ["leadkeep-twocheckout", ["--all-features"]],
  ["leadkeep-proxy", ["--all-features"]],
  ["leadkeep", []],
  ["leadkeep", WASM],
]) {
  test(`${crate} compiles from its package alone${args === WASM ? ", for the browser" : ""}`, () => {
    cargo(["check", "--quiet", ...args, ...patched(crate)], folders.get(crate));
  });
}

test("the widget's package holds its sources and nothing of what is around them", () => {
  const files = cargo(["package", "--list", "--allow-dirty", "--quiet", "--package", "leadkeep"], root)
    .trim()
    .split("\n");
  const strays = files.filter(
    (file) => !/^(src\/|build\.rs$|README\.md$|CHANGELOG\.md$|LICENSE-|Cargo\.|\.cargo_vcs)/.test(file),
  );
  assert.deepEqual(strays, []);
});

test("a storefront that is a Leptos application compiles for hydration", () => {
  cargo(["check", "--quiet", "--features", "hydrate", ...WASM], join(root, "tests/storefront"));
});

test("a server renders such a storefront", () => {
  cargo(["test", "--quiet", "--features", "ssr"], join(root, "tests/storefront"));
});
