// The endpoint's half of a notification: the form as it was received, and the receipt.

import { sign, source } from "../../../conformance/notification.mjs";

export { sign, source };

const UNSIGNED = ["HASH", "SIGNATURE_SHA2_256", "SIGNATURE_SHA3_256"];
const decode = (text) => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
};

/** `{ fields, list, signatures }`: the first value of each name, every signed one in order, and the signatures. */
export function readForm(text) {
  const [fields, list, signatures] = [{}, [], {}];
  for (const pair of text.split("&")) {
    const [name, value = ""] = pair.split("=").map(decode);
    const plain = name.replace(/\[.*$/, "");
    if (UNSIGNED.includes(plain)) signatures[plain] = value;
    else if (plain) {
      list.push([plain, value]);
      fields[plain] ??= value;
    }
  }
  return { fields, list, signatures };
}

export function receiptOf({ IPN_PID = "", IPN_PNAME = "", IPN_DATE = "" }, algorithm, key) {
  const date = new Date().toISOString().slice(0, 19).replace(/\D/g, "");
  return `<sig algo="${algorithm}" date="${date}">${sign(algorithm, key, source([IPN_PID, IPN_PNAME, IPN_DATE, date]))}</sig>`;
}
