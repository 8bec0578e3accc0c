// The module: the JavaScript that wasm-bindgen wrote, minified, beside the .wasm that it loads.

import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { root } from "../lib/paths.mjs";
import { filesUnder, lockedPackage, step } from "../lib/stamp.mjs";
import { droppable, flattened, shrink } from "./shrink.mjs";
import { LANGUAGES, TERMS_FILE, textsFile } from "./texts.mjs";

/**
 * What js/ takes from the module. The words of the consent checkbox come with it only for the language in use; where they
 * cannot be had, it speaks English. Between instantiating and capturing the main thread is the page's for a moment, so that
 * the start-up is two short tasks instead of a long one.
 */
const ENTRY = `
  import init, { Widget as Inner } from "./leadkeep_widget.js";
  import { languageOf } from ${JSON.stringify(join(root, "src/view/texts.js"))};
  const none = () => {};
  // Global Privacy Control is a no to what a page may do without asking: https://w3c.github.io/gpc/
  const asked = (options) => navigator.globalPrivacyControl && options?.consent == "granted" && { consent: "ask" };
  const TEXTS = {
    __proto__: null, en: none,
    ${LANGUAGES.map((language) => `"${language.toLowerCase()}": () => import("./${textsFile(language)}")`).join()}
  };
  // Of every script but Latin: its terms are loaded where a page has its letters.
  const LETTERS = /[\\u0370-\\u1dff\\u3040-\\ud7af]/;
  const loadTerms = () => LETTERS.test(document.body?.textContent) && import("./${TERMS_FILE}");
  let texts, terms;
  export class Widget extends Inner {
    constructor(options, ...more) {
      super({ ...options, texts, terms, ...asked(options) }, ...more);
    }
  }
  export default async (source, options) => {
    const { consent = "ask", language, slot } = { ...options, ...asked(options) };
    const isShown = consent == "ask" || slot;
    const load = (isShown && TEXTS[languageOf(TEXTS, language, document.documentElement.lang)]) || none;
    const loading = [load(), loadTerms()].map((file) => Promise.resolve(file).catch(none));
    [texts, terms] = (await Promise.all([...loading, init(source)])).map((file) => file?.default);
    await new Promise((resolve) => setTimeout(resolve));
  };
`;

export async function buildModule({ out, quick }) {
  const folder = join(out, "wasm");
  const wasm = join(folder, "leadkeep_widget_bg.wasm");
  const outfile = join(out, "leadkeep_widget.js");
  const beside = join(out, "leadkeep_widget_bg.wasm");
  /** The same with the names of its functions. */
  const named = join(folder, "named.wasm");
  const recipe = ["module.mjs", "shrink.mjs", "texts.mjs"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const inputs = [
    join(folder, "leadkeep_widget.js"),
    wasm,
    join(root, "Cargo.toml"),
    ...filesUnder(join(root, "src/browser"), join(root, "src/view")).filter((file) => file.endsWith(".js")),
    ...recipe,
  ];
  const settings = `esbuild ${lockedPackage("esbuild")} binaryen ${lockedPackage("binaryen")}`;
  await step(
    "module",
    { folder: out, inputs, settings, outputs: quick ? [outfile, beside] : [outfile, beside, named] },
    async () => {
      const { build } = await import("esbuild");
      const common = { format: "esm", legalComments: "none", logLevel: "warning", target: "es2020" };
      const bundle = { ...common, bundle: true, external: ["./leadkeep_text_*", `./${TERMS_FILE}`] };
      const entry = { contents: ENTRY, resolveDir: folder };
      const written = readFileSync(join(folder, "leadkeep_widget.js"), "utf8");
      const contents = quick ? written : droppable(flattened(written, wasm));
      const plugin = {
        name: "glue",
        setup: ({ onLoad }) => onLoad({ filter: /leadkeep_widget\.js$/ }, () => ({ contents, resolveDir: folder })),
      };
      const { outputFiles } = await build({ ...bundle, plugins: [plugin], stdin: entry, write: false });
      let glue = outputFiles[0].text;
      if (quick) copyFileSync(wasm, beside);
      else glue = await shrink({ glue, wasm, to: beside, named });
      await build({ ...common, minify: !quick, outfile, stdin: { contents: glue } });
    },
  );
}
