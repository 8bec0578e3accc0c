// Where the npm entries find the .wasm. Bundlers disagree about what becomes of a file beside a module: some carry it along,
// some leave it behind, and some development servers answer with a page in its place. So a copy of it stands in a module of
// its own, which each of them carries along, and which is loaded only where the file is not there.

const DOCS = "https://github.com/leadkeep/leadkeep/blob/main/docs/book/src/bundlers.md";

/** What an error tells, in a sentence of leadkeep's own. */
const unavailable = (cause) =>
  Object.assign(new Error(`the module could not be loaded: ${cause}`), { code: "module/unavailable" });

/** The copy in the bundle. */
export async function inlined() {
  const { default: base64 } = await import("./leadkeep_inline.js");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** The file at `url`, or beside this module; where it is not there, the copy, and a line in the console about it. */
export async function fetched(url) {
  let cause;
  try {
    // An esbuild bundle that is no module has an empty `import.meta`.
    const place = url ?? new URL("leadkeep_widget_bg.wasm", import.meta.url);
    const found = await ask(place);
    if (found.ok) return found.ok;
    cause = found.cause;
  } catch {
    cause = "the bundle has left leadkeep_widget_bg.wasm behind";
  }
  const advice = `wasmUrl says where the file is, see ${DOCS}`;
  const copy = await inlined().catch(() => {
    throw unavailable(`${cause}; ${advice}`);
  });
  console.warn(`leadkeep: ${cause}, so the copy in the bundle is used; ${advice}`);
  return copy;
}

/** `{ ok }` is the answer or its bytes, `{ cause }` why it is neither. */
async function ask(url) {
  const response = await fetch(url).catch(() => null);
  if (!response) return { cause: `${url} could not be fetched` };
  if (!response.ok) return { cause: `${url} answered ${response.status}` };
  const type = response.headers.get("content-type");
  if (type === "application/wasm") return { ok: response };
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (String.fromCharCode(...bytes.subarray(0, 4)) === "\0asm") return { ok: bytes };
  return { cause: `${url} answered with ${type ?? "something"} instead of WebAssembly` };
}

/** Instantiates the module, `init` of wasm-bindgen, with what `source` gives. */
export async function loaded(init, source, options) {
  const binary = await source();
  try {
    return await init({ module_or_path: binary }, options);
  } catch (cause) {
    // What a policy forbids, or a proxy on the way has cut off.
    throw unavailable(cause?.message ?? cause);
  }
}
