// Recognition on pages of every build: the fields are where frameworks put them, come late and go early. What the sandbox
// received is the oracle.

import assert from "node:assert/strict";

import { ADA, ADAS_DETAILS, FRAMES, IN_STEPS, LATE, NEWSLETTER, SHAPES } from "./support/builds.mjs";
import { html, scriptTag } from "./support/fixture.mjs";
import { holdsBilling, isNowhere, isOneLead, lastLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, eventually } from "./support/wait.mjs";

const { demo, scenario } = stage();

const TAG = scriptTag({ form: null });
const bare = (body, tag = TAG) => html({ head: tag, form: body });

/** The field with a label, wherever on the page it is: in a shadow root, in a frame. */
function labelled(shopper, label) {
  return eventually(async () => {
    for (const scope of shopper.page.frames()) {
      const field = scope.getByLabel(label, { exact: true });
      if ((await field.count()) > 0) return field.first();
    }
    throw new Error(`no field is labelled ${label}`);
  });
}

/** Types into the fields with these labels. */
async function types(shopper, values) {
  for (const [label, text] of Object.entries(values)) {
    await (await labelled(shopper, label)).click();
    await shopper.page.keyboard.type(text);
  }
}

const pick = (labels) => Object.fromEntries(labels.map((label) => [label, ADA[label]]));

/** Opens a page with the bare tag, its frames beside it. */
async function opens(shopper, body, tag) {
  shopper.excuse(/^verbose: \[DOM\]/);
  await shopper.serve(
    Object.fromEntries(
      Object.entries(FRAMES).map(([path, frame]) => [path, html({ form: `<form>${frame}</form>`, items: null })]),
    ),
  );
  await shopper.opens(bare(body, tag));
  await shopper.page.waitForFunction(() => window.leadkeep);
}

for (const [shape, body] of Object.entries(SHAPES)) {
  scenario(`fields ${shape} make one whole lead`, async (shopper) => {
    await opens(shopper, body);
    // A touch inside a frame is not heard outside of it: such a page loads the module itself.
    if (shape.includes("frame")) await shopper.page.evaluate(() => window.leadkeep.load());
    await types(shopper, ADA);
    await holdsBilling(demo, ADAS_DETAILS);
    await isOneLead(demo);
  });
}

scenario("steps that leave the page leave what was typed in the lead", async (shopper) => {
  await opens(shopper, IN_STEPS);
  // A shopper takes longer for a step than the module for its way.
  await (await labelled(shopper, "E-mail address")).click();
  await shopper.page.evaluate(() => window.leadkeep.load());
  const next = () => shopper.page.getByRole("button", { name: "Next" }).click();
  await types(shopper, pick(["E-mail address", "Phone number"]));
  await next();
  await types(shopper, pick(["First name", "Last name"]));
  await next();
  await types(shopper, pick(["Street address", "Town / City", "Postcode"]));
  await next();
  await types(shopper, { "Card number": "qzcard", "Security code": "qzcode" });
  await holdsBilling(demo, ADAS_DETAILS);
  await isOneLead(demo);
  for (const secret of ["qzcard", "qzcode"]) await isNowhere(secret, shopper, demo);
});

scenario("fields that come late are read", async (shopper) => {
  await opens(shopper, LATE);
  await types(shopper, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
  await shopper.page.locator("#business").check();
  await types(shopper, { Company: "Analytical Engines", "VAT number": "GB123456789" });
  await holdsBilling(demo, { ...ADAS_DETAILS, Company: "Analytical Engines", FiscalCode: "GB123456789" });
});

scenario("what is typed for the newsletter is nobody's lead", async (shopper) => {
  await opens(shopper, NEWSLETTER + SHAPES["in a form"]);
  await shopper.page.locator("#news").fill("news@example.com");
  await aWhile();
  await types(shopper, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
  await isNowhere("news@example.com", shopper, demo);
});

scenario("nothing unforbids a field, and a shown password stays one", async (shopper) => {
  const body = `<form>${SHAPES["without a form"].replace(NEWSLETTER, "")}
    <p><label>Card number <input id="card" data-lead="BillingDetails.Company"></label></p>
    <p><label>Date of birth <input id="birth" autocomplete="organization"></label></p>
    <p><label>Password <input id="shown" type="password" name="field_9" data-lead="BillingDetails.State"></label></p></form>`;
  await opens(shopper, body, scriptTag({ form: null, fields: { "#birth": "BillingDetails.Address2" } }));
  await types(shopper, ADA);
  await shopper.page.evaluate(() => (document.querySelector("#shown").type = "text"));
  const secrets = { "#card": "qzcard", "#birth": "qzbirth", "#shown": "qzshown" };
  for (const [field, secret] of Object.entries(secrets)) await shopper.page.locator(field).pressSequentially(secret);
  await shopper.page.evaluate(() => window.leadkeep.flush());
  await holdsBilling(demo, ADAS_DETAILS);
  for (const secret of Object.values(secrets)) await isNowhere(secret, shopper, demo);
  const sources = await shopper.page.evaluate(async (ids) => {
    const found = await window.leadkeep.inspect();
    return ids.map((id) => found.find(({ element }) => element.matches(id)).source);
  }, Object.keys(secrets));
  assert.deepEqual(sources, ["forbidden", "forbidden", "forbidden"]);
});

scenario("a card number is dropped from any field, a long telephone number is kept", async (shopper) => {
  await opens(shopper, SHAPES["in a form"]);
  await types(shopper, { ...ADA, "Phone number": "+123456789012345" });
  const expected = { ...ADAS_DETAILS, Phone: "+123456789012345" };
  await holdsBilling(demo, expected);
  const city = await labelled(shopper, "Town / City");
  for (const number of ["4111-1111-1111-1111", "5555 5555 5555 4444", "4111111111111111"]) {
    await city.fill(number);
    await shopper.page.evaluate(() => window.leadkeep.flush());
    assert.equal((await lastLead(demo)).BillingDetails.City, "", "the field counts as emptied");
    await isNowhere(number, shopper, demo);
    await city.fill("London");
    await holdsBilling(demo, expected);
  }
});

scenario("a page that changes all the time is not described anew for each change", async (shopper) => {
  const many = Array.from({ length: 100 }, (_, i) => `<p><label>Note ${i} <input name="note_${i}"></label></p>`).join(
    "",
  );
  await opens(shopper, `${SHAPES["in a form"].replace("</form>", `${many}</form>`)}<p id="clock"></p>`);
  // Describing a field reads its attributes; how often that happens is what is counted.
  const reads = (work) =>
    shopper.page.evaluate(`(async () => {
      const { getAttribute } = Element.prototype;
      let count = 0;
      Element.prototype.getAttribute = function (...all) { count += 1; return getAttribute.apply(this, all); };
      try { await (${work})(); } finally { Element.prototype.getAttribute = getAttribute; }
      return count;
    })()`);
  const once = await reads("() => window.leadkeep.inspect()");
  await types(shopper, pick(["E-mail address"]));
  await shopper.reaches("saved");
  const restless = await reads(`async () => {
    for (let i = 0; i < 100; i++) {
      document.querySelector("#clock").textContent = i;
      const field = document.querySelector("[name=note_" + i + "]");
      field.replaceWith(field.cloneNode());
      await new Promise((done) => setTimeout(done, 4));
    }
    await window.leadkeep.flush();
  }`);
  assert.ok(once >= 100, `describing all once takes ${once}`);
  assert.ok(
    restless <= 10 * once,
    `${restless} reads of attributes for 200 changes, describing all once takes ${once}`,
  );
});
