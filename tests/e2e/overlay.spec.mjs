// `?leadkeep=debug`: what a merchant sees on the page, and that a shopper and 2Checkout see nothing of it.

import assert from "node:assert/strict";

import { consentBox, fillIn, tickConsent, typeInto } from "./support/actions.mjs";
import { ADA, ADAS_DETAILS, checkout, FORM, html, PACKAGINGS, scriptTag } from "./support/fixture.mjs";
import { holdsBilling, isNowhere, isOneLead } from "./support/oracle.mjs";
import { stage } from "./support/stage.mjs";
import { aWhile, eventually, until } from "./support/wait.mjs";

const { demo, scenario } = stage();

const DEBUG = "/checkout?leadkeep=debug";
const FILE = /\/leadkeep_debug\.js/;

/** The form with a field that the merchant left out, and one that says nothing of itself. */
const MIXED = FORM.replace(
  "<p><button",
  `<h2>Anything else?</h2>
   <p><label>Gift note <textarea id="note" name="note" data-lead="ignore"></textarea></label></p>
   <p><label>Favourite colour <input id="q7" name="q7"></label></p><p><button`,
);

const overlay = (shopper) => shopper.page.locator("div[data-leadkeep=debug]");
const headline = (shopper) => overlay(shopper).getByRole("status");
const says = (shopper, text) => eventually(async () => assert.equal(await headline(shopper).textContent(), text));
const call = (shopper, work) => shopper.page.evaluate(work);

/** Opens a page with the overlay, and waits until it knows the fields. */
async function opens(shopper, page, path = DEBUG) {
  await shopper.serve({ "/checkout": page });
  await shopper.goesTo(path);
  await overlay(shopper).locator(".row").first().waitFor({ state: "attached" });
}

/** The tags that can be seen, by the id of the field that their frame stands around. */
function tags(shopper) {
  return shopper.page.evaluate(() => {
    const host = document.querySelector("div[data-leadkeep=debug]");
    const fields = [...document.querySelectorAll("input,select,textarea")];
    const near = (a, b) => Math.abs(a - b) < 1.5;
    const around = (frame) => {
      const is = frame.getBoundingClientRect();
      return fields.find((field) => {
        const box = field.getBoundingClientRect();
        return near(box.left, is.left) && near(box.top, is.top) && near(box.width, is.width);
      });
    };
    const shown = [...host.shadowRoot.querySelectorAll(".frame:not([hidden])")];
    return Object.fromEntries(shown.map((frame) => [around(frame)?.id ?? "nowhere", frame.textContent]));
  });
}

for (const packaging of Object.keys(PACKAGINGS)) {
  scenario(`${packaging}: the address asks for the overlay, and it is there without a touch`, async (shopper) => {
    await opens(shopper, checkout({ consent: "ask" }, { packaging }));
    await says(shopper, "Waiting for the shopper's consent.");
    assert.equal(shopper.requests.filter(({ path }) => FILE.test(path)).length, 1);
    assert.deepEqual(shopper.posts(), []);
    assert.equal(await shopper.recordText(), "");
  });

  scenario(`${packaging}: without the parameter nothing of it is loaded`, async (shopper) => {
    await shopper.serve({ "/checkout": checkout({}, { packaging }) });
    await shopper.goesTo("/checkout?debug=leadkeep&leadkeep=1#leadkeep");
    await fillIn(shopper.page, ADA);
    await holdsBilling(demo, ADAS_DETAILS);
    assert.ok(!shopper.requests.some(({ path }) => FILE.test(path)));
    assert.equal(await overlay(shopper).count(), 0);
  });

  scenario(`${packaging}: stop() takes the overlay away`, async (shopper) => {
    await opens(shopper, checkout({}, { packaging }));
    await call(shopper, () => window.leadkeep.stop());
    await eventually(async () => assert.equal(await shopper.page.locator("[data-leadkeep]").count(), 0));
  });
}

scenario("the fragment asks for it as well", async (shopper) => {
  await opens(shopper, checkout(), "/checkout#leadkeep=debug");
  await says(shopper, "There is no valid e-mail address yet.");
});

scenario("each field has a tag: its path, or why it is not read", async (shopper) => {
  await opens(shopper, checkout({}, { form: MIXED }));
  await eventually(async () => {
    const seen = await tags(shopper);
    assert.match(seen.email, /^BillingDetails\.Email/);
    assert.match(seen.country, /^BillingDetails\.CountryCode/);
    assert.match(seen.card, /^never read.*card/);
    assert.match(seen.note, /^ignored/);
    assert.match(seen.q7, /^not read./);
    assert.deepEqual(Object.keys(seen).sort(), "card city country email first last note q7 street zip".split(" "));
  });
  const line = (name) => overlay(shopper).getByRole("button", { name });
  assert.match(await line("E-mail").textContent(), /BillingDetails\.Email.*autocomplete/);
  assert.match(await line("Card number").textContent(), /never read.*forbidden/);
  assert.match(await line("Gift note").textContent(), /ignored.*attribute/);
});

