// What a shopper does in a tab, in any engine.

import { By, Key } from "selenium-webdriver";

/** Errors a driver gives when the page went away under the command that made it go. */
const GONE = /no such (window|element|frame)|stale element|target window already closed|execution context|detached/i;

export class Tab {
  #browser;
  #session;
  #handle;

  constructor(browser, session, handle) {
    this.#browser = browser;
    this.#session = session;
    this.#handle = handle;
  }

  /** The session does what follows in this tab. */
  async isLookedAt() {
    await this.#session.switchTo().window(this.#handle);
  }

  async goes(url) {
    await this.isLookedAt();
    await this.#session.get(url);
  }

  async #find(selector) {
    await this.isLookedAt();
    return this.#session.findElement(By.css(selector));
  }

  /** Clicks into a field and replaces what stands in it, key by key. */
  async types(selector, text) {
    const field = await this.#find(selector);
    await field.click();
    await this.#session.executeScript("arguments[0].select()", field);
    await this.presses(text === "" ? Key.BACK_SPACE : text);
  }

  /** Types on at the end of a field. */
  async typesOn(selector, text) {
    await (await this.#find(selector)).sendKeys(text);
  }

  /**
   * Fills a field as a script does that types for the shopper. Firefox's driver leaves an `unload` listener on a page that
   * it clicks or types into, and with it keeps the page out of the back/forward cache.
   */
  async writes(selector, text) {
    const write = (selector, text) => {
      const field = document.querySelector(selector);
      field.focus();
      field.value = text;
      field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
    };
    await this.runs(write, selector, text);
  }

  /** Keys for whatever has the focus. */
  async presses(keys) {
    await this.isLookedAt();
    await this.#session.actions().sendKeys(keys).perform();
  }

  /** Fills several fields, one after the other: `{ "#email": "ada@example.com" }`. */
  async fills(values) {
    for (const [selector, text] of Object.entries(values)) {
      const field = await this.#find(selector);
      if ((await field.getTagName()) === "select") await this.chooses(selector, text);
      else await this.types(selector, text);
    }
  }

  /** Chooses an option by its value. */
  async chooses(selector, value) {
    await (await this.#find(`${selector} option[value="${value}"]`)).click();
  }

  async clicks(selector) {
    await (await this.#find(selector)).click();
  }

  /** Runs a function in the page and gives what it returns; a promise is waited for. */
  async runs(work, ...given) {
    await this.isLookedAt();
    const script = `const done = arguments[arguments.length - 1];
      const given = Array.prototype.slice.call(arguments, 0, -1);
      Promise.resolve().then(() => (${work})(...given)).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.#session.executeAsyncScript(script, ...given);
    if (error) throw new Error(`the page says: ${error}`);
    return value;
  }

  /** Lets the page do something that may take it away, and does not wait for what comes of it. */
  async starts(work, ...given) {
    await this.isLookedAt();
    await this.#session.executeScript(`setTimeout(() => (${work})(...${JSON.stringify(given)}))`);
  }

  async reloads() {
    await this.isLookedAt();
    await this.#session.navigate().refresh();
  }

  /** Back in the history. Gives whether the page came out of the back/forward cache. */
  async goesBack() {
    await this.isLookedAt();
    await this.#session.navigate().back();
    return this.runs(() => window.cameFromCache === true);
  }

  /** Whether a page answers `look` with something true by now; a page on its way answers nothing. */
  async shows(look, ...given) {
    try {
      await this.isLookedAt();
      // Nothing is waited for: a page that goes into the back/forward cache takes its promises along.
      return await this.#session.executeScript(`return (${look})(...arguments)`, ...given);
    } catch (error) {
      if (GONE.test(error.message)) return false;
      throw error;
    }
  }

  /** Another tab or app is in front of this one. */
  async isHidden() {
    await this.#browser.looksAway();
  }

  async closes() {
    await this.isLookedAt();
    await this.#session.close();
    await this.#browser.looksAway();
  }
}
