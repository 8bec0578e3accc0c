// A shopper's cart as the widget speaks for it: an id, a key, and changes with their times.

import { randomBytes, randomUUID } from "node:crypto";

/** Two products, as a shop would name them. */
export const ITEMS = [
  { Code: "LEADKEEP-CONFORMANCE-1", Quantity: 2, Price: { Amount: 19.99, Type: "CUSTOM" } },
  { Code: "LEADKEEP-CONFORMANCE-2", Quantity: 1 },
];

/** Changes of one moment: `{path: value}` becomes `{path: {value, at}}`. */
export const at = (moment, values) =>
  Object.fromEntries(Object.entries(values).map(([path, value]) => [path, { value, at: moment }]));

export class Cart {
  #kit;
  cart = randomUUID();
  key = randomBytes(16).toString("hex");
  /** Addresses of a domain that is reserved for examples (RFC 2606): nobody gets a mail. */
  email = `conformance-${this.cart.slice(0, 8)}@example.com`;
  /** The time before which nothing was typed. */
  begun = Date.now() - 60_000;

  constructor(kit) {
    this.#kit = kit;
  }

  /** A moment: the later the greater. */
  time(later) {
    return this.begun + later;
  }

  /** What makes the cart worth a lead. */
  ready(later = 1) {
    return at(this.time(later), { "BillingDetails.Email": this.email, Items: ITEMS, Currency: "EUR" });
  }

  /** Posts changes; `more` goes into the body beside them, `headers` to the request. */
  save(changes, more = {}, headers = {}) {
    return this.#kit.post("", { cart: this.cart, key: this.key, ...more, changes }, headers);
  }

  /** Likewise, of one moment. */
  types(later, values, more) {
    return this.save(at(this.time(later), values), more);
  }

  complete(more = {}) {
    return this.#kit.post("/complete", { cart: this.cart, key: this.key, ...more });
  }

  withdraw(more = {}) {
    return this.#kit.post("/withdraw", { cart: this.cart, key: this.key, ...more });
  }
}
