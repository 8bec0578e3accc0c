// As `leadkeep`, with the .wasm inside the bundle in any case: nothing is asked for that is not a module.
import { startWith } from "./npm.js";
import { fetched, inlined } from "./binary.js";

/** Begins to capture; see leadkeep.d.ts. On a server it does nothing and gives `null`. */
export const start = (options) => startWith((url) => (url ? fetched(url) : inlined()), options);
