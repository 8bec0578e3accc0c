// Which changes enter the lead, and what becomes of those that do not.

import { at, ITEMS } from "../cart.mjs";
import { must, mustBeKept, REQUIRED, same } from "../outcome.mjs";
import { held } from "./support.mjs";

const DROPPED =
  "One bad or unknown change is dropped, named by its path in the answer (dropped), and never blocks the others.";

/** A save of one bad change beside a good one: the bad one is named, the good one is not. */
async function drops(cart, later, path, change) {
  const good = at(cart.time(later), { "DeliveryDetails.City": "Genoa" });
  const json = mustBeKept(await cart.save({ ...good, [path]: change }), `the answer to a save with a bad ${path}`);
  must(json.dropped?.includes(path), `expected ${path} in dropped, received ${JSON.stringify(json.dropped)}`);
  must(!json.dropped.includes("DeliveryDetails.City"), "expected the good change beside it not to be dropped");
}

export default [
  {
    name: "changes/unknown-path",
    level: REQUIRED,
    contract: DROPPED,
    async run(kit) {
      const cart = kit.cart();
      for (const path of ["BillingDetails.CVC", "Email", "billingdetails.Email", "CartId", "__proto__"]) {
        await drops(cart, 1, path, { value: "x", at: cart.time(1) });
      }
    },
  },
  {
    name: "changes/wrong-type",
    level: REQUIRED,
    contract: DROPPED,
    async run(kit) {
      const cart = kit.cart();
      const bad = [
        ["BillingDetails.Zip", 10117],
        ["BillingDetails.Zip", ["10117"]],
        ["BillingDetails.Zip", { text: "10117" }],
        ["BillingDetails.Zip", true],
        ["Items", "A"],
        ["Items", { Code: "A" }],
        ["Items", [{ Quantity: 1 }]],
        ["Items", [{ Code: "A", Quantity: 0 }]],
        ["Items", [7]],
        ["Promotions", "SPRING"],
      ];
      for (const [path, value] of bad) await drops(cart, 1, path, { value, at: cart.time(1) });
    },
  },
  {
    name: "changes/wrong-time",
    level: REQUIRED,
    contract: `${DROPPED} at is in milliseconds of the Unix epoch.`,
    async run(kit) {
      const cart = kit.cart();
      for (const moment of [undefined, null, String(cart.time(1)), -1, 1.5, 2 ** 60]) {
        await drops(cart, 1, "BillingDetails.Zip", { value: "10117", at: moment });
      }
      for (const change of [null, "10117", 7, []]) await drops(cart, 1, "BillingDetails.Zip", change);
    },
  },
  {
    name: "changes/no-address",
    level: REQUIRED,
    contract:
      "A text that is no e-mail address (without a dot in its domain, a list, unfinished) does not enter the lead.",
    async run(kit) {
      const cart = kit.cart();
      for (const value of [
        "ada",
        "ada@",
        "ada@example",
        "ada@example.",
        "a@example.com,b@example.com",
        "Ada <a@example.com>",
      ]) {
        await drops(cart, 1, "BillingDetails.Email", { value, at: cart.time(1) });
      }
    },
  },
  {
    name: "changes/codes",
    level: REQUIRED,
    contract: "Currency is ISO 4217, Language ISO 639-1; what is none is dropped.",
    async run(kit) {
      const cart = kit.cart();
      for (const [path, value] of Object.entries({ Currency: "Euro", Language: "English" })) {
        await drops(cart, 1, path, { value, at: cart.time(1) });
      }
    },
  },
  {
    name: "changes/too-long",
    level: REQUIRED,
    contract: "A field holds at most 500 characters; what is longer is dropped.",
    async run(kit) {
      const cart = kit.cart();
      // Characters, not bytes.
      const fits = mustBeKept(await cart.types(1, { "BillingDetails.Address1": "ä".repeat(500) }));
      must(!fits.dropped?.length, "expected 500 characters to be kept");
      await drops(cart, 2, "BillingDetails.Address1", { value: "ä".repeat(501), at: cart.time(2) });
    },
  },
  {
    name: "changes/half-a-character",
    level: REQUIRED,
    contract: `${DROPPED} Half an emoji is one bad value.`,
    async run(kit) {
      const cart = kit.cart();
      const { cart: id, key } = cart;
      const changes = `{"BillingDetails.Company":{"value":"x\\ud83d","at":${cart.time(1)}},"BillingDetails.City":{"value":"Turin","at":${cart.time(1)}}}`;
      const json = mustBeKept(await kit.post("", `{"cart":"${id}","key":"${key}","changes":${changes}}`));
      must(!json.dropped?.includes("BillingDetails.City"), "expected the good change beside it not to be dropped");
    },
  },
  {
    name: "changes/card-number",
    level: REQUIRED,
    contract: "A value that is or contains a card number is dropped, whatever field it stands in.",
    async run(kit) {
      const cart = kit.cart();
      const numbers = [
        "4111111111111111",
        "4111 1111 1111 1111",
        "5555-5555-5555-4444",
        "my card: 3782 822463 10005, thanks",
      ];
      for (const [i, value] of numbers.entries()) {
        await drops(cart, i + 1, "BillingDetails.Company", { value, at: cart.time(i + 1) });
      }
      await drops(cart, 9, "Promotions", { value: ["4111111111111111"], at: cart.time(9) });
      const phone = mustBeKept(await cart.types(10, { "BillingDetails.Phone": "+4111111111111111" }));
      must(!phone.dropped?.length, "expected a telephone number with its leading + to be kept");
    },
  },
  {
    name: "changes/card-number-upstream",
    level: REQUIRED,
    needs: "sandbox",
    contract: "A value that holds a card number is dropped, and that field counts as emptied: 2Checkout never gets it.",
    async run(kit) {
      const cart = kit.cart();
      const number = "4111 1111 1111 1111";
      mustBeKept(await cart.save({ ...cart.ready(), ...at(cart.time(1), { "BillingDetails.Company": "Acme" }) }));
      await held(kit, cart, (lead) =>
        must(lead.BillingDetails.Company === "Acme", "expected the company at 2Checkout"),
      );
      mustBeKept(await cart.types(2, { "BillingDetails.Company": number, "BillingDetails.City": "Turin" }));
      await held(kit, cart, (lead) => {
        must(lead.BillingDetails.City === "Turin", "expected the city at 2Checkout");
        must(!lead.BillingDetails.Company, "expected the company to count as emptied");
      });
      const calls = JSON.stringify(await kit.sandbox.calls(cart));
      must(!calls.includes(number), "a card number reached 2Checkout");
    },
  },
  {
    name: "changes/empty-cart",
    level: REQUIRED,
    needs: "sandbox",
    contract: "A cart that became empty never sends empty Items, and a lead keeps the currency it had.",
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.save(cart.ready()));
      await held(kit, cart, () => {});
      for (const [i, value] of [[], null].entries())
        mustBeKept(await cart.types(i + 2, { Items: value, Currency: null }));
      mustBeKept(await cart.types(9, { "BillingDetails.City": "Turin" }));
      await held(kit, cart, (lead) => {
        must(lead.BillingDetails.City === "Turin", "expected the city at 2Checkout");
        must(
          same(
            lead.Items.map(({ Code }) => Code),
            ITEMS.map(({ Code }) => Code),
          ),
          "expected the items to be those of before",
        );
        must(lead.Currency === "EUR", "expected the currency to be that of before");
      });
    },
  },
  {
    name: "changes/amounts",
    level: REQUIRED,
    needs: "sandbox",
    contract: "Amounts arrive as they were written, in major units; a quantity is a whole number.",
    async run(kit) {
      const cart = kit.cart();
      const Items = [{ Code: "A", Quantity: "3", Price: { Amount: 1234.56, Type: "CUSTOM" } }];
      mustBeKept(await cart.save({ ...cart.ready(), ...at(cart.time(2), { Items }) }));
      await held(kit, cart, ({ Items: [item] }) => {
        must(item.Price?.Amount === 1234.56, "expected the amount 1234.56 at 2Checkout");
        must(item.Quantity === 3, "expected the quantity 3, as a number, at 2Checkout");
      });
    },
  },
];
