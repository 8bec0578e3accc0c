// A merchant's site in front of the running product: pages of a test on an origin of their own, everything else passed on
// to the proxy, and between the two whatever a network, a load balancer or a login wall does to an answer.
//
// A server and not a browser's interception, so that every engine meets the same, also while its page goes away.

import { createServer, request as ask } from "node:http";
import { buffer } from "node:stream/consumers";

import { words } from "./console.mjs";

const PROXY_PATH = /^\/api\/lead(\/|$)/;
const SAID_PATH = "/said";

/** Tells the site what the page's console says, and remembers how the page came to be shown. */
const PROBE = `<script>(() => {
  const post = window.fetch.bind(window);
  const say = (line) => void post("${SAID_PATH}", { method: "POST", body: line }).catch(() => {});
  for (const kind of ["error", "warn", "log", "info"]) {
    const before = console[kind];
    console[kind] = (...words) => (say(kind + ": " + words.join(" ")), before.apply(console, words));
  }
  addEventListener("error", ({ message }) => message && say("uncaught: " + message));
  addEventListener("unhandledrejection", ({ reason }) => say("uncaught: " + (reason?.message ?? reason)));
  addEventListener("pageshow", ({ persisted }) => (window.cameFromCache = persisted));
})()</script>`;

export class Site {
  #demo;
  #faults = [];
  #pages = new Map();
  #proxy = null;
  #server;
  /** Requests for the proxy, oldest first: `{ path, at, ...body }`. */
  posts = [];
  /** What the consoles of its pages said. */
  said = [];

  static async opens(demo) {
    const site = new Site();
    site.#demo = demo;
    site.#server = createServer((request, response) => {
      site.#answer(request, response).catch(() => response.destroy());
    });
    await new Promise((ready) => site.#server.listen(0, "127.0.0.1", ready));
    return site;
  }

  get origin() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Pages by path: HTML, or a function that answers `(request, response)` itself. */
  serves(pages) {
    for (const [path, page] of Object.entries(pages)) this.#pages.set(path, page);
  }

  /**
   * What the requests for the proxy meet from now on, one after the other; the last is met by all that follow, none by
   * none. A fault is
   * - `{ status, headers, body }`: answered like this, by somebody who is not the proxy;
   * - `{ before: "drop" | "hang" }`: the request never reaches the proxy;
   * - `{ after: "drop" | "half" | "hang" }`: the work is done, and its answer lost, broken off or never sent;
   * - `{ after: milliseconds }`: the work is done, and its answer takes so long;
   * - `null`: all is well.
   */
  meets(...faults) {
    this.#faults = faults;
  }

  /** A proxy of its own takes the requests for the proxy, instead of the demo's. */
  passesTo(proxy) {
    this.#proxy = proxy;
  }

  async closes() {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(request, response) {
    // A browser sends again by itself what was dropped on a connection it had used before.
    response.shouldKeepAlive = false;
    const { pathname } = new URL(request.url, this.origin);
    const page = this.#pages.get(pathname);
    if (typeof page === "function") return page(request, response);
    const body = await buffer(request);
    if (pathname === SAID_PATH) {
      this.said.push(words(body.toString()));
      return response.end();
    }
    if (page !== undefined) {
      response.setHeader("content-type", "text/html; charset=utf-8");
      return response.end(page.replace("<head>", `<head>${PROBE}`));
    }
    if (request.method !== "POST" || !PROXY_PATH.test(pathname)) return this.#pass(request, body, response);
    this.posts.push({ path: pathname, at: Date.now(), ...JSON.parse(body) });
    const fault = this.#faults.length > 1 ? this.#faults.shift() : this.#faults[0];
    if (!fault) return this.#pass(request, body, response);
    if (fault.status) return void response.writeHead(fault.status, fault.headers).end(fault.body);
    if (fault.before === "drop") return void response.destroy();
    if (fault.before === "hang") return;
    await this.#pass(request, body, response, fault.after);
  }

  /** The proxy does the work; `after` is what becomes of its answer. */
  async #pass({ method, url, headers }, body, response, after) {
    const { origin } = (PROXY_PATH.test(url) && this.#proxy) || this.#demo;
    const answer = await new Promise((done, failed) => {
      const passed = ask(origin + url, { method, headers: { ...headers, connection: "close" } }, done);
      passed.on("error", failed).end(body);
    });
    const whole = await buffer(answer);
    if (after === "drop") return void response.destroy();
    if (after === "hang") return;
    if (typeof after === "number") await new Promise((done) => setTimeout(done, after));
    const { connection: _, "transfer-encoding": __, ...passed } = answer.headers;
    response.writeHead(answer.statusCode, { ...passed, "content-length": whole.length });
    if (after !== "half") return void response.end(whole);
    response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
  }
}
