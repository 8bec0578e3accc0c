// The proxy as an operator runs it, a process of its own before the demo's stand-in for 2Checkout: it can be killed, and
// what 2Checkout holds stays.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ENVIRONMENT, PROXY } from "./demo.mjs";
import { freePort } from "./engines/process.mjs";
import { until } from "./wait.mjs";

/** Every shopper of a test is this machine, and most have one address. */
const NO_LIMITS = {
  LEADKEEP_NEW_CARTS_PER_CLIENT: "0",
  LEADKEEP_NEW_CARTS_PER_NETWORK: "0",
  LEADKEEP_LEADS_PER_ADDRESS: "0",
};

/** The credentials that the stand-in accepts. */
const CREDENTIALS = { LEADKEEP_MERCHANT_CODE: "SANDBOX", LEADKEEP_SECRET_KEY: "sandbox-secret" };

export class Proxy {
  #child;
  #data = mkdtempSync(join(tmpdir(), "leadkeep-proxy-"));
  #demo;
  #options;
  #port;

  /** Starts one in front of a demo's sandbox; `options` are flags of `leadkeep-proxy serve`. */
  static async before(demo, options = []) {
    const proxy = new Proxy();
    proxy.#demo = demo;
    proxy.#options = options;
    proxy.#port = await freePort();
    await proxy.start();
    return proxy;
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** With the same store and on the same port, however often. */
  async start() {
    const options = ["--listen", `127.0.0.1:${this.#port}`, "--store", join(this.#data, "leads.sqlite")];
    const env = { ...ENVIRONMENT, ...CREDENTIALS, ...NO_LIMITS };
    const args = ["serve", ...options, "--operator-listen", "127.0.0.1:0", "--api-url", `${this.#demo.origin}/sandbox`];
    args.push(...this.#options);
    this.#child = spawn(PROXY, args, { env, stdio: "ignore" });
    const answers = () =>
      fetch(`${this.origin}/api/openapi.json`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until("the proxy", answers);
  }

  /** `kill -9` */
  async kill() {
    const gone = new Promise((done) => this.#child.once("exit", done));
    this.#child.kill("SIGKILL");
    await gone;
  }

  async discard() {
    await this.kill();
    rmSync(this.#data, { force: true, recursive: true });
  }
}
