// What an `autocomplete` attribute means, from the table of WHATWG HTML, section 4.10.18.7.1, by hand: this file knows
// nothing of the recogniser it is held against.

/** Lead details by autofill field name; "Full" and "Line3" are parts of details. */
const DETAILS = {
  name: "Full",
  "given-name": "FirstName",
  "family-name": "LastName",
  organization: "Company",
  "address-line1": "Address1",
  "address-line2": "Address2",
  "address-line3": "Line3",
  "address-level2": "City",
  "address-level1": "State",
  "postal-code": "Zip",
  country: "CountryCode",
  "country-name": "CountryCode",
  email: "Email",
  tel: "Phone",
  "tel-national": "Phone",
};

/** `{ block, detail }`, or null where nothing of a lead is declared. */
export function declared(autocomplete) {
  const tokens = autocomplete.toLowerCase().split(/\s+/).filter(Boolean);
  const detail = DETAILS[tokens.at(-1)];
  if (!detail) return null;
  return { block: tokens.includes("shipping") ? "DeliveryDetails" : "BillingDetails", detail };
}

/** Whether a field must never be read: by its type, its tokens, or what people who looked at it said it is. */
export function forbidden({ type, autocomplete, label }) {
  const tokens = autocomplete.toLowerCase().split(/\s+/);
  return (
    type === "password" ||
    tokens.some((token) => /^(cc-|bday|one-time-code$|current-password$)/.test(token)) ||
    // Pages write it on streets as well, to keep a browser from filling them in.
    (tokens.includes("new-password") && !/^(address|email)/.test(label)) ||
    /^(card|expiration|password|birthday)/.test(label)
  );
}
