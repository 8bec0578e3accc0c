// What 2Checkout receives: one lead for a cart, always whole, whatever becomes of answers.

import { at } from "../cart.mjs";
import { ADVISED, must, mustBeKept, REQUIRED } from "../outcome.mjs";
import { hasOneLead, held, touch } from "./support.mjs";

const ONE = "One cart, one lead: no retry, tab, reload, crash or lost answer makes a second one.";
const LAST = "The last edit arrives. If it cannot now, it arrives when 2Checkout is back.";
const CITY = "BillingDetails.City";

const hasCity = (city) => (lead) =>
  must(lead.BillingDetails[CITY.split(".")[1]] === city, `expected ${city} to arrive at 2Checkout`);

export default [
  {
    name: "upstream/waits",
    level: REQUIRED,
    needs: "sandbox",
    contract: "addLead waits for a valid e-mail, one item and a currency that the page or the operator has named.",
    async run(kit) {
      const whole = kit.cart();
      for (const path of ["BillingDetails.Email", "Items"]) {
        const cart = kit.cart();
        const { [path]: left, ...rest } = cart.ready();
        const { lead_code } = mustBeKept(await cart.save(rest));
        must(lead_code === null, `expected no lead without ${path}`);
        must((await kit.sandbox.calls(cart)).length === 0, `expected no addLead without ${path}`);
        mustBeKept(await cart.save({ [path]: left }));
        await held(kit, cart);
      }
      mustBeKept(await whole.save(whole.ready()));
      await held(kit, whole);
    },
  },
  {
    name: "upstream/saved",
    level: REQUIRED,
    needs: "sandbox",
    contract: '200 {"state":"saved","lead_code"} when 2Checkout has it.',
    async run(kit) {
      const cart = kit.cart();
      const json = mustBeKept(await cart.save(cart.ready()));
      await held(kit, cart);
      const [{ outcome }] = await kit.sandbox.added(cart);
      const right = json.state === "queued" || json.lead_code === outcome.lead_code;
      must(right, "expected the LeadCode that 2Checkout gave");
      const later = mustBeKept(await cart.types(2, { [CITY]: "Turin" }));
      must(later.lead_code === outcome.lead_code, "expected the same LeadCode with the next save");
      if (later.state === "saved") hasCity("Turin")(await kit.sandbox.lead(cart));
    },
  },
  {
    name: "upstream/whole",
    level: REQUIRED,
    needs: "sandbox",
    contract: "updateLead replaces every value in 2Checkout: the endpoint always sends the whole lead.",
    async run(kit) {
      const cart = kit.cart();
      const first = {
        "BillingDetails.FirstName": "Zoë",
        "BillingDetails.Company": "Acme",
        Language: "EN",
        Promotions: ["SPRING"],
      };
      mustBeKept(await cart.save({ ...cart.ready(), ...at(cart.time(1), first) }));
      await held(kit, cart);
      mustBeKept(await cart.types(2, { [CITY]: "Turin" }));
      const lead = await held(kit, cart, hasCity("Turin"));
      const { BillingDetails, Items, Currency, Language, CartId, Promotions } = lead;
      must(
        BillingDetails.Email === cart.email && BillingDetails.FirstName === "Zoë",
        "expected the earlier fields in the update",
      );
      must(BillingDetails.Company === "Acme", "expected the company in the update");
      must(
        Items?.length === 2 && Currency === "EUR" && Language === "EN",
        "expected items, currency and language in the update",
      );
      must(CartId === cart.cart, "expected the CartId in the update");
      must(Promotions?.[0] === "SPRING", "expected the promotions in the update");
    },
  },
  {
    name: "upstream/delivery",
    level: REQUIRED,
    needs: "sandbox",
    contract: "Empty DeliveryDetails reach 2Checkout as a copy of BillingDetails.",
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.save({ ...cart.ready(), ...at(cart.time(1), { [CITY]: "Turin" }) }));
      await held(kit, cart, ({ DeliveryDetails }) =>
        must(DeliveryDetails?.City === "Turin", "expected the delivery to be a copy"),
      );
      mustBeKept(await cart.types(2, { "DeliveryDetails.City": "Genoa" }));
      await held(kit, cart, ({ BillingDetails, DeliveryDetails }) => {
        must(DeliveryDetails?.City === "Genoa", "expected the delivery address that was given");
        must(BillingDetails.City === "Turin", "expected the billing address to stay");
      });
    },
  },
  {
    name: "upstream/lost-answer",
    level: REQUIRED,
    needs: "sandbox",
    contract: ONE,
    async run(kit) {
      const cart = kit.cart();
      await kit.sandbox.fault("addLead", "lost_answer", 1);
      const lost = mustBeKept(await cart.save(cart.ready()));
      must(lost.state === "queued", "expected 202 after an answer that was lost");
      mustBeKept(await cart.types(2, { [CITY]: "Turin" }));
      await held(kit, cart, hasCity("Turin"));
      await hasOneLead(kit, cart);
    },
  },
  {
    name: "upstream/lost-update",
    level: REQUIRED,
    needs: "sandbox",
    contract: LAST,
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.save(cart.ready()));
      await held(kit, cart);
      await kit.sandbox.fault("updateLead", "lost_answer", 1);
      mustBeKept(await cart.types(2, { [CITY]: "Turin" }));
      mustBeKept(await cart.types(3, { [CITY]: "Genoa" }));
      await held(kit, cart, hasCity("Genoa"));
      await hasOneLead(kit, cart);
    },
  },
  {
    name: "upstream/at-once",
    level: REQUIRED,
    needs: "sandbox",
    contract: `${ONE} Two requests of a cart may come together.`,
    async run(kit) {
      // Whether requests that are sent at once meet is chance: in ten rounds they do.
      for (let round = 0; round < 10; round++) {
        const cart = kit.cart();
        const names = ["FirstName", "LastName", "Company", "Address1", "Address2", "City", "Zip", "State"];
        const saves = names.map((name) =>
          cart.save({ ...cart.ready(), ...at(cart.time(2), { [`BillingDetails.${name}`]: `of ${name}` }) }),
        );
        for (const answer of await Promise.all(saves)) mustBeKept(answer);
        await held(kit, cart, ({ BillingDetails }) => {
          for (const name of names)
            must(BillingDetails[name] === `of ${name}`, `expected ${name} of one of the requests`);
        });
        await hasOneLead(kit, cart);
      }
    },
  },
  {
    name: "upstream/at-once-and-lost",
    level: REQUIRED,
    needs: "sandbox",
    contract: `${ONE} Also when requests come together and an answer gets lost.`,
    async run(kit) {
      const cart = kit.cart();
      await kit.sandbox.fault("addLead", "lost_answer", 2);
      const cities = ["Turin", "Genoa", "Rome", "Pisa"];
      const saves = cities.map((city, i) => cart.save({ ...cart.ready(), ...at(cart.time(2 + i), { [CITY]: city }) }));
      for (const answer of await Promise.all(saves)) mustBeKept(answer);
      await held(kit, cart, hasCity("Pisa"));
      await hasOneLead(kit, cart);
    },
  },
  {
    name: "upstream/fails",
    level: REQUIRED,
    needs: "sandbox",
    contract: `${LAST} Meanwhile a save is answered 202.`,
    async run(kit) {
      for (const fault of ["unavailable_503", "error_500", "html", "rate_limited"]) {
        const cart = kit.cart();
        await kit.sandbox.fault("addLead", fault, 1);
        const json = mustBeKept(await cart.save(cart.ready()), `the answer to a save while 2Checkout has ${fault}`);
        must(json.state === "queued", `expected 202 while 2Checkout has ${fault}`);
        await held(kit, cart);
        await hasOneLead(kit, cart);
      }
    },
  },
  {
    name: "upstream/session",
    level: REQUIRED,
    needs: "sandbox",
    contract: "A session at 2Checkout that is over is opened again, and nothing is lost.",
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.save(cart.ready()));
      await held(kit, cart);
      await kit.sandbox.fault("updateLead", "session_expired", 1);
      mustBeKept(await cart.types(2, { [CITY]: "Turin" }));
      await held(kit, cart, hasCity("Turin"));
    },
  },
  {
    name: "upstream/refused",
    level: REQUIRED,
    needs: "sandbox",
    contract: "A lead that 2Checkout refuses is kept, and the next change of its cart is tried.",
    async run(kit) {
      const cart = kit.cart();
      await kit.sandbox.fault("addLead", "errors", 1);
      mustBeKept(await cart.save(cart.ready()));
      mustBeKept(await cart.types(2, { [CITY]: "Turin" }));
      await held(kit, cart, hasCity("Turin"));
      await hasOneLead(kit, cart);
    },
  },
  {
    name: "upstream/patience",
    level: ADVISED,
    needs: "sandbox",
    contract: "Retry-After is honoured: 2Checkout is not called for a cart before the time it named.",
    async run(kit) {
      const cart = kit.cart();
      await kit.sandbox.fault("addLead", "rate_limited", 1);
      mustBeKept(await cart.save(cart.ready()));
      await held(kit, cart);
      const [first, next] = (await kit.sandbox.calls(cart)).filter(({ method }) => method === "addLead");
      must(next.at - first.at >= 2_000, `expected two seconds between the calls, there were ${next.at - first.at} ms`);
      await touch(kit)();
    },
  },
];
