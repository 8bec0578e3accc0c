// What the npm entries share: how a bundler's page imports the package's files, and how it comes by the .wasm.
import { create } from "./facade.js";
import { loaded } from "./binary.js";

/** Written out one by one, so that a merchant's bundler carries each along and loads it as lazily as it stands here. */
const FILES = {
  "leadkeep_widget.js": () => import("./leadkeep_widget.js"),
  "leadkeep_debug.js": () => import("./leadkeep_debug.js"),
};

/**
 * Imports a file of the package. Some browsers remember for the life of a page that an import failed, and a bundler's URL is
 * not ours to change: what still fails is asked for by the URL that the error names, with something new behind it.
 */
async function importFile(name, tries) {
  try {
    return await FILES[name]();
  } catch (cause) {
    const [url] = (tries && /https?:[^\s"'()]+/.exec(cause?.message)) || [];
    if (!url) throw cause;
    const again = `${url}${url.includes("?") ? "&" : "?"}again=${tries}`;
    return import(/* @vite-ignore */ /* webpackIgnore: true */ again);
  }
}

/** Begins to capture with the .wasm that `source` gives for the option `wasmUrl`. On a server it does nothing. */
export function startWith(source, options) {
  if (typeof document === "undefined") return null;
  const { wasmUrl, ...settings } = options ?? {};
  const load = async (name, tries) => {
    const file = await importFile(name, tries);
    if (name !== "leadkeep_widget.js") return file;
    return { Widget: file.Widget, default: (_, options) => loaded(file.default, () => source(wasmUrl), options) };
  };
  return create(settings, load);
}
