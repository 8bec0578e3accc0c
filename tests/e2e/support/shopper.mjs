// A shopper: a browser profile of its own, everything its pages asked for and said, and the page it looks at.

import { words } from "./console.mjs";
import { until } from "./wait.mjs";

const PROXY_PATHS = /^\/api\/lead(\/|$)/;

export class Shopper {
  #context;
  #demo;
  #excused = [];
  #said = [];
  /** Every request of every page, oldest first: `{ method, url, path, body, resource }`. */
  requests = [];

  static async arrives(browser, demo) {
    const shopper = new Shopper();
    shopper.#demo = demo;
    shopper.#context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    shopper.#context.setDefaultTimeout(20_000);
    shopper.#context.on("request", (request) => shopper.#note(request));
    shopper.#context.on("console", (message) => shopper.#said.push(words(`${message.type()}: ${message.text()}`)));
    shopper.#context.on("weberror", (error) => shopper.#said.push(`uncaught: ${error.error().message}`));
    shopper.page = await shopper.#context.newPage();
    return shopper;
  }

  get context() {
    return this.#context;
  }

  #note(request) {
    const url = request.url();
    const path = url.startsWith(this.#demo.origin) ? url.slice(this.#demo.origin.length) : url;
    const body = request.postData() ?? "";
    this.requests.push({ method: request.method(), url, path, body, resource: request.resourceType() });
  }

  /** The demo shop. */
  async opensShop() {
    await this.page.goto(`${this.#demo.origin}/`);
  }

  /**
   * Pages that stand on the demo's own origin, by path: `{ "/cart": html }`, or `{ "/cart": { body, headers } }`.
   */
  async serve(pages) {
    for (const [path, page] of Object.entries(pages)) {
      const answer = typeof page === "string" ? { body: page } : page;
      await this.#context.route(
        (url) => url.origin === this.#demo.origin && url.pathname === path,
        (route) => route.fulfill({ contentType: "text/html; charset=utf-8", ...answer }),
      );
    }
  }

  /** Opens a page that stands at `/checkout`. */
  async opens(html) {
    await this.serve({ "/checkout": html });
    await this.goesTo("/checkout");
  }

  async goesTo(path) {
    await this.page.goto(this.#demo.origin + path);
  }

  /** Another tab of the same browser; `shopper.page` stays. */
  async opensTab(path) {
    const tab = await this.#context.newPage();
    await tab.goto(this.#demo.origin + path);
    return tab;
  }

  /** What the proxy answers from now on, instead of answering itself: a status and more, or `"abort"`. */
  async proxyAnswers(answer) {
    await this.#context.unroute(isProxy);
    if (!answer) return;
    const full = { contentType: "application/json", body: "", ...answer };
    await this.#context.route(isProxy, (route) => (answer === "abort" ? route.abort() : route.fulfill(full)));
  }

  /** Requests to the proxy: their bodies, as objects, with the path they went to. */
  posts() {
    return this.requests
      .filter(({ path, method }) => method === "POST" && PROXY_PATHS.test(path))
      .map(({ path, body }) => ({ path, ...JSON.parse(body) }));
  }

  /** `leadkeep.status()` */
  status(page = this.page) {
    return page.evaluate(() => window.leadkeep.status());
  }

  /** Waits for a state, and gives the status. */
  async reaches(state, page = this.page) {
    let last;
    const there = async () => {
      last = await this.status(page);
      return last.state === state && last;
    };
    return until(`state ${state}`, there).catch((error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
    });
  }

  /** What localStorage holds of leadkeep, parsed; null when nothing. */
  async record(page = this.page) {
    return JSON.parse((await this.recordText(page)) || "null");
  }

  async recordText(page = this.page) {
    return page.evaluate(() => window.localStorage.getItem("leadkeep") ?? "");
  }

  /** Everything in all storage of the origin, as text. */
  async storage(page = this.page) {
    return page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  }

  /** What the console said, apart from what the test expected it to say. */
  complaints() {
    return this.#said.filter((line) => !this.#excused.some((pattern) => pattern.test(line)));
  }

  /** Everything the console said. */
  said() {
    return [...this.#said];
  }

  /** Lines of leadkeep in the console. */
  lines() {
    return this.#said.filter((line) => line.includes("leadkeep:"));
  }

  /** The test expects such lines. */
  excuse(...patterns) {
    this.#excused.push(...patterns);
  }

  /** The browser itself says in the console when a request fails. */
  excuseFailedRequests() {
    this.excuse(/^error: Failed to load resource: /);
  }

  async leaves() {
    await this.#context.close();
  }
}

const isProxy = (url) => PROXY_PATHS.test(url.pathname);
