// What a person does on a page.

/** Milliseconds between two keys. */
const KEY_MS = 1;

/** Clicks into a field and replaces what stands in it, key by key. */
export async function typeInto(page, selector, text, { delay = KEY_MS } = {}) {
  const field = page.locator(selector);
  await field.click();
  await page.keyboard.press("ControlOrMeta+A");
  if (text === "") return page.keyboard.press("Delete");
  await page.keyboard.type(text, { delay });
}

/** Types on at the end of a field. */
export async function typeOn(page, selector, text, { delay = KEY_MS } = {}) {
  await page.locator(selector).focus();
  await page.keyboard.press("End");
  await page.keyboard.type(text, { delay });
}

/** Fills several fields, one after the other: `{ "#email": "ada@example.com" }`. */
export async function fillIn(page, values) {
  for (const [selector, text] of Object.entries(values)) {
    const tag = await page.locator(selector).evaluate((element) => element.localName);
    if (tag === "select") await page.locator(selector).selectOption(text);
    else await typeInto(page, selector, text);
  }
}

/** What leadkeep shows; it comes with the module, at the first touch of the form. */
export const notice = (page) => page.locator("div[data-leadkeep]");

/** Its consent checkbox. */
export const consentBox = (page) => notice(page).getByRole("checkbox");

export const tickConsent = (page) => consentBox(page).check();
export const untickConsent = (page) => consentBox(page).uncheck();

/** The browser's own autofill, driven over the DevTools protocol: `{ EMAIL_ADDRESS: "…" }` in Chromium's names. */
export async function autofill(page, selector, fields) {
  const session = await page.context().newCDPSession(page);
  const { root } = await session.send("DOM.getDocument");
  const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector });
  const { node } = await session.send("DOM.describeNode", { nodeId });
  await session.send("Autofill.enable");
  await session.send("Autofill.trigger", {
    fieldId: node.backendNodeId,
    address: { fields: Object.entries(fields).map(([name, value]) => ({ name, value })) },
  });
  await session.detach();
}

/** The page goes out of sight: another tab, another app. Headless browsers keep every tab in sight, so it is told. */
export async function hidePage(page) {
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

/** And is seen again. */
export async function showPage(page) {
  await page.evaluate(() => {
    delete document.hidden;
    delete document.visibilityState;
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

/** Back in the history; out of the back/forward cache no `load` follows. Gives whether it came from there. */
export async function goBack(page) {
  await page.goBack({ waitUntil: "commit" });
  return page.evaluate(() => window.cameFromCache === true);
}
