#!/usr/bin/env node
// `node scripts/release/image.mjs FOLDER amd64=BINARY arm64=BINARY`: lays out what the Containerfile copies.

import { chmodSync, cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import { Refusal, script } from "../lib/run.mjs";

/** Debian's and Alpine's list of certificate authorities. */
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** `binaries`: the static program for each architecture, by Docker's names. */
export function layOut(folder, binaries) {
  if (!existsSync(CERTIFICATES)) throw new Refusal(`${CERTIFICATES} is missing: install ca-certificates`);
  rmSync(folder, { force: true, recursive: true });
  for (const name of ["certificates", "state"]) mkdirSync(join(folder, name), { recursive: true });
  cpSync(CERTIFICATES, join(folder, "certificates", "ca-certificates.crt"), { dereference: true });
  for (const [architecture, binary] of Object.entries(binaries)) {
    const to = join(folder, "bin", architecture, "leadkeep-proxy");
    mkdirSync(join(folder, "bin", architecture), { recursive: true });
    cpSync(binary, to);
    chmodSync(to, 0o755);
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  await script(() => {
    const [folder, ...binaries] = argv.slice(2);
    if (!folder || binaries.length === 0) throw new Refusal("expected a folder, and amd64=BINARY or arm64=BINARY");
    layOut(folder, Object.fromEntries(binaries.map((pair) => pair.split("="))));
  });
}
