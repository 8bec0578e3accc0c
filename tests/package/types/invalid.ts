// What a merchant may get wrong. Each marked line must be refused; one that is accepted is an error itself.

import { type Leadkeep, type Options, start } from "leadkeep";

// @ts-expect-error the endpoint is required
start({});

// @ts-expect-error a misspelt option
start({ endpoint: "/api/lead", quietMillis: 800 });

// @ts-expect-error no such consent
const consent: Options["consent"] = "yes";

// @ts-expect-error a price without an amount
const items: Options["items"] = [{ Price: {} }];

// @ts-expect-error 2Checkout's names begin with a capital letter
const lower: Options["items"] = [{ code: "A" }];

// @ts-expect-error no such path
const fields: Options["fields"] = { "#mail": "BillingDetails.EMail" };

// @ts-expect-error a card number is no lead path
const card: Options["fields"] = { "#card": "PaymentDetails.CardNumber" };

// @ts-expect-error on a server there is no object
start({ endpoint: "/api/lead" }).flush();

export async function misuse(leadkeep: Leadkeep) {
  // @ts-expect-error consent is yes or no
  await leadkeep.consent("yes");

  // @ts-expect-error an order reference is a text or a number
  await leadkeep.complete({ id: 17 });

  // @ts-expect-error no such method
  leadkeep.q.push(["completed", "ORDER-1"]);

  // @ts-expect-error the state is not for others to set
  leadkeep.status().state = "closed!";

  // @ts-expect-error ready is not for others to set
  leadkeep.ready = Promise.resolve();

  return [consent, items, lower, fields, card];
}
