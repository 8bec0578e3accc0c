// `JSON.stringify` as the standard means it, on pages that know better.

/** The members of an object in the order of their names: the same cart in another spelling is the same text. */
const inOrder = (object) =>
  Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((name) => [name, object[name]]),
  );

/**
 * Prototype.js gives arrays a `toJSON` that makes them a text: what a prototype says of lists and plain objects does not
 * count, what an object says of itself does.
 */
function plain(key, value) {
  const given = this[key];
  const says = given && given.toJSON;
  const kept = says && (says == Array.prototype.toJSON || says == Object.prototype.toJSON) ? given : value;
  return kept && typeof kept == "object" && !Array.isArray(kept) ? inOrder(kept) : kept;
}

/** Half an emoji is written `\ud83d`, which strict readers refuse; an escaped backslash before such a text is none. */
const ESCAPE = /\\(?:ud[89a-f][0-9a-f]{2}|.)/g;

/**
 * @param {unknown} value
 * @returns {string | undefined} well-formed JSON; undefined for what cannot be written, a circle for example
 */
export function stringify(value) {
  try {
    return JSON.stringify(value, plain).replace(ESCAPE, (escape) => (escape.length > 2 ? "\ufffd" : escape));
  } catch {}
}
