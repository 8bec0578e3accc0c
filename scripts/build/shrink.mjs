// After wasm-pack: what wasm-opt cannot know by itself, because half of it stands in JavaScript. wasm-bindgen gives every
// import a name with a hash, which no compression makes small, in both files; and a dependency of Leptos exports classes
// for streams that nobody here uses. Both are binaryen's own passes; the glue alone is edited here.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "../lib/paths.mjs";
import { quietly, Refusal } from "../lib/run.mjs";

/**
 * What writes a number of serde's error messages. Nobody reads them: what is wrong is an error in words of leadkeep's own. A
 * floating-point number alone costs 4 KB.
 */
const UNREAD = /^<(f64|char|serde_core::de::(Unexpected|WithDecimalPoint)) as core::fmt::Display>::fmt$/;

/**
 * Drops the exports of the file `wasm` that `glue`, JavaScript written by wasm-bindgen, does not use, gives the others
 * and the imports short names, and writes it to `to`. Gives the glue with these names. `named` gets the same
 * .wasm before it lost the names of its functions.
 */
export async function shrink({ glue, wasm, to, named }) {
  const silent = `${named}.silent`;
  await silence(wasm, silent);
  const used = new Set([...glue.matchAll(EXPORT)].map(([, name]) => name));
  const exports = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(wasm))).map(({ name }) => name);
  const graph = [
    { name: "glue", root: true, reaches: exports.filter((name) => used.has(name)).map((name) => `export ${name}`) },
    ...exports.map((name) => ({ name: `export ${name}`, export: name })),
  ];
  const roots = `${named}.json`;
  writeFileSync(roots, JSON.stringify(graph));
  const flags = wasmOptFlags();
  const features = flags.filter((flag) => flag.startsWith("--enable-"));
  await quietly("wasm-metadce", ["-g", silent, "--graph-file", roots, "--output", named, ...features]);
  // `-g` is for `npm run size`, which reads the names of functions in what wasm-pack made; flattened it has been.
  const passes = flags.filter((flag) => !["-g", "--flatten", "--rereloop"].includes(flag));
  passes.push("--minify-imports-and-exports-and-modules");
  const output = await quietly("wasm-opt", [named, "--output", to, ...passes]);
  // JSON among warnings, with a comma too many at the end of each list.
  return renamed(glue, JSON.parse(output.match(/^\{.*?^\}/ms)[0].replace(/,(\s*\])/g, "$1")));
}

/** Writes the file `wasm` to `to`, with functions of UNREAD that write nothing: they give `Ok(())`, which is 0. */
async function silence(wasm, to) {
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.readBinary(readFileSync(wasm));
  const { Features } = binaryen;
  // Those of the flags of wasm-opt.
  module.setFeatures(
    Features.BulkMemory |
      Features.BulkMemoryOpt |
      Features.Multivalue |
      Features.MutableGlobals |
      Features.NontrappingFPToInt |
      Features.ReferenceTypes |
      Features.SignExt,
  );
  const all = Array.from({ length: module.getNumFunctions() }, (_, i) => module.getFunctionByIndex(i));
  for (const { name, params, results } of all.map((found) => binaryen.getFunctionInfo(found))) {
    // A crate's name has a hash: `serde_core[731f57403e46a8ec]`.
    if (!UNREAD.test(name.replace(/\[[0-9a-f]{16}\]/g, ""))) continue;
    module.removeFunction(name);
    module.addFunction(name, params, results, [], module.i32.const(0));
  }
  binaryen.setDebugInfo(true);
  writeFileSync(to, module.emitBinary());
  module.dispose();
}

/**
 * The glue without the marks that keep its classes alive where nobody uses them: a bundler drops what it knows to be
 * without an effect. js/ always says where the .wasm is, so the glue need not know; bundlers would look for it here as well.
 */
export const droppable = (glue) =>
  glue
    .replace(/^ *if \(module_or_path === undefined\) \{\n.*import\.meta\.url.*\n *\}\n/m, "")
    .replace(/^ *console\.warn\(["'`].*\);?\n/gm, "")
    .replace(/^if \(Symbol\.dispose\) (?!Widget\b)\w+\.prototype\[Symbol\.dispose\] = .*\n/gm, "")
    .replaceAll(": new FinalizationRegistry(", ": /* @__PURE__ */ new FinalizationRegistry(");

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

/** One import in the glue, as esbuild lays it out, to the end of its function. */
const ENTRY = /^ {4}([\w$]+): function\(.*?^ {4}\},?\n/gms;

/** How the glue writes an import: `__wbg_now_94dab2cbb1cc9f34: function(...`. */
const IMPORT = /(?<![\w$])([\w$]+)(?=: function\()/g;

function renamed(glue, { imports, exports }) {
  const module = imports.map(([name]) => name).find((name) => !name.startsWith("./snippets/"));
  const shortImport = new Map(imports.map(([, name, to]) => [name, to]));
  const shortExport = new Map(exports);
  const times = new Map(imports.map(([, name]) => [name, 0]));
  const text = glue
    // What only the dropped exports have called.
    .replace(ENTRY, (entry, name) => (times.has(name) ? entry : ""))
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

/** wasm-opt's flags, as Cargo.toml gives them to wasm-pack. */
function wasmOptFlags() {
  const list = readFileSync(join(root, "Cargo.toml"), "utf8").match(/^wasm-opt = \[$(.*?)^\]$/ms)?.[1];
  const flags = list?.match(/(?<=")--?[\w=-]+(?=",?$)/gm);
  if (!flags) throw new Refusal("Cargo.toml: expected wasm-opt under package.metadata.wasm-pack.profile.custom");
  return flags;
}
