// The words of the consent checkbox, a file for each language beside the module, which imports the one in use.

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

export async function buildTexts({ out }) {
  const outputs = LANGUAGES.map((language) => join(out, textsFile(language)));
  await step("texts", { folder: out, inputs: [folder], outputs }, () => {
    for (const language of LANGUAGES) {
      const texts = JSON.parse(readFileSync(join(folder, `${language}.json`), "utf8"));
      writeFileSync(join(out, textsFile(language)), `export default ${JSON.stringify({ language, ...texts })};\n`);
    }
  });
}
