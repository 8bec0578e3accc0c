// What the shopper sees of a page, and what the fields that may be read say: one reader asks all fields at once, and remembers
// which of them were seen filled. In JavaScript because here it is a third of the bytes. What a field means, and what its value
// is for, is decided in src/core.

export const CONTROLS = "input,select,textarea";

/**
 * What a node is or does by the standard: in a form, a field named `matches` hides the method, and one named `parentNode` what
 * stands around it.
 */
export const own = (node, name, ...given) => {
  const member = Reflect.get(Object.getPrototypeOf(node), name, node);
  return typeof member == "function" ? member.apply(node, given) : member;
};

export const isConnected = (node) => own(node, "isConnected");

/** `checkVisibility`, also under the names its first browsers had; Firefox 105, Safari 17.3 and before lack it. */
const OPTIONS = { visibilityProperty: true, opacityProperty: true, checkVisibilityCSS: true, checkOpacity: true };

const isRendered = (element) =>
  own(element, "checkVisibility", OPTIONS) ??
  (own(element, "getClientRects").length > 0 && getComputedStyle(element).visibility == "visible");

const parentOf = (element) => own(element, "parentElement") || own(element, "getRootNode").host;

/** Opens what the shopper chooses from: a list of the page's own making. */
const WIDGET = "[role=combobox],[aria-haspopup]";

/** Looks at a page once: what is found out of an element around several fields is remembered for all of them. */
const look = () => {
  const open = new Map();

  /** Whether nothing around it is inert or folded up to nothing. */
  const isOpen = (element) => {
    if (!element || /^(body|html)$/.test(own(element, "localName"))) return true;
    let known = open.get(element);
    if (known == null) {
      const { width, height } = own(element, "getBoundingClientRect");
      const isFolded = (width < 1 || height < 1) && getComputedStyle(element).overflow != "visible";
      open.set(element, (known = !isFolded && !own(element, "hasAttribute", "inert") && isOpen(parentOf(element))));
    }
    return known;
  };

  /** Whether it has a size, and a place that scrolling leads to. */
  const isOnPage = (element) => {
    const { left, top, right, bottom, width, height } = own(element, "getBoundingClientRect");
    if (width <= 1 || height <= 1) return false;
    const { innerWidth, document } = own(element, "ownerDocument").defaultView || window;
    if (right > 0 && bottom > 0 && left < innerWidth) return true;
    let [x, y] = [0, 0];
    for (let box = element; (box = own(box, "parentElement"));) {
      x += own(box, "scrollLeft");
      y += own(box, "scrollTop");
    }
    return right + x > 0 && bottom + y > 0 && left + x < Math.max(innerWidth, document.documentElement.scrollWidth);
  };

  /** Whether nobody but a robot would fill it in. */
  const isTrap = (element) => element.tabIndex < 0 && own(element, "closest", "[aria-hidden=true]");

  const isSeen = (element) =>
    isRendered(element) &&
    !isTrap(element) &&
    !own(element, "hasAttribute", "inert") &&
    isOpen(parentOf(element)) &&
    isOnPage(element);

  /** Whether a field that is out of sight holds what something in sight shows in its place. */
  const isHolder = (element) => {
    const place = element.parentElement;
    if (!place || !isRendered(place) || !isOpen(place)) return false;
    if (element.type == "hidden") return true;
    if (element.localName == "select") {
      const shown = element.selectedOptions[0]?.text.trim();
      return (
        !!shown &&
        [...own(place, "children")].some(
          (other) => other != element && other.textContent.includes(shown) && isSeen(other),
        )
      );
    }
    return [...own(place, "querySelectorAll", WIDGET)].some((other) => other != element && isSeen(other));
  };

  return { isSeen, isHolder };
};

/** Whether the shopper sees an element, or would by scrolling. */
export const isSeen = (element) => look().isSeen(element);

/** Of several elements the one that is seen, else the first. */
export const seenOf = (elements) => [...elements].find(look().isSeen) ?? elements[0];

/** For each of the fields whether it is seen. */
export const areSeen = (fields) => fields.map(look().isSeen);

const get = (field, name) => field.getAttribute(name) || "";

/** Whether the shopper searches there for a value that may be held by another. */
const isSearch = (field) =>
  field.localName == "input" && (get(field, "role") == "combobox" || /list|both/.test(get(field, "aria-autocomplete")));

/** Whether the shopper is still searching: what stands there is no value yet. */
const isOpenSearch = (field) => isSearch(field) && get(field, "aria-expanded") == "true";

/** The largest element around a field that holds none of those in sight. */
const rootOf = (field, seen) => {
  for (let parent; (parent = parentOf(field)) && !seen.some((other) => own(parent, "contains", other));) field = parent;
  return field;
};

/** The row of a field: the largest element around it that holds no other field and is no part of the page by itself. */
export const rowOf = (field, root) => {
  for (
    let parent;
    (parent = own(field, "parentElement")) &&
    parent != root &&
    !/^(form|fieldset|body|main|section)$/.test(own(parent, "localName")) &&
    !own(parent, "querySelectorAll", CONTROLS)[1];
  )
    field = parent;
  return field;
};

/** A dial code and nothing else, but for a flag and a name. */
const DIAL_CODE = /^[^\d+]{0,24}\+(\d{1,4})\)?$/;

/** The dial code that is shown beside a field, as text: `33` for `+33`; empty where none is. */
const dialCode = (field) => {
  let place = field;
  for (
    let i = 0, around;
    i < 2 && (around = place.parentElement) && !/^(form|fieldset|body)$/.test(own(around, "localName"));
    i++
  )
    place = around;
  const texts = document.createTreeWalker(place, 4);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    const code = data.trim().match(DIAL_CODE);
    // 2 is Node.DOCUMENT_POSITION_PRECEDING.
    if (code && field.compareDocumentPosition(parentElement) & 2 && isRendered(parentElement)) return code[1];
  }
  return "";
};

