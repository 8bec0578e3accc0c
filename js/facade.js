// The object that pages see, and all that happens before the module is there: next to nothing. Both the script tag and
// the npm package carry this file, so every line is paid for by every shopper.

/** Nothing, an element, an array, a function, or what the browser takes for a selector. */
const isSelector = (value) => {
  try {
    if (value && !value.matches && !value.map && !value.call) document.querySelector(value);
    return true;
  } catch {}
};
const SELECTOR = [{ test: isSelector }, 'a CSS selector, such as "#checkout"'];
const MILLISECONDS = [/^\d{1,6}$/, "a number of milliseconds"];

/** What an option must look like, and how to say so. The module checks again what it is given in Rust. */
const RULES = {
  endpoint: [/\S/, 'the URL of the proxy, such as "/api/lead"'],
  consent: [/^(ask|external|granted)$/, '"ask", "external" or "granted"'],
  currency: [/^[a-z]{3}$/i, 'an ISO 4217 code, such as "EUR"'],
  language: [/^[a-z]{2}([-_]|$)/i, 'an ISO 639-1 code, such as "EN"'],
  quietMs: MILLISECONDS,
  maxWaitMs: MILLISECONDS,
  form: SELECTOR,
  slot: SELECTOR,
  items: SELECTOR,
};

/** Events that bring a shopper near the form; `change` alone is what autofill fires in some browsers. */
const TOUCHES = ["pointerdown", "focusin", "input", "change"];
const FIELDS = "input:not([type=hidden]),select,textarea";

/**
 * Whether a form or a page may be what the module looks for: it has a field that calls itself an e-mail address, or more
 * fields than a search or a log-in has, whose labels only the module can read.
 */
const isPromising = (root) =>
  root.querySelector("[type=email],[name*=mail i],[id*=mail i],[autocomplete*=mail i],[data-lead]") ||
  root.querySelectorAll(FIELDS)[4];

/** Set on the object once it was stopped, so that another `start()` makes a new one. */
export const STOPPED = Symbol.for("leadkeep");

/** What is in `localStorage` from before; the module alone understands all of it. */
const record = () => {
  try {
    return JSON.parse(localStorage.leadkeep);
  } catch {
    return null;
  }
};

/**
 * @param {object} options as documented in leadkeep.d.ts; numbers may be texts, as they are in attributes
 * @param {(name: string) => Promise<object>} importFile imports a file of the package: the module, or the overlay
 * @param {string | URL} [wasm] where the .wasm is; default: beside the module
 */
export function create(options, importFile, wasm) {
  const { consent = "ask", form } = options;
  const queue = [];
  let widget, loading, error, touched, edited, settle;
  let agreed = consent == "granted";
  let tries = 0;

  // In capture, so that nothing the page stops is missed; none of these events can be slowed by a listener.
  const listen = (change) => TOUCHES.forEach((name) => document[change + "EventListener"](name, onTouch, true));
  const release = () => {
    listen("remove");
    settle();
    queue.splice(0).forEach((call) => call());
  };

  const onTouch = (event) => {
    const path = event.composedPath();
    const field = path[0];
    const owner = field.form;
    const near = form
      ? [...path, owner].some((node) => (form.matches ? node == form : node?.matches?.(form)))
      : field.matches?.(FIELDS) &&
        // A field in a shadow root, or tied to a form from outside, is of a page that somebody has built with care.
        (field.getRootNode().host || (owner && !owner.contains(field)) || isPromising(owner || document));
    if (near) {
      touched = true;
      // An edit counts as one even when it was made before the module could hear it.
      edited ||= /^[ic]/.test(event.type);
      load();
    }
  };

  const load = () =>
    (loading ??= (async () => {
      if (error || api[STOPPED]) return;
      try {
        const module = await importFile("leadkeep_widget.js");
        await module.default(wasm && { module_or_path: wasm }, options);
        if (!api[STOPPED]) widget = new module.Widget(options, !!touched, !!edited);
      } catch (cause) {
        const { code, message } = cause?.code
          ? cause
          : { code: "module/unavailable", message: "the module could not be loaded" };
        if (++tries < 2) console.error("leadkeep: " + message);
        if (!cause?.code && tries < 3 && self.WebAssembly) {
          loading = null; // a network that fails may come back
          setTimeout(load, 4000);
        } else error = { code, message };
      }
      if (loading) release();
    })());

  const api = {
    load,
    ready: new Promise((resolve) => (settle = resolve)),
    status() {
      if (widget) return widget.status();
      const known = record();
      const lost = !error && !(form ? form.matches || document.querySelector(form) : isPromising(document));
      return {
        state:
          error || api[STOPPED] || (lost && !known?.closed)
            ? "off"
            : known?.closed
              ? "closed"
              : agreed || (consent == "ask" && known?.consent)
                ? "idle"
                : "waiting",
        leadCode: known?.lead_code ?? null,
        lastError: error || (lost ? { code: "form/missing", message: "no form to watch on this page" } : null),
      };
    },
    async stop() {
      if (queue.length) await loading;
      // Before anything is waited for: `start()` in the same breath makes a new one.
      api[STOPPED] = true;
      release();
      await widget?.stop();
    },
  };
  for (const name of ["inspect", "preview"])
    api[name] = async () => {
      await load();
      return widget?.[name]() ?? [];
    };
  for (const name of ["setItems", "flush", "consent", "complete", "withdraw"])
    api[name] = async (value) => {
      const call = () => widget?.[name](value);
      if (widget || error || api[STOPPED]) return call();
      if (name == "consent") agreed = value;
      const called = new Promise((resolve) => queue.push(() => resolve(call())));
      // What can wait for the shopper's first touch is safely kept in the queue until then.
      const eager =
        name == "withdraw" ||
        (name == "consent" ? !value && (record() || consent == "granted") : name != "setItems" && record());
      if (loading || eager) {
        load();
        await called;
      }
    };

  for (const name in RULES) {
    const [rule, expected] = RULES[name];
    const value = options[name];
    if (value == null ? name == "endpoint" : !rule.test(value)) {
      const message = `expected ${name} to be ${expected}, received ${value == null ? "nothing" : JSON.stringify(value)}`;
      console.error("leadkeep: " + message);
      error = { code: "config/option", message };
      settle();
      break;
    }
  }
  if (!error) {
    listen("add");
    const known = record();
    if (known?.unsent || known?.closed?.pending) load();
  }
  // The overlay for merchants: a file of its own, because shoppers never see it.
  if (/[?&#]leadkeep=debug/.test(location))
    importFile("leadkeep_debug.js")
      .then((overlay) => overlay.default(api))
      .catch(() => {});
  return api;
}
