// One checkout in the shapes that pages build it in: without a form, in shadow roots, in a frame, in steps, rendered anew.
// No token and no mark says what a field is; labels do.

/** What is asked, by step: the label, and the detail it stands for. */
const STEPS = [
  { "E-mail address": "Email", "Phone number": "Phone" },
  { "First name": "FirstName", "Last name": "LastName" },
  { "Street address": "Address1", "Town / City": "City", Postcode: "Zip" },
];

/** What a shopper types, by label, and the details the lead holds then. */
export const ADA = {
  "E-mail address": "ada@example.com",
  "Phone number": "+44 20 7946 0018",
  "First name": "Ada",
  "Last name": "Lovelace",
  "Street address": "12 St James's Square",
  "Town / City": "London",
  Postcode: "SW1Y 4JH",
};
export const ADAS_DETAILS = Object.fromEntries(
  STEPS.flatMap(Object.entries).map(([label, detail]) => [detail, ADA[label]]),
);

const row = (label, attributes = "") => `<p><label>${label} <input ${attributes}></label></p>`;
const step = (number) => Object.keys(STEPS[number]).map((label) => row(label));
const ALL = STEPS.flatMap((_, i) => step(i));

/** Fields that are not the shopper's own. */
export const NEWSLETTER = `<div><h4>Newsletter</h4><input id="news" placeholder="Your e-mail address"></div>`;

const shadow = (tag, inside) => `<${tag}></${tag}><script>
  customElements.define("${tag}", class extends HTMLElement {
    connectedCallback() { this.attachShadow({ mode: "open" }).innerHTML = ${JSON.stringify(inside)}; }
  });
</script>`;

/** Renders everything anew for each key, as a framework does whose keys are unstable: every node is another one. */
const RENDERED = `<div id="app"></div><script>
  const labels = ${JSON.stringify(Object.keys(ADA))}, values = {};
  function render(focus) {
    app.innerHTML = labels.map((label, i) => '<p><label>' + label + ' <input data-at="' + i + '"></label></p>').join("");
    labels.forEach((label, i) => (app.querySelectorAll("input")[i].value = values[label] ?? ""));
    if (focus !== undefined) app.querySelectorAll("input")[focus].focus();
  }
  app.oninput = ({ target }) => {
    const at = Number(target.dataset.at);
    values[labels[at]] = target.value;
    render(at);
  };
  render();
</script>`;

/** Pages that ask for everything at once, as what stands in the body. */
export const SHAPES = {
  "without a form": NEWSLETTER + ALL.join(""),
  "in a form": `<form action="/thanks">${ALL.join("")}</form>`,
  "in two forms, the e-mail in one of its own": `<form>${step(0).join("")}</form><form>${step(1).join("")}${step(2).join("")}</form>`,
  "tied to a form by their form attribute":
    `<form id="f" action="/thanks"></form>` + ALL.map((one) => one.replace("<input ", '<input form="f" ')).join("<hr>"),
  "in an open shadow root": shadow("x-checkout", ALL.join("")),
  "in shadow roots within shadow roots":
    shadow("x-names", step(1).join("")) +
    shadow("x-places", step(2).join("")) +
    shadow("x-checkout", `<form>${step(0).join("")}<x-names></x-names><x-places></x-places></form>`),
  "in a frame of the same origin": `<iframe title="Checkout" src="/frame"></iframe>`,
  "the e-mail on the page, the rest in a frame": `${step(0).join("")}<iframe title="Address" src="/frame-rest"></iframe>`,
  "rendered anew for every key": RENDERED,
};

/** What stands in the frames. */
export const FRAMES = { "/frame": ALL.join(""), "/frame-rest": step(1).join("") + step(2).join("") };

/** A checkout in three steps, of which one is in the page at a time; the last one asks for a card. */
export const IN_STEPS = `<main id="app"></main><script>
  const steps = ${JSON.stringify([...STEPS.map((_, i) => step(i).join("")), row("Card number") + row("Security code")])};
  let at = -1;
  const next = () => (app.innerHTML = steps[++at] + '<button type="button" onclick="next()">Next</button>');
  next();
</script>`;

/** A business is asked for more, once it says that it is one. */
export const LATE = `<form>${ALL.join("")}
  <p><label><input type="checkbox" id="business"> I buy for a business</label></p><div id="more"></div></form><script>
  business.onchange = () => { more.innerHTML = ${JSON.stringify(row("Company") + row("VAT number"))}; };
</script>`;
