// What a row of `inspect()` is, in a word, and what a shopper calls its field.

/**
 * How a field is treated: `read`, `forbidden` (never read), `ignored` (the merchant says so), or `unknown`.
 */
export function treatment({ path, source }) {
  if (path) return "read";
  if (source === "forbidden") return "forbidden";
  return source === "none" ? "unknown" : "ignored";
}

/** The word for it. */
export const WORDS = { forbidden: "never read", ignored: "ignored", unknown: "not read" };

/** `["BillingDetails.", "Email"]`; a path without a block has no first part. */
export function parts(path) {
  const [, block = "", detail] = path.match(/^(\w+Details\.)?(.*)$/);
  return [block, detail];
}

/** What stands beside the field for the shopper, else what the page calls it. */
export function nameOf({ element, field }) {
  const label = [...(element.labels ?? [])].map(wordsOf).find(Boolean);
  return label || element.getAttribute("aria-label") || element.placeholder || field || element.type;
}

/** The text of a label without that of the controls it holds. */
function wordsOf(label) {
  const words = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.matches?.("input,select,textarea,button,script,style")) return "";
    return [...node.childNodes].map(words).join(" ");
  };
  return words(label).replace(/\s+/g, " ").trim();
}
