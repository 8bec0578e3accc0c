// `leadkeep.check()`: what the overlay shows, as text for a mail to whoever helps. No value of a field is in it, and of the
// page's address only the origin: a path or a query may name a person, and so may the label of a saved address.
import { treatment, WORDS } from "./naming.js";
import { verdict } from "./verdict.js";

const MARKS = { true: "[x]", false: "[ ]", null: "[-]" };

/** `facts` as `verdict` takes them; `page` and `browser` say where it was. */
export function report(facts, { page, browser, at }) {
  const { status, rows, held } = facts;
  const { headline, hint, steps } = verdict(facts);
  const { lastError: error } = status;
  const sent = new Map(held.map(({ path, sent }) => [path, sent ? "sent" : "not sent yet"]));
  const about = (row) => {
    const is = row.path ?? WORDS[treatment(row)];
    // What stands behind "says" are words of the page.
    const reason = row.reason.replace(/ says .*/, "");
    return `  ${row.field || row.element.type}: ${is}, ${row.source}: ${reason}`;
  };
  const lines = [
    `leadkeep ${__BUILD__}, ${at}`,
    `page: ${page}`,
    `browser: ${browser}`,
    `state: ${status.state}, lead: ${status.leadCode ?? "none"}, cart: ${status.cart ?? "none"}`,
    error && `error: ${error.code}: ${error.message}`,
    "",
    headline,
    hint && `Next: ${hint}`,
    "",
    ...steps.map(({ name, done, text }) => `${MARKS[done]} ${name}: ${text}`),
    "",
    `Fields, ${rows.length}:`,
    ...rows.map(about),
    `What the lead would hold, ${held.length}, without the values:`,
    ...[...sent].map(([path, state]) => `  ${path}: ${state}`),
  ];
  return lines.filter((line) => line != null && line !== false).join("\n");
}
