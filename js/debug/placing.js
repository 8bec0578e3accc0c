// Where a tag stands: above or below its field, where it covers neither a field nor a label; and in which corner the panel.

/** Pixels of a tag's height with its distance to the field, and of the distance to what stands beside it. */
export const TAG_HEIGHT = 17;
const GAP = 6;

/** A field that is narrower, such as a checkbox, has a tag that is wider than itself; no tag is narrower for want of room. */
const NARROW = 84;
const ROOM = 132;

/**
 * Gives `{ side, align, width }`: side `above` or `below`; aligned to the `right` edge of the field, or to the `left` one
 * of a narrow field; and the pixels that are free there. `least` is the width of what the tag must say, `others` are the
 * boxes of fields and labels.
 */
export function place(field, least, others) {
  const isNarrow = field.width < NARROW;
  const align = isNarrow ? "left" : "right";
  const right = isNarrow ? field.left + ROOM : field.right;
  const free = (top) => {
    const bottom = top + TAG_HEIGHT;
    let [from, to] = [field.left, right];
    for (const box of others) {
      if (box.bottom <= top || box.top >= bottom || box.right <= from || box.left >= to) continue;
      // What it would cover bounds it on the side away from the edge it is aligned to.
      if (isNarrow) to = Math.min(to, box.left - GAP);
      else from = Math.max(from, box.right + GAP);
    }
    return Math.max(0, to - from);
  };
  const above = free(field.top - TAG_HEIGHT);
  if (above >= least) return { side: "above", align, width: above };
  const below = free(field.bottom);
  if (below > above) return { side: "below", align, width: below };
  return { side: "above", align, width: Math.max(above, Math.min(least, NARROW)) };
}

/** The corners of the window, the usual one first. */
const CORNERS = ["bottom right", "bottom left", "top right", "top left"];
/** Pixels between the panel and the edges of the window. */
const MARGIN = 16;

/**
 * Gives `{ corner, covered }`: the corner where a panel of this size covers the least of `others`, and how many square pixels
 * that is. `now` is where it stands: it moves only for what is better.
 */
export function corner({ width, height }, view, others, now = CORNERS[0]) {
  const covered = (corner) => {
    const left = corner.endsWith("left") ? MARGIN : view.width - MARGIN - width;
    const top = corner.startsWith("top") ? MARGIN : view.height - MARGIN - height;
    const shared = (from, to, otherFrom, otherTo) => Math.max(0, Math.min(to, otherTo) - Math.max(from, otherFrom));
    return others.reduce(
      (sum, box) =>
        sum + shared(left, left + width, box.left, box.right) * shared(top, top + height, box.top, box.bottom),
      0,
    );
  };
  const all = [now, ...CORNERS].map((corner) => ({ corner, covered: covered(corner) }));
  return all.reduce((best, one) => (one.covered < best.covered ? one : best));
}
