// The object that pages see, and all that happens before the module is there: it waits for the shopper, and it ends a cart.
// Both the script tag and the npm package carry this file, so every line is paid for by every visitor.

/** On the object: `false` while it captures, `true` once it was stopped. No element of a page has it. */
export const STOPPED = Symbol.for("leadkeep");

const FIELDS = "input:not([type=hidden]),select,textarea";

/** Whether a node matches; `undefined` for a selector that is none. In a form a field named `matches` hides the method. */
const matches = (node, selector) => {
  try {
    return Element.prototype.matches.call(node, selector);
  } catch {}
};

const fields = () => [...document.querySelectorAll(FIELDS)];

/**
 * Whether a form, or the page, may be what the module looks for: it has a field that calls itself an e-mail address, or more
 * fields than a search or a log-in has, whose labels only the module can read.
 */
const isPromising = (form) => {
  const own = fields().filter((field) => !form || field.form == form);
  return (
    own[4] ||
    own.some((field) => field.matches("[data-lead],[type=email],[id*=mail i],[name*=mail i],[autocomplete*=mail i]"))
  );
};

/** The record in `localStorage`, unless it has expired; the module alone understands all of it. */
const read = () => {
  try {
    const record = JSON.parse(localStorage.leadkeep);
    if (record.exp > Date.now()) return record;
  } catch {}
  return {};
};

const write = (record) => {
  try {
    localStorage.leadkeep = JSON.stringify(record);
  } catch {}
};

/**
 * @param {object} options as documented in leadkeep.d.ts; numbers may be texts, as they are in attributes
 * @param {(name: string, tries: number) => Promise<object>} importFile imports a file of the package: the module, or the
 *   overlay; `tries` says how often the module could not be fetched
 * @param {string | URL} [wasm] where the .wasm is; default: beside the module
 */
