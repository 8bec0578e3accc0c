// What the module imports only where a page needs it: the words of the consent checkbox, a file for each language, and the terms
// by which fields are recognised in other letters than Latin ones.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "../lib/paths.mjs";
import { step } from "../lib/stamp.mjs";

const folder = join(root, "src", "view", "texts");

/** The languages whose texts are loaded, as BCP 47 tags. English is in the module. */
export const LANGUAGES = readdirSync(folder)
  .map((name) => name.replace(/\.json$/, ""))
  .filter((language) => language !== "en")
  .sort();

/** The file of a language, beside the module. */
export const textsFile = (language) => `leadkeep_text_${language}.js`;

/** The terms of all scripts but Latin, beside the module. */
export const TERMS_FILE = "leadkeep_terms.js";

/** Where build.rs writes them. */
export const gatheredTerms = (out) => join(out, "terms.txt");

export async function buildTexts({ out }) {
  const terms = gatheredTerms(out);
  await step("terms", { folder: out, inputs: [terms], outputs: [join(out, TERMS_FILE)] }, () => {
    const text = readFileSync(terms, "utf8");
    writeFileSync(join(out, TERMS_FILE), `export default ${JSON.stringify(text)};\n`);
  });

  const outputs = LANGUAGES.map((language) => join(out, textsFile(language)));
  await step("texts", { folder: out, inputs: [folder], outputs }, () => {
    for (const language of LANGUAGES) {
      const texts = JSON.parse(readFileSync(join(folder, `${language}.json`), "utf8"));
      writeFileSync(join(out, textsFile(language)), `export default ${JSON.stringify({ language, ...texts })};\n`);
    }
  });
}
