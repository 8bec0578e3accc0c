// What a page has pushed to its data layer, as rows of texts and numbers. Which events count, and what they add up to, is
// decided in src/core/data_layer.rs.

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
