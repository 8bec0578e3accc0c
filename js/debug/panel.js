// The panel: the verdict and its steps, what the lead holds, and every field with what it is taken for and why.
import { element, whenChanged } from "./dom.js";
import { movable } from "./movable.js";
import { nameOf, treatment, WORDS } from "./naming.js";
import { corner } from "./placing.js";
import { shortfall, verdict } from "./verdict.js";

/** A window narrower than this, in pixels, begins with the panel folded: on a phone it would cover the form. */
const NARROW = 720;

const MARKS = { true: "done", false: "missing", null: "open" };
const SAID = { true: "done", false: "missing", null: "not yet" };

/** Gives `{ element, show }`. `onPick` is called with a control when its line is pressed. */
export function panel({ onPick, signal }) {
  const state = element("span", { class: "state" });
  const fold = element("button", {
    type: "button",
    class: "fold",
    "aria-controls": "body",
    click: () => {
      isChosen = true;
      folds(!folded);
    },
  });
  const grip = element("button", { type: "button", class: "grip", "aria-label": "Move with the arrow keys" });
  const bar = element("div", { class: "bar" }, grip, element("b", { class: "brand" }, "leadkeep"), state, fold);
  const headline = element("p", { class: "headline", role: "status" });
  const hint = element("p", { class: "hint" });
  const steps = element("ol", { class: "steps" });
  const held = section("The lead", "lead");
  const fields = section("Fields", "fields");
  const body = element("div", { class: "body", id: "body" }, steps, held.element, fields.element);
  const board = element(
    "section",
    {
      class: "panel",
      "aria-label": "leadkeep, what it sees",
      keydown: (event) => {
        if (event.key === "Escape" && !folded) {
          folds(true);
          fold.focus();
        }
      },
    },
    bar,
    headline,
    hint,
    body,
  );
  /** Whether somebody has dragged it, or has folded or opened it: then it stays as it is. */
  let isMoved = false;
  let isChosen = false;
  movable(board, { bar, grip, onMove: () => (isMoved = true), signal });

  let folded;
  function folds(yes) {
    folded = yes;
    body.hidden = yes;
    board.classList.toggle("folded", yes);
    fold.setAttribute("aria-expanded", String(!yes));
    fold.textContent = yes ? "Show" : "Hide";
  }
  folds(innerWidth < NARROW);

  const drawVerdict = whenChanged((told) => {
    const { headline: first, hint: help, steps: all } = JSON.parse(told);
    headline.textContent = first;
    hint.replaceChildren(...(help ? [element("b", {}, "Next: "), help] : []));
    hint.hidden = !help;
    steps.replaceChildren(
      ...all.map(({ name, done, text }) =>
        element(
          "li",
          { class: MARKS[done] },
          element("i", { class: "mark", role: "img", "aria-label": SAID[done] }),
          element("b", {}, name),
          element("span", {}, text),
        ),
      ),
    );
  });

  const drawHeld = whenChanged((told) => {
    const rows = JSON.parse(told);
    const unsent = rows.filter(({ sent }) => !sent).length;
    held.note(unsent ? `${unsent} of ${rows.length} not sent yet` : `${rows.length}`);
    held.body.replaceChildren(
      rows.length ? element("dl", {}, ...rows.map(line)) : element("p", { class: "none" }, "Nothing yet."),
    );
  });

  const drawFields = whenChanged((rows) => {
    fields.note(`${rows.length}`);
    fields.body.replaceChildren(...rows.map((row) => fieldLine(row, onPick)));
  });

  let place;
  let before = [];
  /** Where it would stand, folded or not. */
  const placed = (others) =>
    corner(board.getBoundingClientRect(), { width: innerWidth, height: innerHeight }, others, place);

  return {
    element: board,
    /** Stands where it covers none of these boxes; where it cannot, it folds itself, unless somebody has opened it. */
    avoid(others) {
      if (isMoved) return;
      let found = placed(others);
      if (found.covered > 0 && !folded && !isChosen) {
        folds(true);
        found = placed(others);
      }
      place = found.corner;
      board.classList.toggle("at-top", place.startsWith("top"));
      board.classList.toggle("at-left", place.endsWith("left"));
    },
    show(facts) {
      state.textContent = facts.status.state;
      // What cannot become a lead is not shown in the colour of what has.
      const isShort = facts.status.state === "saved" && shortfall(facts.status);
      state.className = `state ${isShort ? "short" : facts.status.state}`;
      drawVerdict(JSON.stringify(verdict(facts)));
      drawHeld(JSON.stringify(facts.held));
      before = same(before, facts.rows) ? before : facts.rows;
      drawFields(before);
    },
  };
}

function section(title, name) {
  const beside = element("span", { class: "beside" });
  const body = element("div", { class: name });
  const made = element("details", { open: true }, element("summary", {}, title, beside), body);
  return { body, note: (text) => (beside.textContent = text), element: made };
}

/** A path of the lead, its value, and whether the proxy has confirmed it. */
function line({ path, value, sent }) {
  return element(
    "div",
    { class: sent ? "sent" : "unsent" },
    element("dt", {}, path),
    element("dd", { title: sent ? "the proxy has it" : "not sent yet" }, path === "Items" ? cart(value) : value),
  );
}

/** `2 x BOOK-1`, a line each; what cannot be read so is shown as it is. */
function cart(json) {
  try {
    return JSON.parse(json)
      .map(({ Code, Name, Quantity }) => `${Quantity ?? 1} \u00d7 ${Code ?? Name}`)
      .join("\n");
  } catch {
    return json;
  }
}

function fieldLine(row, onPick) {
  const kind = treatment(row);
  return element(
    "button",
    { type: "button", class: `row ${kind}`, click: () => onPick(row.element) },
    element("span", { class: "name" }, nameOf(row)),
    element("span", { class: "path" }, row.path ?? WORDS[kind]),
    element("span", { class: "why" }, why(row)),
  );
}

/** The reason, with its source where it does not say so itself. */
const why = ({ source, reason }) => (source === "none" || reason.startsWith(source) ? reason : `${source}: ${reason}`);

/** Whether rows of `inspect()` say the same of the same controls. */
function same(before, now) {
  const is = (row, other) =>
    row.element === other.element &&
    row.path === other.path &&
    row.source === other.source &&
    row.reason === other.reason;
  return before.length === now.length && now.every((row, i) => is(row, before[i]));
}
