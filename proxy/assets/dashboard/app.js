// The dashboard of leadkeep-proxy: numbers only, from /dashboard/data.json of the same listener.
"use strict";

const HOUR = 3600;
/** How far each span reaches back, and how many hours one point of it is. */
const SPANS = { day: [24, 1], week: [7 * 24, 6], month: [31 * 24, 24] };
/** What is told of the leads, by the names of the proxy's history; and in which plot it stands. */
const SERIES = [
  { title: "Made and bought", lines: { Made: ["made"], Bought: ["completed_"], Recovered: ["recovered"] } },
  {
    title: "Bought, by who reported it",
    lines: {
      Browser: ["completed_browser"],
      Shop: ["completed_shop"],
      "2Checkout": ["completed_2checkout"],
      Operator: ["completed_operator"],
    },
  },
  { title: "Withdrawn and refused", lines: { Withdrawn: ["withdrawn"], Refused: ["refused"] } },
];
const STATES = {
  open: "Open leads",
  collecting: "No lead yet",
  refused: "Refused",
  withheld: "Withheld",
  completed: "Bought",
  withdrawn: "Withdrawn",
};

const at = (id) => document.getElementById(id);
const style = (name) => {
  // A canvas cannot read light-dark(): what the page makes of it.
  const probe = at("health");
  probe.style.setProperty("--probe", `var(${name})`);
  probe.style.outlineColor = `var(${name})`;
  const color = getComputedStyle(probe).outlineColor;
  probe.style.removeProperty("outline-color");
  return color;
};

let data;
let plots = [];

/** Hours and counts of a span: {times, of(events)}. */
function points(span) {
  const [hours, step] = SPANS[span];
  const last = Math.floor(data.now / 1000 / HOUR);
  // Steps end with the present hour; the last one is not over.
  const count = hours / step;
  const first = last - count * step + 1;
  const times = Array.from({ length: count }, (_, n) => (first + n * step) * HOUR);
  const of = (events) => {
    const sums = new Array(count).fill(0);
    for (const [hour, event, number] of data.history) {
      const index = Math.floor((hour - first) / step);
      if (
        index >= 0 &&
        index < count &&
        events.some((name) => event === name || (name.endsWith("_") && event.startsWith(name)))
      )
        sums[index] += number;
    }
    return sums;
  };
  return { times, of };
}

const sum = (list) => list.reduce((a, b) => a + b, 0);
const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

function pairs(id, entries) {
  at(id).replaceChildren(
    ...entries.map(([name, value]) => {
      const pair = document.createElement("div");
      pair.append(element("dt", name), element("dd", value));
      return pair;
    }),
  );
}

function drawPlots(span) {
  const { times, of } = points(span);
  for (const plot of plots) plot.destroy();
  at("plots").replaceChildren();
  const [ink, line] = [style("--soft"), style("--line")];
  // All of them stand before the first is drawn: how wide one is depends on the others.
  const figures = SERIES.map(() => document.createElement("figure"));
  at("plots").append(...figures);
  // A step ends where the next one would begin.
  const ends = [...times, times.at(-1) + (times.at(-1) - times.at(-2))];
  plots = SERIES.map(({ title, lines }, index) => {
    const names = Object.keys(lines);
    const counts = names.map((name) => of(lines[name]));
    const figure = figures[index];
    const told = names.map((name, n) => `${name}: ${sum(counts[n])}`).join(", ");
    figure.append(element("figcaption", title));
    const canvas = document.createElement("div");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${title}. ${told}`);
    figure.append(canvas);
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const options = {
      width: Math.max(240, figure.clientWidth),
      height: 200,
      cursor: { drag: { x: false, y: false } },
      scales: { y: { range: (_, min, max) => [0, Math.max(4, Math.ceil(max * 1.1))] } },
      axes: [axis, { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] }],
      series: [
        {},
        ...names.map((name, n) => ({
          label: name,
          stroke: style(`--series-${n}`),
          width: 2,
          dash: [[], [6, 3], [2, 3], [10, 4, 2, 4]][n],
          paths: uPlot.paths.stepped({ align: 1 }),
          points: { show: false },
        })),
      ],
    };
    return new uPlot(options, [ends, ...counts.map((list) => [...list, list.at(-1)])], canvas);
  });
}

function drawTable(span) {
  const { times, of } = points(span);
  const columns = SERIES.flatMap(({ lines }) => Object.entries(lines)).map(([name, events]) => [name, of(events)]);
  const head = document.createElement("tr");
  for (const name of ["From", ...columns.map(([name]) => name)]) {
    const cell = element("th", name);
    cell.scope = "col";
    head.append(cell);
  }
  at("table").tHead.replaceChildren(head);
  const when = new Intl.DateTimeFormat("en", {
    dateStyle: "medium",
    timeStyle: span === "month" ? undefined : "short",
  });
  const rows = times.map((time, n) => {
    const row = document.createElement("tr");
    const from = element("th", when.format(new Date(time * 1000)));
    from.scope = "row";
    row.append(from, ...columns.map(([, counts]) => element("td", counts[n])));
    return row;
  });
  at("table").tBodies[0].replaceChildren(...rows.reverse());
}

function draw() {
  const span = document.querySelector("input[name=span]:checked").value;
  const { of } = points(span);
  const total = (event) => sum(of([event])).toLocaleString("en");
  pairs("totals", [
    ["Made", total("made")],
    ["Bought", total("completed_")],
    ["by browser", total("completed_browser")],
    ["by shop", total("completed_shop")],
    ["by 2Checkout", total("completed_2checkout")],
    ["by operator", total("completed_operator")],
    ["Recovered", total("recovered")],
    ["Withdrawn", total("withdrawn")],
    ["Refused", total("refused")],
  ]);
  pairs(
    "now",
    Object.entries(STATES)
      .map(([state, name]) => [name, (data.states[state] ?? 0).toLocaleString("en")])
      .concat([
        ["Waiting", data.waiting.toLocaleString("en")],
        ["Size", `${(data.store_bytes / 1e6).toFixed(1)} MB`],
      ]),
  );
  at("nothing-stuck").hidden = data.stuck.length > 0;
  at("stuck").replaceChildren(
    ...data.stuck.map(({ what, why, command }) => {
      const item = document.createElement("li");
      item.append(element("strong", what), element("p", why));
      if (command) {
        const line = element("p", "What helps: ");
        line.append(element("code", command));
        item.append(line);
      }
      return item;
    }),
  );
  const health = at("health");
  health.className = data.stuck.length ? "bad" : "good";
  health.textContent = data.stuck.length ? `${data.stuck.length} to look at` : "All is well";
  at("version").textContent = `leadkeep-proxy ${data.version}`;
  drawPlots(span);
  drawTable(span);
  document.documentElement.dataset.drawn = span;
}

async function load() {
  try {
    const answer = await fetch("/dashboard/data.json", { cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    data = await answer.json();
    draw();
  } catch (error) {
    at("health").className = "bad";
    at("health").textContent = "The proxy does not answer";
  }
}

document.querySelector("fieldset").addEventListener("change", () => data && draw());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => data && draw());
let resized;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => data && draw(), 150);
});
load();
setInterval(load, 30_000);
