// A shopper on a site, in any engine: the tabs they have open, and what these say of leadkeep.

import { Site } from "./site.mjs";
import { until } from "./wait.mjs";

export class Visitor {
  #excused = [];
  /** The demo behind the site, whose sandbox is the oracle. */
  demo;
  site;
  browser;
  /** The tab that was opened first. */
  tab;

  /** Visits a site of their own: another origin has other storage, so every test begins with a clean browser. */
  static async arrives(browser, demo) {
    const visitor = new Visitor();
    visitor.browser = browser;
    visitor.demo = demo;
    visitor.site = await Site.opens(demo);
    visitor.tab = await browser.opensTab();
    return visitor;
  }

  async leaves() {
    await this.browser.closesTabs();
    await this.site.closes();
  }

  /** Opens a page that stands at `/checkout`. */
  async opens(html) {
    this.site.serves({ "/checkout": html });
    await this.goesTo("/checkout");
  }

  async goesTo(path, tab = this.tab) {
    await tab.goes(this.site.origin + path);
  }

  /** Another tab of the same browser; `visitor.tab` stays. */
  async opensTab(path) {
    const tab = await this.browser.opensTab();
    await this.goesTo(path, tab);
    return tab;
  }

  /** `leadkeep.status()` */
  status(tab = this.tab) {
    return tab.runs(() => window.leadkeep.status());
  }

  /** Waits for a state, and gives the status. */
  async reaches(state, tab = this.tab) {
    let last;
    const there = async () => {
      last = await tab.shows(() => window.leadkeep?.status());
      return last?.state === state && last;
    };
    return until(`state ${state}`, there).catch((error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
    });
  }

  /** Waits until the script tag has put leadkeep on the page, and loads the module. */
  async loads(tab = this.tab) {
    await until("leadkeep on the page", () => tab.shows(() => Boolean(window.leadkeep)));
    await tab.runs(() => window.leadkeep.load());
  }

  flushes(tab = this.tab) {
    return tab.runs(() => window.leadkeep.flush());
  }

  /** What localStorage holds of leadkeep, as text; empty when nothing. */
  recordText(tab = this.tab) {
    return tab.runs(() => window.localStorage.getItem("leadkeep") ?? "");
  }

  async record(tab = this.tab) {
    return JSON.parse((await this.recordText(tab)) || "null");
  }

  /** Waits until what was kept is forgotten, because it was delivered. */
  keepsNothing(tab = this.tab) {
    return until("nothing kept", async () => !(await this.record(tab))?.unsent);
  }

  /** What the consoles said, apart from what the test expected them to say. */
  complaints() {
    return this.site.said.filter((line) => !this.#excused.some((pattern) => pattern.test(line)));
  }

  /** The test expects such lines. */
  excuse(...patterns) {
    this.#excused.push(...patterns);
  }

  /** leadkeep says once in the console when the endpoint fails. */
  excuseFailedRequests() {
    this.excuse(
      /^error: leadkeep: the endpoint [a-z ]+$/,
      /^error: leadkeep: POST \/api\/lead\S* was (refused|unavailable) \(\d+/,
    );
  }
}
