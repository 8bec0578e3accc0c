// What a save is answered, and what a request has to be.

import { ADVISED, brief, must, mustBe, mustBeKept, mustBeRefused, REQUIRED } from "../outcome.mjs";

const CITY = { "BillingDetails.City": "Turin" };

export default [
  {
    name: "saves/kept",
    level: REQUIRED,
    contract:
      'The answer to a save is 200 {"state":"saved","lead_code"} when 2Checkout has it, 202 {"state":"queued","lead_code":null|…} when the endpoint has it.',
    async run(kit) {
      const json = mustBeKept(await kit.cart().types(1, CITY));
      must(json.state === "queued", "expected a cart without an address to be queued: it is no lead yet");
      must("lead_code" in json && json.lead_code === null, "expected lead_code null while there is no lead");
    },
  },
  {
    name: "saves/json",
    level: REQUIRED,
    contract: "Answers are JSON, and say so.",
    async run(kit) {
      const { headers } = await kit.cart().types(1, CITY);
      const type = String(headers["content-type"]);
      must(/^application\/json\b/i.test(type), `expected content-type application/json, received ${type}`);
    },
  },
  {
    name: "saves/beacon",
    level: REQUIRED,
    contract: "A beacon comes as text/plain: the same JSON counts.",
    async run(kit) {
      const cart = kit.cart();
      const headers = { "content-type": "text/plain;charset=UTF-8" };
      mustBeKept(await cart.save({ "BillingDetails.City": { value: "Turin", at: cart.time(1) } }, {}, headers));
    },
  },
  {
    name: "saves/content-type",
    level: REQUIRED,
    contract: "A body of another type than application/json and text/plain is refused with 415 lead/content-type.",
    async run(kit) {
      for (const type of ["application/x-www-form-urlencoded", "text/html", "application/jsonp"]) {
        const { cart, key } = kit.cart();
        const answer = await kit.post("", { cart, key, changes: {} }, { "content-type": type });
        mustBeRefused(answer, 415, "lead/content-type", `the answer to ${type}`);
      }
    },
  },
  {
    name: "saves/malformed",
    level: REQUIRED,
    contract:
      "A body that is no request is refused with 400 and a code: lead/malformed, or lead/identity without cart and key.",
    async run(kit) {
      const { cart, key } = kit.cart();
      const bodies = {
        nothing: "",
        "half an object": '{"cart":',
        "a list": "[]",
        "a text": '"x"',
        null: "null",
        "invalid UTF-8": Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
        "no changes": { cart, key },
        "changes that are a list": { cart, key, changes: [1] },
        "changes that are a text": { cart, key, changes: "x" },
      };
      for (const [what, body] of Object.entries(bodies)) {
        const answer = await kit.post("", body);
        mustBe(answer, 400, `the answer to ${what}`);
        const { code } = answer.json ?? {};
        must(
          /^lead\/(malformed|identity)$/.test(code),
          `expected lead/malformed for ${what}, received ${brief(answer)}`,
        );
      }
    },
  },
  {
    name: "saves/identity",
    level: REQUIRED,
    contract:
      "cart is 16 to 64, key 22 to 64 of A-Z a-z 0-9 - _; a request without them is refused with 400 lead/identity.",
    async run(kit) {
      const { cart, key } = kit.cart();
      const wrong = [
        { key },
        { cart },
        { cart: "short", key },
        { cart, key: "short" },
        { cart: `${cart}' OR '1'='1`, key },
        { cart: "a".repeat(65), key },
        { cart: [cart], key },
        { cart: 1234567890123456, key },
        { cart, key: null },
      ];
      for (const body of wrong) {
        mustBeRefused(
          await kit.post("", { ...body, changes: {} }),
          400,
          "lead/identity",
          JSON.stringify(Object.keys(body)),
        );
        mustBeRefused(await kit.post("/complete", body), 400, "lead/identity", "the answer to a completion");
      }
    },
  },
  {
    name: "saves/nothing",
    level: REQUIRED,
    contract: "A save without a change is no error.",
    run: async (kit) => void mustBeKept(await kit.cart().save({})),
  },
  {
    name: "saves/consent",
    level: REQUIRED,
    contract: "A save may carry consent {mode, at, text, language}: when and to which words the shopper agreed.",
    async run(kit) {
      const cart = kit.cart();
      const consent = { mode: "ask", at: cart.time(0), text: "Save my details", language: "en" };
      mustBeKept(await cart.types(1, CITY, { consent }));
      mustBeKept(await cart.types(2, { "BillingDetails.Zip": "10121" }, { consent, lead_code: null }));
    },
  },
  {
    name: "saves/missing",
    level: ADVISED,
    contract: "A 202 names what a lead still needs: missing holds Email, Items, Currency, whichever it lacks.",
    async run(kit) {
      const cart = kit.cart();
      const steps = [
        [CITY, ["Currency", "Email", "Items"]],
        [{ Currency: "EUR" }, ["Email", "Items"]],
        [{ "BillingDetails.Email": cart.email }, ["Items"]],
        [{ "BillingDetails.Email": null }, ["Email", "Items"]],
      ];
      for (const [i, [values, wanted]] of steps.entries()) {
        const { missing } = mustBeKept(await cart.types(i + 1, values));
        const named = [missing ?? []].flat().toSorted();
        must(
          `${named}` === `${wanted}`,
          `expected missing ${JSON.stringify(wanted)}, received ${JSON.stringify(missing)}`,
        );
      }
    },
  },
  {
    name: "saves/headers",
    level: ADVISED,
    contract: "Answers are not stored (cache-control: no-store), not sniffed (nosniff), and carry x-request-id.",
    async run(kit) {
      const { headers } = await kit.cart().types(1, CITY);
      must(/no-store/.test(headers["cache-control"]), "expected cache-control: no-store");
      must(headers["x-content-type-options"] === "nosniff", "expected x-content-type-options: nosniff");
      must(headers["x-request-id"], "expected x-request-id");
    },
  },
];
