// The widget: the root crate, compiled to WebAssembly, bound to JavaScript and made small by wasm-pack.

import { rmSync } from "node:fs";
import { join } from "node:path";

import { root } from "../lib/paths.mjs";
import { quietly } from "../lib/run.mjs";
import { step } from "../lib/stamp.mjs";

/** wasm-opt's flags are in the root Cargo.toml, under `package.metadata.wasm-pack`. */
export async function buildWidget({ out, quick }) {
  const folder = join(out, "wasm");
  const args = ["build", root, "--target", "web", "--out-dir", folder, "--out-name", "leadkeep_widget"];
  // No package.json and .gitignore: npm would leave a folder with such a .gitignore out of the package.
  args.push("--no-pack", "--no-gitignore", "--no-typescript", "--mode", "no-install");
  args.push(...(quick ? ["--dev", "--no-opt"] : ["--profile", "widget"]));

  const versions = await Promise.all(
    ["rustc", "wasm-bindgen", "wasm-pack", "wasm-opt"].map((command) => quietly(command, ["--version"])),
  );
  const inputs = ["src", "build.rs", "wire/src", "wire/Cargo.toml", "Cargo.toml", "Cargo.lock"].map((path) =>
    join(root, path),
  );
  const outputs = ["leadkeep_widget.js", "leadkeep_widget_bg.wasm"].map((name) => join(folder, name));
  const settings = [...args.filter((arg) => arg !== root && arg !== folder), ...versions].join("\n");
  await step("widget", { folder: out, inputs, settings, outputs }, async () => {
    console.log(`widget: compiling${quick ? "" : ", about 2 minutes the first time"}`);
    rmSync(folder, { force: true, recursive: true });
    await quietly("wasm-pack", args);
  });
}
