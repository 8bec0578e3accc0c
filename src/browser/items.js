// The cart as GA4's e-commerce events tell it (developers.google.com/analytics/devguides/collection/ga4/ecommerce).

const WHOLE = ["view_cart", "begin_checkout", "add_shipping_info", "add_payment_info"];

/**
 * What the events in `window.dataLayer` add up to: the newest one that shows the whole cart, and what was added and removed
 * since.
 *
 * @returns {object[] | undefined} 2Checkout `Items`; undefined where there is no data layer
 */
export function dataLayerItems() {
  const layer = window.dataLayer;
  if (!Array.isArray(layer)) return undefined;
  let cart = new Map();
  const hear = (entry) => {
    // gtag() pushes its arguments: "event", name, parameters.
    const [event, parameters] = entry[0] === "event" ? [entry[1], entry[2]] : [entry.event, entry.ecommerce];
    const { items } = parameters;
    const sign = WHOLE.includes(event) || event == "add_to_cart" ? 1 : event == "remove_from_cart" ? -1 : 0;
    if (!Array.isArray(items) || !(sign || event == "purchase")) return;
    if (sign == 0 || WHOLE.includes(event)) cart = new Map();
    for (const item of sign ? items : []) {
      if (typeof item?.item_id != "string") continue;
      const known = cart.get(item.item_id) ?? { item, quantity: 0 };
      known.quantity += sign * (typeof item.quantity == "number" ? item.quantity : 1);
      cart.set(item.item_id, known);
    }
  };
  for (const entry of layer) {
    try {
      hear(entry);
    } catch {
      // Whatever else stands in there is none of ours.
    }
  }
  return [...cart]
    .filter(([, { quantity }]) => quantity >= 1)
    .map(([Code, { item, quantity }]) => ({
      Code,
      Quantity: quantity,
      IsDynamic: false,
      ...(typeof item.item_name == "string" && { Name: item.item_name }),
      ...(/^(number|string)$/.test(typeof item.price) && { Price: { Amount: item.price, Type: "CUSTOM" } }),
    }));
}
