// What every check works with: the endpoint, carts of its own, the sandbox where there is one, and the record of what was
// sent and what came.

import { Cart } from "./cart.mjs";
import { exchange } from "./client.mjs";
import { Failure, Skipped } from "./outcome.mjs";

const STEP_MS = 100;
/** A browser waits as it is told; the kit does so as well, but not for long. */
const MOST_WAIT_S = 10;

export class Kit {
  #exchanges = [];
  #every = [];
  #secrets = new Set();

  constructor({ endpoint, ipn, orders, sandbox = null, patience = 20_000, ...settings }) {
    this.endpoint = endpoint.replace(/\/$/, "");
    this.ipn = ipn ?? new URL("ipn", this.endpoint).href;
    this.orders = orders ?? new URL("orders", this.endpoint).href;
    this.origin = new URL(this.endpoint).origin;
    this.sandbox = sandbox;
    this.patience = patience;
    /** `shopToken`, `secretKey`, `allowedOrigin`, `burst` */
    this.settings = settings;
  }

  /** A cart that the endpoint does not know. */
  cart() {
    return new Cart(this);
  }

  /** Posts JSON to a path under the endpoint, as a browser on its own origin would. */
  post(path, body, headers = {}) {
    return this.send(this.endpoint + path, { body, headers: { "content-type": "application/json", ...headers } });
  }

  /** Any request. A 429 or 503 with a short `Retry-After` is waited for, unless `once`. */
  async send(url, { once = false, ...options } = {}) {
    for (let patient = once ? 0 : 5; ; patient--) {
      const answer = await this.#record(url, options);
      const wait = Number(answer.headers["retry-after"]);
      if (patient === 0 || ![429, 503].includes(answer.status) || !(wait <= MOST_WAIT_S)) {
        if (answer.status === 429 && !once) {
          throw new Failure("the endpoint's limit was met (429): raise it for this run, or let the kit's address pass");
        }
        return answer;
      }
      await sleep(wait * 1000);
    }
  }

  async #record(url, options) {
    const entry = { method: options.method ?? "POST", url, headers: options.headers ?? {}, body: shown(options.body) };
    this.#exchanges.push(entry);
    this.#every.push(entry);
    entry.answer = await exchange(url, options).catch((error) => {
      throw new Failure(`no answer: ${error.message}`);
    });
    return entry.answer;
  }

  /** A text that no answer may repeat; a new one each time. */
  secret(text) {
    const secret = `${text}-${Math.random().toString(36).slice(2, 12)}`;
    this.#secrets.add(secret);
    return secret;
  }

  /** The exchanges since the last call of this, and those of the whole run. */
  takeExchanges() {
    const taken = this.#exchanges;
    this.#exchanges = [];
    return taken;
  }

  get every() {
    return this.#every.filter(({ answer }) => answer);
  }

  get secrets() {
    return [...this.#secrets];
  }

  /**
   * Waits until `look` does not fail any more. `touch` is done about each second: an endpoint without a worker of its own
   * goes on with what is pending when it is asked anything.
   */
  async eventually(look, touch = async () => {}) {
    const end = Date.now() + this.patience;
    for (let round = 1; ; round++) {
      try {
        return await look();
      } catch (error) {
        if (!(error instanceof Failure) || Date.now() > end) throw error;
      }
      if (round % 10 === 0) await touch();
      await sleep(STEP_MS);
    }
  }

  skip(reason) {
    throw new Skipped(reason);
  }
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function shown(body) {
  if (body === undefined) return "";
  const text = typeof body === "string" || Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body);
  return text.length > 2_000 ? `${text.slice(0, 2_000)}… (${text.length} characters)` : text;
}
