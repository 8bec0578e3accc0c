// The kit is able to fail: a small endpoint that keeps the contract passes it, and each protection taken away from that
// endpoint is caught, by the check whose sentence of the contract it breaks.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { lines, summary } from "../../conformance/report.mjs";
import { checks, run } from "../../conformance/run.mjs";
import { fields, form, isReceipt, sign, source } from "../../conformance/notification.mjs";
import { Demo } from "../e2e/support/demo.mjs";
import { Endpoint } from "./support/endpoint.mjs";

const SETTINGS = { allowedOrigin: "https://shop.example", shopToken: "a-token-of-the-shops-own-server" };

/** What is broken, and the check that has to say so. */
const MUTANTS = {
  "no beacon": "saves/beacon",
  "any type": "saves/content-type",
  fails: "errors/none-of-its-own",
  "any identity": "saves/identity",
  "any path": "changes/unknown-path",
  "any value": "changes/wrong-type",
  "any time": "changes/wrong-time",
  "any address": "changes/no-address",
  "any length": "changes/too-long",
  silent: "changes/unknown-path",
  "one bad blocks": "changes/wrong-type",
  cards: "changes/card-number",
  "empty items": "changes/empty-cart",
  "last wins": "merging/newest-wins",
  "last of equals": "merging/equal-times",
  "absent clears": "merging/cleared-and-absent",
  "tells again": "merging/nothing-new",
  "any key": "keys/save",
  "any key closes": "keys/close",
  "code opens": "keys/save",
  readable: "keys/read",
  "closes once": "closing/closed",
  "closes the known": "closing/in-advance",
  "saves after closing": "closing/refuses-saves",
  "no marks": "closing/complete-marks",
  "never used": "closing/complete-marks",
  "marks once": "closing/marked-again",
  "keeps the person": "closing/withdraw-empties",
  "any origin": "origins/foreign",
  "null origin": "origins/null",
  "origin prefix": "origins/foreign",
  "cross-site": "origins/cross-site",
  star: "origins/preflight",
  "any token": "orders/token",
  "any order": "orders/malformed",
  "forgets orders": "orders/unknown",
  "any notification": "ipn/signature",
  sorted: "ipn/receipt",
  "no set-up": "ipn/set-up",
  "no receipt": "ipn/receipt",
  "receipt when matched": "ipn/receipt",
  "any status": "ipn/changes-nothing",
  renewals: "ipn/changes-nothing",
  "test orders": "ipn/changes-nothing",
  fraud: "ipn/completes",
  "any sale": "ipn/email",
  "no zone": "ipn/email",
  hurries: "upstream/waits",
  "sends the difference": "upstream/whole",
  "no delivery": "upstream/delivery",
  "no search": "upstream/lost-answer",
  "no lease": "upstream/at-once",
  "gives up": "upstream/fails",
  "one session": "upstream/session",
  impatient: "upstream/patience",
  echo: "errors/no-echo",
  "error shape": "errors/shape",
  "no limit": "limits/too-large",
  "small limit": "limits/fits",
};

describe("the kit is able to fail", () => {
  const demo = new Demo();
  before(() => demo.start());
  after(() => demo.discard());

  /** The report on an endpoint with one protection broken; `only` some checks, and not long where something never comes. */
  const reportOn = async (mutant, only, patience) => {
    const endpoint = await new Endpoint({ sandbox: `${demo.origin}/sandbox`, mutant, ...SETTINGS }).start();
    try {
      const options = { sandbox: demo.origin, secretKey: "sandbox-secret", ...SETTINGS };
      return await run({ endpoint: `${endpoint.origin}/api/lead`, only, patience, ...options });
    } finally {
      await endpoint.stop();
    }
  };

  test("an endpoint that keeps the contract passes", async () => {
    const { results, ...report } = await reportOn("", []);
    const failed = results.filter(({ outcome, name }) => outcome === "failed" && name !== "changes/half-a-character");
    assert.equal(failed.map(lines).join("\n"), "", summary(report));
  });

  for (const [mutant, name] of Object.entries(MUTANTS)) {
    test(`without a protection (${mutant}) ${name} fails`, async () => {
      const { contract } = checks.find((check) => check.name === name);
      const { results } = await reportOn(mutant, [name], 3_000);
      const [result] = results;
      assert.equal(result.outcome, "failed", JSON.stringify(result));
      const read = lines(result);
      assert.ok(read.includes(`contract  ${contract}`), read);
      assert.match(read, /found {5}\S/);
      assert.ok(result.exchanges.length > 0, "a person has to see what was sent");
    });
  }

  test("every group of checks has a mutant that it catches", () => {
    const groups = new Set(checks.map((check) => check.name.split("/")[0]));
    const caught = new Set(Object.values(MUTANTS).map((name) => name.split("/")[0]));
    assert.deepEqual([...groups].toSorted(), [...caught].toSorted());
  });
});

describe("notifications are signed as 2Checkout signs them", () => {
  const KEY = "AABBCCDDEEFF";
  const date = "20050303123434";
  /** The first digest is of 2Checkout's own page, the others were computed with Python's hmac and hashlib. */
  const VECTORS = [
    [["1", "Software program", date, date], "md5", "7bf97ed39681027d0c45aa45e3ea98f0"],
    [
      ["1", "Software program", date, date],
      "sha256",
      "ea6f44c39b3d204b59500998fcb9221c92744d9721a94b45fc6d5cda99980176",
    ],
    [
      ["1", "Software program", date, date],
      "sha3-256",
      "85180497aaaa4844a278b52b1ce257d2820dbf5857470a5f678fef2266d0d4a8",
    ],
    [
      ["1000037", "cart-7f3a", "COMPLETE", "Zoë", "", "zoe@example.com", "1", "Software program", "0", date],
      "sha256",
      "f858cd6762576650fcf81b2a19529d29c42d493164fa9a72aff08d4459f4875b",
    ],
    [
      ["1000037", "cart-7f3a", "COMPLETE", "Zoë", "", "zoe@example.com", "1", "Software program", "0", date],
      "sha3-256",
      "fef6796e57d0d228106a4373d637511df7faee432a31974958aca70b422d18e1",
    ],
  ];
  for (const [values, algorithm, digest] of VECTORS) {
    test(`${algorithm} of ${source(values)}`, () => assert.equal(sign(algorithm, KEY, source(values)), digest));
  }

  test("a receipt is one of this notification, this key and this algorithm", () => {
    const list = fields();
    const first = (name) => list.find(([known]) => known === name)[1];
    const hash = sign("sha256", KEY, source([first("IPN_PID[]"), first("IPN_PNAME[]"), first("IPN_DATE"), date]));
    const receipt = `<sig algo="sha256" date="${date}">${hash}</sig>`;
    assert.ok(isReceipt(`before ${receipt} after`, list, KEY, "sha256"));
    assert.ok(!isReceipt(receipt, list, KEY, "sha3-256"));
    assert.ok(!isReceipt(receipt, list, "another", "sha256"));
    assert.ok(!isReceipt("OK", list, KEY, "sha256"));
    assert.match(form(list, KEY), /&IPN_PNAME%5B%5D=Gr%C3%B6%C3%9Fe\+100%25\+%5Bbeta%5D&/);
  });
});
