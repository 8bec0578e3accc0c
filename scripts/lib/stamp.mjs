// Work that need not be done twice: a step runs when its inputs changed, or when what it made is not as it left it.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { root, shown } from "./paths.mjs";
import { duration } from "./text.mjs";

/** Every file under the given files and folders, sorted; what starts with a dot is left out, what is missing too. */
export function filesUnder(...paths) {
  const found = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) return void found.push(path);
    for (const name of readdirSync(path)) if (!name.startsWith(".")) visit(join(path, name));
  };
  paths.forEach(visit);
  return found.sort();
}

/** SHA-256, in hexadecimal, of the names and contents of files. */
export function hashOf(...paths) {
  const hash = createHash("sha256");
  for (const file of filesUnder(...paths)) {
    const content = readFileSync(file);
    hash.update(`${shown(file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * Does `work` unless the stamp in `folder` says that it was done for the same inputs and the same `settings` (a string:
 * tool versions and flags), and the outputs are untouched since. Says in one line what happened.
 */
export async function step(name, { folder, inputs, settings = "", outputs }, work) {
  const stamp = join(folder, ".stamps", name);
  const wanted = createHash("sha256")
    .update(settings)
    .update(hashOf(...inputs))
    .digest("hex");
  const made = () => `${wanted} ${hashOf(...outputs)}\n`;
  if (outputs.every(existsSync) && existsSync(stamp) && readFileSync(stamp, "utf8") === made()) {
    console.log(`${name}: unchanged`);
    return;
  }
  const begun = Date.now();
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, made());
  console.log(`${name}: built in ${duration(Date.now() - begun)}`);
}

/** The version of a package in Cargo.lock. */
export function lockedVersion(name) {
  const lock = readFileSync(join(root, "Cargo.lock"), "utf8");
  return lock.match(new RegExp(`^name = "${name}"\\nversion = "([^"]+)"`, "m"))?.[1] ?? null;
}

/** The version of a package in package-lock.json. */
export function lockedPackage(name) {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return packages[`node_modules/${name}`]?.version ?? null;
}
