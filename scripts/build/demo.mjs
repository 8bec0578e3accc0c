// The demo shop as it is served: `www`, the loader and the module beside it, and in `npm` the files of the npm package
// for pages that import its entries.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

import { root } from "../lib/paths.mjs";
import { filesUnder, step } from "../lib/stamp.mjs";
import { NPM } from "./entries.mjs";
import { LANGUAGES, textsFile } from "./texts.mjs";

const LOADED = ["leadkeep_widget.js", "leadkeep_widget_bg.wasm", "leadkeep_debug.js", ...LANGUAGES.map(textsFile)];
const SCRIPT_TAG = ["leadkeep.js", ...LOADED];
const PACKAGE = [...NPM, "leadkeep_inline.js", ...LOADED];
const COMPRESSIBLE = /\.(css|html|js|json|svg|txt|wasm)$/;

/** Gives the folder. Files are compressed beforehand, so that the server sends what `npm run size` measures. */
export async function buildDemo({ out, quick }) {
  const www = join(root, "www");
  const folder = join(out, "demo");
  const files = new Map([
    ...filesUnder(www).map((file) => [join(folder, relative(www, file)), file]),
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
    if (!quick) await Promise.all([...files.keys()].filter((file) => COMPRESSIBLE.test(basename(file))).map(compress));
  });
  return folder;
}

async function compress(file) {
  // Brotli's default quality is 11, the best.
  writeFileSync(`${file}.br`, await promisify(brotliCompress)(readFileSync(file)));
}
