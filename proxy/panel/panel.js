// The developer's window: what 2Checkout (here its stand-in, the sandbox) holds at this moment, every call it received,
// and what leadkeep says of itself. No part of the shop, and none of leadkeep: it only looks. Beside the demo shop, and alone
// at /sandbox/, where there is no leadkeep to ask.

import { callView, changedBy, historyOf, inspectionView, leadView, make } from "./panel-view.js";

/** Time between two looks at the sandbox, in milliseconds. */
const POLL_MS = 1000;
/** Longest time between two looks, while the sandbox does not answer or its log is long, in milliseconds. */
const MAX_POLL_MS = 30_000;
/** A look that takes longer, in milliseconds, has failed. */
const TIMEOUT_MS = 5000;
/** For each so many calls in the log the time between two looks grows by `POLL_MS`. */
const LONG_LOG = 500;
/** Calls shown; older ones are counted only. */
const MAX_CALLS = 100;

const MEANS = {
  off: "not running",
  waiting: "waits for the shopper\u2019s consent",
  idle: "nothing to send",
  pending: "waits for a pause in the typing",
  saving: "is sending",
  saved: "2Checkout has it",
  retrying: "could not send, will try again",
  closed: "order placed or withdrawn: never sent again",
};

const $ = (id) => document.getElementById(id);
const say = (text) => ($("panel-said").textContent = text);

let calls = 0;
let leadCode = null;

// leadkeep's own status

const isAlone = !$("state");

function showStatus(status) {
  if (isAlone) return;
  const state = status?.state ?? "off";
  leadCode = status?.leadCode ?? null;
  $("state").textContent = state;
  $("state-means").textContent = status ? (MEANS[state] ?? "") : "leadkeep is not on this page yet";
  for (const dot of document.querySelectorAll(".panel .dot")) dot.dataset.state = state;
  const error = status?.lastError;
  $("state-error").hidden = !error;
  $("state-error").textContent = error ? `last error: ${error.code ?? error.message ?? error}` : "";
  showBrief();
}

function showBrief() {
  if (isAlone) return;
  $("panel-brief").textContent = `${$("state").textContent}, ${calls} ${calls === 1 ? "call" : "calls"}`;
}

// What the sandbox holds

/** For an element, the text of what it shows. */
const shownAs = new WeakMap();

/** Replaces the children of an element only when what it shows is new, so that nothing flickers or loses its focus. */
function replace(element, key, children) {
  if (shownAs.get(element) === key) return;
  shownAs.set(element, key);
  element.replaceChildren(...children());
}

function showLead(leads, log) {
  const entry = leads.find((lead) => lead.LeadCode === leadCode) ?? leads[0];
  if (!entry) {
    const text =
      "Nobody\u2019s lead is held. It begins with an e\u2011mail address, an item and the shopper\u2019s consent.";
    replace($("lead"), "none", () => [make("p", { className: "empty" }, text)]);
    return;
  }
  const history = historyOf(log, entry.LeadCode);
  const others = leads.length - 1;
  replace($("lead"), JSON.stringify([entry, history.length, others]), () => [
    ...leadView(entry, changedBy(history)),
    ...(others > 0
      ? [make("p", { className: "times" }, `and ${others} other ${others === 1 ? "lead" : "leads"}`)]
      : []),
  ]);
}

/** Newest first. The log only grows, or is emptied: an entry that is shown already stays, open or closed. */
function showCalls(log) {
  const list = $("calls");
  const first = Math.max(0, log.length - MAX_CALLS);
  const shown = new Map([...list.children].map((item) => [shownAs.get(item), item]));
  const wanted = log.slice(first).map((call, i) => {
    const key = `${first + i} ${JSON.stringify(call)}`;
    const item = shown.get(key) ?? callView(call);
    shownAs.set(item, key);
    return item;
  });
  wanted.reverse();
  if (wanted.length !== list.children.length || wanted.some((item, i) => item !== list.children[i])) {
    list.replaceChildren(...wanted);
  }
  calls = log.length;
  $("call-count").textContent = calls > 0 ? String(calls) : "";
  $("no-calls").hidden = calls > 0;
  showBrief();
}

// Looking, about once a second, while somebody can see it

const REFUSED = "This page talks to 2Checkout itself, or its sandbox is off: what it holds cannot be shown here.";
const SILENT = "The sandbox does not answer. Trying again now and then.";

let timer = 0;
let delay = POLL_MS;
let looking = false;

async function ask(path, options = {}) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS), ...options });
  if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
  return answer;
}

async function readList(path) {
  const list = await (await ask(path)).json();
  if (!Array.isArray(list)) throw new Error("not a list");
  return list;
}

function reachable(problem) {
  $("panel-alert").hidden = !problem;
  if ($("panel-alert").textContent !== problem) $("panel-alert").textContent = problem;
  for (const part of document.querySelectorAll("[data-sandbox]")) part.hidden = problem === REFUSED;
}

