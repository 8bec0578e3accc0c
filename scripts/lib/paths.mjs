// Where things are. Everything the scripts write goes to `dist`, to cargo's target folder or to the cache.

import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** What `npm run build` makes: the npm package's files, and in `demo` the shop with everything beside it. */
export const dist = join(root, "dist");

/** The folder that `npm start` serves. */
export const demo = join(dist, "demo");

/** Tools that cargo installs for this project alone; shared by all clones on a machine. */
export const cache =
  process.env.LEADKEEP_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "leadkeep");

/** Cargo's target folder. */
export const target = resolve(root, process.env.CARGO_TARGET_DIR || "target");

/** A path as a person in the repository would write it. */
export const shown = (path) => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path);
