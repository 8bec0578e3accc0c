// The widget: the root crate, compiled to WebAssembly, bound to JavaScript and made small by wasm-pack.

import { existsSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { root, target } from "../lib/paths.mjs";
import { collect, quietly, Refusal } from "../lib/run.mjs";
import { lockedVersion, step } from "../lib/stamp.mjs";
import { gatheredTerms } from "./texts.mjs";

const WASM = "wasm32-unknown-unknown";

/** Nobody reads where and why the widget has trapped: it reports its errors in words of its own. */
const SILENT = ["-Zfmt-debug=none", "-Zlocation-detail=none"];
/** A standard library compiled like the rest: small before fast, and a panic is a trap instead of a message. */
const OWN_STD = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
const TRAP = ["-Zunstable-options", "-Cpanic=immediate-abort"];

/** wasm-opt's flags are in the root Cargo.toml, under `package.metadata.wasm-pack`. */
export async function buildWidget({ out, quick }) {
  const folder = join(out, "wasm");
  const args = ["build", root, "--target", "web", "--out-dir", folder, "--out-name", "leadkeep_widget"];
  // No package.json and .gitignore: npm would leave a folder with such a .gitignore out of the package.
  args.push("--no-pack", "--no-gitignore", "--no-typescript", "--mode", "no-install");
  args.push(...(quick ? ["--dev", "--no-opt"] : ["--profile", "widget"]));
  const { cargo, rustc, note } = quick ? { cargo: [], rustc: [] } : await small();
  // What the script tag loads has the words of the checkbox, and the terms of other letters, in files of their own: see texts.mjs.
  args.push("--", "--no-default-features", ...cargo);

  const versions = await Promise.all(
    ["rustc", "wasm-bindgen", "wasm-pack", "wasm-opt"].map((command) => quietly(command, ["--version"])),
  );
  expectBindgen(versions[1]);
  const inputs = [
    "src",
    "build.rs",
    "scripts/build/wasm-streams",
    "README.md",
    "wire/src",
    "wire/README.md",
    "wire/Cargo.toml",
    "Cargo.toml",
    "Cargo.lock",
  ].map((path) => join(root, path));
  const outputs = ["leadkeep_widget.js", "leadkeep_widget_bg.wasm"].map((name) => join(folder, name));
  outputs.push(gatheredTerms(out));
  const flags = [...args.filter((arg) => arg !== root && arg !== folder), ...rustc];
  await step("widget", { folder: out, inputs, settings: [...flags, ...versions].join("\n"), outputs }, async () => {
    console.log(`widget: compiling${quick ? "" : ", about 3 minutes the first time"}`);
    rmSync(folder, { force: true, recursive: true });
    const flags = [...rustc, ...remapped()].join("\x1f");
    const small = quick ? {} : { RUSTC_BOOTSTRAP: "1", CARGO_ENCODED_RUSTFLAGS: flags };
    const env = { LEADKEEP_TERMS: gatheredTerms(out), ...small };
    await quietly("wasm-pack", args, { env });
  });
  if (note) console.log(`widget: ${note}`);
}

/**
 * The flags of a small build. They are unstable, so a stable compiler takes them only with RUSTC_BOOTSTRAP=1, and one that
 * does not know them any more, or has no source of the standard library at hand, builds without.
 */
async function small() {
  const knows = async (flags) => {
    const env = { RUSTC_BOOTSTRAP: "1" };
    return (await collect("rustc", [...flags, "--target", WASM, "--print", "cfg"], { env })).code === 0;
  };
  const sysroot = (await quietly("rustc", ["--print", "sysroot"])).trim();
  const hasSource = existsSync(join(sysroot, "lib/rustlib/src/rust/library/Cargo.lock"));
  const larger = (why) => `${why}, so the .wasm is larger than the one that is published`;
  if (hasSource && (await knows([...SILENT, ...TRAP]))) return { cargo: OWN_STD, rustc: [...SILENT, ...TRAP] };
  const note = larger(hasSource ? "this rustc does not know `-Cpanic=immediate-abort`" : "rust-src is not installed");
  if (await knows(SILENT)) return { cargo: [], rustc: SILENT, note };
  return { cargo: [], rustc: [], note: larger("this rustc knows none of the flags of a small build") };
}

/** A path that is written into the .wasm is the same on every machine: its size does not depend on who builds it. */
function remapped() {
  const cargo = process.env.CARGO_HOME || join(homedir(), ".cargo");
  const rustup = process.env.RUSTUP_HOME || join(homedir(), ".rustup");
  const prefixes = { [rustup]: "/rustup", [cargo]: "/cargo", [root]: "/leadkeep", [target]: "/target" };
  return Object.entries(prefixes).map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
}

/** The command and the crate speak a format that changes with every version; a storefront's own build may have others. */
function expectBindgen(version) {
  const locked = lockedVersion("wasm-bindgen");
  const have = version.trim().split(/\s+/)[1];
  if (have !== locked)
    throw new Refusal(
      `wasm-bindgen: expected ${locked}, which Cargo.lock names, received ${have}: run scripts/setup.mjs`,
    );
}
