/** The file of the script tag: puts the object on `window.leadkeep`. */
import "./index.js";

export {};
