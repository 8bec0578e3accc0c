// `JSON.stringify` as the standard means it, on pages that know better; and what an answer in JSON says of itself.
//
// One file for both: the test runner of wasm-bindgen serves few files at once, and one more makes every other run wait for ever.

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

/** What the console has been told, by the kind of failure. */
const said = {};

/**
 * One line for each kind of failure. Words are taken only from what answers as leadkeep's endpoints do: nobody else has promised
 * to repeat nothing of what a shopper typed.
 */
export async function explain(response) {
  const { status, url } = response;
  const kind = status < 500 ? "refused" : "unavailable";
  let answer;
  try {
    answer = await response.json();
  } catch {}
  // The endpoint repeats nothing; which origin this is, the page knows.
  const why = /^lead\//.test(answer?.code)
    ? ` ${answer.code}): ${answer.message}`.replace("this origin", location.origin)
    : ")";
  const line = `leadkeep: POST ${url.replace(/^\w+:..[^/]+/, "")} was ${kind} (${status}${why}`;
  if (status > 399 && !said[kind])
    console.error((said[kind] = line) + " https://github.com/leadkeep/leadkeep#transport/" + kind);
}
