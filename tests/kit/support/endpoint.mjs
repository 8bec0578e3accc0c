// A small endpoint that keeps the contract, in memory, and breaks it in one place where it is told to: what the kit has to
// catch. `is("name")` is where a protection stands; MUTANTS in mutants.spec.mjs says what each is for.

import { createHash, createHmac, randomUUID } from "node:crypto";
import { createServer, request as ask } from "node:http";
import { buffer } from "node:stream/consumers";

import { receiptOf, readForm, sign, source } from "./notifications.mjs";

const DETAILS = "FirstName LastName Phone Company FiscalCode Email Address1 Address2 City Zip CountryCode State".split(
  " ",
);
const PLAIN = "Items Currency Language ExternalReference Source CustomerReference MachineId LocalTime Promotions".split(
  " ",
);
const PATHS = new Set([
  ...PLAIN,
  ...["Billing", "Delivery"].flatMap((block) => DETAILS.map((one) => `${block}Details.${one}`)),
]);
const CARD = /(?<!\+)\b(?:4\d{3}|5[1-5]\d{2}|3[47]\d{2})[ -]?\d{4,6}[ -]?\d{4,5}[ -]?\d{0,4}\b/;
const EMAIL = /^[^\s@,;<>"]+@(?:[^\s@.,;<>"]+\.)+[^\s@.,;<>"]{2,}$/;
const SECRET = "sandbox-secret";

class Refused extends Error {
  constructor(status, code, headers = {}) {
    super(code);
    Object.assign(this, { status, code, headers });
  }
}

export class Endpoint {
  #carts = new Map();
  #server = createServer((request, response) => this.#serve(request, response));
  #session = null;
  #worker;

  /** `sandbox`: its address; `mutant`: which protection is broken, none without. */
  constructor({ sandbox, mutant = "", allowedOrigin, shopToken }) {
    Object.assign(this, { sandbox, allowedOrigin, shopToken });
    this.is = (name) => name === mutant;
  }

  async start() {
    await new Promise((ready) => this.#server.listen(0, "127.0.0.1", ready));
    this.#worker = setInterval(() => this.#carts.forEach((cart) => this.#deliver(cart)), 200);
    this.origin = `http://127.0.0.1:${this.#server.address().port}`;
    return this;
  }

  async stop() {
    clearInterval(this.#worker);
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  // -- HTTP --

  async #serve(request, response) {
    const id = randomUUID();
    const bytes = await buffer(request);
    const headers = { "content-type": "application/json", "x-request-id": id, "cache-control": "no-store" };
    headers["x-content-type-options"] = "nosniff";
    try {
      const [status, body, more = {}] = await this.#answer(request, bytes, headers);
      response.writeHead(status, { ...headers, ...more }).end(typeof body === "string" ? body : JSON.stringify(body));
    } catch (error) {
      const { status = 500, code = "lead/internal", headers: more = {} } = error;
      const echo = this.is("echo") ? bytes.toString() : "refused";
      const body = this.is("error shape") ? { error: code } : { code, message: echo, request_id: id };
      response.writeHead(status, { ...headers, ...more }).end(JSON.stringify(body));
    }
  }

  async #answer(request, bytes, headers) {
    const path = request.url.split("?")[0];
    if (path === "/api/ipn") return this.#ipn(request, bytes);
    if (path === "/api/orders") return this.#orders(request, bytes);
    const end = { "/api/lead": null, "/api/lead/complete": "completed", "/api/lead/withdraw": "withdrawn" }[path];
    if (end === undefined) throw new Refused(404, "lead/not-found");
    const isForeign = this.#checkOrigin(request.headers, headers);
    if (request.method === "OPTIONS") {
      const cors = { "access-control-allow-methods": "POST", "access-control-allow-headers": "content-type" };
      return [204, "", isForeign ? cors : {}];
    }
    if (this.is("readable") && request.method === "GET")
      return [200, [...this.#carts.values()].map(({ state }) => state)];
    if (request.method !== "POST") throw new Refused(405, "lead/method", { allow: "POST, OPTIONS" });
    const body = this.#read(request, bytes);
    return end ? this.#close(body, end) : this.#save(body);
  }

  #checkOrigin({ host, origin, "sec-fetch-site": site }, headers) {
    headers.vary = "origin";
    if (this.is("star")) headers["access-control-allow-origin"] = "*";
    if (origin === this.allowedOrigin) {
      headers["access-control-allow-origin"] = origin;
      return true;
    }
    const own = origin === undefined ? site !== "cross-site" || this.is("cross-site") : origin === `http://${host}`;
    const passes = this.is("any origin") || (this.is("null origin") && origin === "null");
    const loose = this.is("origin prefix") && origin?.startsWith(`http://${host.split(":")[0]}`);
    if (!own && !passes && !loose) throw new Refused(403, "lead/origin");
    return false;
  }

  #read({ headers }, bytes) {
    const type = headers["content-type"]?.split(";")[0];
    const types = ["application/json", ...(this.is("no beacon") ? [] : ["text/plain"])];
    if (!types.includes(type) && !this.is("any type")) throw new Refused(415, "lead/content-type");
    if (bytes.length > 65_536 && !this.is("no limit")) throw new Refused(413, "lead/too-large");
    if (bytes.length > 32_768 && this.is("small limit")) throw new Refused(413, "lead/too-large");
    let body;
    try {
      body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch (error) {
      if (this.is("fails")) throw error;
      throw new Refused(400, "lead/malformed");
    }
    if (body === null || typeof body !== "object" || Array.isArray(body)) throw new Refused(400, "lead/malformed");
    const token = (text, least) => typeof text === "string" && new RegExp(`^[\\w-]{${least},64}$`).test(text);
    const named = token(body.cart, 16) && token(body.key, 22);
    if (!named && !this.is("any identity")) throw new Refused(400, "lead/identity");
    return body;
  }

  // -- Carts --

  #cart(id, key) {
    const cart = this.#carts.get(id);
    const hash = createHash("sha256").update(String(key)).digest("hex");
    if (cart?.key && cart.key !== hash && !this.is("any key") && !(this.is("any key closes") && key === undefined)) {
      throw new Refused(403, "lead/key");
    }
    return cart ?? { id, key: hash, state: {}, status: "open", version: 0, delivered: 0, begun: Date.now(), marks: "" };
  }

  #save({ cart: id, key, lead_code, changes }) {
    if (changes === null || typeof changes !== "object" || Array.isArray(changes))
      throw new Refused(400, "lead/malformed");
    if (this.is("code opens") && lead_code) key = undefined;
    const cart = this.is("code opens") && lead_code && this.#carts.get(id) ? this.#carts.get(id) : this.#cart(id, key);
    if (cart.status !== "open" && !this.is("saves after closing")) throw new Refused(409, "lead/closed");
    const dropped = [];
    const before = JSON.stringify(this.#lead(cart));
    for (const [path, change] of Object.entries(changes)) {
      const entered = this.#judge(path, change);
      if (entered.dropped) dropped.push(path);
      if ("value" in entered) this.#merge(cart, path, change.at, entered.value);
    }
    if (dropped.length && this.is("one bad blocks")) throw new Refused(400, "lead/malformed");
    if (Object.keys(changes).length) this.#carts.set(id, cart);
    if (JSON.stringify(this.#lead(cart)) !== before || this.is("tells again")) cart.version++;
    return this.#deliver(cart).then(() => {
      const code = cart.code ?? null;
      const state = code && cart.delivered >= cart.version ? "saved" : "queued";
      const missing = code ? [] : this.#missing(cart);
      const extra = {
        ...(dropped.length && !this.is("silent") ? { dropped } : {}),
        ...(missing.length ? { missing } : {}),
      };
      return [state === "saved" ? 200 : 202, { state, lead_code: code, ...extra }];
    });
  }

  #judge(path, change) {
    const bad = { dropped: true };
    if (!PATHS.has(path) && !this.is("any path")) return bad;
    const { value, at } = change ?? {};
    if (!Number.isSafeInteger(at) || at < 0) return this.is("any time") ? { value } : bad;
    const text = textOf(value);
    if (text === null) return bad;
    if (CARD.test(text) && !this.is("cards")) return path === "Items" ? bad : { dropped: true, value: null };
    if (path === "Items") {
      const right = (item) => typeof item?.Code === "string" && Number(item.Quantity ?? 1) >= 1;
      if (!Array.isArray(value) || !value.length || !value.every(right))
        return this.is("empty items") ? { value: [] } : bad;
      return { value: value.map((item) => ({ ...item, Quantity: Number(item.Quantity ?? 1) })) };
    }
    if (path === "Promotions") return value === null || Array.isArray(value) ? { value } : bad;
    if (value === null) return path === "Currency" && !this.is("empty currency") ? bad : { value };
    if (typeof value !== "string") return this.is("any value") ? { value: String(value) } : bad;
    if (value.length > 500 && !this.is("any length")) return bad;
    if (path.endsWith(".Email") && !EMAIL.test(value) && !this.is("any address")) return bad;
    const letters = { Currency: 3, Language: 2 }[path];
    return letters && !new RegExp(`^[A-Za-z]{${letters}}$`).test(value) ? bad : { value };
  }

  #merge(cart, path, at, value) {
    const known = cart.state[path];
    const rank = (one) => (one === null ? "" : `=${JSON.stringify(one)}`);
    const newer =
      !known || at > known.at || (at === known.at && (this.is("last of equals") || rank(value) > rank(known.value)));
    if (newer || this.is("last wins")) cart.state[path] = { at, value };
    if (this.is("absent clears"))
      for (const other of Object.keys(cart.state)) {
        if (other !== path && other.endsWith(".Company")) delete cart.state[other];
      }
  }

  #missing(cart) {
    const { Items, Currency, BillingDetails } = this.#lead(cart);
    return Object.entries({ Email: BillingDetails.Email, Items, Currency }).flatMap(([name, has]) =>
      has ? [] : [name],
    );
  }

  #lead({ id, state, status }) {
    const value = (path) => state[path]?.value ?? undefined;
    const lead = { CartId: id, BillingDetails: {}, DeliveryDetails: {} };
    for (const path of PLAIN) if (value(path) !== undefined) lead[path] = value(path);
    for (const [path, { value: text }] of Object.entries(state)) {
      const [block, detail] = path.split(".");
      if (detail) lead[block][detail] = text ?? "";
    }
    if (Object.values(lead.DeliveryDetails).every((text) => !text)) lead.DeliveryDetails = { ...lead.BillingDetails };
    if (this.is("no delivery")) delete lead.DeliveryDetails;
    if (status === "withdrawn" && !this.is("keeps the person")) {
      for (const block of ["BillingDetails", "DeliveryDetails"])
        lead[block] = Object.fromEntries(DETAILS.map((one) => [one, ""]));
      delete lead.CustomerReference;
    }
    return lead;
  }

  #close({ cart: id, key }, end) {
    if (this.is("any key closes")) key = undefined;
    if (!this.#carts.has(id) && this.is("closes the known")) return [200, { state: "closed" }];
    const cart = this.is("any key closes") && this.#carts.get(id) ? this.#carts.get(id) : this.#cart(id, key);
    if (cart.status !== "open" && this.is("closes once")) throw new Refused(409, "lead/closed");
    this.#end(cart, end);
    return this.#deliver(cart).then(() => [200, { state: "closed" }]);
  }

  #end(cart, end) {
    if (cart.status !== "open") return false;
    cart.status = end;
    cart.version += 1;
    this.#carts.set(cart.id, cart);
    return true;
  }

  // -- Orders --

  #orders({ headers, method }, bytes) {
    if (method !== "POST") throw new Refused(405, "lead/method");
    const right = headers.authorization === `Bearer ${this.shopToken}`;
    if (!right && !this.is("any token")) throw new Refused(401, "orders/token");
    let body;
    try {
      body = JSON.parse(bytes);
    } catch {
      throw new Refused(400, "orders/malformed");
    }
    const { cart: id, external_reference, email } = body;
    const named = [id, external_reference, email].filter((text) => typeof text === "string");
    if (!named.length && !this.is("any order")) throw new Refused(400, "orders/malformed");
    const closed = this.#find(id, external_reference, email, Infinity).filter((cart) => this.#end(cart, "completed"));
    if (typeof id === "string" && !this.#carts.has(id) && !this.is("forgets orders")) {
      this.#end({ ...this.#cart(id, ""), key: null }, "completed");
    }
    closed.forEach((cart) => this.#deliver(cart));
    return [200, { closed: closed.length }];
  }

  #find(id, reference, email, before) {
    const open = [...this.#carts.values()];
    const named = open.filter(
      (cart) => cart.id === id || (reference && cart.state.ExternalReference?.value === reference),
    );
    if (named.length || !email) return named;
    const same = ({ state }) => state["BillingDetails.Email"]?.value?.toLowerCase() === email.toLowerCase();
    return open.filter((cart) => cart.status === "open" && same(cart) && (cart.begun <= before || this.is("any sale")));
  }

  #ipn({ method }, bytes) {
    if (method === "GET") return [this.is("no set-up") ? 405 : 200, "", { "content-type": "text/plain" }];
    const { fields, list, signatures } = readForm(bytes.toString());
    const algorithm = signatures.SIGNATURE_SHA3_256 ? "sha3-256" : "sha256";
    const given = signatures.SIGNATURE_SHA3_256 || signatures.SIGNATURE_SHA2_256 || "";
    const signed = this.is("sorted") ? list.toSorted(([a], [b]) => (a < b ? -1 : 1)) : list;
    const right = given.toLowerCase() === sign(algorithm, SECRET, source(signed.map(([, value]) => value)));
    if (bytes.length > 262_144) throw new Refused(413, "ipn/too-large");
    if (!right && !this.is("any notification")) throw new Refused(400, "ipn/signature");
    const { ORDERSTATUS, FRAUD_STATUS, ORIGINAL_REFNOEXT, TEST_ORDER, REFNOEXT, CUSTOMEREMAIL, SALEDATE } = fields;
    const zone = Number(/GMT([+-]\d\d)/.exec(fields.TIMEZONE_OFFSET)?.[1] ?? 0) * (this.is("no zone") ? 0 : 1);
    const sold = Date.parse(`${SALEDATE.replace(" ", "T")}Z`) - zone * 3_600_000 + 999;
    const changes = (ORIGINAL_REFNOEXT && !this.is("renewals")) || (TEST_ORDER === "1" && !this.is("test orders"));
    const paid =
      /^(PAYMENT_AUTHORIZED|AUTHRECEIVED|PAYMENT_RECEIVED|COMPLETE)$/.test(ORDERSTATUS) || this.is("any status");
    const found = this.#find(REFNOEXT, REFNOEXT, CUSTOMEREMAIL, sold);
    for (const cart of changes ? [] : found) {
      if (paid && (FRAUD_STATUS !== "DENIED" || this.is("fraud"))) this.#end(cart, "completed");
      else if (ORDERSTATUS.includes("PENDING")) cart.stopped = true;
      this.#deliver(cart);
    }
    const receipt =
      this.is("no receipt") || (this.is("receipt when matched") && !found.length)
        ? "OK"
        : receiptOf(fields, algorithm, SECRET);
    return [200, receipt, { "content-type": "text/plain" }];
  }

  // -- 2Checkout --

  /** Tells 2Checkout what it lacks of a cart: one call at a time, unless the mutant forgets that. */
  async #deliver(cart) {
    if ((cart.busy && !this.is("no lease")) || Date.now() < (cart.notBefore ?? 0)) return;
    cart.busy = true;
    try {
      for (let call = this.#next(cart); call; call = this.#next(cart)) await this.#carryOut(cart, call);
    } catch (error) {
      if (!error.upstream) throw error;
      if (!error.maybeDone) cart.adding = null;
      if (this.is("gives up")) cart.delivered = cart.version;
      cart.notBefore = Date.now() + Math.max(error.waitMs, error.refused ? 0 : 500);
    } finally {
      cart.busy = false;
    }
  }

  #next(cart) {
    const wanted = { completed: "used", withdrawn: "stopped" }[cart.status] ?? (cart.stopped ? "stopped" : "");
    const isReady = !this.#missing(cart).length || (this.is("hurries") && this.#lead(cart).BillingDetails.Email);
    const open = cart.status === "open" || this.is("adds closed");
    if (!cart.code) return cart.adding ? "find" : open && isReady && cart.delivered < cart.version ? "add" : null;
    const unmarked = wanted && cart.marks !== wanted && !this.is("no marks");
    if (unmarked && cart.status !== "open") return "mark";
    if (cart.delivered < cart.version && cart.state.Items) return "update";
    return unmarked ? "mark" : null;
  }

  async #carryOut(cart, call) {
    const { version } = cart;
    if (call === "find") {
      const found = this.is("no search") ? null : await this.#search(cart);
      Object.assign(cart, { code: found ?? cart.code, adding: null });
      return;
    }
    if (call === "mark") {
      const used = cart.status === "completed" && !this.is("never used");
      await this.#call("markLeads", [[{ LeadCode: cart.code, Used: used, StopFollowups: true }]]);
      cart.marks = cart.status === "completed" ? "used" : "stopped";
      return;
    }
    let lead = this.#lead(cart);
    if (call === "update" && this.is("sends the difference")) {
      lead = { ...lead, BillingDetails: { City: lead.BillingDetails.City ?? "" } };
    }
    if (call === "add") cart.adding = this.is("no search") ? null : { email: lead.BillingDetails.Email };
    const result = await this.#call(
      call === "add" ? "addLead" : "updateLead",
      call === "add" ? [lead] : [lead, cart.code],
    );
    if (call === "add") Object.assign(cart, { code: cart.code ?? result.LeadCode, adding: null });
    if (!this.is("marks once") || !cart.marks) cart.marks = "";
    cart.delivered = Math.max(cart.delivered, version);
  }

  #proof() {
    const date = new Date().toISOString().slice(0, 19).replace("T", " ");
    return [
      date,
      createHmac("sha256", SECRET)
        .update(source(["SANDBOX", date]))
        .digest("hex"),
    ];
  }

  async #call(method, params, isSecond = false) {
    if (!this.#session) {
      const [date, hash] = this.#proof();
      this.#session = await this.#send("/rpc/6.0/", { method: "login", params: ["SANDBOX", date, hash, "sha256"] });
    }
    try {
      return await this.#send("/rpc/6.0/", { method, params: [this.#session, ...params] });
    } catch (error) {
      if (!error.session || this.is("one session")) throw error;
      this.#session = null;
      if (isSecond) throw error;
      return this.#call(method, params, true);
    }
  }

  async #search({ id, adding }) {
    const [date, hash] = this.#proof();
    const headers = { "x-avangate-authentication": `code="SANDBOX" date="${date}" hash="${hash}" algo="sha256"` };
    const { Items } = await this.#send(
      `/rest/6.0/leads/?Email=${encodeURIComponent(adding.email)}&Limit=50`,
      null,
      headers,
    );
    return Object.values(Items).find(({ CartId }) => CartId === id)?.LeadCode ?? null;
  }

  async #send(path, call, more = {}) {
    const body = call && JSON.stringify({ jsonrpc: "2.0", id: 1, ...call });
    const headers = { "content-type": "application/json", accept: "application/json", ...more };
    const answer = await new Promise((done, failed) => {
      const sent = ask(
        this.sandbox + path,
        { method: call ? "POST" : "GET", headers, agent: false },
        async (response) => {
          const text = (await buffer(response)).toString();
          done({ status: response.statusCode, text, wait: Number(response.headers["retry-after"] ?? 0) });
        },
      );
      sent.on("error", () => failed(upstream(true)));
      sent.end(body ?? undefined);
    });
    if ([429, 503].includes(answer.status)) throw upstream(false, this.is("impatient") ? 0 : answer.wait * 1_000);
    let json;
    try {
      json = JSON.parse(answer.text);
    } catch {
      throw upstream(true);
    }
    if (json.error) throw Object.assign(upstream(false), { session: [10000, 10001, 10002].includes(json.error.code) });
    if (json.result?.Errors?.length) throw Object.assign(upstream(false), { refused: true });
    return call ? json.result : json;
  }
}

/** A value as JSON; null where it is nested deeper than can be written. */
function textOf(value) {
  try {
    return JSON.stringify(value ?? null);
  } catch {
    return null;
  }
}

const upstream = (maybeDone, waitMs = 0) =>
  Object.assign(new Error("2Checkout"), { upstream: true, maybeDone, waitMs });
