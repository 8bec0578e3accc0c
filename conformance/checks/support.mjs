// Steps that several checks take.

import { sleep } from "../kit.mjs";
import { must, mustBeRefused } from "../outcome.mjs";

const SETTLED_MS = 500;

/** A request that changes nothing: an endpoint without a worker of its own goes on with what is pending. */
export const touch = (kit) => () =>
  kit
    .cart()
    .save({})
    .then(() => {});

/** Waits until 2Checkout holds a lead of the cart that passes `look`; gives it. */
export async function held(kit, cart, look = () => {}) {
  const seen = async () => {
    const lead = await kit.sandbox.lead(cart);
    must(lead, "expected a lead of the cart at 2Checkout, there is none");
    look(lead);
    return lead;
  };
  return kit.eventually(seen, touch(kit));
}

/** Waits until the cart's lead is marked like this, and nothing more is said of it. */
export async function marked(kit, cart, Used) {
  const wanted = { Used, StopFollowups: true };
  const look = async () => {
    const marks = await kit.sandbox.marks(cart);
    must(
      marks?.Used === Used && marks.StopFollowups === true,
      `expected the last word to 2Checkout to be the mark ${JSON.stringify(wanted)}, it is ${JSON.stringify(marks)}`,
    );
    return (await kit.sandbox.calls(cart)).length;
  };
  const settled = async () => {
    const before = await look();
    // An update that is still to come would come now.
    await touch(kit)();
    await sleep(SETTLED_MS);
    must((await look()) === before, "expected nothing more to be said of a lead that is closed");
  };
  await kit.eventually(settled, touch(kit));
}

/** The cart has one lead, whatever happened. */
export async function hasOneLead(kit, cart) {
  const added = await kit.sandbox.added(cart);
  must(added.length === 1, `expected one lead for the cart, 2Checkout made ${added.length}`);
}

/** Whether a cart is closed, by a save with its key. */
export async function mustBeOver(cart, what) {
  mustBeRefused(await cart.types(50_000, { "BillingDetails.City": "Genoa" }), 409, "lead/closed", what);
}
