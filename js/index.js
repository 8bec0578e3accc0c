// The npm package: `start()` gives the object the script tag puts on the window.
import { startWith } from "./npm.js";
import { fetched } from "./binary.js";

/** Begins to capture; see leadkeep.d.ts. On a server it does nothing and gives `null`. */
export const start = (options) => startWith(fetched, options);
