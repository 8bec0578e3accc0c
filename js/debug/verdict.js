// Why something was sent or not: from what leadkeep tells to steps a merchant can check off, and the one next thing to do.
// Nothing here sees the page.

/** What helps, by the code of an error. */
const HINTS = {
  "transport/offline":
    "Is the proxy running, does it allow this page's origin (--allow-origin), and does the page's policy allow it in connect-src?",
  "transport/unavailable": "It is tried again by itself. The log of the proxy says what it lacks.",
  "transport/malformed": "Something else answers there. Check data-endpoint, and what stands before the proxy.",
  "transport/refused":
    "The proxy says why, here or in the network panel: lead/origin means that it does not know this page's origin.",
  "module/unavailable": "Do leadkeep_widget.js and leadkeep_widget_bg.wasm lie beside leadkeep.js?",
  "config/option": "Correct the option and load the page again.",
};

/** What helps where a lead still needs something, or the proxy has dropped something, by its name. */
const NEEDS = {
  Email: "A lead begins with a whole e-mail address.",
  Items: "2Checkout's own names are expected: [{ Code, Quantity, Price: { Amount } }], with one item at least.",
  Currency: 'Name it with data-currency, such as "EUR": it is never guessed.',
};

const EMAIL = /^(Billing|Delivery)Details\.Email$/;

/**
 * Gives `{ headline, hint, steps }`; a step is `{ name, done, text, hint? }`, where `done` of null is "not yet known". `hint`
 * is the next thing to do, null where there is nothing but to wait, or nothing at all.
 *
 * `status`, `rows` and `held` are what `status()`, `inspect()` and `preview()` give; `loaded` says whether loading the
 * module has ended, `blocked` what the page's policy has refused, by directive; `record` is the record in localStorage,
 * `asks` whether a consent checkbox is shown, and `canRun` whether the browser has WebAssembly.
 */
export function verdict(facts) {
  const steps = [module, form, consent, email, items, currency, sending].map((step) => step(facts));
  // Behind a step that failed nothing can be told of the others.
  const broken = steps.slice(0, 2).find((step) => !step.done);
  if (broken)
    for (const step of steps.slice(steps.indexOf(broken) + 1)) Object.assign(step, { done: null, hint: null });
  const open =
    facts.status.state === "closed" ? steps.at(-1) : (steps.find((step) => step.done === false) ?? steps.at(-1));
  const first = broken ?? open;
  return { headline: first.text, hint: first.hint ?? null, steps };
}

function module({ status, loaded, blocked, canRun }) {
  const code = status.lastError?.code;
  const step = { name: "Module", done: true, text: "The module runs." };
  if (code === "config/option")
    return { ...step, done: false, text: sentence(status.lastError.message), hint: HINTS[code] };
  if (!canRun)
    return {
      ...step,
      done: false,
      text: "This browser has no WebAssembly.",
      hint: "iOS Lockdown Mode switches it off.",
    };
  const script = Object.keys(blocked).find((directive) => directive.startsWith("script-src"));
  if (/^wasm/.test(blocked[script]) && (code === "module/unavailable" || status.state !== "closed"))
    return {
      ...step,
      done: false,
      text: "The page's Content-Security-Policy blocks the module.",
      hint: "Add 'wasm-unsafe-eval' to its script-src.",
    };
  if (code === "module/unavailable")
    return { ...step, done: false, text: sentence(status.lastError.message), hint: HINTS[code] };
  return loaded ? step : { ...step, done: null, text: "The module is being loaded." };
}

function form({ status, rows }) {
  const step = { name: "Form", done: true };
  if (status.lastError?.code === "form/missing")
    return {
      ...step,
      done: false,
      text: "There is no form to watch on this page.",
      hint: "Name it with data-form; without it, a form counts that has an e-mail address and one field more.",
    };
  if (status.state === "off" && rows.length === 0) return { ...step, done: false, text: "leadkeep is off." };
  const read = rows.filter(({ path }) => path).length;
  const never = rows.filter(({ source }) => source === "forbidden").length;
  return { ...step, text: `${count(rows.length, "field")}: ${read} read, ${never} never read.` };
}

function consent({ status, asks }) {
  const step = { name: "Consent", done: status.state !== "waiting", text: "There is consent." };
  if (status.state === "closed") return { ...step, done: null, text: "Not asked: the cart is closed." };
  if (step.done) return step;
  return {
    ...step,
    text: "Waiting for the shopper's consent.",
    hint: asks
      ? "Tick the box, as a shopper would: it is not ticked, so nothing is sent or stored."
      : "Call leadkeep.consent(true) once the shopper has agreed: until then nothing is sent or stored.",
  };
}

