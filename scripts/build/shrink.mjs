// After wasm-pack: what wasm-opt cannot know by itself, because half of it stands in JavaScript.
//
// wasm-bindgen gives every import a name with a hash, which no compression makes small, in both files; and a dependency
// of Leptos exports classes for streams that nobody here uses. Together that is a tenth of what a shopper loads.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "../lib/paths.mjs";
import { quietly, Refusal } from "../lib/run.mjs";
import { withoutLocations } from "./locations.mjs";
import { abortingAtOnce } from "./panics.mjs";

/**
 * Drops the exports of the file `wasm` that `glue`, JavaScript written by wasm-bindgen, does not use, gives the others
 * and the imports short names, and writes it to `to`. Gives the glue with these names. `scratch` is a folder.
 */
export async function shrink({ glue, wasm, to, scratch }) {
  const used = new Set([...glue.matchAll(EXPORT)].map(([, name]) => name));
  const exports = exportsOf(wasm);
  const graph = [
    { name: "glue", root: true, reaches: exports.filter((name) => used.has(name)).map((name) => `export ${name}`) },
    ...exports.map((name) => ({ name: `export ${name}`, export: name })),
  ];
  const roots = join(scratch, "roots.json");
  const kept = join(scratch, "kept.wasm");
  writeFileSync(roots, JSON.stringify(graph));
  const features = wasmFeatures();
  const named = join(scratch, "named.wasm");
  writeFileSync(named, await abortingAtOnce(readFileSync(wasm)));
  await quietly("wasm-metadce", [named, "--graph-file", roots, "--output", kept, ...features]);
  const passes = [
    "--low-memory-unused",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--converge",
    "--minify-imports-and-exports-and-modules",
  ];
  const output = await quietly("wasm-opt", [kept, "--output", to, ...features, ...passes]);
  writeFileSync(to, withoutLocations(readFileSync(to)));
  // JSON among warnings, with a comma too many at the end of each list.
  return renamed(glue, JSON.parse(output.match(/^\{.*?^\}/ms)[0].replace(/,(\s*\])/g, "$1")));
}

/**
 * The glue with one object of imports instead of one for each module: what the widget takes from a JavaScript file of the
 * project (functions of one value) stands beside wasm-bindgen's own, as it does in the .wasm once the names are short.
 */
export function flattened(glue, wasm) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(wasm)));
  let text = glue;
  const done = new Set();
  for (const [line, object, path] of glue.matchAll(/^import \* as (\w+) from "(\.\/snippets\/[^"]+)";?$/gm)) {
    // Each function of a file has an `import *` of its own.
    const names = done.has(path) ? [] : imports.filter(({ module }) => module === path).map(({ name }) => name);
    done.add(path);
    const own = names.map((name) => `${name} as own_${name}`).join(", ");
    const entries = names.map((name) => `${name}: function(value) { return own_${name}(value); },`);
    text = text
      .replace(line, own && `import { ${own} } from "${path}";`)
      .replace(`"${path}": ${object},`, "")
      .replace("__proto__: null,", ["__proto__: null,", ...entries].join("\n"));
  }
  return text;
}

/** How the glue reaches an export. */
const EXPORT = /\bwasm\.([\w$]+)/g;

/** How the glue writes an import: `__wbg_now_94dab2cbb1cc9f34: function(...`. */
const IMPORT = /(?<![\w$])([\w$]+)(?=: function\()/g;

function renamed(glue, { imports, exports }) {
  const module = imports.map(([name]) => name).find((name) => !name.startsWith("./snippets/"));
  const shortImport = new Map(imports.map(([, name, to]) => [name, to]));
  const shortExport = new Map(exports);
  const times = new Map(imports.map(([, name]) => [name, 0]));
  const text = glue
    .replace(IMPORT, (name) => {
      if (times.has(name)) times.set(name, times.get(name) + 1);
      return shortImport.get(name) ?? name;
    })
    .replace(EXPORT, (_, name) => `wasm.${shortExport.get(name) ?? name}`)
    .replaceAll(JSON.stringify(module), '"a"');
  // Otherwise wasm-bindgen writes something new, and these patterns have to learn it.
  const wrong = [...times].filter(([, count]) => count !== 1).map(([name]) => name);
  if (wrong.length > 0) throw new Refusal(`expected each import once in the glue, received otherwise: ${wrong}`);
  return text;
}

/** The names that a .wasm file exports. */
function exportsOf(wasm) {
  return WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(wasm))).map(({ name }) => name);
}

/** What the module may use, as Cargo.toml says it to wasm-pack. */
function wasmFeatures() {
  const features = readFileSync(join(root, "Cargo.toml"), "utf8").match(/(?<=^ *")--enable-[a-z-]+(?=",?$)/gm);
  if (!features) throw new Refusal("Cargo.toml: expected wasm-opt under package.metadata.wasm-pack.profile.custom");
  return features;
}
