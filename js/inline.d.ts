/** As `leadkeep`, with the .wasm inside the bundle: for bundlers that carry no files along. */
export * from "./index.js";