function email({ status, rows, held }) {
  const step = { name: "E-mail", done: true, text: "There is a valid e-mail address." };
  if (held.some(({ path }) => EMAIL.test(path))) return step;
  if (status.leadCode) return { ...step, text: "The lead has an e-mail address from before." };
  const field = rows.some(({ path }) => EMAIL.test(path));
  return {
    ...step,
    done: false,
    text: field ? "There is no valid e-mail address yet." : "No field is known as the e-mail address.",
    hint: field
      ? "Type a whole address: a lead begins with it, and a part of one is not sent."
      : 'Mark the field with data-lead="BillingDetails.Email".',
  };
}

function items({ status, held }) {
  const step = { name: "Items", done: true, text: "There is something in the cart." };
  if (held.some(({ path }) => path === "Items")) return step;
  if (status.leadCode) return { ...step, text: "The lead has its items from before." };
  return {
    ...step,
    done: false,
    text: "There is no item in the cart.",
    hint: "Give the cart with data-items, or with leadkeep.setItems([...]): a lead begins with one item.",
  };
}

function currency({ status, held }) {
  const step = { name: "Currency", done: true };
  const named = held.find(({ path }) => path === "Currency");
  if (named) return { ...step, text: `It is ${named.value}.` };
  if (status.leadCode) return { ...step, text: "The lead has its currency from before." };
  const isMissing = status.missing?.includes("Currency");
  return isMissing
    ? { ...step, done: false, text: "No currency is named.", hint: NEEDS.Currency }
    : { ...step, done: null, text: "The page names none: the one of the proxy's settings counts." };
}

/** Why nothing of what the proxy has kept can become a lead, or what of it was dropped; `null` when all is well. */
export function shortfall({ leadCode, missing, dropped }) {
  const names = (dropped ?? []).map(({ path }) => path);
  if (names.length > 0) {
    // The name of a reason, such as `unknown-country`.
    const reason = dropped[0].reason.replaceAll("-", " ");
    const help = NEEDS[names[0].match(/^\w+/)?.[0]];
    return { text: `The proxy has dropped ${names.join(", ")}.`, hint: help ?? sentence(reason) };
  }
  if (leadCode || !missing?.length) return null;
  return { text: `A lead still needs ${missing.join(", ")}.`, hint: NEEDS[missing[0]] };
}

/** What the lead would hold and the proxy does not, where that is not under way. */
function unsent(held) {
  const waiting = held.filter(({ sent }) => !sent);
  return (
    waiting.length > 0 && {
      done: null,
      text: `${waiting.length} of ${count(held.length, "value")} ${waiting.length === 1 ? "is" : "are"} not sent yet.`,
      hint: "Edit a field, or call leadkeep.flush(): they go with the next change of the shopper's.",
    }
  );
}

/** A cart that was ended is neither sent nor unsent. */
function ended({ pending, withdrawn } = {}) {
  const step = withdrawn
    ? {
        name: "Withdrawn",
        done: null,
        text: "The shopper has withdrawn: nothing is sent.",
        hint: "Tick the box again, or call leadkeep.consent(true): only that begins again, in any tab.",
      }
    : {
        name: "Ordered",
        done: true,
        text: "The order is placed: nothing more is sent.",
        hint: "A next purchase begins with setItems, or with an edit after the next load.",
      };
  return pending
    ? { ...step, done: false, hint: "The proxy has not confirmed it yet. It is told again by itself." }
    : step;
}

function sending({ status, held, blocked, record }) {
  const { state, leadCode, lastError } = status;
  const step = { name: "Sent", done: false };
  const error = lastError && sentence(lastError.message);
  const policy = blocked["connect-src"] && `The page's policy blocks ${blocked["connect-src"]} in connect-src.`;
  const hint = (lastError?.code === "transport/offline" && policy) || HINTS[lastError?.code];
  switch (state) {
    case "closed":
      return ended(record?.closed);
    case "saving":
      return { ...step, done: null, text: "It is on its way to the proxy." };
    case "pending":
      return { ...step, done: null, text: "Not sent yet: it is sent at the next pause in typing." };
    case "retrying":
      return { ...step, text: error ?? "The last request failed.", hint: hint ?? "It is tried again by itself." };
    case "saved":
      if (shortfall(status)) return { ...step, ...shortfall(status) };
      if (unsent(held)) return { ...step, ...unsent(held) };
      return leadCode
        ? { ...step, done: true, text: `Saved, as lead ${leadCode}.` }
        : {
            ...step,
            done: null,
            text: "The proxy has it; 2Checkout does not have it yet.",
            hint: "Wait a moment. The log of the proxy says what 2Checkout answers.",
          };
    default:
      if (error) return { ...step, text: error, hint };
      if (leadCode && held.every(({ sent }) => sent))
        return { ...step, done: true, text: `Nothing new for lead ${leadCode}.` };
      if (leadCode) return { ...step, ...unsent(held) };
      return {
        ...step,
        done: null,
        text: "Nothing has been sent from this page yet.",
        hint: "Touch the form, as a shopper would: leadkeep begins then.",
      };
  }
}

const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

/** An error's message, in lower case and without a full stop, as a sentence. */
const sentence = (message) => `${message[0].toUpperCase()}${message.slice(1)}.`;