async function look() {
  clearTimeout(timer);
  if (looking || document.hidden) return;
  looking = true;
  showStatus(window.leadkeep?.status?.());
  try {
    // One after the other: where there is no sandbox, one refusal is enough.
    const log = await readList("/sandbox/log");
    const leads = await readList("/sandbox/leads");
    showCalls(log);
    showLead(leads, log);
    reachable("");
    // The whole log travels each time: a long one is asked for less often.
    delay = Math.min(POLL_MS * Math.ceil((log.length + 1) / LONG_LOG), MAX_POLL_MS);
  } catch (error) {
    // A path that is not there will not come while this page is open; looking again would only fill the console.
    const gone = error.status === 404 || error.status === 403;
    reachable(gone ? REFUSED : SILENT);
    delay = gone ? Infinity : Math.min(delay * 2, MAX_POLL_MS);
  }
  looking = false;
  if (Number.isFinite(delay)) timer = setTimeout(look, delay);
}

// What a person can do here

async function change(path, options, done) {
  try {
    await ask(path, options);
    say(done);
    await look();
  } catch {
    say("The sandbox did not answer.");
  }
}

const putFaults = (faults, done) =>
  change(
    "/sandbox/faults",
    { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(faults) },
    done,
  );

$("fault-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const on = $("fault-on").value;
  const fault = $("fault").value;
  putFaults([{ on, fault, times: 1 }], `The next ${on} meets ${fault}.`);
});
$("no-faults").addEventListener("click", () => putFaults([], "No faults are waiting."));
$("empty-sandbox").addEventListener("click", () =>
  change("/sandbox/log", { method: "DELETE" }, "The sandbox is empty."),
);

const WAYS = {
  browser: "The page calls leadkeep.complete(). A shopper who closes the tab early does not get that far.",
  shop: "The shop\u2019s server posts to /api/orders with its token. The page says nothing.",
  "2checkout": "2Checkout posts a signed notification to /api/ipn. Neither page nor shop says anything.",
};

const way = () => $("ways").querySelector(":checked").value;
const showWay = () => ($("way-means").textContent = WAYS[way()]);

$("ways")?.addEventListener("change", showWay);
if (!isAlone) showWay();

const post = (path, body) =>
  ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Plays the shop's server, or 2Checkout: whoever it is tells the proxy which cart the order is of. */
async function report(by, { order, email }) {
  const cart = window.leadkeep?.status?.().cart ?? undefined;
  if (by === "shop") return (await post("/demo/orders", { cart, email, order_reference: order })).json();
  const answer = await (await post("/sandbox/ipn", { external_reference: cart ?? order, email })).json();
  if (!answer.receipt) throw new Error("no receipt");
  return answer;
}

document.addEventListener("shop:order", async (event) => {
  const by = way();
  if (by === "browser") return;
  event.preventDefault();
  const who = by === "shop" ? "The shop\u2019s server" : "2Checkout";
  say(`${who} reports the order\u2026`);
  try {
    await report(by, event.detail);
    say(`${who} has reported the order.`);
    await look();
  } catch {
    say(`${who} could not report the order.`);
  }
});

$("withdraw")?.addEventListener("click", async () => {
  if (!window.leadkeep) return say("leadkeep is not on this page.");
  say("Withdrawing\u2026");
  try {
    await window.leadkeep.withdraw();
    say("Withdrawn: nothing more is sent until the shopper agrees again.");
  } catch {
    say("The withdrawal did not go through.");
  }
});

$("inspect")?.addEventListener("click", async () => {
  const open = $("inspection").hidden;
  if (open) {
    if (!window.leadkeep) return say("leadkeep is not on this page.");
    try {
      $("inspection").replaceChildren(inspectionView(await window.leadkeep.inspect()));
    } catch {
      return say("leadkeep could not be asked.");
    }
  }
  $("inspection").hidden = !open;
  $("inspect").setAttribute("aria-expanded", String(open));
  $("inspect").textContent = open ? "Hide what was recognised" : "Show what was recognised";
});

function toggle(open) {
  document.querySelector(".panel").dataset.open = String(open);
  $("panel-toggle").setAttribute("aria-expanded", String(open));
}

$("panel-toggle")?.addEventListener("click", () => toggle($("panel-toggle").getAttribute("aria-expanded") !== "true"));
document.querySelector(".panel").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || $("panel-toggle")?.getAttribute("aria-expanded") !== "true") return;
  toggle(false);
  $("panel-toggle").focus();
});

document.addEventListener("leadkeep:status", (event) => showStatus(event.detail));
document.addEventListener("visibilitychange", () => Number.isFinite(delay) && look());
// The tag is async: it may come after this script, and says nothing until something happens.
window.addEventListener("load", () => showStatus(window.leadkeep?.status?.()));
look();
