// Without `data-form` the loader guesses from the page which touch is one of the checkout: one too few is a lead lost, one
// too many a module loaded for nothing.

import assert from "node:assert/strict";

import { html, OPTIONS, PACKAGINGS } from "./support/fixture.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, until } from "./support/wait.mjs";

const { scenario } = stage();

const LABELS = ["Courriel", "Prénom", "Nom", "Rue", "Ville"];
const labelled = LABELS.map((label, i) => `<p><label>${label} <input id="f${i}" name="field_${i}"></label></p>`).join(
  "",
);
const inShadow = `<div id="host"></div><script>
  document.querySelector("#host").attachShadow({ mode: "open" }).innerHTML =
    '<input id="f0" type="email"><input autocomplete="name">';
</script>`;
const hidden = '<input type="hidden" name="token">'.repeat(9);

const PAGES = [
  ["a form whose e-mail field says so by its label alone", `<form>${labelled}</form>`, true],
  ["fields without a form, told by their labels alone", labelled, true],
  ["fields in a shadow root", inShadow, true],
  ["one field that is an e-mail address", '<form><input id="f0" placeholder="x" type="email"></form>', true],
  ["a search", `<form><input id="f0" type="search" name="q">${hidden}<button>Go</button></form>`, false],
  ["a log-in", '<form><input id="f0" name="user" autocomplete="username"><input type="checkbox"></form>', false],
];

for (const [name, form, isNear] of PAGES) {
  scenario(`the touch of ${name} ${isNear ? "loads" : "does not load"} the module`, async (shopper) => {
    await shopper.opens(html({ head: PACKAGINGS["script tag"]({ ...OPTIONS, form: null }), form }));
    await until("leadkeep on the page", () => shopper.page.evaluate(() => Boolean(window.leadkeep)));
    await shopper.page.locator("#f0").click();
    await shopper.page.keyboard.type("a");
    const isLoaded = () => shopper.requests.some(({ path }) => path.startsWith("/leadkeep_widget.js"));
    if (isNear) return until("the module", isLoaded);
    await aWhile();
    assert.equal(isLoaded(), false);
  });
}
