// Completion and withdrawal: the end of a cart, for good.

import { at } from "../cart.mjs";
import { ADVISED, must, mustBeClosed, mustBeKept, REQUIRED } from "../outcome.mjs";
import { hasOneLead, held, marked, mustBeOver } from "./support.mjs";

const CLOSED = 'complete and withdraw answer 200 {"state":"closed"}, however often.';
const ENDS = ["complete", "withdraw"];
const AGAIN = "Whatever is updated after a mark is marked again.";

export default [
  {
    name: "closing/closed",
    level: REQUIRED,
    contract: CLOSED,
    async run(kit) {
      for (const end of ENDS) {
        const cart = kit.cart();
        mustBeKept(await cart.types(1, { "BillingDetails.City": "Turin" }));
        for (const more of [{}, { order_reference: "A-1" }, {}])
          mustBeClosed(await cart[end](more), `the answer to ${end}`);
      }
    },
  },
  {
    name: "closing/refuses-saves",
    level: REQUIRED,
    contract: "A save after completion or withdrawal is answered 409 lead/closed.",
    async run(kit) {
      for (const end of ENDS) {
        const cart = kit.cart();
        mustBeKept(await cart.types(1, { "BillingDetails.City": "Turin" }));
        mustBeClosed(await cart[end]());
        await mustBeOver(cart, `the answer to a save after ${end}`);
      }
    },
  },
  {
    name: "closing/in-advance",
    level: REQUIRED,
    contract: "A cart not known yet is closed in advance.",
    async run(kit) {
      for (const end of ENDS) {
        const cart = kit.cart();
        mustBeClosed(await cart[end](), `the answer to ${end} of an unknown cart`);
        await mustBeOver(cart, `the answer to the first save, which came after ${end}`);
      }
    },
  },
  {
    name: "closing/either",
    level: REQUIRED,
    contract: `${CLOSED} Also when the other came before.`,
    async run(kit) {
      const cart = kit.cart();
      mustBeClosed(await cart.withdraw());
      mustBeClosed(await cart.complete(), "a completion after the withdrawal");
      mustBeClosed(await cart.withdraw(), "a withdrawal after the completion");
      await mustBeOver(cart, "the answer to a save after all of it");
    },
  },
  {
    name: "closing/reference",
    level: ADVISED,
    contract: "An order is closed whatever its reference is: a reference that is none is left out.",
    async run(kit) {
      for (const order_reference of [12345, "x".repeat(5_000), { id: 1 }, null]) {
        mustBeClosed(await kit.cart().complete({ order_reference }));
      }
    },
  },
  {
    name: "closing/complete-marks",
    level: REQUIRED,
    needs: "sandbox",
    contract: "Complete marks the lead {Used: true, StopFollowups: true}.",
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.save(cart.ready()));
      await held(kit, cart);
      mustBeClosed(await cart.complete({ order_reference: "A-1" }));
      await marked(kit, cart, true);
      await hasOneLead(kit, cart);
    },
  },
  {
    name: "closing/withdraw-empties",
    level: REQUIRED,
    needs: "sandbox",
    contract: "Withdraw marks the lead {Used: false, StopFollowups: true} and empties its personal fields.",
    async run(kit) {
      const cart = kit.cart();
      const typed = { "BillingDetails.Company": "Acme", "DeliveryDetails.City": "Turin", CustomerReference: "C-77" };
      mustBeKept(await cart.save({ ...cart.ready(), ...at(cart.time(1), typed) }));
      await held(kit, cart, ({ BillingDetails }) => must(BillingDetails.Company === "Acme", "expected the company"));
      mustBeClosed(await cart.withdraw());
      await held(kit, cart, (lead) => {
        const text = JSON.stringify(lead);
        for (const personal of [cart.email, ...Object.values(typed)]) {
          must(!text.includes(personal), "expected nothing of the shopper in the lead after the withdrawal");
        }
      });
      await marked(kit, cart, false);
      await hasOneLead(kit, cart);
    },
  },
  {
    name: "closing/marked-again",
    level: REQUIRED,
    needs: "sandbox",
    contract: AGAIN,
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.save(cart.ready()));
      await held(kit, cart);
      // The last edit does not reach 2Checkout before the order does.
      await kit.sandbox.fault("updateLead", "unavailable_503", 1);
      mustBeKept(await cart.types(2, { "BillingDetails.City": "Turin" }));
      mustBeClosed(await cart.complete());
      await kit.sandbox.clearFaults();
      await held(kit, cart, ({ BillingDetails }) =>
        must(BillingDetails.City === "Turin", "expected the last edit to arrive"),
      );
      await marked(kit, cart, true);
    },
  },
  {
    name: "closing/while-adding",
    level: REQUIRED,
    needs: "sandbox",
    contract: "Withdraw empties and marks the lead also when its addLead was still under way.",
    async run(kit) {
      for (const end of ENDS) {
        const cart = kit.cart();
        await kit.sandbox.fault("addLead", "lost_answer", 1);
        mustBeKept(await cart.save(cart.ready()));
        mustBeClosed(await cart[end]());
        await marked(kit, cart, end === "complete");
        await hasOneLead(kit, cart);
        if (end === "complete") continue;
        const lead = await kit.sandbox.lead(cart);
        must(!JSON.stringify(lead).includes(cart.email), "expected the address to be gone from the lead");
      }
    },
  },
  {
    name: "closing/nothing-after",
    level: REQUIRED,
    needs: "sandbox",
    contract: "A completed or withdrawn cart is never sent again.",
    async run(kit) {
      const cart = kit.cart();
      mustBeClosed(await cart.complete());
      await cart.save(cart.ready());
      const other = kit.cart();
      mustBeKept(await other.save(other.ready()));
      await held(kit, other);
      must((await kit.sandbox.lead(cart)) === null, "a cart that was closed in advance became a lead");
    },
  },
];
