// How the developer's window shows what it knows. Whatever comes from outside is written as text, never as markup.

/** Makes an element: `make("p", { className: "x" }, "text", child)`. */
export function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** `{BillingDetails: {City: "Turin"}}` becomes `{"BillingDetails.City": "Turin"}`; lists stay whole. */
function flat(object, prefix = "") {
  return Object.entries(object ?? {}).flatMap(([name, value]) =>
    isObject(value) ? flat(value, `${prefix}${name}.`) : [[prefix + name, value]],
  );
}

const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** `2026-11-22T09:30:00` as a person reads it. */
const moment = (text) => String(text ?? "at an unknown time").replace(/(\d)T(?=\d)/, "$1 ");

/** The items of a lead; 2Checkout also writes them as `{"0": {...}}`. */
const itemsOf = (lead) => {
  const items = lead?.Items ?? [];
  return Array.isArray(items) ? items : Object.values(items);
};

/** The lead among the parameters of a call. */
export const leadOf = (call) => call?.params?.find?.(isObject);

/** The calls that made a lead what it is, oldest first. */
export function historyOf(log, leadCode) {
  const saves = new Set(["addLead", "updateLead"]);
  return log.filter((call) => saves.has(call.method) && call.outcome?.done && call.outcome.lead_code === leadCode);
}

/**
 * The names of what differs between the last call that saved a lead and the one before; nothing after the first.
 * An item is named `Items.CODE`.
 */
export function changedBy(history) {
  const [before, now] = history.slice(-2).map(leadOf);
  if (!before || !now) return new Set();
  const list = (lead) =>
    new Map([
      ...flat({ ...lead, Items: undefined }).map(([path, value]) => [path, asText(value)]),
      ...itemsOf(lead).map((item) => [`Items.${item.Code ?? item.Name}`, JSON.stringify(item)]),
    ]);
  const [old, fresh] = [list(before), list(now)];
  return new Set([...old.keys(), ...fresh.keys()].filter((path) => old.get(path) !== fresh.get(path)));
}

function row(name, value, isChanged) {
  const empty = value === "" || value === null || value === undefined;
  return make(
    "div",
    { className: isChanged ? "changed" : "" },
    make("dt", {}, name, isChanged ? make("span", { className: "mark" }, "changed") : null),
    make("dd", { className: empty ? "blank" : "" }, empty ? "empty" : asText(value)),
  );
}

function group(title, rows) {
  if (rows.length === 0) return null;
  return make("section", {}, make("h4", {}, title), make("dl", {}, ...rows));
}

function itemRow(item, changed) {
  const amount = item.Price?.Amount;
  const price = amount === undefined ? "" : `${asText(amount)} each`;
  const name = item.Name ?? item.Code;
  return row(
    `${item.Quantity ?? 1} \u00d7 ${name}`,
    price || item.Code,
    changed.has(`Items.${item.Code ?? item.Name}`),
  );
}

/** A lead as the sandbox lists it, with what the last call changed marked. */
export function leadView(entry, changed) {
  const { BillingDetails, DeliveryDetails, Items: _items, ...rest } = entry.lead ?? {};
  const block = (name, details) =>
    flat(details).map(([field, value]) => row(field, value, changed.has(`${name}.${field}`)));
  const isCopy = JSON.stringify(BillingDetails) === JSON.stringify(DeliveryDetails);
  const deliveryChanged = [...changed].some((path) => path.startsWith("DeliveryDetails."));
  const fold = isCopy && DeliveryDetails ? [row("All fields", "same as billing", deliveryChanged)] : null;
  const badge = (text, kind) => make("span", { className: `badge ${kind}` }, text);
  return [
    make("p", { className: "code-line" }, make("code", { className: "lead-code" }, String(entry.LeadCode))),
    make(
      "p",
      { className: "badges" },
      entry.Used ? badge("Used", "good") : badge("Not used yet", "plain"),
      entry.StopFollowups ? badge("Follow-ups stopped", "warn") : badge("Follow-ups on", "plain"),
    ),
    make("p", { className: "times" }, `Made ${moment(entry.CreatedAt)}`),
    make("p", { className: "times" }, entry.UpdatedAt ? `Updated ${moment(entry.UpdatedAt)}` : "Not updated yet"),
    group("Billing", block("BillingDetails", BillingDetails)),
    group("Delivery", fold ?? block("DeliveryDetails", DeliveryDetails)),
    group(
      "Items",
      itemsOf(entry.lead).map((item) => itemRow(item, changed)),
    ),
    group(
      "Cart",
      flat(rest).map(([path, value]) => row(path, value, changed.has(path))),
    ),
  ].filter(Boolean);
}

/** One call, closed; opening it shows its parameters. */
export function callView(call) {
  const { done, fault, lead_code: leadCode } = call.outcome ?? {};
  const at = new Date(call.at);
  const seconds = Number.isNaN(at.valueOf()) ? "" : at.toLocaleTimeString("en-GB");
  return make(
    "li",
    {},
    make(
      "details",
      {},
      make(
        "summary",
        {},
        make("span", { className: "time" }, seconds),
        make("code", { className: "method" }, String(call.method)),
        make("span", { className: done ? "good" : "bad" }, done ? "done" : "not done"),
        make("span", { className: "about" }, [call.protocol, leadCode].filter(Boolean).join(" \u00b7 ")),
        fault ? make("span", { className: "fault" }, String(fault)) : null,
      ),
      make("pre", { tabIndex: 0 }, JSON.stringify(call.params ?? [], null, 2)),
    ),
  );
}

/** What a person calls a field: its label without the "optional" behind it. */
function nameOf(element) {
  const label = element.labels?.[0];
  return (
    (label?.firstChild ?? label)?.textContent.trim() ||
    element.getAttribute("aria-label") ||
    element.name ||
    element.id ||
    element.localName
  );
}

/** The answer of `leadkeep.inspect()`. */
export function inspectionView(fields) {
  const cell = (text, className = "") => make("td", { className }, text);
  const head = ["Field", "Lead path", "Why"].map((text) => make("th", { scope: "col" }, text));
  const rows = fields.map(({ element, path, source, reason }) =>
    make(
      "tr",
      { className: source === "forbidden" ? "forbidden" : path ? "" : "unknown" },
      make("th", { scope: "row" }, nameOf(element)),
      cell(path?.replaceAll(".", ".\u200b") ?? (source === "forbidden" ? "never read" : "not used"), "path"),
      cell([source, reason].filter(Boolean).join(": ")),
    ),
  );
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}