scenario("it says at each stage why nothing is sent, and what the lead holds", async (shopper) => {
  await opens(shopper, checkout({ consent: "ask", quietMs: 400 }));
  await says(shopper, "Waiting for the shopper's consent.");
  await typeInto(shopper.page, "#city", "London");
  const held = overlay(shopper).locator(".lead");
  await eventually(async () => assert.match(await held.textContent(), /BillingDetails\.City\s*London/));
  assert.deepEqual(shopper.posts(), []);

  await tickConsent(shopper.page);
  await says(shopper, "There is no valid e-mail address yet.");
  await typeInto(shopper.page, "#email", "ada@example");
  await aWhile(400);
  await says(shopper, "There is no valid e-mail address yet.");
  assert.deepEqual(shopper.posts(), []);

  await shopper.page.keyboard.type(".com");
  await holdsBilling(demo, { Email: "ada@example.com", City: "London" });
  const code = await isOneLead(demo);
  await says(shopper, `Saved, as lead ${code}.`);
  await eventually(async () => assert.equal(await held.locator(".unsent").count(), 0));
  assert.match(await held.textContent(), /Items\s*1 × BOOK-1/);

  await call(shopper, () => window.leadkeep.complete("ORDER-1"));
  await says(shopper, "The order is placed: nothing more is sent.");
});

scenario("an empty cart, a proxy that is away and one that refuses are told apart", async (shopper) => {
  shopper.excuseFailedRequests();
  shopper.excuse(/^error: leadkeep: /);
  await opens(shopper, checkout({ items: null }, { items: null }));
  await typeInto(shopper.page, "#email", "ada@example.com");
  await says(shopper, "There is no item in the cart.");
  await shopper.proxyAnswers("abort");
  await call(shopper, () => window.leadkeep.setItems([{ Code: "A", Quantity: 1 }]));
  await says(shopper, "The endpoint could not be reached.");
  await shopper.proxyAnswers({
    status: 403,
    body: '{"code":"lead/origin","message":"not from this origin","request_id":"1"}',
  });
  await typeInto(shopper.page, "#city", "London");
  await says(shopper, "The endpoint refused the request.");
  const line =
    /^error: leadkeep: POST \/api\/lead was refused \(403 lead\/origin\): not from https?:\/\/[\w.]+(:\d+)?( |$)/;
  await until("the line", () => shopper.lines().some((said) => line.test(said)));
});

scenario("no form, and a form that comes later", async (shopper) => {
  await shopper.serve({ "/checkout": checkout({}, { form: '<div id="app"></div>' }) });
  await shopper.goesTo(DEBUG);
  await says(shopper, "There is no form to watch on this page.");
  await shopper.page.evaluate((form) => {
    document.querySelector("#app").innerHTML = form;
  }, FORM);
  await says(shopper, "There is no valid e-mail address yet.");
  await eventually(async () => assert.match((await tags(shopper)).email, /BillingDetails\.Email/));
});

scenario("an option that the module finds wrong is told on the page", async (shopper) => {
  shopper.excuse(/^error: leadkeep: expected currency /);
  await shopper.serve({ "/checkout": checkout({ currency: "EURO" }) });
  await shopper.goesTo(DEBUG);
  await eventually(async () =>
    assert.match(await headline(shopper).textContent(), /^Expected currency to be an ISO 4217/),
  );
});

scenario("where the loader finds an option wrong, nothing more is loaded", async (shopper) => {
  shopper.excuse(/^error: leadkeep: expected endpoint /);
  await shopper.serve({ "/checkout": checkout({ endpoint: " " }) });
  await shopper.goesTo(DEBUG);
  await until("leadkeep on the page", () => call(shopper, () => Boolean(window.leadkeep)));
  await aWhile();
  await call(shopper, () => void window.leadkeep.debug(true));
  await aWhile();
  assert.ok(!shopper.requests.some(({ path }) => FILE.test(path) || path.includes(".wasm")));
});

