// How a check ends other than well, and what a check may ask of an answer.

/** The endpoint did not keep the contract: `message` says what came instead. */
export class Failure extends Error {}

/** The check cannot be made here: `message` says why. */
export class Skipped extends Error {}

export const REQUIRED = "required";
export const ADVISED = "advised";

/** Fails the check unless something holds. */
export function must(holds, message) {
  if (!holds) throw new Failure(message);
}

/** Fails the check unless an answer has this status; of several, one of them. */
export function mustBe(answer, status, what = "the answer") {
  const wanted = [status].flat();
  must(wanted.includes(answer.status), `expected ${what} to be ${wanted.join(" or ")}, received ${brief(answer)}`);
}

/** Fails the check unless a change was kept: 200 `saved` or 202 `queued`. Gives the answer's JSON. */
export function mustBeKept(answer, what = "the answer to a save") {
  const { json, status } = answer;
  const kept = (status === 200 && json?.state === "saved") || (status === 202 && json?.state === "queued");
  must(kept, `expected ${what} to be 200 saved or 202 queued, received ${brief(answer)}`);
  return json;
}

/** Fails the check unless a cart was closed. */
export function mustBeClosed(answer, what = "the answer to a closing") {
  const closed = answer.status === 200 && answer.json?.state === "closed";
  must(closed, `expected ${what} to be 200 {"state":"closed"}, received ${brief(answer)}`);
}

/** Fails the check unless an answer is an error of this status and code. */
export function mustBeRefused(answer, status, code, what = "the answer") {
  mustBe(answer, status, what);
  must(answer.json?.code === code, `expected the code ${code} of ${what}, received ${brief(answer)}`);
}

/** An answer in one line. */
export function brief({ status, json, text }) {
  const said = json === undefined ? text : JSON.stringify(json);
  return `${status} ${said.replace(/\s+/g, " ").slice(0, 200)}`.trim();
}

/** Whether two JSON values say the same, whatever the order of keys. */
export const same = (a, b) => canonical(a) === canonical(b);

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)}}`;
}
