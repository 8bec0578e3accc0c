// Recognition in the languages that shops are written in: pages of our own, in tests/fields/languages, whose fields are
// known. The pages were written from the conventions of each country and not from the rules they are held against.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ITEM, scriptTag } from "./support/fixture.mjs";
import { inspected, labelledPage, names, typeSecrets } from "./support/labelled.mjs";
import { areNowhere, lastLead } from "./support/oracle.mjs";
import { score } from "./support/score.mjs";
import { stage } from "./support/stage.mjs";

/** No page may be read worse than this, and all together not worse than that: micro-F1. */
const PAGE = 0.85;
const TOTAL = 0.97;

const { demo, scenario } = stage();
const all = [];

/** Types an e-mail address where the page asks the shopper for one. */
const typeEmail = (page) =>
  page.evaluate(() => {
    const [field] = [...window.expected].find(([, wanted]) => String(wanted) === "BillingDetails.Email");
    field.focus();
    field.value = "ada@example.com";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

for (const name of names("languages")) {
  scenario(`the checkout in ${name} is read as its shop means it`, async (shopper, context) => {
    // Chromium's advice to the page's author.
    shopper.excuse(/^verbose: \[DOM\]/);
    const items = `<script type="application/json" id="items">${JSON.stringify([ITEM])}</script>`;
    await shopper.opens(labelledPage("languages", name, scriptTag({ form: "body" }) + items));
    await shopper.page.waitForFunction(() => window.leadkeep);
    const fields = await inspected(shopper.page);
    all.push(...fields);
    const { f1, mismatches, forbidden } = score(fields);
    context.diagnostic(`${name}: F1 ${f1.toFixed(3)}`);
    const list = mismatches.map(
      ({ field, wanted, got, reason }) => `  ${field}: expected ${wanted.join(" or ")}, received ${got}: ${reason}`,
    );
    if (list.length > 0) context.diagnostic(`${name}: ${list.length} mismatches\n${list.join("\n")}`);
    assert.deepEqual(forbidden, [], "fields that must not be read");
    assert.ok(f1 >= PAGE, `F1 ${f1.toFixed(3)}\n${list.join("\n")}`);

    // And with the bare tag, which has to find the form, and the shopper's first touch of it, by itself.
    await shopper.opens(labelledPage("languages", name, scriptTag({ form: null }) + items));
    await shopper.page.waitForFunction(() => window.leadkeep);
    await typeEmail(shopper.page);
    const secrets = await typeSecrets(shopper.page);
    await shopper.page.evaluate(() => window.leadkeep.flush());
    assert.equal((await lastLead(demo))?.BillingDetails.Email, "ada@example.com");
    await areNowhere(secrets, shopper, demo);
  });
}

test("all languages together are read as their shops mean them", (context) => {
  const { f1, precision, recall, mismatches } = score(all);
  context.diagnostic(
    `F1 ${f1.toFixed(3)}, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, ${all.length} fields, ${mismatches.length} mismatches`,
  );
  assert.ok(all.length > 900, `${all.length} fields`);
  assert.ok(f1 >= TOTAL, `F1 ${f1.toFixed(3)}`);
});
