/** The URL of the .wasm, as bundlers give it for a file: what the option `wasmUrl` takes. */
declare const url: string;

export default url;