/** What a code says of a field, below the number of its target; a code below 0: it is not read. */
const HAS_TARGET = 1;
const IS_PHONE = 2;
const IS_OF_AN_ADDRESS = 4;

/** What a row says of a field; `src/browser/reader.rs` reads it. */
const VISIBLE = 1;
const ENABLED = 2;
const HOLDER = 4;
const SEARCH = 8;
const WAS_FILLED = 16;

/** The signs between the parts of a row are none that a shopper types. */
const clean = (text) => text.replace(/[\x1d-\x1f]/g, " ");

/** What stands in a field; of a select its value and the label that the shopper sees. */
const textOf = (field, code) => {
  const { localName, type, value } = field;
  if (localName == "select") return clean(value) + "\x1d" + clean(field.selectedOptions[0]?.text ?? "");
  if (/^(radio|checkbox)$/.test(type)) return field.checked ? clean(value) : null;
  // Old scripts write the placeholder into the field.
  if (value && value == field.placeholder) return "";
  const dial = code & IS_PHONE && /^\s*(?!00)[^\s+][^+]*$/.test(value) ? dialCode(field) : "";
  return clean(dial ? `+${dial} ${value.trim()}` : value);
};

/**
 * One reader for each capture.
 *
 * `read` gives a row for each field that says something, U+001E between two and U+001F between their parts: the number of its
 * target, its place in the list (-1: it is not on the page any more), what can be seen of it, the first and the last reading in
 * which it was in sight, what is around it and out of sight with it, and its text. A field that is forbidden or means nothing is
 * never asked for its value, nor is one that is out of sight, unless it holds what something in sight shows.
 */
export const newReader = () => {
  /**
   * By element: the number of its target, the first and the last reading in which it was in sight, whether it was filled, and
   * what could be seen of it last.
   */
  const known = new Map();
  /** What stood in hidden inputs at first, by their names. */
  const first = { __proto__: null };
  let now = 0;
  let root;
  let count;
  let last = [];
  /** An input method is at work there, and nothing of it is committed. */
  let composing;

  const hasChanged = ({ name, id, value }) => (first[name || id] ??= value) != value;

  /** VISIBLE, HOLDER or nothing; of a form that the page has taken away, what was seen last. */
  const sightOf = ({ isSeen, isHolder }, field, code) => {
    if (!isConnected(root)) return known.get(field)?.[4];
    // The merchant marks a hidden input because it counts, and what is no part of an address has no place in sight.
    if ((code & HAS_TARGET && field.type == "hidden") || !(code & IS_OF_AN_ADDRESS) || isSeen(field)) return VISIBLE;
    return isHolder(field) && (code & HAS_TARGET || hasChanged(field)) && HOLDER;
  };

  /** What a field shows: what can be seen of it, and its text; undefined where it is not read. */
  const stateOf = (page, field, code) => {
    if (code < 0 || field == composing || isOpenSearch(field)) return;
    const sight = sightOf(page, field, code);
    if (!sight && !(code & HAS_TARGET)) return;
    const text = sight ? textOf(field, code) : "";
    if (text == null) return;
    return [sight | (ENABLED * !field.matches(":disabled")) | (SEARCH * isSearch(field)), text];
  };

  const countFields = () => own(root, "querySelectorAll", CONTROLS).length;

  return {
    hasChanged,
    compose: (field) => (composing = field),

    read(within, fields, codes) {
      now++;
      root = within;
      count = countFields();
      const page = look();
      last = fields.map((field, at) => [field, codes[at], stateOf(page, field, codes[at])]);
      const seen = [];
      const out = [];
      const rows = [];
      last.forEach(([field, code, state], at) => {
        if (!state) return;
        const [bits, text] = state;
        const memory = known.get(field) || [code >> 3, 0, 0, 0];
        memory[0] = code >> 3;
        const row = [code >> 3, at, bits + memory[3], 0, 0, 0, text];
        known.set(field, memory);
        memory[4] = bits & (VISIBLE | HOLDER);
        if (memory[4]) {
          memory[1] ||= now;
          memory[2] = now;
          if (/[^\s\x1d]/.test(text)) memory[3] = WAS_FILLED;
        }
        [row[3], row[4]] = [memory[1], memory[2]];
        if (bits & VISIBLE) seen.push(field);
        else if (row[2] & WAS_FILLED) out.push([row, field]);
        rows.push(row);
      });
      // Fields that were filled and are not on the page any more. One that another has taken the place of is forgotten.
      const there = new Set(fields);
      for (const [field, memory] of known) {
        if (there.has(field)) continue;
        const [target, since, until, wasFilled] = memory;
        const successor = rows.find((row) => row[2] & VISIBLE && row[0] == target);
        if (successor) successor[3] = Math.min(successor[3], since || 1);
        if (successor || !wasFilled) known.delete(field);
        else {
          const row = [target, -1, ENABLED | WAS_FILLED, since, until, 0, ""];
          rows.push(row);
          out.push([row, field]);
        }
      }
      const containers = [];
      for (const [row, field] of out) {
        // What the page has taken away at once was one part of it.
        const container = isConnected(field) ? rootOf(field, seen) : row[4];
        if (!containers.includes(container)) containers.push(container);
        row[5] = containers.indexOf(container);
      }
      return rows.map((row) => row.join("\x1f")).join("\x1e");
    },

    /** Whether the fields that were read last show something else now. Nothing is recognised anew. */
    differs() {
      const page = look();
      return (
        !!root &&
        (count != countFields() || last.some(([field, code, state]) => `${stateOf(page, field, code)}` != `${state}`))
      );
    },
  };
};
