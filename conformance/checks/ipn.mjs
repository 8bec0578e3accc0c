// 2Checkout's own word that an order was placed.

import { randomUUID } from "node:crypto";

import { at } from "../cart.mjs";
import { fields, form, isReceipt, moment } from "../notification.mjs";
import { ADVISED, must, mustBe, mustBeKept, REQUIRED } from "../outcome.mjs";
import { held, marked, mustBeOver, touch } from "./support.mjs";

const SIGNED =
  "A notification is signed with the account's secret key; a wrong signature is answered 400, without a receipt.";
const RECEIPT = "Always the receipt when the signature is right, matched or not: else 2Checkout repeats for two days.";
const COMPLETES =
  "PAYMENT_AUTHORIZED, AUTHRECEIVED, PAYMENT_RECEIVED and COMPLETE complete the lead, unless FRAUD_STATUS is DENIED.";
const EMAIL = "BillingDetails.Email";
const CITY = "BillingDetails.City";

const send = (kit, body) =>
  kit.send(kit.ipn, { body, headers: { "content-type": "application/x-www-form-urlencoded" } });

async function mustExist(kit) {
  const { status } = await kit.send(kit.ipn, { method: "GET" });
  if (status === 404) kit.skip("the endpoint takes no notifications (404)");
  return status;
}

/** Sends a signed notification and demands its receipt. */
async function notified(kit, changes, algorithm = "sha256") {
  const { secretKey } = kit.settings;
  if (!secretKey) kit.skip("needs the account's secret key: --secret-key-file");
  const list = fields(changes);
  const answer = await send(kit, form(list, secretKey, [algorithm]));
  mustBe(answer, 200, "the answer to a signed notification");
  must(
    isReceipt(answer.text, list, secretKey, algorithm),
    `expected 2Checkout's receipt (${algorithm}), received ${answer.text.slice(0, 200)}`,
  );
}

/** A cart that the endpoint knows. */
async function known(kit, values = { [CITY]: "Turin" }) {
  const cart = kit.cart();
  mustBeKept(await cart.types(1, values));
  return cart;
}

const mustBeOpen = async (cart, what) => void mustBeKept(await cart.types(9, { [CITY]: "Rome" }), what);

