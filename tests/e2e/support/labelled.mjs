// Pages of tests/fields: checkouts of our own writing, each field with what it should be taken for in `data-expect`.
// The labels never reach the browser as attributes: a page is served without them, and knows them by element.
//
// A label is a lead path or a joined path, `none`, or `forbidden`; `|` stands between answers that are equally good.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "../../../scripts/lib/paths.mjs";

const FOLDER = join(root, "tests", "fields");
const CONTROL = /<(?:input|select|textarea)\b[^>]*>/g;
const LABEL = / data-expect="([^"]*)"/;

/** The names of the pages of a folder, sorted: `["ar", "bg", ...]`. */
export const names = (folder) =>
  readdirSync(join(FOLDER, folder))
    .filter((name) => name.endsWith(".html"))
    .map((name) => name.slice(0, -".html".length))
    .sort();

/**
 * A page as its merchant would serve it, with `head` (a script tag) in its head. In the browser `window.expected` is a
 * map from every control to the answers that are good.
 */
export function labelledPage(folder, name, head) {
  const source = readFileSync(join(FOLDER, folder, `${name}.html`), "utf8");
  const labels = [];
  const unlabelled = source.replace(CONTROL, (tag) => {
    const label = tag.match(LABEL);
    if (!label) throw new Error(`${folder}/${name}.html: expected data-expect, received ${tag}`);
    labels.push(label[1].split("|"));
    return tag.replace(LABEL, "");
  });
  const know = `<script>
    window.expected = new Map();
    document.querySelectorAll("input, select, textarea").forEach((field, i) =>
      window.expected.set(field, ${JSON.stringify(labels)}[i]));
  </script>`;
  // Before the scripts of the page itself, which may take fields away.
  const first = unlabelled.includes('<script type="application/json"') ? '<script type="application/json"' : "</body>";
  return unlabelled
    .replace("</head>", () => `<link rel="icon" href="data:,">${head}</head>`)
    .replace(first, know + first);
}

/** What `inspect()` says beside what should be said: `[{ field, wanted, got, source, reason }]`; `got` as a label. */
export const inspected = (page) =>
  page.evaluate(async () => {
    const words = (element) =>
      [
        element.labels?.[0]?.textContent,
        element.getAttribute("aria-label"),
        element.placeholder,
        element.parentElement?.textContent,
      ]
        .map((text) => text?.replace(/\s+/g, " ").trim())
        .find(Boolean);
    return (await window.leadkeep.inspect()).map(({ element, path, source, reason }) => ({
      field: `${element.name || element.id || element.localName} (${words(element)?.slice(0, 40) ?? ""})`,
      wanted: window.expected.get(element),
      got: path ?? (source === "forbidden" ? "forbidden" : "none"),
      source,
      reason,
    }));
  });

/** Puts a text of its own into every field that only `forbidden` is right for, as a shopper's typing would; gives the texts. */
export const typeSecrets = (page) =>
  page.evaluate(() => {
    const secrets = [];
    for (const [field, wanted] of window.expected) {
      if (String(wanted) !== "forbidden" || !field.isConnected) continue;
      // As an address it fits wherever a text does, an e-mail field included.
      const secret = `qzsecret${secrets.length}x`;
      const text = `${secret}@canary.example`;
      if (field.localName === "select") field.append(new Option(text, text));
      field.dispatchEvent(new FocusEvent("focusin", { bubbles: true, composed: true }));
      field.value = text;
      for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true, composed: true }));
      secrets.push(secret);
    }
    return secrets;
  });
