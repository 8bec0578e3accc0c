// The npm package: `start()` gives the object the script tag puts on the window.
import { STOPPED, create } from "./facade.js";

/** Written out one by one, so that a merchant's bundler carries each along and loads it as lazily as it stands here. */
const FILES = {
  "leadkeep_widget.js": () => import("./leadkeep_widget.js"),
  "leadkeep_debug.js": () => import("./leadkeep_debug.js"),
};

/** Begins to capture; see leadkeep.d.ts. On a server it does nothing and gives `null`. */
export function start(options) {
  if (typeof document === "undefined") return null;
  const { wasmUrl, ...settings } = options ?? {};
  const known = window.leadkeep;
  // An element with this id is a property of the window too.
  if (known?.inspect && !known[STOPPED]) return known;
  return (window.leadkeep = create(settings, (name) => FILES[name](), wasmUrl));
}