export function create(options, importFile, wasm) {
  const known = self.leadkeep;
  if (known?.[STOPPED] == false) return known;
  // What a page has put on Object.prototype is no option.
  options = { __proto__: null, ...options };
  const { consent = "ask", endpoint, form } = options;
  let error;
  let widget,
    loading,
    retryAt,
    timer,
    settle,
    arrive,
    touched = false,
    edited = false;
  let agreed = consent == "granted";
  let tries = 0;
  let pause = 1e3;

  const arrived = new Promise((resolve) => (arrive = resolve));
  const listen = (change) => {
    // What brings a shopper near the form; `change` alone is what autofill fires in some browsers, and the last is our own.
    // In capture, so that nothing the page stops is missed; none of these events can be slowed by a listener.
    ["online", "pointerdown", "focusin", "input", "change", "leadkeep"].forEach((name) =>
      self[change + "EventListener"](name, onEvent, true),
    );
  };
  const release = () => {
    arrive();
    settle();
    listen("remove");
  };
  const announce = () => document.dispatchEvent(new CustomEvent("leadkeep:status", { detail: api.status() }));
  const fail = ({ code, message }) => {
    error = { code, message };
    if (tries < 2) console.error("leadkeep:", message, "https://github.com/leadkeep/leadkeep#" + code);
    announce();
    settle();
  };

  const onEvent = (event) => {
    const path = event.composedPath();
    const field = path[0];
    if (event.type == "online") {
      again();
    } else if (
      form
        ? [...path, field.form].some((node) => node == form || matches(node, form))
        : // A field in a shadow root is of a page that somebody has built with care.
          matches(field, FIELDS) && (field.getRootNode().host || isPromising(field.form))
    ) {
      touched = true;
      // An edit counts as one even when it was made before the module could notice it.
      edited ||= /^[ic]/.test(event.type);
      if (retryAt < Date.now()) retry();
      load();
    }
  };

  const again = () => {
    tellEnd();
    if (retryAt) retry();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(again, (pause *= 2));
  };
  const retry = () => {
    error = retryAt = loading = undefined;
    load();
  };
  const load = () =>
    (loading ??= (async () => {
      if (error) return;
      let isThere;
      try {
        const module = await importFile("leadkeep_widget.js", tries);
        await module.default({ module_or_path: wasm }, options);
        isThere = true;
        widget = new module.Widget(options, touched, edited);
      } catch (cause) {
        if (!isThere && !api[STOPPED]) {
          retryAt = Date.now() + 1e3;
          later(tries++);
        }
        fail(cause.code ? cause : { code: "module/unavailable", message: "the module could not be loaded" });
        if (retryAt) return;
      }
      release();
    })());

  /** The cart is completed or withdrawn: kept at once, so that no page that goes and no module that fails can lose it. */
  const end = async (record, withdrawn, reference) => {
    if (record.closed) record.closed.refused ||= withdrawn;
    else {
      const order_reference = /r/.test(typeof reference) ? `${reference}` : undefined;
      record.closed = { pending: true, withdrawn, order_reference, at: Date.now() };
      record.unsent = record.hash = undefined;
    }
    record.consent &&= !withdrawn;
    write(record);
    announce();
    await tellEnd(record);
  };
  /** Tells the proxy of the end, and again until it has confirmed it; a module that runs does so itself. */
  const tellEnd = async (record = read()) => {
    const { cart, key, lead_code, closed } = record;
    if (widget || !endpoint || !closed?.pending) return;
    const url = endpoint + (closed.withdrawn ? "/withdraw" : "/complete");
    const body = JSON.stringify({ cart, key, lead_code, order_reference: closed.order_reference });
    try {
      const answer = await fetch(url, { method: "POST", body, keepalive: true });
      pause = answer.headers.get("retry-after") * 500 || pause;
      if ((await answer.json()).state == "closed") {
        const now = read();
        if (now.cart == cart) {
          now.closed.pending = undefined;
          write(now);
        }
        return;
      }
    } catch {
      navigator.sendBeacon?.(url, body);
    }
    later();
  };

  // `leadkeep.q.push(["complete", "ORDER-1"])` works before and after the script is there.
  const run = (call) => api[call?.[0]]?.(call[1]);
  const api = (self.leadkeep = {
    [STOPPED]: false,
    load,
    ready: new Promise((resolve) => (settle = resolve)),
    status() {
      if (widget) return widget.status();
      const { cart = null, closed, consent: ticked, lead_code: leadCode = null } = read();
      const isLost =
        !error && !api[STOPPED] && !closed && !(form ? form.matches || document.querySelector(form) : isPromising());
      const lastError = isLost ? { code: "form/missing", message: "no form to watch on this page" } : (error ?? null);
      const state =
        lastError || api[STOPPED]
          ? "off"
          : closed
            ? "closed"
            : agreed || (ticked && consent == "ask")
              ? "idle"
              : "waiting";
      return { cart, leadCode, state, lastError, missing: [] };
    },
    async stop() {
      // Before anything is waited for: `start()` in the same breath makes a new one.
      api[STOPPED] = true;
      if (!widget) await loading;
      clearTimeout(timer);
      retryAt = 0;
      release();
      const stopping = widget;
      widget = undefined;
      await stopping?.stop();
      stopping?.free();
    },
    withdraw: () => api.consent(),
    /** What the overlay shows, as text. */
    check: () => api.debug("check"),
    /** The overlay for merchants: a file of its own, because shoppers never see it. It decides whether it is shown. */
    debug: (isWanted) =>
      error ||
      importFile("leadkeep_debug.js", 0).then(
        (file) => file.default(api, isWanted),
        () => {},
      ),
    q: { push: run },
  });
  ["inspect", "preview", "setItems", "flush", "consent", "complete"].forEach((name, i) => {
    api[name] = async (value) => {
      if (widget) return widget[name](value);
      const isNo = i == 4 && !(agreed = value);
      const record = read();
      const ended = (isNo || i == 5) && record.cart && end(record, isNo, value);
      if (!api[STOPPED] && (!error || retryAt)) {
        // The module carries it out when it is there. An end too: no purchase begins on this page after it.
        const done = arrived.then(() => widget?.[name](value));
        // Without a record only the module can keep a "no" where the next page would begin by itself.
        if (i < 2 || (!ended && i < 5 && (loading || (isNo && consent == "granted")))) {
          await load();
          if (widget) return done;
        }
      }
      await ended;
      if (i < 2) return [];
    };
  });

  const expect = (isRight, what, value) =>
    isRight ||
    error ||
    fail({
      code: "config/option",
      message: "expected " + what + ", received " + (JSON.stringify(value) || "nothing"),
    });
  expect(/\S/.test(endpoint ?? ""), 'endpoint to be the URL of the proxy, such as "/api/lead"', endpoint);
  expect(
    !form || form.matches || matches(document.head, form) != null,
    'form to be a CSS selector, such as "#checkout"',
    form,
  );

  tellEnd();
  known?.q?.map?.(run);
  options.complete != null && api.complete(options.complete);
  if (error) return api;
  listen("add");
  read().unsent && load();
  // The shopper may be there already: this script comes late where a page delays its scripts. Checkbox, radio, colour and range
  // have a value that nobody gave them.
  const here = fields().filter(({ type, value, defaultValue = value }) => /^[^cr]/.test(type) && value != defaultValue);
  for (let root = document, field; (field = root?.activeElement); root = field.shadowRoot) here.push(field);
  here.map((field) => field.value && field.dispatchEvent(new Event("leadkeep", { composed: true })));
  if (/\Wleadkeep=debug/.test(location)) api.debug();
  return api;
}
