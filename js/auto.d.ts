/**
 * Does what the script tag does: reads the options from the attributes of a `script` with `data-endpoint`, or of
 * `<meta name="leadkeep" data-endpoint="…">` in the head, and puts the object on `window.leadkeep`.
 */
import "./index.js";

export {};