export default [
  {
    name: "ipn/set-up",
    level: REQUIRED,
    contract: "2Checkout first sends a GET, and wants 200.",
    run: async (kit) => must((await mustExist(kit)) === 200, "expected 200 to a GET"),
  },
  {
    name: "ipn/signature",
    level: REQUIRED,
    contract: SIGNED,
    async run(kit) {
      await mustExist(kit);
      const cart = await known(kit);
      const list = fields({ REFNOEXT: cart.cart });
      const unsigned = new URLSearchParams(list).toString();
      const bodies = [
        unsigned,
        form(list, "another key"),
        form(list, "another key", ["sha3-256"]),
        `${unsigned}&SIGNATURE_SHA2_256=`,
        `${unsigned}&SIGNATURE_SHA2_256=%FF%FE`,
        `${unsigned}&SIGNATURE_SHA2_256[]=x&SIGNATURE_SHA3_256[]=y`,
        "",
        "%ZZ=%",
      ];
      if (kit.settings.secretKey) {
        const signed = form(list, kit.settings.secretKey);
        bodies.push(
          signed.replace("PAYMENT_AUTHORIZED", "COMPLETE"),
          signed.replace("IPN_QTY%5B%5D=3", "IPN_QTY%5B%5D=4"),
        );
      }
      for (const body of bodies) {
        const answer = await send(kit, body);
        mustBe(answer, 400, "the answer to a notification with a wrong signature");
        must(!/<sig|<EPAYMENT/i.test(answer.text), "expected no receipt for a wrong signature");
      }
      await mustBeOpen(cart, "the answer to a save after that");
    },
  },
  {
    name: "ipn/md5",
    level: ADVISED,
    contract: "MD5 (HASH) counts only where a setting allows it.",
    async run(kit) {
      await mustExist(kit);
      const { secretKey } = kit.settings;
      if (!secretKey) kit.skip("needs the account's secret key: --secret-key-file");
      mustBe(await send(kit, form(fields(), secretKey, ["md5"])), 400, "the answer to a notification with MD5 alone");
    },
  },
  {
    name: "ipn/receipt",
    level: REQUIRED,
    contract: RECEIPT,
    async run(kit) {
      await mustExist(kit);
      for (const algorithm of ["sha256", "sha3-256"]) await notified(kit, { REFNOEXT: "nobody's" }, algorithm);
    },
  },
  {
    name: "ipn/completes",
    level: REQUIRED,
    contract: COMPLETES,
    async run(kit) {
      await mustExist(kit);
      for (const ORDERSTATUS of ["PAYMENT_AUTHORIZED", "AUTHRECEIVED", "PAYMENT_RECEIVED", "COMPLETE"]) {
        const cart = await known(kit);
        await notified(kit, { REFNOEXT: cart.cart, ORDERSTATUS });
        await mustBeOver(cart, `the answer to a save after ${ORDERSTATUS}`);
      }
      const denied = await known(kit);
      await notified(kit, { REFNOEXT: denied.cart, FRAUD_STATUS: "DENIED" });
      await mustBeOpen(denied, "the answer to a save after a payment that was denied");
    },
  },
  {
    name: "ipn/external-reference",
    level: REQUIRED,
    contract: "REFNOEXT is a CartId or the ExternalReference of a cart.",
    async run(kit) {
      await mustExist(kit);
      const ExternalReference = `ref-${randomUUID()}`;
      const cart = await known(kit, { ExternalReference });
      await notified(kit, { REFNOEXT: ExternalReference });
      await mustBeOver(cart, "the answer to a save after the notification");
    },
  },
  {
    name: "ipn/email",
    level: REQUIRED,
    contract: "Else CUSTOMEREMAIL, among open carts begun before SALEDATE: all of them.",
    async run(kit) {
      await mustExist(kit);
      const cart = kit.cart();
      const [first, second] = [cart, kit.cart()];
      mustBeKept(await first.types(1, { [EMAIL]: cart.email }));
      mustBeKept(await second.types(1, { [EMAIL]: cart.email }));
      const stranger = await known(kit, { [EMAIL]: `x${cart.email}` });
      const old = { CUSTOMEREMAIL: cart.email, SALEDATE: moment(Date.now() - 3_600_000) };
      await notified(kit, old);
      await mustBeOpen(first, "the answer to a save after a sale from before the cart");
      // The same moment, told in a zone that is ahead: an hour ago there is an hour ago here.
      const ahead = moment(Date.now() + 3_600_000);
      await notified(kit, { ...old, SALEDATE: ahead, TIMEZONE_OFFSET: "GMT+02:00" });
      await mustBeOpen(second, "the answer to a save after a sale from before the cart, in another zone");
      await notified(kit, { CUSTOMEREMAIL: cart.email.toUpperCase(), SALEDATE: moment(Date.now() + 2_000) });
      for (const one of [first, second]) await mustBeOver(one, "the answer to a save after the notification");
      await mustBeOpen(stranger, "the answer to a save of another shopper");
    },
  },
  {
    name: "ipn/changes-nothing",
    level: REQUIRED,
    contract:
      "CANCELED, REFUND, REVERSED, INVALID, a renewal (ORIGINAL_REFNOEXT) and TEST_ORDER=1 change nothing; pending ones leave the cart open.",
    async run(kit) {
      await mustExist(kit);
      const cart = await known(kit);
      const without = ["CANCELED", "REFUND", "REVERSED", "INVALID", "PENDING", "PURCHASE_PENDING", "PENDING_APPROVAL"];
      for (const ORDERSTATUS of [...without, "SOMETHING_NEW"])
        await notified(kit, { REFNOEXT: cart.cart, ORDERSTATUS });
      await notified(kit, { REFNOEXT: cart.cart, "ORIGINAL_REFNOEXT[]": "an-older-order" });
      await notified(kit, { REFNOEXT: cart.cart, TEST_ORDER: "1" });
      await mustBeOpen(cart, "the answer to a save after all of them");
    },
  },
  {
    name: "ipn/repeated",
    level: REQUIRED,
    contract: "Repeated and out-of-order notifications change nothing.",
    async run(kit) {
      await mustExist(kit);
      const cart = await known(kit);
      const REFNO = String(Date.now());
      for (const ORDERSTATUS of ["COMPLETE", "COMPLETE", "PENDING", "REFUND", "PAYMENT_AUTHORIZED"]) {
        await notified(kit, { REFNO, REFNOEXT: cart.cart, ORDERSTATUS });
      }
      await mustBeOver(cart, "the answer to a save after all of them");
    },
  },
  {
    name: "ipn/too-large",
    level: ADVISED,
    contract: "A notification has a body limit of its own: one of about 100 fields fits, one of 300 KB is refused.",
    async run(kit) {
      await mustExist(kit);
      const many = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`CUSTOM_${i}`, "Ä".repeat(40)]));
      await notified(kit, many);
      const list = fields({ COMPANY: "x".repeat(300_000) });
      mustBe(await send(kit, form(list, kit.settings.secretKey ?? "")), [400, 413], "the answer to 300 KB");
    },
  },
  {
    name: "ipn/marks",
    level: REQUIRED,
    needs: "sandbox",
    contract:
      "A completing notification marks {Used: true, StopFollowups: true}; a pending one {Used: false, StopFollowups: true}, and the cart stays open.",
    async run(kit) {
      await mustExist(kit);
      const cart = kit.cart();
      mustBeKept(await cart.save(cart.ready()));
      await held(kit, cart);
      await notified(kit, { REFNOEXT: cart.cart, ORDERSTATUS: "PENDING" });
      await marked(kit, cart, false);
      mustBeKept(
        await cart.save(at(cart.time(9), { [CITY]: "Rome" })),
        "the answer to a save while the payment is pending",
      );
      await held(kit, cart, ({ BillingDetails }) =>
        must(BillingDetails.City === "Rome", "expected the edit to arrive"),
      );
      await marked(kit, cart, false);
      await notified(kit, { CUSTOMEREMAIL: cart.email, SALEDATE: moment(Date.now() + 2_000) });
      await marked(kit, cart, true);
      await touch(kit)();
    },
  },
];
