// The module itself, in the shape that wasm-pack gives: `await init()`, then `new Widget(options)`.
import init, { Widget } from "./leadkeep_widget.js";
import { fetched, loaded } from "./binary.js";

export { Widget };

/** `input` is what wasm-bindgen takes: nothing, a URL, an answer, bytes or a compiled module, or `{ module_or_path }`. */
export default async function start(input, options) {
  const given = (await (input?.module_or_path ?? input)) ?? undefined;
  const isUrl = given === undefined || typeof given === "string" || given instanceof URL;
  return loaded(init, () => (isUrl ? fetched(given) : given), options);
}
