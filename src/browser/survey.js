// What a page says of its fields, gathered in one pass. It decides nothing, and no value is touched. In JavaScript because
// here it is a third of the bytes, and one call instead of ten thousand across the border of the module.

import { CONTROLS, own } from "./reader.js";

const HEADINGS = "h1,h2,h3,h4,h5,h6,legend,caption,[role=heading]";
/** All but what leadkeep renders, and the many that hold no fields. */
const ELEMENTS = ":not(option):not([data-leadkeep])";
/** Longer texts are explanations and say nothing for sure. */
const MOST_CHARS = 80;
const MOST_OPTIONS = 40;
/** How many elements around a field are asked for their names. */
const MOST_AROUND = 12;

const isAscii = (text) => /^[\0-~]*$/.test(text);

/** Lower case, compatible forms unified, accents taken away; `fold` in build.rs does the same. */
const fold = (text) => {
  text = text.replace(/\s+/g, " ").trim().slice(0, MOST_CHARS).toLowerCase();
  return isAscii(text)
    ? text
    : text
        .normalize("NFKD")
        .replace(/[\u0300-\u036f]/g, "")
        .normalize("NFC")
        .trim();
};

/** The text of a node, without what is written in fields and by scripts. */
const textIn = (node) =>
  own(node, "nodeType") == 3
    ? node.data
    : own(node, "nodeType") != 1 || /^(select|textarea|script|style|noscript|button)$/.test(own(node, "localName"))
      ? ""
      : [...own(node, "childNodes")].map(textIn).join(" ");

/** Where events do not leave: the open shadow root of an element, the document in a frame of the same origin. */
const within = (element) => own(element, "shadowRoot") || (element.localName == "iframe" && element.contentDocument);

const all = (node, selector) => own(node, "querySelectorAll", selector);

/** How many there are in a root. A shadow root may be attached without anything a `MutationObserver` would hear. */
export const countScopes = (root) =>
  [root, ...all(root, ELEMENTS)].reduce((count, element) => {
    const inside = within(element);
    return inside ? count + 1 + countScopes(inside) : count;
  }, 0);

/** The language of what stands in a root, BCP 47; empty where the page does not say. */
const languageOf = (root) =>
  own(own(root, "closest", "[lang]") || document.documentElement, "getAttribute", "lang")?.toLowerCase();

/** The text right before a field, up to the field before it. */
const before = (node) => {
  for (let i = 0; node && i < MOST_AROUND; i++) {
    for (let other = node; (other = own(other, "previousSibling"));) {
      if (own(other, "nodeType") == 1 && (own(other, "matches", CONTROLS) || all(other, CONTROLS)[0])) return "";
      const text = fold(textIn(other));
      if (text) return text;
    }
    node = own(node, "parentNode");
  }
  return "";
};

/** The names of what is around a field, nearest first. */
const around = (element, root) => {
  const names = [];
  for (let i = 0; (element = own(element, "parentElement")) && element != root && i < MOST_AROUND; i++)
    names.push(...["id", "name", "aria-label"].map((name) => own(element, "getAttribute", name)));
  return names.filter(Boolean);
};

/**
 * Every input, select and textarea of a root in document order: those in open shadow roots and in frames of the same
 * origin, and those that belong to a form by their `form` attribute.
 *
 * @param {Element} root
 * @returns {[string, Element[], Node[], string]} the descriptions, U+001E between two and U+001F between their parts, which
 *   `Field::read` names; the fields; the shadow roots and documents that events do not leave; and the language
 */
export function survey(root) {
  const language = languageOf(root);
  const fields = [];
  const scopes = [];
  const forms = [];
  const described = [];
  /** Headings, the last one first, and what each stands above: the nearest element around it that holds fields. */
  const headings = [];
  /** The labels of each field. Its own `labels` is a walk through the whole page for each, once the page has changed. */
  const labelled = new Map();

  const describe = (element) => {
    const get = (name) => element.getAttribute(name) || "";
    const say = (name) => fold(get(name));
    const labels = [...(labelled.get(element) || [])];
    for (const id of get("aria-labelledby").split(/\s+/))
      if (id) labels.push(element.getRootNode().getElementById?.(id));
    const { form } = element;
    if (form && !forms.includes(form)) forms.push(form);
    fields.push(element);
    described.push(
      [
        element.localName,
        element.localName == "input" ? element.type : "",
        ...["name", "id"].map((name) => (isAscii(get(name)) ? get(name) : say(name))),
        get("autocomplete"),
        get("data-lead"),
        [...new Set(labels.map((label) => label && fold(textIn(label))))].filter(Boolean).join(" "),
        say("aria-label"),
        say("placeholder"),
        before(element),
        [headings.find(({ over }) => own(over, "contains", element))?.text, ...around(element, root)].join("\n"),
        [...(element.options || [])]
          .slice(0, MOST_OPTIONS)
          .map((option) => fold(option.text))
          .join("\n"),
        get("maxlength"),
        forms.indexOf(form) + 1,
        language,
      ].join("\x1f"),
    );
  };

  const hearLabels = (scope) => {
    for (const label of all(scope, "label")) {
      const labels = labelled.get(label.control) || [];
      labels.push(label);
      labelled.set(label.control, labels);
    }
  };

  const gather = (node) => {
    for (const element of all(node, ELEMENTS)) {
      if (own(element, "matches", CONTROLS)) describe(element);
      else if (own(element, "matches", HEADINGS)) {
        let over = element.parentNode;
        while (over != root && own(over, "parentNode") && !all(over, CONTROLS)[0]) over = own(over, "parentNode");
        headings.unshift({ over, text: fold(textIn(element)) });
      }
      enter(element);
    }
  };

  const enter = (element) => {
    const inside = within(element);
    if (inside) {
      scopes.push(inside);
      hearLabels(inside);
      gather(inside);
    }
  };

  const tied = [...(own(root, "elements") || [])].filter(
    (element) => !own(root, "contains", element) && element.matches(CONTROLS),
  );
  // 2 is Node.DOCUMENT_POSITION_PRECEDING.
  const isBefore = (element) => own(root, "compareDocumentPosition", element) & 2;
  hearLabels(own(root, "getRootNode"));
  tied.filter(isBefore).forEach(describe);
  enter(root);
  gather(root);
  tied.filter((element) => !isBefore(element)).forEach(describe);
  return [described.join("\x1e"), fields, scopes, language];
}
