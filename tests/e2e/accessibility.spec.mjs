// The consent checkbox for those who use a keyboard or a screen reader, and for the page around it.

import assert from "node:assert/strict";

import { consentBox, notice, typeInto } from "./support/actions.mjs";
import { checkout, FORM, html, PACKAGINGS, OPTIONS } from "./support/fixture.mjs";
import { holdsBilling } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { eventually, until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const ASK = { consent: "ask" };
const TEXT = "Save my details and e-mail me a reminder if I don't finish my order.";

/** Opens a page and touches the form, so that the checkbox is there. */
async function opens(shopper, page = checkout(ASK)) {
  await shopper.opens(page);
  await shopper.page.locator("#email").click();
  await consentBox(shopper.page).waitFor();
}

const ticked = (shopper) => consentBox(shopper.page).isChecked();

scenario("Tab leads from the e-mail field to the checkbox and on, Space ticks and unticks", async (shopper) => {
  await opens(shopper);
  const { keyboard } = shopper.page;
  const hasFocus = () => consentBox(shopper.page).evaluate((box) => box.getRootNode().activeElement === box);
  await keyboard.press("Tab");
  assert.ok(await hasFocus());
  await keyboard.press("Space");
  assert.equal(await ticked(shopper), true);
  assert.equal((await shopper.status()).state, "idle");
  await keyboard.press("Space");
  assert.equal(await ticked(shopper), false);
  assert.equal((await shopper.status()).state, "waiting");
  await keyboard.press("Tab");
  assert.equal(await shopper.page.evaluate(() => document.activeElement.id), "first");
  await keyboard.press("Shift+Tab");
  assert.ok(await hasFocus());
});

scenario("it appears beside the e-mail field without taking the focus or the text", async (shopper) => {
  await shopper.opens(checkout(ASK));
  await typeInto(shopper.page, "#email", "ada@exa");
  await consentBox(shopper.page).waitFor();
  assert.equal(await shopper.page.evaluate(() => document.activeElement.id), "email");
  await shopper.page.keyboard.type("mple.com");
  assert.equal(await shopper.page.locator("#email").inputValue(), "ada@example.com");
  const host = shopper.page.locator("p:has(#email) + div[data-leadkeep]");
  assert.equal(await host.count(), 1, "after the row of the e-mail field");
});

scenario("it has a name, and its label ticks it", async (shopper) => {
  await opens(shopper);
  await shopper.page.getByRole("checkbox", { name: TEXT, exact: true }).waitFor();
  await shopper.page.getByText(TEXT).click();
  assert.equal(await ticked(shopper), true);
});

scenario("what the merchant writes stands beside the box, and is text, not markup", async (shopper) => {
  const consentText = "Remind me <b>by e-mail</b> & save";
  const savedText = "Gemerkt <i>x</i>";
  await opens(shopper, checkout({ ...ASK, consentText, savedText }));
  await shopper.page.getByRole("checkbox", { name: consentText, exact: true }).check();
  await typeInto(shopper.page, "#email", "ada@example.com");
  await eventually(async () => assert.equal(await shopper.page.getByRole("status").textContent(), savedText));
});

scenario("a screen reader hears that it was saved", async (shopper) => {
  await opens(shopper);
  const status = notice(shopper.page).getByRole("status");
  assert.equal(await status.count(), 1, "the live region stands there before it speaks");
  assert.equal(await status.textContent(), "");
  await consentBox(shopper.page).check();
  await typeInto(shopper.page, "#email", "ada@example.com");
  await holdsBilling(demo, { Email: "ada@example.com" });
  await eventually(async () => assert.equal(await status.textContent(), "Saved"));
});

scenario("it is no part of the page's form, neither of its elements nor of what it submits", async (shopper) => {
  await shopper.serve({ "/thanks": html({ form: "<p>Thanks</p>", items: null }) });
  await opens(shopper);
  await consentBox(shopper.page).check();
  const known = await shopper.page.evaluate(() => [
    document.forms[0].elements.length,
    document.querySelectorAll("form input, form select, form textarea, form button").length,
    [...new FormData(document.forms[0]).keys()].sort().join(),
  ]);
  assert.deepEqual(known, [9, 9, "card,city,country,email,first,last,street,zip"]);
  await shopper.page.locator("#order").click();
  await shopper.page.getByText("Thanks").waitFor();
  const sent = [...new URL(shopper.page.url()).searchParams.keys()].sort().join();
  assert.equal(sent, "card,city,country,email,first,last,street,zip");
});

scenario("listeners of the page on its form hear nothing of it", async (shopper) => {
  const listening = `<script>
    window.heard = [];
    for (const target of [document.querySelector("#checkout"), document, window])
      for (const name of ["input", "change"]) target.addEventListener(name, () => window.heard.push(name));
  </script>`;
  await opens(shopper, checkout(ASK, { after: listening }));
  await consentBox(shopper.page).check();
  await consentBox(shopper.page).uncheck();
  assert.deepEqual(await shopper.page.evaluate(() => window.heard), []);
});

scenario("a reset of the form does not take the consent back", async (shopper) => {
  await opens(shopper);
  await consentBox(shopper.page).check();
  await shopper.page.evaluate(() => document.forms[0].reset());
  assert.equal(await ticked(shopper), true);
  assert.notEqual((await shopper.status()).state, "waiting");
});

scenario("data-slot says where it stands, ::part and custom properties how it looks", async (shopper) => {
  const style = `<style>
    [data-leadkeep]::part(label) { font-style: italic }
    [data-leadkeep] { --leadkeep-gap: 17px }
  </style>`;
  const page = html({
    head: style + PACKAGINGS["script tag"]({ ...OPTIONS, ...ASK, slot: "#here" }),
    form: `${FORM}<div id="here"></div>`,
  });
  await opens(shopper, page);
  assert.equal(await shopper.page.locator("#here > div[data-leadkeep]").count(), 1);
  const look = await notice(shopper.page).evaluate((host) => {
    const part = (name) => getComputedStyle(host.shadowRoot.querySelector(`[part=${name}]`));
    return [part("label").fontStyle, part("consent").gap];
  });
  assert.deepEqual(look, ["italic", "17px"]);
});

scenario("it stays ticked and in place when another tab agrees or takes it back", async (shopper) => {
  await opens(shopper);
  await consentBox(shopper.page).check();
  await typeInto(shopper.page, "#email", "ada@example.com");
  await shopper.reaches("saved");
  const other = await shopper.opensTab("/checkout");
  await other.locator("#email").click();
  await until("the tick in the other tab", () => consentBox(other).isChecked());
  await consentBox(other).uncheck();
  await shopper.reaches("closed");
  await eventually(async () => assert.equal(await ticked(shopper), false));
});
