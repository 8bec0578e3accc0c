// Which language the shopper reads. It runs beside the module, so that the file of that language alone is loaded.

/**
 * Other names that pages use: for the Norwegian that most write, for what is written in traditional characters, where they
 * name the place instead of the script, and the codes of before 1989.
 */
const ALIASES = {
  __proto__: null,
  no: "nb",
  nn: "nb",
  "zh-tw": "zh-hant",
  "zh-hk": "zh-hant",
  "zh-mo": "zh-hant",
  iw: "he",
  in: "id",
};

/** The longest known tag that a tag is or begins with (RFC 4647, section 3.4: lookup). */
const lookUp = (known, tag) => {
  let rest = `${tag ?? ""}`.toLowerCase().replaceAll("_", "-");
  for (; rest && !((ALIASES[rest] ?? rest) in known); rest = rest.replace(/-?[^-]*$/, ""));
  return ALIASES[rest] ?? rest;
};

const primary = (tag) => tag.split("-")[0];

/**
 * The tag of the texts to show, one of `known`, in lower case; empty where there is none. `setting` decides the language,
 * and `page`, the `lang` of the page, its variant where it is in the same language: `PT` on a page in `pt-BR` is Brazilian.
 */
export const languageOf = (known, setting, page) => {
  const set = lookUp(known, setting);
  const shown = lookUp(known, page);
  return set && primary(set) != primary(shown) ? set : shown;
};
