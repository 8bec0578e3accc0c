// The stand-in for 2Checkout, as the endpoint's tests see it: what it received of one cart, and the faults it is to show.
// Other carts of the same sandbox are left alone: nothing is emptied.

import { exchange } from "./client.mjs";

export class Sandbox {
  #base;

  /** `url`: the sandbox's folder, or an origin that has it at `/sandbox`. */
  constructor(url) {
    const given = new URL(url);
    if (given.pathname === "/") given.pathname = "/sandbox";
    this.#base = given.href.replace(/\/$/, "");
  }

  async #ask(path, method, body) {
    const answer = await exchange(this.#base + path, { method, body, headers: { "content-type": "application/json" } });
    if (answer.status >= 300) throw new Error(`the sandbox answered ${answer.status} to ${method} ${path}`);
    return answer.json;
  }

  /** The next calls of a method meet a fault. */
  fault(on, fault, times = 1) {
    return this.#ask("/faults", "PUT", JSON.stringify([{ on, fault, times }]));
  }

  clearFaults() {
    return this.#ask("/faults", "PUT", "[]");
  }

  /** Every call about a cart, oldest first: those that carry its lead, and those that name a LeadCode of it. */
  async calls({ cart }) {
    const log = await this.#ask("/log", "GET");
    const carries = ({ params }) => params?.[0]?.CartId === cart;
    const codes = new Set(log.filter(carries).map(({ outcome }) => outcome.lead_code));
    codes.delete(undefined);
    const names = ({ params }) =>
      codes.has(params?.[1]) || [params?.[0]].flat().some((mark) => codes.has(mark?.LeadCode));
    return log.filter((call) => carries(call) || names(call));
  }

  /** How many leads were made for a cart, and the calls that made them. */
  async added(cart) {
    return (await this.calls(cart)).filter(({ method, outcome }) => method === "addLead" && outcome.done);
  }

  /** The lead of a cart as 2Checkout holds it now; null while there is none. */
  async lead(cart) {
    const calls = await this.calls(cart);
    const carried = calls.filter(({ method, outcome }) => /^(add|update)Lead$/.test(method) && outcome.done);
    return carried.at(-1)?.params[0] ?? null;
  }

  /** The marks of a cart's lead as they were last set; null while there are none, or an update came after them. */
  async marks(cart) {
    const calls = (await this.calls(cart)).filter(({ outcome }) => outcome.done);
    const code = calls.find(({ outcome }) => outcome.lead_code)?.outcome.lead_code;
    const last = calls.filter(({ method }) => /^(updateLead|markLeads)$/.test(method)).at(-1);
    if (last?.method !== "markLeads") return null;
    const mark = [last.params[0]].flat().find(({ LeadCode }) => LeadCode === code);
    return mark ? { Used: mark.Used, StopFollowups: mark.StopFollowups } : null;
  }

  /** Everything it received, as text: to look for what must not be there. */
  async everything() {
    return JSON.stringify(await this.#ask("/log", "GET"));
  }
}
