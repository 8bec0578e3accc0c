// The demo shop as it is served: `www`, the panel, the loader and the module beside it, and in `npm` the files of the npm package
// for pages that import its entries.

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

import { root } from "../lib/paths.mjs";
import { filesUnder, step } from "../lib/stamp.mjs";
import { compress } from "./compressed.mjs";
import { NPM } from "./entries.mjs";
import { LANGUAGES, TERMS_FILE, textsFile } from "./texts.mjs";

const MODULE = ["leadkeep_widget.js", "leadkeep_widget_bg.wasm"];
const LOADED = [...MODULE, "leadkeep_debug.js", TERMS_FILE, ...LANGUAGES.map(textsFile)];

/** What the script tag names and loads. */
export const SCRIPT_TAG = ["leadkeep.js", ...LOADED];
const PACKAGE = [...NPM, "leadkeep_inline.js", ...LOADED];
const COMPRESSIBLE = /\.(css|html|js|json|svg|txt|wasm)$/;

/** Gives the folder. Files are compressed beforehand, so that the server sends what `npm run size` measures. */
export async function buildDemo({ out, quick }) {
  const www = join(root, "www");
  // The proxy holds it too, and shows it beside whatever shop it serves.
  const panel = ["panel.css", "panel.js", "panel-view.js"];
  const folder = join(out, "demo");
  const files = new Map([
    ...filesUnder(www).map((file) => [join(folder, relative(www, file)), file]),
    ...panel.map((name) => [join(folder, name), join(root, "proxy", "panel", name)]),
    ...SCRIPT_TAG.map((name) => [join(folder, name), join(out, name)]),
    ...PACKAGE.map((name) => [join(folder, "npm", name), join(out, name)]),
  ]);
  await step("demo", { folder: out, inputs: [...files.values()], outputs: [folder] }, async () => {
    // In place, not afresh: a demo that is being served never misses a file.
    const kept = new Set([...files.keys(), ...[...files.keys()].map((file) => `${file}.br`)]);
    for (const file of filesUnder(folder)) if (!kept.has(file)) rmSync(file);
    for (const [to, from] of files) {
      mkdirSync(dirname(to), { recursive: true });
      cpSync(from, to);
      rmSync(`${to}.br`, { force: true });
    }
    const compressible = [...files.keys()].filter((file) => COMPRESSIBLE.test(basename(file)));
    if (!quick) await Promise.all(compressible.map((file) => compress(file, "br")));
  });
  return folder;
}
