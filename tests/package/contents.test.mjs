// What npm would publish, and whether the manifests agree with each other.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

import { LANGUAGES, TERMS_FILE, textsFile } from "../../scripts/build/texts.mjs";
import { discard, packed, root } from "./support.mjs";

const read = (path) => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json"));
const pack = packed();
after(() => discard(pack));

/** The conformance kit is published as it is written. */
const conformance = readdirSync(join(root, "conformance"), { recursive: true })
  .filter((name) => name.endsWith(".mjs"))
  .map((name) => `conformance/${name}`)
  .toSorted();

test("the package holds what it should and nothing else", () => {
  assert.deepEqual(
    pack.files.toSorted(),
    [
      "CHANGELOG.md",
      "LICENSE-APACHE",
      "LICENSE-MIT",
      "README.md",
      ...conformance,
      "dist/auto.d.ts",
      "dist/auto.js",
      "dist/binary.js",
      "dist/facade.js",
      "dist/index.d.ts",
      "dist/index.js",
      "dist/inline.d.ts",
      "dist/inline.js",
      "dist/leadkeep.d.ts",
      "dist/leadkeep.js",
      "dist/leadkeep_debug.js",
      "dist/leadkeep_inline.js",
      `dist/${TERMS_FILE}`,
      ...LANGUAGES.map((language) => `dist/${textsFile(language)}`),
      "dist/leadkeep_widget.js",
      "dist/leadkeep_widget_bg.d.ts",
      "dist/leadkeep_widget_bg.wasm",
      "dist/module.d.ts",
      "dist/module.js",
      "dist/npm.js",
      "package.json",
    ].toSorted(),
  );
});

test("no short URL of a CDN stands for a file: what it loads would lie in somebody else's package", () => {
  for (const key of ["unpkg", "jsdelivr", "browser"]) assert.equal(manifest[key], undefined);
});

test("npm and cargo publish the same version", () => {
  const version = read("Cargo.toml").match(/^\[workspace\.package\]\nversion = "([^"]+)"/m)?.[1];
  assert.equal(manifest.version, version);
  assert.equal(JSON.parse(read("package-lock.json")).version, version);
});

test("the package depends on nothing and runs nothing when it is installed", () => {
  for (const key of ["dependencies", "peerDependencies", "optionalDependencies"])
    assert.equal(manifest[key], undefined);
  for (const script of ["preinstall", "install", "postinstall", "prepare"]) {
    assert.equal(manifest.scripts[script], undefined);
  }
});

test("the lock file names checksums and no registry", () => {
  const { packages } = JSON.parse(read("package-lock.json"));
  for (const [path, entry] of Object.entries(packages)) {
    assert.equal(entry.resolved, undefined, path);
    if (path) assert.match(entry.integrity, /^sha512-/, path);
  }
});

test("the published command runs on Node alone", () => {
  const command = join(pack.home, manifest.bin["leadkeep-conformance"]);
  const run = (...args) => execFileSync(process.execPath, [command, ...args], { encoding: "utf8" });
  assert.match(run("--help"), /^leadkeep-conformance URL/);
  assert.match(run("--list"), /^saves\/kept \(required\)\n/);
});

test("publint finds nothing to say", async () => {
  const { messages, pkg } = await publint({ level: "suggestion", pack: false, pkgDir: pack.home, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg, { color: false })),
    [],
  );
});

test("are-the-types-wrong finds nothing where modules are resolved: its profile esm-only", async () => {
  const { problems } = await checkPackage(createPackageFromTarballData(readFileSync(pack.tarball)));
  const isIgnored = ({ resolutionKind }) => ["node10", "node16-cjs"].includes(resolutionKind);
  assert.deepEqual(
    problems.filter((problem) => !isIgnored(problem)),
    [],
  );
});

test("each code that a line in the console links to has its place in the README", () => {
  const sources = ["src/core/error.rs", "js/facade.js", "js/binary.js"].map(read).join("\n");
  const codes = new Set(sources.match(/(?<=")(config|form|module|transport|storage)\/[a-z]+(?=")/g));
  assert.ok(codes.size >= 8, [...codes].join());
  for (const code of codes) assert.ok(read("README.md").includes(`<a id="${code}"></a>`), code);
});
