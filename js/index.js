// The npm package: `start()` gives the object the script tag puts on the window.
import { STOPPED, create } from "./facade.js";

/** Begins to capture; see leadkeep.d.ts. On a server it does nothing and gives `null`. */
export function start(options) {
  if (typeof document === "undefined") return null;
  const { wasmUrl, ...settings } = options ?? {};
  const known = window.leadkeep;
  // An element with this id is a property of the window too.
  if (known?.inspect && !known[STOPPED]) return known;
  return (window.leadkeep = create(settings, async () => {
    const module = await import("./leadkeep_widget.js");
    await module.default(wasmUrl && { module_or_path: wasmUrl });
    return module.Widget;
  }));
}
