// `import "leadkeep/auto"` does what the script tag does. Its attributes stand on a script, or on a `meta` in the head: what a
// visitor may have written, such as a review, is neither.
import { start } from "./index.js";

const SETTINGS = "script[data-endpoint],head>meta[name=leadkeep][data-endpoint]";

if (typeof document !== "undefined") start({ ...document.querySelector(SETTINGS)?.dataset });
