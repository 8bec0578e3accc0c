// The Rust toolchain. rust-toolchain.toml alone is not enough: rustup may be told not to install by itself, and does
// not add a target to a toolchain that is there already.

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

import { root } from "../lib/paths.mjs";
import { collect, quietly, Refusal, which } from "../lib/run.mjs";

const WASM = "wasm32-unknown-unknown";
const MUSL = "x86_64-unknown-linux-musl";

/** A toolchain that is new enough. */
export async function rust() {
  const bin = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "bin");
  if (!which("cargo") && existsSync(join(bin, "cargo"))) process.env.PATH += delimiter + bin;
  if (!which("cargo")) throw new Refusal("Rust is missing: install rustup from https://rustup.rs, then run this again");

  const channel = readFileSync(join(root, "rust-toolchain.toml"), "utf8").match(/^channel = "([^"]+)"/m)?.[1];
  const least = readFileSync(join(root, "Cargo.toml"), "utf8").match(/^rust-version = "([^"]+)"/m)?.[1];
  const have = await rustVersion();
  if (have && !older(have, least)) return;
  if (!which("rustup")) throw new Refusal(`Rust ${least} or newer is needed, received ${have ?? "none"}`);
  console.log(
    `installing Rust ${channel}: ${have ? `${have} is here, ${least} is needed` : "compiles the widget and the proxy"}`,
  );
  await quietly("rustup", ["toolchain", "install", channel, "--profile", "minimal", "--no-self-update"]);
}

/** clippy and rustfmt. */
export async function lints() {
  for (const [component, command] of [
    ["clippy", "clippy"],
    ["rustfmt", "fmt"],
  ]) {
    if ((await collect("cargo", [command, "--version"])).code === 0) continue;
    console.log(`installing ${component}: part of \`npm run lint\``);
    await quietly("rustup", ["component", "add", component]);
  }
}

/** The standard library for the browser. */
export async function wasmTarget() {
  const sysroot = (await quietly("rustc", ["--print", "sysroot"])).trim();
  if (existsSync(join(sysroot, "lib", "rustlib", WASM, "lib"))) return;
  console.log(`installing the Rust target ${WASM}: the widget runs in a browser`);
  await quietly("rustup", ["target", "add", WASM]);
}

/** The standard library for static programs, and a C compiler for them: SQLite and TLS are C. */
export async function muslTarget() {
  const sysroot = (await quietly("rustc", ["--print", "sysroot"])).trim();
  if (existsSync(join(sysroot, "lib", "rustlib", MUSL, "lib"))) return;
  console.log(`installing the Rust target ${MUSL}: a released program is static`);
  await quietly("rustup", ["target", "add", MUSL]);
}

/** The source of the standard library. Without it the widget still builds, so what fails here stops nothing. */
export async function rustSource() {
  const sysroot = (await quietly("rustc", ["--print", "sysroot"])).trim();
  if (existsSync(join(sysroot, "lib", "rustlib", "src", "rust", "library", "Cargo.lock"))) return;
  console.log("installing rust-src: the widget is smaller with a standard library compiled for size");
  const { code } = await collect("rustup", ["component", "add", "rust-src"]);
  if (code !== 0) console.log("rust-src could not be installed: the widget will be about 5 KB larger");
}

/** Version of the active rustc, as `1.95.0`, or null when its toolchain is not installed. */
export async function rustVersion() {
  const { code, output } = await collect("rustc", ["--version"]);
  return code === 0 ? (output.match(/^rustc (\d+\.\d+\.\d+)/m)?.[1] ?? null) : null;
}

function older(have, least) {
  const [major, minor] = have.split(".").map(Number);
  const [leastMajor, leastMinor] = least.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
