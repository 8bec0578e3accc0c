// `import "leadkeep/auto"` does what the script tag does; its attributes stand on any element with `data-endpoint`.
import { start } from "./index.js";

if (typeof document !== "undefined") start({ ...document.querySelector("[data-endpoint]")?.dataset });
