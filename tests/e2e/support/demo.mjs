// The running product: `leadkeep-proxy demo` on a port and a folder of its own, and what its sandbox received.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { demo as builtShop, target } from "../../../scripts/lib/paths.mjs";

export const PROXY = process.env.LEADKEEP_TEST_PROXY || join(target, "debug", "leadkeep-proxy");
const WWW = process.env.LEADKEEP_TEST_WWW || builtShop;

/** Settings of this shell would reach the proxy: with real credentials the tests would write real leads. */
export const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("LEADKEEP_")),
);

export class Demo {
  #data = mkdtempSync(join(tmpdir(), "leadkeep-e2e-"));
  #env;
  #options;
  #port = 0;
  #child = null;
  /** Everything the proxy has written about itself. */
  output = "";

  /** `options` are flags of `leadkeep-proxy demo` and `env` settings of it, beside those of every demo here. */
  constructor({ options = [], env = {} } = {}) {
    this.#options = options;
    this.#env = { ...ENVIRONMENT, ...env };
  }

  /** The origin, `http://127.0.0.1:PORT`; the same after a restart. */
  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start() {
    const options = ["--www", WWW, "--data", this.#data, "--port", String(this.#port), ...this.#options];
    const child = spawn(PROXY, ["demo", ...options], { env: this.#env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (this.output += chunk));
    await new Promise((ready, failed) => {
      child.once("error", failed);
      child.once("exit", () => failed(new Error(`the proxy ended: ${this.output}`)));
      createInterface(child.stdout).on("line", (line) => {
        const [, port] = line.match(/^ready: http:\/\/127\.0\.0\.1:(\d+)\/$/) ?? [];
        if (!port) return;
        this.#port = Number(port);
        ready();
      });
    });
  }

  /** What is stored stays: the next `start` goes on with it, on the same port. */
  async stop() {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await gone;
  }

  /** Stops it for good. */
  async discard() {
    await this.stop();
    rmSync(this.#data, { force: true, recursive: true });
  }

  /** Every call that 2Checkout's stand-in received, oldest first. */
  async log() {
    return this.#json("/sandbox/log");
  }

  /** The calls of one method. */
  async calls(method) {
    return (await this.log()).filter((call) => call.method === method);
  }

  /** The leads 2Checkout would hold now, newest first. */
  async leads() {
    return this.#json("/sandbox/leads");
  }

  /** The next call of a method meets a fault. */
  async fault(on, fault, times = 1) {
    await this.#ask("/sandbox/faults", { method: "PUT", body: JSON.stringify([{ on, fault, times }]) });
  }

  /** No call was received, no lead is held, no fault waits. */
  async empty() {
    await this.#ask("/sandbox/log", { method: "DELETE" });
    await this.#ask("/sandbox/faults", { method: "PUT", body: "[]" });
  }

  async #ask(path, options) {
    const answer = await fetch(this.origin + path, options);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }

  async #json(path) {
    return (await this.#ask(path)).json();
  }
}
