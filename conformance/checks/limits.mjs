// How much may be sent, and what happens beyond.

import { ADVISED, must, mustBeKept, mustBeRefused, REQUIRED } from "../outcome.mjs";

const MOST_BYTES = 64 * 1024;
const TOO_LARGE = "A body over 64 KiB gets 413 lead/too-large.";

/** A save of exactly so many bytes. */
function bodyOf({ cart, key }, bytes) {
  const body = JSON.stringify({ cart, key, changes: {} });
  return body + " ".repeat(bytes - body.length);
}

export default [
  {
    name: "limits/fits",
    level: REQUIRED,
    contract: `${TOO_LARGE} One of 64 KiB does not.`,
    run: async (kit) =>
      void mustBeKept(await kit.post("", bodyOf(kit.cart(), MOST_BYTES)), "the answer to 65536 bytes"),
  },
  {
    name: "limits/too-large",
    level: REQUIRED,
    contract: TOO_LARGE,
    async run(kit) {
      for (const bytes of [MOST_BYTES + 1, 4 * MOST_BYTES]) {
        const body = bodyOf(kit.cart(), bytes);
        mustBeRefused(await kit.post("", body), 413, "lead/too-large", `the answer to ${bytes} bytes`);
        const headers = { "content-type": "text/plain" };
        mustBeRefused(
          await kit.post("/complete", body, headers),
          413,
          "lead/too-large",
          `a completion of ${bytes} bytes`,
        );
      }
    },
  },
  {
    name: "limits/rate",
    level: ADVISED,
    contract:
      "What is too much of one client is refused with 429, a code and Retry-After; the endpoint keeps answering.",
    async run(kit) {
      const { burst } = kit.settings;
      if (!burst) kit.skip("sends many requests at once: needs --burst N");
      const cart = kit.cart();
      const body = { cart: cart.cart, key: cart.key, changes: {} };
      const headers = { "content-type": "application/json" };
      for (let sent = 0; sent < burst; sent += 20) {
        const round = Array.from({ length: 20 }, () => kit.send(kit.endpoint, { body, headers, once: true }));
        const refused = (await Promise.all(round)).find(({ status }) => status === 429);
        if (!refused) continue;
        must(typeof refused.json?.code === "string", "expected a code with the 429");
        const wait = Number(refused.headers["retry-after"]);
        must(
          Number.isInteger(wait) && wait > 0,
          `expected Retry-After in seconds, received ${refused.headers["retry-after"]}`,
        );
        return;
      }
      must(false, `expected a 429 among ${burst} requests of one client`);
    },
  },
];
