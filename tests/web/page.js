// The page of the tests, seen from JavaScript: its network, its console, and what other scripts on it may do. Whatever is
// replaced here is put back by `reset`.

const undo = [];
let requests = [];
let lines = [];
let thrown = [];
let heard = [];
let answers = ["saved"];

/** Replaces a property until the test is over. */
function replace(object, name, descriptor) {
  const before = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { configurable: true, ...descriptor });
  undo.push(() => (before ? Object.defineProperty(object, name, before) : delete object[name]));
}

/** Replaces a method; the new one gets the old one. */
function patch(object, name, make) {
  replace(object, name, { value: make(object[name]), writable: true });
}

const json = (status, body) =>
  Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } }));

/** What a page's `fetch` may do. */
const ANSWERS = {
  saved: () => json(200, { state: "saved", lead_code: "L1" }),
  queued: () => json(202, { state: "queued", lead_code: null }),
  closed: () => json(409, { code: "lead/closed", message: "the lead is closed", request_id: "r" }),
  refused: () => json(400, { code: "request/malformed", message: "expected a lead", request_id: "r" }),
  html: () => Promise.resolve(new Response("<!doctype html><title>Log in</title>")),
  throws: () => {
    throw new TypeError("patched");
  },
  "rejects with a string": () => Promise.reject("patched"),
  "rejects with nothing": () => Promise.reject(),
  "is no promise": () => 42,
  "is no response": () => Promise.resolve({ ok: true }),
  "never settles": () => new Promise(() => {}),
  // As a browser does it: what is aborted fails, and so does a body that was still coming.
  "hangs until aborted": (signal) =>
    new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason))),
  "heeds no signal": () => new Promise(() => {}),
  "sends headers and hangs": (signal) =>
    Promise.resolve(
      new Response(
        new ReadableStream({ start: (body) => signal.addEventListener("abort", () => body.error(signal.reason)) }),
      ),
    ),
  // Another script's promise, as polyfills make them: it has a `then` and is no `Promise`.
  thenable: () => {
    const promise = ANSWERS.saved();
    return { then: (done, failed) => promise.then(done, failed) };
  },
};

/** What the next requests get, in this order; the last answer goes on for ever. */
export function answerWith(...names) {
  answers = names.flatMap((name) => name.split(", "));
}

export function takeFetchAway() {
  replace(window, "fetch", { value: undefined, writable: true });
}

/** No request leaves this page any more, not even one made by a test that is over. */
function cutOff() {
  window.fetch = (url, init) => {
    const { body, keepalive, method, headers } = init;
    const type = headers.get("content-type");
    requests.push({ by: "fetch", url: new URL(url).pathname, body, keepalive, method, type });
    return ANSWERS[answers.length > 1 ? answers.shift() : answers[0]](init.signal);
  };
  navigator.sendBeacon = (url, body) => {
    requests.push({ by: "beacon", url: String(url), body, keepalive: true, method: "POST", type: "text/plain" });
    return true;
  };
}

export function begin() {
  reset();
  cutOff();
  patch(console, "error", (error) => (...parts) => {
    lines.push(parts.join(" "));
    // Whatever is not leadkeep's own says why a test has failed.
    if (!lines.at(-1).startsWith("leadkeep:")) error.apply(console, parts);
  });
  // What is thrown into the page: by a listener, a timer or a promise.
  const onError = (event) => {
    thrown.push(String(event.error ?? event.reason ?? event.message));
    event.preventDefault();
  };
  for (const name of ["error", "unhandledrejection"]) {
    window.addEventListener(name, onError);
    undo.push(() => window.removeEventListener(name, onError));
  }
}

export function reset() {
  while (undo.length) undo.pop()();
  for (const name of ["dataLayer", "gtag"]) delete window[name];
  localStorage.clear();
  answers = ["saved"];
  requests = [];
  lines = [];
  thrown = [];
  heard = [];
}

export const requestsSoFar = () => JSON.stringify(requests);
export const firstBody = () => requests[0]?.body ?? "";
export const consoleLines = () => lines.join("\n");
export const thrownIntoThePage = () => thrown.join("\n");

/** Whether the browser says that the page is hidden. */
export function setHidden(hidden) {
  replace(document, "hidden", { get: () => hidden });
  replace(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });
  document.dispatchEvent(new Event("visibilitychange"));
}

export function leaveForTheBfcache() {
  window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
}

export function comeOutOfTheBfcache() {
  window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
}

/** Another tab has written the record: the browser tells this one. */
export function otherTabWrites(text) {
  localStorage.leadkeep = text;
  window.dispatchEvent(new StorageEvent("storage", { key: "leadkeep", newValue: text, storageArea: localStorage }));
}

