#!/usr/bin/env node
// `npm run bench:recognition`: what it costs to describe and decide a page of 500 fields, with the CPU throttled 4 times,
// and as a ratio to plain JavaScript that reads the labels and names of the same fields. The two take turns in one page.
//
// Expects `npm run build` and the demo's proxy (`npm start` builds both).

import { openBrowser } from "../tests/e2e/support/browser.mjs";
import { Demo } from "../tests/e2e/support/demo.mjs";

const ROUNDS = 15;
const LABELS = [
  "E-mail",
  "First name",
  "Last name",
  "Street",
  "City",
  "Postcode",
  "Phone",
  "Company",
  "Colour",
  "Size",
];
const field = (_, i) =>
  `<div class="row"><label for="f${i}">${LABELS[i % 10]}</label><input id="f${i}" name="field[${i}][value]"></div>`;
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bench</title>
<form id="checkout">${Array.from({ length: 500 }, field).join("")}</form>
<script src="/leadkeep.js" data-endpoint="/api/lead" data-form="#checkout" data-consent="external"></script>`;

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

const demo = new Demo();
await demo.start();
const browser = await openBrowser();
try {
  const page = await browser.newPage();
  await page.route(`${demo.origin}/bench`, (route) => route.fulfill({ contentType: "text/html", body: PAGE }));
  await page.goto(`${demo.origin}/bench`);
  await page.evaluate(() => window.leadkeep.load());
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const rounds = await page.evaluate(async (count) => {
    const byHand = () =>
      [...document.querySelectorAll("#checkout input,#checkout select,#checkout textarea")].map((input) => [
        input.name,
        input.id,
        input.type,
        input.autocomplete,
        [...input.labels].map((label) => label.textContent.trim().toLowerCase()).join(" "),
      ]);
    const timed = async (work) => {
      const from = performance.now();
      await work();
      return performance.now() - from;
    };
    const rounds = [];
    // A change of a name: what was decided, and what the browser knew of labels, no longer holds.
    const change = (name) => {
      document.querySelector("#f0").name = name;
      return new Promise((done) => setTimeout(done));
    };
    for (let i = 0; i < count; i++) {
      await change(`hand${i}`);
      const hand = await timed(byHand);
      await change(`ours${i}`);
      const anew = await timed(() => window.leadkeep.inspect());
      const again = await timed(() => window.leadkeep.inspect());
      rounds.push({ hand, ours: anew - again });
    }
    return rounds;
  }, ROUNDS);
  const ours = median(rounds.map((round) => round.ours));
  const ratio = median(rounds.map((round) => round.ours / round.hand));
  console.log(`500 fields: described and decided in ${ours.toFixed(0)} ms, CPU throttled 4 times (budget 50)`);
  console.log(`            ${ratio.toFixed(1)} times reading their names and labels by hand, ${ROUNDS} rounds`);
} finally {
  await browser.close();
  await demo.discard();
}
