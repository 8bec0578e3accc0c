// The npm package: `start()` gives the object the script tag puts on the window.
import { create } from "./facade.js";

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

/** Begins to capture; see leadkeep.d.ts. On a server it does nothing and gives `null`. */
export function start(options) {
  if (typeof document === "undefined") return null;
  const { wasmUrl, ...settings } = options ?? {};
  return create(settings, importFile, wasmUrl);
}
