// The package as npm would publish it, unpacked into a project that depends on it.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Packs `dist` as it is (`npm test` builds it first). Gives `{ files, home, project, tarball }`; remove it with `discard`. */
export function packed() {
  const project = mkdtempSync(join(tmpdir(), "leadkeep-package-"));
  const run = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: "utf8", stdio: "pipe" });
  const [{ filename, files }] = JSON.parse(
    run("npm", "pack", "--json", "--ignore-scripts", "--pack-destination", project),
  );
  const home = join(project, "node_modules", "leadkeep");
  mkdirSync(home, { recursive: true });
  run("tar", "-xzf", join(project, filename), "-C", home, "--strip-components=1");
  writeFileSync(join(project, "package.json"), '{ "type": "module" }\n');
  cpSync(join(root, "tests", "package", "types"), project, { recursive: true });
  return { files: files.map(({ path }) => path), home, project, tarball: join(project, filename) };
}

export const discard = ({ project }) => rmSync(project, { force: true, recursive: true });
