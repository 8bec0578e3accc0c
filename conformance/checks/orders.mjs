// The shop's own server says that an order was placed.

import { randomUUID } from "node:crypto";

import { at } from "../cart.mjs";
import { must, mustBe, mustBeKept, REQUIRED } from "../outcome.mjs";
import { held, marked, mustBeOver } from "./support.mjs";

const TOKEN = "Whoever does not hold the shop's token cannot close a cart: a missing or wrong token is answered 401.";
const CLOSES = 'POST /api/orders completes the carts it names and answers 200 {"closed": n}.';

const order = (kit, body, token) =>
  kit.send(kit.orders, {
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json", ...(token === undefined ? {} : { authorization: token }) },
  });

/** The shop's call, with its token. */
async function ordered(kit, body) {
  const { shopToken } = kit.settings;
  if (!shopToken) kit.skip("needs --shop-token");
  return order(kit, body, `Bearer ${shopToken}`);
}

/** Each order has a number of its own: an endpoint may know a repeated report by it. */
const newReference = () => `order-${randomUUID()}`;

/** Orders may not be offered; a path that is none answers 404. */
async function mustExist(kit) {
  const answer = await order(kit, {});
  if (answer.status === 404) kit.skip("the endpoint takes no orders (404)");
  return answer;
}

function mustHaveClosed(answer, least) {
  mustBe(answer, 200, "the answer to an order");
  const { closed } = answer.json ?? {};
  must(
    Number.isInteger(closed) && closed >= least,
    `expected {"closed": ${least} or more}, received ${answer.text.slice(0, 100)}`,
  );
}

export default [
  {
    name: "orders/token",
    level: REQUIRED,
    contract: TOKEN,
    async run(kit) {
      mustBe(await mustExist(kit), 401, "the answer to an order without a token");
      const cart = kit.cart();
      mustBeKept(await cart.types(1, { "BillingDetails.City": "Turin" }));
      for (const token of ["Bearer wrong", "Bearer ", "", "Basic d3Jvbmc6d3Jvbmc=", `Bearer ${cart.key}`]) {
        mustBe(await order(kit, { cart: cart.cart }, token), 401, "the answer to a wrong token");
      }
      mustBeKept(await cart.types(2, { "BillingDetails.City": "Rome" }), "the answer to a save after that");
    },
  },
  {
    name: "orders/cart",
    level: REQUIRED,
    contract: CLOSES,
    async run(kit) {
      await mustExist(kit);
      const [cart, order_reference] = [kit.cart(), newReference()];
      mustBeKept(await cart.types(1, { "BillingDetails.City": "Turin" }));
      mustHaveClosed(await ordered(kit, { cart: cart.cart, order_reference }), 1);
      await mustBeOver(cart, "the answer to a save after the order");
      mustHaveClosed(await ordered(kit, { cart: cart.cart, order_reference }), 0);
    },
  },
  {
    name: "orders/external-reference",
    level: REQUIRED,
    contract: CLOSES,
    async run(kit) {
      await mustExist(kit);
      const [cart, ExternalReference] = [kit.cart(), `ref-${randomUUID()}`];
      mustBeKept(await cart.types(1, { ExternalReference }));
      mustHaveClosed(await ordered(kit, { external_reference: ExternalReference }), 1);
      await mustBeOver(cart, "the answer to a save after the order");
    },
  },
  {
    name: "orders/email",
    level: REQUIRED,
    contract: `${CLOSES} By e-mail: every open cart of that address, and no other.`,
    async run(kit) {
      await mustExist(kit);
      const [cart, twin, other] = [kit.cart(), kit.cart(), kit.cart()];
      const Email = "BillingDetails.Email";
      mustBeKept(await cart.types(1, { [Email]: cart.email }));
      mustBeKept(await twin.types(1, { [Email]: cart.email.replace(/^c/, "C") }));
      mustBeKept(await other.types(1, { [Email]: other.email }));
      mustHaveClosed(await ordered(kit, { email: cart.email }), 2);
      await mustBeOver(cart, "the answer to a save after the order");
      await mustBeOver(twin, "the answer to a save of the other cart of that address");
      mustBeKept(await other.types(2, { "BillingDetails.City": "Turin" }), "the answer to a save of another shopper");
    },
  },
  {
    name: "orders/unknown",
    level: REQUIRED,
    contract: "An order for a cart that is not known is kept: that cart is closed in advance.",
    async run(kit) {
      await mustExist(kit);
      const cart = kit.cart();
      mustHaveClosed(await ordered(kit, { cart: cart.cart, order_reference: newReference() }), 0);
      await mustBeOver(cart, "the answer to the first save, which came after the order");
    },
  },
  {
    name: "orders/malformed",
    level: REQUIRED,
    contract: "An order that names no cart is refused with 400 and closes nothing.",
    async run(kit) {
      await mustExist(kit);
      for (const body of ["{", "[]", "{}", { order_reference: newReference() }, { cart: 7 }]) {
        mustBe(await ordered(kit, body), 400, "the answer to an order without a cart");
      }
    },
  },
  {
    name: "orders/marks",
    level: REQUIRED,
    needs: "sandbox",
    contract: "An order ends its lead, whoever reports it: {Used: true, StopFollowups: true}.",
    async run(kit) {
      await mustExist(kit);
      const [cart, ExternalReference] = [kit.cart(), `ref-${randomUUID()}`];
      mustBeKept(await cart.save({ ...cart.ready(), ...at(cart.time(1), { ExternalReference }) }));
      await held(kit, cart);
      mustHaveClosed(await ordered(kit, { external_reference: ExternalReference, order_reference: newReference() }), 1);
      await marked(kit, cart, true);
    },
  },
];
