// Knowing a LeadCode or a CartId is not enough.

import { must, mustBe, mustBeClosed, mustBeKept, mustBeRefused, REQUIRED } from "../outcome.mjs";
import { held, mustBeOver } from "./support.mjs";

const KEY =
  "Whoever does not hold the key of a cart cannot change, close or read it: knowing a LeadCode or a CartId is not enough.";
const OTHER = "0".repeat(32);

export default [
  {
    name: "keys/save",
    level: REQUIRED,
    contract: KEY,
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.types(1, { "BillingDetails.City": "Turin" }));
      for (const key of [
        OTHER,
        cart.key.slice(0, -1) + (cart.key.endsWith("0") ? "1" : "0"),
        cart.key.toUpperCase() + "A",
      ]) {
        const answer = await cart.types(2, { "BillingDetails.City": "Rome" }, { key, lead_code: "60E6C4B574" });
        mustBeRefused(answer, 403, "lead/key", "the answer to another key");
      }
      mustBeKept(
        await cart.types(3, { "BillingDetails.City": "Turin" }),
        "the answer to the cart's own key after that",
      );
    },
  },
  {
    name: "keys/close",
    level: REQUIRED,
    contract: KEY,
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.types(1, { "BillingDetails.City": "Turin" }));
      mustBeRefused(
        await cart.complete({ key: OTHER }),
        403,
        "lead/key",
        "the answer to a completion with another key",
      );
      mustBeRefused(
        await cart.withdraw({ key: OTHER }),
        403,
        "lead/key",
        "the answer to a withdrawal with another key",
      );
      mustBeKept(await cart.types(2, { "BillingDetails.City": "Rome" }), "the answer to a save after that");
    },
  },
  {
    name: "keys/closed",
    level: REQUIRED,
    contract: `${KEY} That holds for a closed cart too.`,
    async run(kit) {
      const cart = kit.cart();
      mustBeClosed(await cart.complete());
      mustBeRefused(await cart.types(2, { "BillingDetails.City": "Rome" }, { key: OTHER }), 403, "lead/key");
      await mustBeOver(cart, "the answer to the cart's own key");
    },
  },
  {
    name: "keys/read",
    level: REQUIRED,
    contract: "An answer holds nothing of the lead, and there is no way to ask for it.",
    async run(kit) {
      const cart = kit.cart();
      const secret = kit.secret("Unreadable");
      mustBeKept(await cart.types(1, { "BillingDetails.Company": secret }));
      for (const path of ["", `/${cart.cart}`, `?cart=${cart.cart}&key=${cart.key}`]) {
        const answer = await kit.send(kit.endpoint + path, { method: "GET" });
        must(answer.status >= 400, `expected GET ${path || "the endpoint"} to be refused, received ${answer.status}`);
        must(!answer.text.includes(secret), "an answer holds what was typed");
      }
      mustBe(await kit.send(kit.endpoint, { method: "GET" }), [404, 405], "the answer to GET");
    },
  },
  {
    name: "keys/upstream",
    level: REQUIRED,
    needs: "sandbox",
    contract: KEY,
    async run(kit) {
      const cart = kit.cart();
      const { lead_code } = mustBeKept(await cart.save(cart.ready()));
      await held(kit, cart);
      const stolen = { key: OTHER, lead_code };
      mustBeRefused(await cart.types(9, { "BillingDetails.City": "Rome" }, stolen), 403, "lead/key");
      mustBeRefused(await cart.complete(stolen), 403, "lead/key");
      // Another cart that claims the lead of this one.
      const thief = kit.cart();
      mustBeKept(await thief.save(thief.ready(), { lead_code }));
      await held(kit, thief);
      mustBeKept(await cart.types(10, { "BillingDetails.Zip": "10121" }));
      await held(kit, cart, ({ BillingDetails, CartId }) => {
        must(BillingDetails.Zip === "10121", "expected the owner's change at 2Checkout");
        must(!BillingDetails.City && CartId === cart.cart, "expected nothing of a stranger's in the lead");
      });
      must((await kit.sandbox.added(thief)).length === 1, "expected the stranger's cart to get a lead of its own");
      must((await kit.sandbox.marks(cart)) === null, "expected no mark by a stranger");
    },
  },
];
