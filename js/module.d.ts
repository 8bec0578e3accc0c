/**
 * The module in the shape that wasm-pack gives, for those who drive it themselves: no waiting for the shopper, no queue, no
 * retries. Pages of a shop use `start()` of `leadkeep`.
 */
import type { Finding, Held, Item, Options, Status } from "./index.js";

/** What wasm-bindgen takes for the .wasm. */
export type InitInput = URL | string | Request | Response | BufferSource | WebAssembly.Module;

/** Loads the .wasm, once; default: the one of the package. `options` are those of the Widget, for the language of its texts. */
export default function init(
  input?: InitInput | Promise<InitInput> | { module_or_path?: InitInput | Promise<InitInput> },
  options?: Partial<Options>,
): Promise<void>;

/** A capture, and the checkbox it shows. */
export class Widget {
  /** Begins to capture; throws an `Error` with a `code` for a wrong option. `edited`: the shopper has typed already. */
  constructor(options: Options, touched?: boolean, edited?: boolean);
  status(): Status;
  inspect(): Finding[];
  preview(): Held[];
  setItems(items: readonly Item[]): Promise<void>;
  flush(): Promise<void>;
  consent(yes: boolean): Promise<void>;
  complete(orderReference?: string | number): Promise<void>;
  withdraw(): Promise<void>;
  /** Sends what is unsent, and removes every listener, timer and observer. */
  stop(): Promise<void>;
  /** Gives its memory back; call `stop()` before. */
  free(): void;
}