scenario("a link shows a shopper nothing; one console call shows it, and this browser remembers", async (shopper) => {
  // Any name but those of loopback; the browser is told where it is.
  const shop = "http://shop.test";
  await shopper.context.route(`${shop}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/checkout") return route.fulfill({ contentType: "text/html", body: checkout() });
    return route.fulfill({ response: await route.fetch({ url: demo.origin + pathname }) });
  });
  const opens = async () => {
    await shopper.page.goto(`${shop}/checkout?leadkeep=debug`);
    await until("leadkeep on the page", () => call(shopper, () => Boolean(window.leadkeep)));
  };
  await opens();
  await aWhile();
  assert.equal(await overlay(shopper).count(), 0);

  await call(shopper, () => void window.leadkeep.debug(true));
  await overlay(shopper).locator(".row").first().waitFor({ state: "attached" });
  await opens();
  await overlay(shopper).locator(".row").first().waitFor({ state: "attached" });

  await call(shopper, () => void window.leadkeep.debug(false));
  await eventually(async () => assert.equal(await overlay(shopper).count(), 0));
  await opens();
  await aWhile();
  assert.equal(await overlay(shopper).count(), 0);
});

scenario("tags follow scrolling, rendering anew and fields that come late, and cover no field", async (shopper) => {
  const tall = FORM.replaceAll("<p>", '<p style="margin: 40px 0">');
  await opens(shopper, checkout({}, { form: `<div id="app">${tall}</div>`, after: '<p style="height: 2000px">' }));
  await shopper.page.mouse.wheel(0, 120);
  await eventually(async () => {
    assert.ok(await shopper.page.evaluate(() => scrollY > 100));
    const seen = await tags(shopper);
    assert.equal(seen.nowhere, undefined);
    assert.match(seen.city, /City/);
  });
  await shopper.page.evaluate(() => {
    const form = document.querySelector("#checkout");
    form.replaceWith(form.cloneNode(true));
    document
      .querySelector("#city")
      .closest("p")
      .insertAdjacentHTML("afterend", '<p><input id="tel" autocomplete="tel" aria-label="Phone"></p>');
  });
  await eventually(async () => {
    const seen = await tags(shopper);
    assert.equal(seen.nowhere, undefined);
    assert.match(seen.tel, /Phone/);
  });
  const covered = await shopper.page.evaluate(() => {
    const shadow = document.querySelector("div[data-leadkeep=debug]").shadowRoot;
    const boxes = (elements) => [...elements].map((element) => element.getBoundingClientRect());
    const fields = boxes(document.querySelectorAll("#checkout input, #checkout select"));
    const cover = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
    const tags = boxes(shadow.querySelectorAll(".frame:not([hidden]) .tag"));
    return tags.length > 0 && tags.some((tag) => fields.some((field) => cover(tag, field)));
  });
  assert.equal(covered, false);
  await shopper.page.evaluate(() => document.querySelector("#checkout").remove());
  await eventually(async () => assert.deepEqual(await tags(shopper), {}));
});

scenario("fields in a shadow root have tags, too", async (shopper) => {
  const form = '<div id="checkout"><p id="host"></p></div>';
  const after = `<script>
    document.querySelector("#host").attachShadow({ mode: "open" }).innerHTML =
      '<input id="inner" autocomplete="email"><input autocomplete="given-name">';
  </script>`;
  await opens(shopper, checkout({}, { form, after }));
  await eventually(async () => assert.equal(await overlay(shopper).locator(".frame.read:not([hidden])").count(), 2));
});

scenario(
  "what stands in a forbidden field is not shown, and nothing of the overlay is sent or stored",
  async (shopper) => {
    await opens(shopper, checkout());
    const secret = "4242 4242 4242 4242";
    await typeInto(shopper.page, "#card", secret);
    await fillIn(shopper.page, ADA);
    await holdsBilling(demo, ADAS_DETAILS);
    await says(shopper, `Saved, as lead ${await isOneLead(demo)}.`);
    const text = await overlay(shopper).evaluate((host) => host.shadowRoot.textContent);
    assert.match(text, /ada@example\.com/);
    assert.ok(!text.includes("4242"));
    await isNowhere(secret, shopper, demo);
    const kinds = new Set(shopper.requests.map(({ path }) => path.replace(/\?.*/, "")));
    const expected = [
      "/checkout",
      "/leadkeep.js",
      "/leadkeep_debug.js",
      "/leadkeep_widget.js",
      "/leadkeep_widget_bg.wasm",
    ];
    assert.deepEqual([...kinds].filter((path) => !path.startsWith("data:")).sort(), ["/api/lead", ...expected]);
  },
);

scenario("it is no part of the page: not inspected, no touch of the form, no event of the page's", async (shopper) => {
  const listening = `<script>
    window.heard = [];
    for (const name of ["click", "keydown", "pointerdown"]) addEventListener(name, () => window.heard.push(name));
  </script>`;
  await opens(shopper, checkout({ form: "body" }, { after: listening }));
  await fillsWithoutTouching(shopper, { "#email": "ada@example.com" });
  await says(shopper, "Nothing has been sent from this page yet.");
  await overlay(shopper).getByRole("button", { name: "Hide" }).click();
  await overlay(shopper).getByRole("button", { name: "Show" }).press("Enter");
  await overlay(shopper).getByRole("button", { name: "E-mail" }).click();
  await aWhile();
  assert.deepEqual(shopper.posts(), []);
  assert.deepEqual(await call(shopper, () => window.heard), []);
  const elements = await call(shopper, async () =>
    (await window.leadkeep.inspect()).map(({ element }) => element.getRootNode() === document),
  );
  assert.deepEqual(elements, Array(8).fill(true));
  const preview = await call(shopper, () => window.leadkeep.preview());
  assert.deepEqual(
    preview.filter(({ path }) => path.endsWith("Email")),
    [{ path: "BillingDetails.Email", value: "ada@example.com", sent: false }],
  );
});

/** As a browser that restores a form does it: no event tells of it. */
function fillsWithoutTouching(shopper, values) {
  return shopper.page.evaluate((values) => {
    for (const [selector, value] of Object.entries(values)) document.querySelector(selector).value = value;
  }, values);
}

scenario(
  "the keyboard reaches it, folds it with Escape and moves it with arrows; the focus is not taken",
  async (shopper) => {
    await shopper.serve({ "/checkout": checkout({ consent: "ask" }) });
    await shopper.goesTo("/checkout?leadkeep=debug");
    await overlay(shopper).locator(".row").first().waitFor();
    assert.equal(await call(shopper, () => document.activeElement === document.body), true);
    await shopper.page.locator("#away").focus();
    await shopper.page.keyboard.press("Tab");
    const panel = overlay(shopper).locator(".panel");
    const before = await panel.boundingBox();
    await shopper.page.keyboard.press("ArrowLeft");
    await shopper.page.keyboard.press("ArrowUp");
    const moved = await panel.boundingBox();
    assert.ok(moved.x < before.x && moved.y < before.y);
    for (let i = 0; i < 60; i++) await shopper.page.keyboard.press("ArrowLeft");
    assert.ok((await panel.boundingBox()).x >= 0, "it stays in the window");
    const body = overlay(shopper).locator(".body");
    assert.equal(await body.isVisible(), true);
    await shopper.page.keyboard.press("Escape");
    assert.equal(await body.isVisible(), false);
    await shopper.page.keyboard.press("Enter");
    assert.equal(await body.isVisible(), true);
  },
);

scenario("the panel is dragged by its bar", async (shopper) => {
  await opens(shopper, checkout());
  const panel = overlay(shopper).locator(".panel");
  const before = await panel.boundingBox();
  await shopper.page.mouse.move(before.x + 90, before.y + 12);
  await shopper.page.mouse.down();
  await shopper.page.mouse.move(before.x - 60, before.y - 40, { steps: 4 });
  await shopper.page.mouse.up();
  const after = await panel.boundingBox();
  assert.deepEqual([Math.round(after.x - before.x), Math.round(after.y - before.y)], [-150, -52]);
});

scenario("on a phone it begins folded, opens within the window, and the page is as wide as before", async (shopper) => {
  await shopper.page.setViewportSize({ width: 390, height: 844 });
  await opens(shopper, checkout());
  const body = overlay(shopper).locator(".body");
  assert.equal(await body.isVisible(), false);
  await overlay(shopper).getByRole("button", { name: "Show" }).click();
  assert.equal(await body.isVisible(), true);
  const { x, y, width, height } = await overlay(shopper).locator(".panel").boundingBox();
  assert.ok(x >= 0 && y >= 0 && x + width <= 390 && y + height <= 844);
  assert.equal(await call(shopper, () => document.documentElement.scrollWidth), 390);
});

const guarded = (policy, options) => ({
  body: checkout(options).replace('<link rel="icon" href="data:,">', '<link rel="icon" href="/favicon.svg">'),
  headers: { "content-security-policy": policy },
});

scenario("a strict policy with Trusted Types is no hindrance", async (shopper) => {
  const policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
  await opens(shopper, guarded(policy, { consent: "ask" }));
  await eventually(async () => assert.match((await tags(shopper)).email, /BillingDetails\.Email/));
  const look = await overlay(shopper).evaluate((host) => getComputedStyle(host).position);
  assert.equal(look, "fixed", "its style is there");
  await typeInto(shopper.page, "#email", "ada@example.com");
  await tickConsent(shopper.page);
  await holdsBilling(demo, { Email: "ada@example.com" });
  assert.ok(await consentBox(shopper.page).isChecked());
});

scenario("a policy that forbids the module, or the proxy, is named", async (shopper) => {
  shopper.excuse(/Content Security Policy/, /wasm/, /^error: leadkeep: /);
  await shopper.serve({ "/checkout": guarded("default-src 'self'; style-src 'self'", {}) });
  await shopper.goesTo(DEBUG);
  await says(shopper, "The page's Content-Security-Policy blocks the module.");
  await overlay(shopper).getByText("'wasm-unsafe-eval'").waitFor();

  await shopper.context.unrouteAll();
  const deaf = "default-src 'self' 'wasm-unsafe-eval'; connect-src 'none'";
  // The module itself is fetched, so it has to be allowed by its path.
  const policy = deaf.replace("'none'", `${demo.origin}/leadkeep_widget_bg.wasm`);
  await opens(shopper, guarded(policy, {}));
  await typeInto(shopper.page, "#email", "ada@example.com");
  await says(shopper, "The endpoint could not be reached.");
  await overlay(shopper)
    .getByText(/blocks .+ in connect-src/)
    .waitFor();
});

scenario("where the overlay's file is missing, capture goes on", async (shopper) => {
  shopper.excuseFailedRequests();
  await shopper.context.route(FILE, (route) => route.fulfill({ status: 404 }));
  await shopper.serve({ "/checkout": html({ head: scriptTag() }) });
  await shopper.goesTo(DEBUG);
  await until("leadkeep on the page", () => call(shopper, () => Boolean(window.leadkeep)));
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
});

/** A checkout whose fields fill the page, so that every corner holds some. */
const FULL = FORM.replace("<form", '<form style="display:grid;gap:8px"')
  .replaceAll("<p>", "<p style='margin:0;display:grid'>")
  .replaceAll("<label>", "<label style='display:grid'>");

for (const [width, height] of [
  [1280, 720],
  [390, 844],
]) {
  for (const [name, form] of Object.entries({ "an ordinary form": FORM, "a form as wide as the page": FULL })) {
    scenario(
      `at ${width} pixels the panel covers neither the consent box nor what is typed in ${name}`,
      async (shopper) => {
        await shopper.page.setViewportSize({ width, height });
        await opens(shopper, checkout({ consent: "ask" }, { form }));
        await consentBox(shopper.page).waitFor();
        const covered = () =>
          shopper.page.evaluate(() => {
            const host = document.querySelector("div[data-leadkeep=debug]");
            const panel = host.shadowRoot.querySelector(".panel").getBoundingClientRect();
            const half = (box) => ({
              left: (box.left + box.right) / 2,
              right: box.right,
              top: box.top,
              bottom: box.bottom,
            });
            const boxOf = (element) => element.getBoundingClientRect();
            const fields = [...document.querySelectorAll("#checkout input, #checkout select")].map(boxOf).map(half);
            const inTheWay = [boxOf(document.querySelector("[data-leadkeep='']")), ...fields];
            const cover = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
            return inTheWay.filter((box) => cover(panel, box)).length;
          });
        await eventually(async () => assert.equal(await covered(), 0));
      },
    );
  }
}

scenario("a withdrawn cart is not sent, and the panel says what begins again", async (shopper) => {
  await opens(shopper, checkout());
  await fillIn(shopper.page, ADA);
  await holdsBilling(demo, ADAS_DETAILS);
  await call(shopper, () => window.leadkeep.withdraw());
  await says(shopper, "The shopper has withdrawn: nothing is sent.");
  // At first the proxy has not confirmed it.
  await eventually(async () => {
    const text = await overlay(shopper).evaluate((host) => host.shadowRoot.querySelector(".panel").innerText);
    assert.match(text, /Next: .*leadkeep\.consent\(true\)/);
    assert.doesNotMatch(text, /Sent/);
  });
});

scenario("check() gives the same as text, and nothing that was typed", async (shopper) => {
  await shopper.opens(checkout({ consent: "ask" }));
  shopper.excuse(/^log: leadkeep /);
  await typeInto(shopper.page, "#email", "ada@example.com");
  await typeInto(shopper.page, "#city", "Nowhereville");
  const text = await call(shopper, () => window.leadkeep.check());
  assert.match(text, /^Waiting for the shopper's consent\.\nNext: /m);
  assert.match(text, /^ {2}city: BillingDetails\.City, autocomplete: /m);
  assert.doesNotMatch(text, /ada@|Nowhereville/);
  assert.equal(await overlay(shopper).count(), 0, "nothing is shown");
  assert.deepEqual(shopper.posts(), []);
});
