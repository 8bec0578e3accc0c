// A lead is a state, not a log: requests may be repeated, reordered, or come from two tabs, and the outcome is the same.

import { at } from "../cart.mjs";
import { ADVISED, must, mustBeKept, REQUIRED, same } from "../outcome.mjs";
import { held } from "./support.mjs";

const NEWEST = "Merging keeps, for each path, the newest change.";
const ANY_ORDER = "Requests may be repeated, reordered, or come from two tabs, and the outcome is the same.";

/** The lead without what names its cart. */
const content = ({ CartId: _, ...lead }, cart) => JSON.parse(JSON.stringify(lead).replaceAll(cart.email, "ADDRESS"));

/** Every order of a list. */
const orders = (list) =>
  list.length < 2 ? [list] : list.flatMap((one, i) => orders(list.toSpliced(i, 1)).map((rest) => [one, ...rest]));

export default [
  {
    name: "merging/newest-address",
    level: REQUIRED,
    contract: `${NEWEST} An older clearing takes nothing away, a newer one does.`,
    async run(kit) {
      const cart = kit.cart();
      const { missing } = mustBeKept(await cart.types(10, { "BillingDetails.Email": cart.email }));
      if (!missing) kit.skip("the endpoint names nothing missing: seen only with --sandbox");
      const older = mustBeKept(await cart.types(5, { "BillingDetails.Email": null }));
      must(!older.missing?.includes("Email"), "expected an older clearing to leave the address");
      const newer = mustBeKept(await cart.types(20, { "BillingDetails.Email": null }));
      must(newer.missing?.includes("Email"), "expected a newer clearing to take the address away");
    },
  },
  {
    name: "merging/newest-wins",
    level: REQUIRED,
    needs: "sandbox",
    contract: NEWEST,
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.save({ ...cart.ready(), ...at(cart.time(20), { "BillingDetails.City": "Turin" }) }));
      mustBeKept(await cart.save(at(cart.time(10), { "BillingDetails.City": "Rome", "BillingDetails.Zip": "10121" })));
      await held(kit, cart, ({ BillingDetails }) => {
        must(BillingDetails.Zip === "10121", "expected the change of another path to arrive");
        must(BillingDetails.City === "Turin", "expected the newer city to stay");
      });
    },
  },
  {
    name: "merging/cleared-and-absent",
    level: REQUIRED,
    needs: "sandbox",
    contract: "A field that is absent is unchanged; value null is one the shopper cleared.",
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.save({ ...cart.ready(), ...at(cart.time(1), { "BillingDetails.Company": "Acme" }) }));
      mustBeKept(await cart.types(2, { "BillingDetails.City": "Turin" }));
      await held(kit, cart, ({ BillingDetails }) => {
        must(BillingDetails.City === "Turin", "expected the city at 2Checkout");
        must(BillingDetails.Company === "Acme", "expected a field that was absent to stay");
      });
      mustBeKept(await cart.types(3, { "BillingDetails.Company": null }));
      await held(kit, cart, ({ BillingDetails }) =>
        must(!BillingDetails.Company, "expected a cleared field to be empty"),
      );
    },
  },
  {
    name: "merging/any-order",
    level: REQUIRED,
    needs: "sandbox",
    contract: ANY_ORDER,
    async run(kit) {
      const steps = (cart) => [
        { ...cart.ready(1), ...at(cart.time(3), { "BillingDetails.City": "Turin" }) },
        at(cart.time(2), { "BillingDetails.City": "Rome", "BillingDetails.Company": "Acme" }),
        at(cart.time(4), { "BillingDetails.Company": null, "BillingDetails.Zip": "10121" }),
      ];
      let first;
      for (const order of orders([0, 1, 2])) {
        const cart = kit.cart();
        for (const i of order) mustBeKept(await cart.save(steps(cart)[i]));
        const lead = await held(kit, cart, ({ BillingDetails: { City, Company, Zip } }) =>
          must(
            City === "Turin" && !Company && Zip === "10121",
            `expected Turin, no company, 10121 after the order ${order}`,
          ),
        );
        first ??= content(lead, cart);
        must(same(content(lead, cart), first), `expected the same lead after the order ${order}`);
      }
    },
  },
  {
    name: "merging/equal-times",
    level: REQUIRED,
    needs: "sandbox",
    contract: `${ANY_ORDER} So of two changes of one moment the same wins, whichever came first.`,
    async run(kit) {
      const pairs = [
        ["Acme", "Zenith"],
        ["Acme", null],
      ];
      for (const pair of pairs) {
        const ends = [];
        for (const order of [pair, pair.toReversed()]) {
          const cart = kit.cart();
          for (const Company of order) mustBeKept(await cart.types(5, { "BillingDetails.Company": Company }));
          mustBeKept(await cart.save(cart.ready(6)));
          ends.push((await held(kit, cart)).BillingDetails.Company || null);
        }
        must(ends[0] === ends[1], `expected one winner of ${JSON.stringify(pair)}, received ${JSON.stringify(ends)}`);
      }
    },
  },
  {
    name: "merging/repeated",
    level: REQUIRED,
    needs: "sandbox",
    contract: ANY_ORDER,
    async run(kit) {
      const cart = kit.cart();
      for (let i = 0; i < 3; i++) mustBeKept(await cart.save(cart.ready()));
      await held(kit, cart);
      const added = await kit.sandbox.added(cart);
      must(added.length === 1, `expected one lead after three equal saves, 2Checkout made ${added.length}`);
    },
  },
  {
    name: "merging/nothing-new",
    level: ADVISED,
    needs: "sandbox",
    contract: "What makes no other lead is not told to 2Checkout again.",
    async run(kit) {
      const cart = kit.cart();
      mustBeKept(await cart.save(cart.ready(1)));
      await held(kit, cart);
      mustBeKept(await cart.save(cart.ready(2)));
      mustBeKept(await cart.types(3, { "BillingDetails.City": "Turin" }));
      await held(kit, cart, ({ BillingDetails }) => must(BillingDetails.City === "Turin", "expected the city"));
      const updates = (await kit.sandbox.calls(cart)).filter(({ method }) => method === "updateLead");
      must(updates.length === 1, `expected one updateLead, for the city; 2Checkout got ${updates.length}`);
    },
  },
];
