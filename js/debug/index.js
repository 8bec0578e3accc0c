// `?leadkeep=debug`: shows a merchant, on the page itself, what every field is taken for, what the lead holds, and why
// nothing was sent. It observes: it sends nothing, stores nothing, consents to nothing, and touches no field.
//
// A file of its own that the loader imports only where the page's address, or `leadkeep.debug()`, asks for it. A link may
// bring a shopper to such an address, who is to see nothing: it shows itself only in a browser that was told so once.
import { boxOf, consentHosts, element, sheet } from "./dom.js";
import { panel } from "./panel.js";
import { report } from "./report.js";
import { STYLE } from "./style.js";
import { tags } from "./tags.js";
import { violations } from "./violations.js";

/** js/facade.js sets it on the object once it was stopped. */
const STOPPED = Symbol.for("leadkeep");

/** Milliseconds between two looks at the fields while the page changes, and while nothing seems to happen. */
const SOON_MS = 200;
const LATER_MS = 1_000;

/** What may have changed what a field means or what the lead holds. */
const SIGNS = ["input", "change", "leadkeep:status"];

/** What is done in the panel; a page that closes its windows at a click elsewhere need not hear of it. */
const OURS = ["click", "keydown", "keyup", "mousedown", "pointerdown", "touchstart"];

/** The key in localStorage that tells a browser of the merchant's from a shopper's. */
const FLAG = "leadkeep-debug";

const LOOPBACK = /^(.+\.)?localhost$|^127(\.\d+){3}$|^\[::1\]$/;

/** Whether the overlay may be shown in this browser. */
function isAllowed() {
  try {
    return LOOPBACK.test(location.hostname) || localStorage[FLAG] === "1";
  } catch {
    return false;
  }
}

/** What is shown, by the object it shows; removes it. */
const shown = new WeakMap();

/**
 * Shows the overlay of a capture until it is stopped. `api` is what is on `window.leadkeep`. `isWanted` is what
 * `leadkeep.debug()` was given: true is remembered by this browser, false forgotten, and undefined is a page's address.
 * `check` is `leadkeep.check()`, which shows nothing and gives its text.
 */
export default function debug(api, isWanted) {
  if (isWanted === "check") return check(api);
  try {
    if (isWanted) localStorage[FLAG] = "1";
    else if (isWanted === false) delete localStorage[FLAG];
  } catch {
    // Without storage it is shown on this page alone.
  }
  if (isWanted === false) shown.get(api)?.();
  else if (!shown.has(api) && (isWanted || isAllowed())) shown.set(api, overlay(api));
}

/** All that is known of a capture, but for what only time can tell. */
async function known(api) {
  const rows = await api.inspect();
  const held = await api.preview();
  return { rows, held, status: api.status(), canRun: "WebAssembly" in self, asks: asks(), record: record() };
}

async function check(api) {
  await Promise.race([api.load(), new Promise((done) => setTimeout(done, LATER_MS * 5))]);
  const facts = { ...(await known(api)), loaded: true, blocked: {} };
  const at = new Date().toISOString();
  const text = report(facts, { page: location.origin, browser: navigator.userAgent, at });
  // A console shows a promise folded, and its text with every line break written out.
  console.log(text);
  return text;
}

function overlay(api) {
  // `data-leadkeep` marks what is leadkeep's own: no field of the page, no form to be found.
  const host = element("div", { "data-leadkeep": "debug" });
  for (const name of OURS) host.addEventListener(name, (event) => event.stopPropagation());
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet(STYLE)];
  const gone = new AbortController();
  const { signal } = gone;
  const labels = tags(signal);
  const board = panel({ onPick: labels.flash, signal });
  shadow.append(labels.element, board.element);

  const blocked = violations(signal);
  let facts = { rows: [], held: [], canRun: true };
  let loaded = false;
  let looking = false;
  let changed = true;
  let looked = -Infinity;

  const notice = () => (changed = true);
  const observer = new MutationObserver(notice);
  observer.observe(document, { attributes: true, characterData: true, childList: true, subtree: true });
  for (const name of SIGNS) document.addEventListener(name, notice, { capture: true, signal });

  const show = () => {
    labels.show(facts.rows, facts.held);
    board.show({ ...facts, status: api.status(), loaded, blocked });
    board.avoid(inTheWay(facts.rows));
  };

  const look = async () => {
    looking = true;
    changed = false;
    looked = performance.now();
    show();
    facts = await known(api);
    looking = false;
    if (!api[STOPPED]) show();
  };

  const remove = () => {
    shown.delete(api);
    gone.abort();
    observer.disconnect();
    host.remove();
  };

  // Every frame, because no event tells of all that moves a field: scrolling containers, transitions, late pictures.
  const frame = (now) => {
    if (api[STOPPED]) return remove();
    if (signal.aborted) return;
    // Outside the body, so that nothing of it lies within a watched root; a page may write itself anew at any time.
    if (!host.isConnected) document.documentElement.append(host);
    const due = looked + (changed ? SOON_MS : LATER_MS);
    if (!looking && now >= due) look().catch(() => (looking = false));
    labels.follow();
    requestAnimationFrame(frame);
  };

  api.load().then(() => {
    loaded = true;
    notice();
  });
  requestAnimationFrame(frame);
  return remove;
}

/** Whether leadkeep's checkbox is on the page. */
function asks() {
  const checkbox = (host) => host.shadowRoot?.querySelector("span:not([hidden]) [part=checkbox]");
  return consentHosts().some(checkbox);
}

/**
 * What the panel may not cover: the consent box, and of each field the right half, where what a shopper types would run into
 * it and its tag stands.
 */
function inTheWay(rows) {
  const halves = rows.map(({ element }) => {
    const box = element.checkVisibility?.({ visibilityProperty: true }) === false ? null : boxOf(element);
    return box && { ...box, left: box.left + box.width / 2 };
  });
  return [...halves, ...consentHosts().map((host) => boxOf(host))].filter(Boolean);
}

/** How an earlier page has left the cart; the module alone understands all of it. */
function record() {
  try {
    return JSON.parse(localStorage.leadkeep);
  } catch {
    return null;
  }
}
