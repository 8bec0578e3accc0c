// What every refusal of the run has in common, and what none may hold.

import { ADVISED, brief, must, mustBe, REQUIRED } from "../outcome.mjs";

const refusals = (kit) => kit.every.filter(({ answer }) => answer.status >= 400).map(({ answer }) => answer);

export default [
  {
    name: "errors/no-echo",
    level: REQUIRED,
    contract: "Errors never repeat what a shopper typed.",
    async run(kit) {
      const cart = kit.cart();
      const typed = kit.secret("Typed");
      const bad = [
        `{"cart":"${typed}`,
        `${typed}`,
        { cart: typed, key: typed, changes: typed },
        { cart: cart.cart, key: cart.key, changes: typed },
        { cart: cart.cart, key: cart.key, changes: [typed] },
        { cart: cart.cart, key: cart.key, changes: { "BillingDetails.Zip": { value: { [typed]: typed }, at: 1 } } },
        { cart: cart.cart, key: cart.key, changes: { "BillingDetails.Email": { value: typed, at: typed } } },
      ];
      for (const path of ["", "/complete", "/withdraw"]) for (const body of bad) await kit.post(path, body);
      await kit.post("", bad[3], { "content-type": `text/${typed}` });
      await kit.post("", bad[3], { origin: `https://${typed.toLowerCase()}.example` });
      const secrets = kit.secrets.map((secret) => secret.toLowerCase());
      for (const { answer } of kit.every) {
        const said = (answer.text + JSON.stringify(answer.headers)).toLowerCase();
        must(!secrets.some((secret) => said.includes(secret)), `an answer repeats what was typed: ${brief(answer)}`);
      }
    },
  },
  {
    name: "errors/shape",
    level: REQUIRED,
    contract: "Errors are {code, message, request_id}.",
    async run(kit) {
      await kit.post("", "{");
      for (const answer of refusals(kit)) {
        const { code, message, request_id } = answer.json ?? {};
        const whole = [code, message, request_id].every((text) => typeof text === "string" && text.length > 0);
        must(whole, `expected {code, message, request_id}, received ${brief(answer)}`);
        must(/^[a-z]+\/[a-z-]+$/.test(code), `expected a code such as lead/malformed, received ${brief(answer)}`);
      }
      const ids = refusals(kit).map(({ json }) => json.request_id);
      must(new Set(ids).size === ids.length, "expected another request_id for each request");
    },
  },
  {
    name: "errors/none-of-its-own",
    level: REQUIRED,
    contract: "Bad input is refused with a 4xx, whatever it is: no request makes the endpoint fail.",
    async run(kit) {
      const { cart, key } = kit.cart();
      const deep = "[".repeat(20_000) + "]".repeat(20_000);
      const bodies = [
        "{",
        Buffer.from([0xff, 0xfe]),
        deep,
        `{"cart":"${cart}","key":"${key}","changes":{"Items":{"at":1,"value":${deep}}}}`,
        {
          cart,
          key,
          changes: Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`p${i}`, { value: "x", at: 1 }])),
        },
        { cart, key, changes: { "BillingDetails.City": { value: "\u0000\u202e\ufeff", at: 1 } } },
        { cart, key, changes: { Items: { value: [{ Code: "A", Quantity: 1, Price: { Amount: 1e300 } }], at: 1 } } },
        { cart, key, consent: 7, changes: {} },
        { cart, key, lead_code: { a: 1 }, changes: {} },
      ];
      for (const body of bodies) await kit.post("", body);
      const own = kit.every.find(({ answer }) => answer.status >= 500 && answer.status !== 503);
      must(!own, `expected no failure of the endpoint's own, received ${own && brief(own.answer)}`);
    },
  },
  {
    name: "errors/request-id",
    level: ADVISED,
    contract: "x-request-id of an answer is the request_id in its body.",
    async run(kit) {
      const { headers, json } = await kit.post("", "{");
      must(json?.request_id && headers["x-request-id"] === json.request_id, "expected x-request-id as in the body");
    },
  },
  {
    name: "errors/method",
    level: ADVISED,
    contract: "Another method than POST is answered 405 with Allow, another path 404.",
    async run(kit) {
      const answer = await kit.send(kit.endpoint, {
        method: "PUT",
        body: "{}",
        headers: { "content-type": "application/json" },
      });
      mustBe(answer, 405, "the answer to PUT");
      must(/POST/.test(answer.headers.allow ?? ""), "expected Allow to name POST");
      mustBe(await kit.post("/nothing-here", "{}"), 404, "the answer to a path that is none");
    },
  },
];
