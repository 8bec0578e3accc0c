// A frame around each field that can be seen, and a tag that says what the field is taken for.
import { boxOf, consentHosts, element, whenChanged } from "./dom.js";
import { parts, treatment, WORDS } from "./naming.js";
import { place } from "./placing.js";

/** About the pixels of a character of a tag, and of its edges. */
const CHARACTER = 5.8;
const EDGES = 22;

/** Gives `{ element, show, follow, flash }`. */
export function tags(signal) {
  const layer = element("div", { class: "tags", "aria-hidden": "true" });
  /** By control: its frame, and how it is drawn. */
  const frames = new Map();
  const inSight = new Set();
  const sizes = new WeakMap();
  // Knows what scrolling containers hide, which a box does not tell.
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries)
      if (isIntersecting) inSight.add(target);
      else inSight.delete(target);
  });
  signal.addEventListener("abort", () => watcher.disconnect());

  const add = (control) => {
    const frame = element("div", { class: "frame", hidden: true });
    const tag = element("div", { class: "tag" });
    frame.append(tag);
    layer.append(frame);
    watcher.observe(control);
    const draw = whenChanged((kind, path, source, reason, filled) => {
      frame.className = `frame ${kind}`;
      const [block, detail] = path ? parts(path) : ["", WORDS[kind]];
      const note = path ? source : reason;
      tag.replaceChildren(
        element("i", { class: filled ? "dot filled" : "dot" }),
        element("span", { class: "block" }, block),
        element("b", {}, detail),
        element("span", { class: "note" }, note),
      );
      const width = (text) => text.length * CHARACTER + EDGES;
      sizes.set(control, { wanted: width(block + detail + note), path: width(block + detail) });
    });
    frames.set(control, { frame, tag, draw });
  };

  const drop = (control) => {
    frames.get(control).frame.remove();
    frames.delete(control);
    inSight.delete(control);
    watcher.unobserve(control);
  };

  const follow = () => {
    const seen = [...frames.keys()].filter((control) => inSight.has(control) && isShown(control));
    const boxes = new Map(seen.map((control) => [control, boxOf(control)]));
    const labels = [...seen.map(labelBox), ...consentHosts().map((host) => boxOf(host))];
    // All that is measured comes before all that is written: the page is laid out once.
    for (const [control, { frame, tag }] of frames) {
      const box = boxes.get(control);
      frame.hidden = !box;
      if (!box) continue;
      const others = [...boxes].filter(([other, at]) => at && other !== control).map(([, at]) => at);
      const obstacles = [...others, ...labels.filter(Boolean)];
      const size = sizes.get(control);
      const { side, align, width } = place(box, size.path, obstacles);
      write(frame, {
        transform: `translate(${box.left}px,${box.top}px)`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      });
      // A path says more than half a note beside it, and what it ends with more than half a path.
      const cut = width < size.path ? "shortest" : width < size.wanted ? "short" : "";
      tag.className = `tag ${side} ${align} ${cut}`;
      write(tag, { "max-width": `${width}px` });
    }
  };

  return {
    element: layer,
    follow,
    show(rows, held) {
      const known = new Set(rows.map((row) => row.element));
      for (const control of [...frames.keys()]) if (!known.has(control)) drop(control);
      const filled = new Set(held.map(({ path }) => path));
      for (const row of rows) {
        if (row.element.type === "hidden") continue;
        if (!frames.has(row.element)) add(row.element);
        const { path, source, reason } = row;
        frames.get(row.element).draw(treatment(row), path, source, reason, filled.has(path));
      }
    },
    /** Brings a field into sight and shows where it is. The focus stays where it was. */
    flash(control) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      control.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "center" });
      const frame = frames.get(control)?.frame;
      frame?.classList.add("flash");
      setTimeout(() => frame?.classList.remove("flash"), 1_600);
    },
  };
}

const isShown = (control) => control.isConnected && (control.checkVisibility?.({ visibilityProperty: true }) ?? true);

/** The box of a label's words, which is narrower than that of the label. */
function labelBox(control) {
  const label = control.labels?.[0];
  if (!label || label.contains(control)) return null;
  const range = label.ownerDocument.createRange();
  range.selectNodeContents(label);
  return boxOf(range, label.ownerDocument);
}

/** Writes styles one by one, through the object model, which no policy forbids; what stands there is not written again. */
function write(target, styles) {
  for (const [name, value] of Object.entries(styles))
    if (target.style.getPropertyValue(name) !== value) target.style.setProperty(name, value);
}
