// What a page gives, and an endpoint answers: the rows of a data layer, values as JSON, and what an answer says of itself. Which
// events of a data layer count, and what they add up to, is decided in src/core/data_layer.rs.
//
// One file for all: the test runner of wasm-bindgen serves few files at once, and one more makes every other run wait for ever.

/** gtag() pushes its arguments: "event", name, parameters. A tag manager pushes an object. */
const parts = (entry) => (entry[0] === "event" ? [entry[1], entry[2]] : [entry.event, entry.ecommerce]);

const item = (given) => [given.item_id, given.item_name, given.price, given.quantity, given.coupon];

const row = (entry) => {
  const [event, { currency, coupon, transaction_id, items }] = parts(entry);
  return [event, currency, coupon, transaction_id, Array.isArray(items) ? items.filter(Boolean).map(item) : []];
};

/**
 * The e-commerce events in `window.dataLayer`, oldest first; undefined where there is no data layer. Reading may run the
 * page's own code.
 */
export function dataLayerRows() {
  const layer = window.dataLayer;
  if (!Array.isArray(layer)) return;
  const rows = [];
  for (const entry of layer) {
    try {
      rows.push(row(entry));
    } catch {
      // Whatever else stands in there is none of ours.
    }
  }
  return rows;
}

const heard = new WeakSet();
let onChange;

/**
 * Calls back after each push to `window.dataLayer`, as a tag manager does: by a `push` around the one that is there. The
 * newest callback counts.
 */
export function onPush(callback) {
  onChange = callback;
  const layer = (window.dataLayer ??= []);
  if (!Array.isArray(layer) || heard.has(layer)) return;
  heard.add(layer);
  const { push } = layer;
  layer.push = function (...entries) {
    queueMicrotask(onChange);
    return push.apply(this, entries);
  };
}

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
