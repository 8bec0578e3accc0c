// The description of a field crosses from JavaScript to Rust as one text, part after part. Both sides write the parts down;
// here they are held to one list.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { root } from "./support.mjs";

/** The part as Rust names it, and what it is in JavaScript. */
const PARTS = [
  ["tag", "element.localName,"],
  ["kind", "element.type"],
  ["name", '"name"'],
  ["id", '"id"'],
  ["autocomplete", 'get("autocomplete")'],
  ["mark", 'get("data-lead")'],
  ["label", "labels"],
  ["aria", 'say("aria-label")'],
  ["placeholder", 'say("placeholder")'],
  ["nearby", "before(element)"],
  ["sections", "around(element, root)"],
  ["options", "element.options"],
  ["max_length", 'get("maxlength")'],
  ["form", "forms.indexOf(form)"],
  ["language", "language,"],
];

test("survey.js writes the parts of a field in the order in which Rust reads them", () => {
  const script = readFileSync(join(root, "src/browser/survey.js"), "utf8");
  const written = script.slice(script.indexOf("described.push("), script.indexOf('].join("\\x1f")'));
  let at = 0;
  for (const [name, source] of PARTS) {
    const found = written.indexOf(source, at);
    assert.ok(found >= 0, `${name}: expected ${source} after the parts before it`);
    at = found;
  }
  const rust = readFileSync(join(root, "src/core/field/mod.rs"), "utf8");
  const read = [...rust.matchAll(/^\s+(\w+): part\(\),$/gm)].map(([, name]) => name);
  assert.deepEqual(
    read,
    PARTS.map(([name]) => name),
  );
});
