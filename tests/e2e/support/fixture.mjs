// Pages as merchants write them, as small as a test needs them.

/** A line of a cart, as 2Checkout wants it. */
export const ITEM = { Code: "BOOK-1", Quantity: 1 };

/** The ordinary address form. */
export const FORM = `
  <form id="checkout" action="/thanks">
    <p><label>E-mail <input id="email" name="email" type="email" autocomplete="email"></label></p>
    <p><label>First name <input id="first" name="first" autocomplete="given-name"></label></p>
    <p><label>Last name <input id="last" name="last" autocomplete="family-name"></label></p>
    <p><label>Street <input id="street" name="street" autocomplete="address-line1"></label></p>
    <p><label>City <input id="city" name="city" autocomplete="address-level2"></label></p>
    <p><label>Postcode <input id="zip" name="zip" autocomplete="postal-code"></label></p>
    <p><label>Country <select id="country" name="country" autocomplete="country">
      <option value=""></option><option value="DE">Germany</option><option value="IT">Italy</option>
    </select></label></p>
    <p><label>Card number <input id="card" name="card" autocomplete="cc-number"></label></p>
    <p><button id="order">Order</button> <a id="away" href="/elsewhere">Terms</a></p>
  </form>`;

/** What a shopper types into FORM, and what 2Checkout's BillingDetails are then. */
export const ADA = {
  "#email": "ada@example.com",
  "#first": "Ada",
  "#last": "Lovelace",
  "#street": "12 St James's Square",
  "#city": "London",
  "#zip": "SW1Y 4JH",
  "#country": "IT",
};
export const ADAS_DETAILS = {
  Email: "ada@example.com",
  FirstName: "Ada",
  LastName: "Lovelace",
  Address1: "12 St James's Square",
  City: "London",
  Zip: "SW1Y 4JH",
  CountryCode: "IT",
};

/** Options that most tests want: consent given, a short pause. */
export const OPTIONS = {
  endpoint: "/api/lead",
  form: "#checkout",
  consent: "granted",
  currency: "EUR",
  items: "#items",
  quietMs: 150,
};

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const text = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
const attribute = ([name, value]) =>
  `data-${kebab(name)}="${text(value).replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`;
const attributes = (options) =>
  Object.entries(options)
    .filter(([, value]) => value != null)
    .map(attribute)
    .join(" ");

/** The three ways onto a page; each gives what stands in its head. */
export const PACKAGINGS = {
  "script tag": (options) => `<script async src="/leadkeep.js" ${attributes(options)}></script>`,
  "leadkeep/auto": (options) => `<script type="module" src="/npm/auto.js" ${attributes(options)}></script>`,
  "start()": (options) =>
    `<script type="module">
      import { start } from "/npm/index.js";
      start(${JSON.stringify(options)});
    </script>`,
};

/** The script tag, with OPTIONS unless told otherwise; an option of null is left out. */
export const scriptTag = (options = {}, packaging = "script tag") => PACKAGINGS[packaging]({ ...OPTIONS, ...options });

/** A whole page. `items` is a JSON script as `#items`, null for none. */
export function html({ head = "", form = FORM, items = [ITEM], after = "" } = {}) {
  const script = items ? `<script type="application/json" id="items">${JSON.stringify(items)}</script>` : "";
  return `<!doctype html>
    <html lang="en">
      <head><meta charset="utf-8"><title>Checkout</title><link rel="icon" href="data:,">${head}</head>
      <body><h1>Checkout</h1>${form}${script}${after}</body>
    </html>`;
}

/** A page with the ordinary form and leadkeep with these options. */
export const checkout = (options = {}, { packaging, ...parts } = {}) =>
  html({ head: scriptTag(options, packaging), ...parts });

/** A page without leadkeep, to leave to and come back from. */
export const ELSEWHERE = html({ form: '<p><a id="back" href="/checkout">Back</a></p>', items: null });
