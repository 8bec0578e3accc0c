// Tools that cargo installs. They go to the cache, each version to a folder of its own, so nothing that the user has
// installed is replaced; a tool of the right version that is on PATH already is used as it is.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { cache } from "../lib/paths.mjs";
import { collect, quietly, which } from "../lib/run.mjs";
import { lockedVersion } from "../lib/stamp.mjs";

const tools = {
  "wasm-bindgen-cli": {
    commands: ["wasm-bindgen", "wasm-bindgen-test-runner"],
    // The command and the crate speak a format that changes with every version.
    version: () => lockedVersion("wasm-bindgen"),
    why: "turns the compiled widget into a browser module",
    minutes: 3,
    // Its lock file may name versions that were taken back; it builds with the newest.
    locked: false,
  },
  "wasm-pack": {
    commands: ["wasm-pack"],
    version: () => "0.15.1",
    why: "builds the widget for the npm package",
    minutes: 2,
    locked: false,
  },
  trunk: {
    commands: ["trunk"],
    // 0.22 asks for Rust 1.96. 0.21.14 compiles only with its own lock file.
    version: () => "0.21.14",
    why: "serves the demo shop while one works on it, with live reload",
    minutes: 9,
    locked: true,
  },
  "cargo-deb": {
    commands: ["cargo-deb"],
    version: () => "3.8.0",
    why: "packs the proxy for Debian, as a release does",
    minutes: 3,
    locked: true,
  },
  mdbook: {
    commands: ["mdbook"],
    version: () => "0.5.4",
    why: "builds the book of docs/book",
    minutes: 4,
    locked: true,
  },
  geckodriver: {
    commands: ["geckodriver"],
    version: () => "0.37.1",
    why: "drives Firefox; Debian has none",
    minutes: 2,
    locked: true,
  },
};

/** Puts a tool on this process's PATH, installed if need be. */
export async function cargoTool(name) {
  const { commands, version: wanted, why, minutes, locked } = tools[name];
  const version = wanted();
  if (await isOnPath(commands, version)) return;

  const folder = join(cache, "tools", `${name}-${version}`);
  if (!commands.every((command) => existsSync(join(folder, "bin", command)))) {
    const binstall = which("cargo-binstall") !== null;
    console.log(`installing ${name} ${version}: ${why} (about ${binstall ? "10 seconds" : `${minutes} minutes`})`);
    if (!binstall || !(await readyMade(name, version, folder))) await compiled(name, version, folder, locked);
  }
  process.env.PATH = join(folder, "bin") + delimiter + process.env.PATH;
}

async function isOnPath(commands, version) {
  if (!commands.every(which)) return false;
  const { code, output } = await collect(commands[0], ["--version"]);
  return code === 0 && output.trim().split(/\s+/)[1] === version;
}

async function readyMade(name, version, folder) {
  const args = ["binstall", "--no-confirm", "--disable-strategies", "compile", "--root", folder, `${name}@${version}`];
  const { code } = await collect("cargo", args);
  if (code !== 0) console.log(`no ready-made ${name} could be fetched: compiling it instead`);
  return code === 0;
}

async function compiled(name, version, folder, locked) {
  const args = ["install", name, "--version", version, "--root", folder, ...(locked ? ["--locked"] : [])];
  // Not in the project's own target folder: other flags, other lock, and its lock would keep other builds waiting.
  await quietly("cargo", args, { env: { CARGO_TARGET_DIR: undefined, RUSTFLAGS: undefined } });
}
