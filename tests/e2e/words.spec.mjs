// What the shopper reads beside the checkbox: in the page's language, from a file that is loaded for that language alone. And what
// the page says of its fields: the terms of other letters than Latin ones are loaded where a page has some.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { consentBox, notice, typeInto } from "./support/actions.mjs";
import { checkout, html, scriptTag } from "./support/fixture.mjs";
import { stage } from "./support/stage.mjs";
import { eventually } from "./support/wait.mjs";

const { scenario } = stage();

const folder = fileURLToPath(new URL("../../src/view/texts/", import.meta.url));
const words = (language) => JSON.parse(readFileSync(join(folder, `${language}.json`), "utf8"));
const LANGUAGES = readdirSync(folder).map((name) => name.replace(/\.json$/, ""));

/** A page in a language, touched, with what was loaded for it. */
async function opens(shopper, lang, options = {}) {
  const loaded = [];
  shopper.page.on("request", (request) => loaded.push(new URL(request.url()).pathname.split("/").at(-1)));
  const page = html({ head: scriptTag({ consent: "ask", language: null, ...options }) });
  await shopper.opens(page.replace('<html lang="en">', `<html lang="${lang}">`));
  await shopper.page.locator("#email").click();
  await consentBox(shopper.page).waitFor();
  return loaded.filter((name) => name.startsWith("leadkeep_text"));
}

for (const language of LANGUAGES) {
  scenario(`a page in ${language} asks in ${language}`, async (shopper) => {
    const loaded = await opens(shopper, language);
    await shopper.page.getByRole("checkbox", { name: words(language).consent, exact: true }).waitFor();
    await shopper.page.getByText(words(language).withdraw).waitFor();
    assert.deepEqual(loaded, language === "en" ? [] : [`leadkeep_text_${language}.js`]);
    const view = await notice(shopper.page).evaluate((host) => {
      const { lang, dir } = host.shadowRoot.querySelector("[lang]");
      return { lang, dir };
    });
    assert.deepEqual(view, { lang: language, dir: ["ar", "he"].includes(language) ? "rtl" : "ltr" });
  });
}

for (const [lang, options, file] of [
  ["de-AT", {}, "de"],
  ["pt_br", {}, "pt-BR"],
  ["zh-TW", {}, "zh-Hant"],
  ["zh-CN", {}, "zh"],
  ["no", {}, "nb"],
  ["pt-BR", { language: "PT" }, "pt-BR"],
  ["zh-Hant-HK", { language: "ZH" }, "zh-Hant"],
  ["fr", { language: "XX" }, "fr"],
  ["constructor", {}, null],
  ["de", { language: "EN" }, null],
  ["de", { consent: "granted" }, null],
]) {
  const what = `a page in ${lang} with ${JSON.stringify(options)} loads ${file ?? "nothing"}`;
  scenario(what, async (shopper) => {
    const loaded = [];
    shopper.page.on("request", (request) => loaded.push(new URL(request.url()).pathname.split("/").at(-1)));
    const page = html({ head: scriptTag({ consent: "ask", language: null, ...options }) });
    await shopper.opens(page.replace('<html lang="en">', `<html lang="${lang}">`));
    await shopper.page.evaluate(() => window.leadkeep.load());
    const texts = loaded.filter((name) => name.startsWith("leadkeep_text"));
    assert.deepEqual(texts, file ? [`leadkeep_text_${file}.js`] : []);
  });
}

scenario("the merchant's language beats the page's, and nothing but that language is loaded", async (shopper) => {
  assert.deepEqual(await opens(shopper, "en", { language: "PT" }), ["leadkeep_text_pt.js"]);
});

scenario("texts that cannot be loaded are English", async (shopper) => {
  await shopper.page.route("**/leadkeep_text_*", (route) =>
    route.fulfill({ contentType: "text/javascript", body: "" }),
  );
  await opens(shopper, "de");
  await shopper.page.getByRole("checkbox", { name: words("en").consent, exact: true }).waitFor();
});

scenario("the shop's privacy page is one link away", async (shopper) => {
  await opens(shopper, "de", { privacyUrl: "/datenschutz" });
  const link = shopper.page.getByRole("link", { name: words("de").privacy, exact: true });
  assert.equal(await link.getAttribute("href"), "/datenschutz");
  assert.equal(await link.getAttribute("rel"), "noopener");
});

scenario("'Saved' is announced once and then only shown", async (shopper) => {
  await shopper.opens(checkout({ consent: "ask" }));
  await shopper.page.locator("#email").click();
  await consentBox(shopper.page).check();
  const status = notice(shopper.page).locator("[part=status]");
  assert.equal(await status.getAttribute("role"), "status");
  assert.equal(await status.getAttribute("aria-live"), null, "the first one is spoken");
  await typeInto(shopper.page, "#email", "ada@example.com");
  await eventually(async () => assert.equal(await status.textContent(), words("en").saved));
  await typeInto(shopper.page, "#city", "Turin");
  await eventually(async () => assert.equal(await status.getAttribute("aria-live"), "off"));
  await eventually(async () => assert.equal(await status.textContent(), words("en").saved));
});

/** The labels of an e-mail address, a city and a password. */
const LABELS = {
  Greek: ["Ηλεκτρονικό ταχυδρομείο", "Πόλη", "Κωδικός πρόσβασης"],
  Russian: ["Электронная почта", "Город", "Пароль"],
  Japanese: ["メール", "市区町村", "パスワード"],
  Korean: ["이메일", "도시", "비밀번호"],
};

const labelled = (labels) =>
  `<form id="checkout">${labels.map((label) => `<p><label>${label} <input></label></p>`).join("")}</form>`;

const taken = (page) =>
  page.evaluate(async () => (await window.leadkeep.inspect()).map(({ path, source }) => path ?? source));

for (const [language, labels] of Object.entries(LABELS)) {
  scenario(`a page in English with labels in ${language} is understood`, async (shopper) => {
    await shopper.opens(checkout({}, { form: labelled(labels) }));
    assert.deepEqual(await taken(shopper.page), ["BillingDetails.Email", "BillingDetails.City", "forbidden"]);
    assert.equal(shopper.requests.filter(({ path }) => path.includes("leadkeep_terms")).length, 1);
  });

  scenario(`without its terms a page in ${language} is not understood, and what is forbidden is`, async (shopper) => {
    shopper.excuseFailedRequests();
    await shopper.page.route("**/leadkeep_terms.js*", (route) => route.abort());
    await shopper.opens(checkout({}, { form: labelled(labels) }));
    assert.deepEqual(await taken(shopper.page), ["none", "none", "forbidden"]);
  });
}

scenario("a page in Latin letters loads no terms of others", async (shopper) => {
  await shopper.opens(checkout({}, { form: labelled(["E-mail", "Città", "Mật khẩu"]) }));
  assert.deepEqual(await taken(shopper.page), ["BillingDetails.Email", "BillingDetails.City", "forbidden"]);
  assert.ok(!shopper.requests.some(({ path }) => path.includes("leadkeep_terms")));
});
