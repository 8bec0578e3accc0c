// Which pages may post.

import { ADVISED, must, mustBe, mustBeKept, mustBeRefused, REQUIRED } from "../outcome.mjs";

const ORIGIN =
  "An Origin neither the endpoint's own nor configured, null included, gets 403 lead/origin and no CORS header.";
const CHANGE = { "BillingDetails.City": "Turin" };

/** A save of a cart with headers of its own. */
function postFrom(cart, headers) {
  return cart.save({ "BillingDetails.City": { value: "Turin", at: cart.time(1) } }, {}, headers);
}

const preflight = (kit, origin) =>
  kit.send(kit.endpoint, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
  });

/** Nothing in an answer lets a page of another origin read it. */
function mustNotShare({ headers }, what) {
  const allowed = headers["access-control-allow-origin"];
  must(allowed === undefined, `expected no access-control-allow-origin ${what}, received ${allowed}`);
}

export default [
  {
    name: "origins/own",
    level: REQUIRED,
    contract: "Pages of the endpoint's own origin may post, with what browsers add.",
    async run(kit) {
      const headers = { origin: kit.origin, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" };
      mustBeKept(await postFrom(kit.cart(), headers));
      mustBeKept(await postFrom(kit.cart(), {}), "the answer to a client that is no browser");
    },
  },
  {
    name: "origins/foreign",
    level: REQUIRED,
    contract: ORIGIN,
    async run(kit) {
      const { protocol, hostname, port } = new URL(kit.origin);
      const foreign = [
        "https://evil.example",
        `${protocol}//${hostname}.evil.example`,
        `${protocol}//${hostname}:${(Number(port) || 443) + 1}`,
        `${protocol}//evil.example@${hostname}${port && `:${port}`}`,
        `${kit.origin}/`,
        `${kit.origin}, https://evil.example`,
        "file://",
        "",
      ];
      for (const origin of foreign) {
        const answer = await postFrom(kit.cart(), { origin });
        mustBeRefused(answer, 403, "lead/origin", `the answer to Origin: ${origin}`);
        mustNotShare(answer, `for ${origin}`);
      }
    },
  },
  {
    name: "origins/null",
    level: REQUIRED,
    contract: ORIGIN,
    async run(kit) {
      const answer = await postFrom(kit.cart(), { origin: "null" });
      mustBeRefused(answer, 403, "lead/origin", "the answer to Origin: null");
      mustNotShare(answer, "for null");
    },
  },
  {
    name: "origins/closing",
    level: REQUIRED,
    contract: ORIGIN,
    async run(kit) {
      const { cart, key } = kit.cart();
      for (const path of ["/complete", "/withdraw"]) {
        const answer = await kit.post(path, { cart, key }, { origin: "https://evil.example" });
        mustBeRefused(answer, 403, "lead/origin", `the answer to ${path} from another origin`);
      }
      mustBeKept(await kit.post("", { cart, key, changes: {} }), "the answer to a save after that");
    },
  },
  {
    name: "origins/beacon",
    level: REQUIRED,
    contract: `${ORIGIN} A beacon, which needs no preflight, is no way around it.`,
    async run(kit) {
      const headers = { origin: "https://evil.example", "content-type": "text/plain" };
      mustBeRefused(await postFrom(kit.cart(), headers), 403, "lead/origin", "the answer to a foreign beacon");
    },
  },
  {
    name: "origins/preflight",
    level: REQUIRED,
    contract: ORIGIN,
    run: async (kit) => mustNotShare(await preflight(kit, "https://evil.example"), "in the answer to a preflight"),
  },
  {
    name: "origins/cross-site",
    level: ADVISED,
    contract: "A request that the browser calls cross-site (Sec-Fetch-Site) and that has no Origin is refused.",
    async run(kit) {
      const answer = await postFrom(kit.cart(), { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" });
      mustBe(answer, 403, "the answer to Sec-Fetch-Site: cross-site without an Origin");
    },
  },
  {
    name: "origins/allowed",
    level: REQUIRED,
    contract: "A configured origin may post and read the answer, errors too: CORS names that origin, never a star.",
    async run(kit) {
      const { allowedOrigin: origin } = kit.settings;
      if (!origin) kit.skip("needs --allowed-origin, with an origin that the endpoint is configured to allow");
      const before = await preflight(kit, origin);
      must(before.status < 300, `expected the preflight to succeed, received ${before.status}`);
      must(
        /POST/.test(before.headers["access-control-allow-methods"] ?? "POST"),
        "expected the preflight to allow POST",
      );
      const names = String(before.headers["access-control-allow-headers"]).toLowerCase();
      must(names.includes("content-type"), "expected the preflight to allow content-type");
      const kept = await postFrom(kit.cart(), { origin, "sec-fetch-site": "cross-site" });
      mustBeKept(kept);
      const refused = await kit.post("", "{", { origin });
      for (const answer of [before, kept, refused]) {
        const { "access-control-allow-origin": allowed, vary = "" } = answer.headers;
        must(allowed === origin, `expected access-control-allow-origin ${origin}, received ${allowed}`);
        must(/origin/i.test(vary), "expected vary: origin");
        must(!answer.headers["access-control-allow-credentials"], "expected no access-control-allow-credentials");
      }
      const change = { "BillingDetails.City": { value: CHANGE["BillingDetails.City"], at: Date.now() } };
      const lookalike = await kit.cart().save(change, {}, { origin: `${origin}.evil.example` });
      mustBeRefused(lookalike, 403, "lead/origin", "the answer to an origin that begins like the allowed one");
    },
  },
];
