// Every forbidden field of every saved page gets a value of its own, which must be found nowhere, while the lead around it
// is kept. What is forbidden is what people said of the pages' fields. The pages are not part of this repository:
// LEADKEEP_FORMS names their folder, which brings the reader of its labels with it.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { root } from "../../scripts/lib/paths.mjs";
import { ITEM, html, scriptTag } from "./support/fixture.mjs";
import { areNowhere } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";

const FOLDER = process.env.LEADKEEP_FORMS || join(root, "..", "shared", "forms");
const LABELS = join(FOLDER, "lib", "corpus.mjs");

/** Values a form takes, by what a field is said to be; the items make a lead of them. */
const VALID = {
  FirstName: "Ada",
  LastName: "Lovelace",
  FullName: "Ada Lovelace",
  Email: "ada@example.com",
  Phone: "+12515550123",
  Address1: "12 Dorset Street",
  Address2: "Flat 2",
  City: "Mobile",
  Zip: "36602",
  State: "Alabama",
  CountryCode: "United States",
  Company: "Analytical",
};

/** Nothing of a saved page may load or run; leadkeep may. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'unsafe-inline'; frame-src 'none'";
/** A shop that knows its shopper: without an e-mail address nothing would be sent, and nothing could leak. */
const KNOWN = '<input type="hidden" data-lead="BillingDetails.Email" value="ada@example.com">';
const SHELL = html({ head: scriptTag({ form: "body" }).replace("async", ""), form: "", items: [ITEM] }).replace(
  "</body>",
  `${KNOWN}<div id="saved"></div></body>`,
);

/** The pages, and what each labelled field of theirs is: `[{ file, html, labels }]`, a label by the field's place. */
async function savedPages() {
  const { chooseForms, truthOf } = await import(pathToFileURL(LABELS));
  const corrections = JSON.parse(readFileSync(join(FOLDER, "corrections.json"), "utf8")).forms;
  const forms = chooseForms(join(FOLDER, "pages"), { half: "all", origin: "all", kind: "all" });
  return { forms, corrections, truthOf };
}

/** Runs in the page: puts the saved page there without its labels, and gives them; the fields are kept as `window.fields`. */
function put(saved) {
  document.querySelector("#saved").innerHTML = saved;
  window.events = [];
  document.addEventListener("leadkeep:status", ({ detail }) => window.events.push(JSON.stringify(detail)));
  window.fields = [...document.querySelectorAll("#saved :is(input, select, textarea)")];
  const labels = window.fields.map((field) => ({
    label: field.getAttribute("data-manual-scoring"),
    of: field.name || field.id,
  }));
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes])
      if (/^(data-manual-|autofill-)/.test(name) || (name === "title" && /overall type:/i.test(value)))
        element.removeAttribute(name);
  }
  return labels;
}

/** Runs in the page: fills fields as typing would, `[[place, text]]`, and lets leadkeep send what it wants to send. */
async function fill(values) {
  await window.leadkeep.load();
  for (const [place, text] of values) {
    const field = window.fields[place];
    if (/^(checkbox|radio|button|submit|reset|image|file|hidden)$/.test(field.type)) continue;
    if (field.localName === "select") field.append(new Option(text, text));
    field.dispatchEvent(new FocusEvent("focusin", { bubbles: true, composed: true }));
    field.value = text;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
  }
  await window.leadkeep.flush();
  return window.events;
}

/** A value that occurs nowhere by itself, and that the type of the field lets stand. */
function canary(number, type) {
  const digits = String(7_310_462_000 + number);
  if (type === "number" || type === "range") return digits;
  if (type === "date") return `${1_000 + number}-11-23`;
  if (type === "month") return `${1_000 + number}-11`;
  // As an address it may stand in an e-mail field too.
  return `qzcanary${number}x@canary.example`;
}

const { demo, scenario } = stage();

if (!existsSync(LABELS)) {
  test("no canary leaves a saved page", { skip: "LEADKEEP_FORMS names no folder with saved forms" }, () => {});
} else {
  scenario("no canary leaves a saved page", async (shopper, context) => {
    shopper.excuse(/^(?!.*leadkeep)/);
    shopper.excuseFailedRequests();
    await shopper.serve({ "/checkout": { body: SHELL, headers: { "content-security-policy": POLICY } } });
    const { forms, corrections, truthOf } = await savedPages();
    const leaks = [];
    let [typed, leads] = [0, 0];
    for (const form of forms) {
      await demo.empty();
      shopper.requests.length = 0;
      await shopper.goesTo("/checkout");
      await shopper.page.evaluate(() => localStorage.clear());
      const labels = await shopper.page.evaluate(put, form.html);
      for (const [place, { of, label }] of Object.entries(corrections[form.file] ?? {})) {
        assert.equal(labels[place].of, of, `${form.file}: the correction of ${place} is of another field`);
        labels[place].label = label;
      }
      const types = await shopper.page.evaluate(() => window.fields.map(({ type }) => type));
      const [values, secrets] = [[], []];
      labels.forEach(({ label }, place) => {
        const truth = truthOf(label);
        if (truth?.want) values.push([place, VALID[truth.want]]);
        if (!truth?.forbidden) return;
        const secret = canary(typed++, types[place]);
        values.push([place, secret]);
        secrets.push(secret.replace("@canary.example", ""));
      });
      const events = await shopper.page.evaluate(fill, values);
      leads += shopper.posts().length > 0 ? 1 : 0;
      await areNowhere(secrets, shopper, demo).catch(({ message }) => leaks.push(`${form.file}: ${message}`));
      for (const secret of secrets)
        if (events.some((event) => event.includes(secret))) leaks.push(`${form.file}: in an event`);
    }
    context.diagnostic(`${forms.length} pages, ${typed} values in forbidden fields, ${leads} pages became leads`);
    assert.deepEqual(leaks, []);
    assert.ok(typed > 200, `${typed} values were typed`);
    assert.ok(leads > forms.length * 0.9, `${leads} pages became leads`);
  });
}
