// The book in docs/book: its links lead somewhere, its pages are in the summary, and its snippets can be read by what they are for.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

import { transform } from "esbuild";

import { root } from "./support.mjs";

const BOOK = join(root, "docs/book/src");
const REPOSITORY = "https://github.com/leadkeep/leadkeep/";
const pages = readdirSync(BOOK).filter((name) => name.endsWith(".md"));
const files = [...pages.map((name) => join(BOOK, name)), join(root, "README.md")];
const read = (file) => readFileSync(file, "utf8");

/** The fragments of a page: its headings as GitHub and mdBook name them, and its anchors. */
function fragments(file) {
  const text = read(file).replace(/^```.*?^```/gms, "");
  const slug = (heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
  return [
    ...[...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slug(heading)),
    ...[...text.matchAll(/^#+ .+ \{#([\w-]+)\}$/gm)].map(([, id]) => id),
    ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id),
  ];
}

test("every page of the book is in its summary, and the summary names no other", () => {
  const named = [...read(join(BOOK, "SUMMARY.md")).matchAll(/\(([\w-]+\.md)\)/g)].map(([, name]) => name);
  assert.deepEqual([...named, "SUMMARY.md"].toSorted(), pages.toSorted());
});

for (const file of files) {
  test(`every link of ${relative(root, file)} leads somewhere`, () => {
    const text = read(file).replace(/^```.*?^```/gms, "");
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const own = link
        .replace(new RegExp(`^${REPOSITORY}(blob|tree)/main/`), `${relative(dirname(file), root) || "."}/`)
        .replace(new RegExp(`^${REPOSITORY.slice(0, -1)}#`), `${relative(dirname(file), join(root, "README.md"))}#`);
      if (/^[a-z]+:/.test(own)) continue;
      const [path, fragment] = own.split("#");
      const target = path ? join(dirname(file), path) : file;
      assert.ok(existsSync(target), link);
      if (fragment) assert.ok(fragments(target).includes(fragment), link);
    }
  });
}

/** What reads a snippet, by its language; what is not here is for people alone. */
const READERS = {
  html: async (text) => assert.equal((text.match(/<(script|meta)\b/g) ?? []).length > 0, true),
  js: (text) => transform(text, { loader: "js", format: "esm" }),
  json: (text) => JSON.parse(text),
  jsx: (text) => transform(text, { loader: "jsx", format: "esm" }),
  sh: (text) => assert.equal(spawnSync("bash", ["-n"], { input: text }).status, 0),
};

test("every snippet can be read by what it is for", async () => {
  let count = 0;
  for (const file of files) {
    for (const [, language, text] of read(file).matchAll(/^```(\w+)\n(.*?)^```/gms)) {
      count += Number(language in READERS);
      await assert.doesNotReject(
        async () => READERS[language]?.(text),
        `${relative(root, file)}, ${language}:\n${text}`,
      );
      // JSON that stands in a page is as strict as any other.
      for (const [, json] of text.matchAll(/<script type="application\/json"[^>]*>\s*([[{].*?)<\/script>/gs))
        JSON.parse(json);
    }
  }
  assert.ok(count > 20, `${count} snippets`);
});
