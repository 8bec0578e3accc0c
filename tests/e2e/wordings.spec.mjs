// The same fields in other words: tests/fields/wordings.mjs, on pages whose names say nothing, so that labels, placeholders,
// aria-labels and table cells must.

import assert from "node:assert/strict";

import { wordings } from "../fields/wordings.mjs";
import { html, scriptTag } from "./support/fixture.mjs";
import { score } from "./support/score.mjs";
import { stage } from "./support/stage.mjs";

/** All together may not be read worse than this: micro-F1 of words in labels, and of rarer ones in other places. */
const TOTALS = [0.95, 0.8];

const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** How a shop may say what a field is; the name is no help. */
const SAYINGS = [
  (label, i) => `<p><label for="f${i}">${label}</label><input id="f${i}" name="field_${i}"></p>`,
  (label, i) => `<p><input name="field_${i}" placeholder="${attribute(label)}"></p>`,
  (label, i) => `<p><input name="field_${i}" aria-label="${attribute(label)}"></p>`,
  (label, i) => `<table><tr><td>${label}</td><td><input name="field_${i}"></td></tr></table>`,
];

/** The address in a section of its own, and what is not the address in another one. */
function page(language, fields, sayings) {
  const said = fields.map(({ label }, i) => sayings[i % sayings.length](label, i));
  const address = fields.filter(({ wanted }) => wanted.includes(".")).length;
  const [first, second] = [said.slice(0, address), said.slice(address)].map((rows) => rows.join(""));
  return html({
    head: scriptTag({ form: "body", consent: "external" }),
    form: `<form><section>${first}</section><section>${second}</section></form>`,
  }).replace('lang="en"', `lang="${language}"`);
}

const { scenario } = stage();

/** The first words in labels, the second in whatever a shop may use instead. */
for (const [which, sayings] of [SAYINGS.slice(0, 1), SAYINGS.slice(1)].entries()) {
  scenario(`other words are understood in all languages (${which + 1} of 2)`, async (shopper, context) => {
    shopper.excuse(/^verbose: \[DOM\]/);
    const all = [];
    for (const [language, fields] of Object.entries(wordings(which))) {
      const path = `/checkout-${language}`;
      await shopper.serve({ [path]: page(language, fields, sayings) });
      await shopper.goesTo(path);
      await shopper.page.waitForFunction(() => window.leadkeep);
      const found = await shopper.page.evaluate(async () =>
        (await window.leadkeep.inspect()).map(({ path, source, reason }) => ({
          got: path ?? (source === "forbidden" ? "forbidden" : "none"),
          reason,
        })),
      );
      assert.equal(found.length, fields.length);
      const rows = fields.map(({ label, wanted }, i) => ({ field: label, wanted: [wanted], ...found[i] }));
      all.push(...rows);
      const { f1, mismatches } = score(rows);
      const list = mismatches.map(
        ({ field, wanted, got, reason }) => `\n  ${field}: expected ${wanted}, received ${got}: ${reason}`,
      );
      if (list.length > 0) context.diagnostic(`${language}: F1 ${f1.toFixed(3)}${list.join("")}`);
    }
    const { f1, precision, recall, mismatches, forbidden } = score(all);
    context.diagnostic(
      `F1 ${f1.toFixed(3)}, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, ${all.length} fields, ${mismatches.length} mismatches`,
    );
    const read = forbidden.filter((line) => !line.includes(": none: "));
    assert.deepEqual(read, [], "fields that must not be read, and are");
    assert.ok(f1 >= TOTALS[which], `F1 ${f1.toFixed(3)}`);
  });
}
