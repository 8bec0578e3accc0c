// An Instant Payment Notification as 2Checkout sends and signs it, and the receipt it wants.
//
// Source: 2Checkout's pages "Calculate the IPN HASH signature" and "IPN read receipt response".

import { createHmac } from "node:crypto";

const UNSIGNED = ["HASH", "SIGNATURE_SHA2_256", "SIGNATURE_SHA3_256"];
const FIELD = { sha256: "SIGNATURE_SHA2_256", "sha3-256": "SIGNATURE_SHA3_256", md5: "HASH" };

/** Each order has a number of its own, in this run and in the next. */
let lastRefNo = Date.now();

/** Each value with its length in bytes before it. */
export const source = (values) => values.map((value) => `${Buffer.byteLength(value)}${value}`).join("");

export const sign = (algorithm, key, text) => createHmac(algorithm, key).update(text).digest("hex");

/** `YYYY-MM-DD HH:MM:SS`, in UTC. */
export const moment = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

/** The fields of a notification, in the order they are sent. An array has its name with `[]`. */
export function fields(changes = {}) {
  const now = Date.now();
  const all = {
    GIFT_ORDER: "0",
    SALEDATE: moment(now),
    TIMEZONE_OFFSET: "GMT+00:00",
    REFNO: String((lastRefNo += 1)),
    REFNOEXT: "",
    ORDERSTATUS: "PAYMENT_AUTHORIZED",
    PAYMETHOD: "Visa/MasterCard",
    FIRSTNAME: "Zoë",
    LASTNAME: "O'Neil & Söhne + Co",
    COMPANY: "",
    CUSTOMEREMAIL: "",
    FRAUD_STATUS: "APPROVED",
    "ORIGINAL_REFNOEXT[]": "",
    "IPN_PID[]": ["1", "2"],
    "IPN_PNAME[]": ["Software program", "Größe 100% [beta]"],
    "IPN_QTY[]": ["1", "3"],
    TEST_ORDER: "0",
    IPN_DATE: moment(now).replace(/\D/g, ""),
    ...changes,
  };
  return Object.entries(all).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
}

/** The form that is posted: every field, then the signatures. */
export function form(list, key, algorithms = ["sha256"]) {
  const text = source(list.filter(([name]) => !UNSIGNED.includes(name)).map(([, value]) => value));
  const signatures = algorithms.map((algorithm) => [FIELD[algorithm], sign(algorithm, key, text)]);
  return new URLSearchParams([...list, ...signatures]).toString();
}

/** Whether a text holds the receipt of a notification. */
export function isReceipt(text, list, key, algorithm) {
  const [, algo, date, hash] = text.match(/<sig algo="([^"]+)" date="(\d{14})">([0-9a-f]+)<\/sig>/i) ?? [];
  if (algo !== algorithm) return false;
  const first = (name) => list.find(([known]) => known === name)?.[1] ?? "";
  const values = [first("IPN_PID[]"), first("IPN_PNAME[]"), first("IPN_DATE"), date];
  return sign(algorithm, key, source(values)) === hash.toLowerCase();
}