/** Ways in which a browser refuses storage. */
export function blockStorage(how) {
  const refuse = (name) => () => {
    throw new DOMException("refused", name);
  };
  if (how === "getter throws") replace(window, "localStorage", { get: refuse("SecurityError") });
  if (how === "is null") replace(window, "localStorage", { get: () => null });
  if (how === "getItem throws") patch(Storage.prototype, "getItem", () => refuse("SecurityError"));
  if (how === "setItem throws") patch(Storage.prototype, "setItem", () => refuse("QuotaExceededError"));
}

/** From now on the names of the controls whose value is read are taken down. */
export function noteReads() {
  const names = new Set();
  for (const { prototype } of [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement]) {
    const { get, set } = Object.getOwnPropertyDescriptor(prototype, "value");
    const noting = function () {
      names.add(this.name);
      return get.call(this);
    };
    replace(prototype, "value", { get: noting, set });
  }
  return () => [...names].sort().join(" ");
}

/** Whoever waits for long waits for a moment. */
export function hurryLongTimers() {
  patch(window, "setTimeout", (set) => (callback, ms) => set(callback, ms >= 10_000 ? 10 : ms));
}

/** From now on listeners, observers and timers are counted. */
export function countWhatIsHeld() {
  const held = { listeners: new Map(), observers: new Set(), timers: new Set() };
  const id = (target, type, options) => `${type} ${!!(options?.capture ?? options)}`;
  const of = (target, callback) => {
    const known = held.listeners.get(callback) ?? new Map();
    held.listeners.set(callback, known);
    if (!known.has(target)) known.set(target, new Set());
    return known.get(target);
  };
  patch(
    EventTarget.prototype,
    "addEventListener",
    (add) =>
      function (type, callback, options) {
        of(this ?? window, callback).add(id(this, type, options));
        return add.call(this ?? window, type, callback, options);
      },
  );
  patch(
    EventTarget.prototype,
    "removeEventListener",
    (remove) =>
      function (type, callback, options) {
        of(this ?? window, callback).delete(id(this, type, options));
        return remove.call(this ?? window, type, callback, options);
      },
  );
  patch(
    MutationObserver.prototype,
    "observe",
    (observe) =>
      function (...rest) {
        held.observers.add(this);
        return observe.apply(this, rest);
      },
  );
  patch(
    MutationObserver.prototype,
    "disconnect",
    (disconnect) =>
      function () {
        held.observers.delete(this);
        return disconnect.call(this);
      },
  );
  patch(window, "setTimeout", (set) => (callback, ms) => {
    const timer = set(() => {
      held.timers.delete(timer);
      callback();
    }, ms);
    held.timers.add(timer);
    return timer;
  });
  patch(window, "clearTimeout", (clear) => (timer) => {
    held.timers.delete(timer);
    clear(timer);
  });
  return () => {
    const listeners = [...held.listeners.values()].flatMap((targets) => [...targets.values()].flatMap((s) => [...s]));
    return `${listeners.length} listeners, ${held.observers.size} observers, ${held.timers.size} timers`;
  };
}

/** Takes down what `leadkeep:status` says; `then` is called each time, as a page's own listener would be. */
export function hearStatus(then) {
  const listener = (event) => {
    heard.push(event.detail);
    then?.(event.detail.state);
  };
  document.addEventListener("leadkeep:status", listener);
  undo.push(() => document.removeEventListener("leadkeep:status", listener));
}

export const statusesHeard = () => JSON.stringify(heard);

/** gtag() as Google hands it out: what it pushes is `arguments`, no array. */
export function gtag() {
  window.dataLayer ??= [];
  window.dataLayer.push(arguments);
}

// What a shopper does. The events of a script are untrusted; leadkeep takes both.

const sleep = window.setTimeout;
export const pause = (ms) => new Promise((resolve) => sleep(resolve, ms));

const elements = (root) =>
  [...root.querySelectorAll("*")].flatMap((element) => [
    element,
    ...(element.shadowRoot ? elements(element.shadowRoot) : []),
  ]);

/** The control of a name, wherever it stands. */
export function control(name) {
  const found = elements(document).find((element) => element.name === name);
  if (!found) throw new Error(`no control is called ${name}`);
  return found;
}

/** `input` leaves a shadow root and `change` does not, as in a browser. */
export function fire(target, name) {
  target.dispatchEvent(new Event(name, { bubbles: true, composed: name !== "change" }));
}

export function type(field, text) {
  fire(field, "focusin");
  field.value = text;
  fire(field, "input");
}

// The object that JavaScript gets.

/** Stopped when the test is over, also when it failed. */
export function keep(widget) {
  undo.push(() => {
    try {
      widget.stop();
    } catch {
      // It was stopped before, or the test left it in the middle of a call.
    }
  });
}

/** Calls a method and says what it throws, or an empty text. */
export function attempt(object, name, ...rest) {
  try {
    object[name](...rest);
    return "";
  } catch (error) {
    return String(error);
  }
}
