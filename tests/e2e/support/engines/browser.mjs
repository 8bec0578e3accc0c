// A browser under test: a driver, one session of it, and the tabs a shopper opens.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Builder } from "selenium-webdriver";

import { until } from "../wait.mjs";
import { engine } from "./engines.mjs";
import { freePort } from "./process.mjs";
import { Tab } from "./tab.mjs";

export class Browser {
  #driver;
  #engine;
  #profile = null;
  #session;
  #url;
  /** The window that keeps the session open while a shopper closes every other. */
  #anchor;

  /** Starts an engine. `profile`: its storage is kept from one `reopens` to the next. */
  static async opens(name, { profile = false } = {}) {
    const browser = new Browser();
    browser.#engine = await engine(name);
    if (profile) browser.#profile = mkdtempSync(join(tmpdir(), "leadkeep-profile-"));
    const port = await freePort();
    browser.#driver = await browser.#engine.driver(port);
    browser.#url = `http://127.0.0.1:${port}`;
    const answers = () =>
      fetch(`${browser.#url}/status`).then(
        ({ ok }) => ok,
        () => false,
      );
    await Promise.race([until(`${name}'s driver`, answers), browser.#driver.failed]);
    await browser.#begins();
    return browser;
  }

  async #begins() {
    const capabilities = this.#engine.capabilities(this.#profile);
    this.#session = await new Builder()
      .disableEnvironmentOverrides()
      .usingServer(this.#url)
      .withCapabilities(capabilities)
      .build();
    this.#anchor = await this.#session.getWindowHandle();
  }

  get name() {
    return this.#engine.name;
  }

  /** Another page, seen by the shopper, beside those that are open. */
  async opensTab() {
    await this.#session.switchTo().window(this.#anchor);
    await this.#session.switchTo().newWindow(this.#engine.windows);
    return new Tab(this, this.#session, await this.#session.getWindowHandle());
  }

  /** Tells Chromium's DevTools protocol something about a tab. */
  async devTools(tab, method, params) {
    await tab.isLookedAt();
    return this.#session.sendAndGetDevToolsCommand(method, params);
  }

  /** The shopper looks at something else than any of their tabs. */
  async looksAway() {
    await this.#session.switchTo().window(this.#anchor);
  }

  /** Closes every tab. */
  async closesTabs() {
    for (const handle of await this.#session.getAllWindowHandles()) {
      if (handle === this.#anchor) continue;
      await this.#session.switchTo().window(handle);
      await this.#session.close();
    }
    await this.#session.switchTo().window(this.#anchor);
  }

  /** The browser is closed, and opened again with what it keeps on disk. */
  async reopens() {
    await this.#session.quit();
    await this.#begins();
  }

  async ends() {
    await this.#session?.quit().catch(() => {});
    await this.#driver.end();
    if (this.#profile) rmSync(this.#profile, { force: true, recursive: true });
  }
}
