// Elements without markup: `innerHTML` is what Trusted Types forbid, `style` attributes what a policy for styles does.

/** An element with attributes and children; an attribute of `false` is left out, a child of `null` too. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

/** The elements that hold leadkeep's checkbox. */
export const consentHosts = () => [...document.querySelectorAll("[data-leadkeep='']")];

/** A style sheet that no policy forbids. */
export function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

/** Calls `draw` only when what it is given differs from the last time, so that focus and scrolling survive. */
export function whenChanged(draw) {
  let last;
  return (...given) => {
    if (last && given.length === last.length && given.every((value, i) => value === last[i])) return;
    last = given;
    draw(...given);
  };
}

/** Where an element or a range stands in the window, its frames counted in; `null` when it has no box. */
export function boxOf(measured, of = measured.ownerDocument) {
  const { width, height, left, top } = measured.getBoundingClientRect();
  if (!width || !height) return null;
  let [x, y] = [left, top];
  for (let view = of.defaultView; view && view !== window && view.frameElement;) {
    const frame = view.frameElement;
    const outer = frame.getBoundingClientRect();
    x += outer.left + frame.clientLeft;
    y += outer.top + frame.clientTop;
    view = frame.ownerDocument.defaultView;
  }
  return { left: x, top: y, right: x + width, bottom: y + height, width, height };
}
