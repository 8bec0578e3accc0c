#!/usr/bin/env node
// `npm run bench:keystroke`: what leadkeep costs the main thread, as ratios to a listener in plain JavaScript that does the
// same. The two take turns in one browser, so that a noisy machine slows both.
//
//   keystroke  a key pressed through the browser's input pipeline; main-thread task time of the page
//   start-up   the longest task while the module loads and starts, with the CPU throttled 4 times, in milliseconds
//
// Expects `npm run build` and the demo's proxy (`npm start` builds both).

import { openBrowser } from "../tests/e2e/support/browser.mjs";
import { Demo } from "../tests/e2e/support/demo.mjs";

const ROUNDS = 9;
const KEYS = 200;

const FORM = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bench</title>
<form id="checkout">
  <input id="email" autocomplete="email"><input id="name" autocomplete="name">
  <input autocomplete="street-address"><input autocomplete="address-level2"><input autocomplete="postal-code">
</form>`;

/** What a careful person writes: in capture, on the document, is it ours, remember the moment, one timer at a time. */
const BY_HAND = `<script>
  let last = 0, timer = 0;
  const form = document.querySelector("#checkout");
  const due = () => { const left = last + 800 - Date.now(); timer = left > 0 ? setTimeout(due, left) : 0; };
  for (const name of ["input", "change"])
    document.addEventListener(name, (event) => {
      if (!event.composedPath().includes(form)) return;
      last = Date.now();
      timer ||= setTimeout(due, 800);
    }, true);
</script>`;
const LEADKEEP = `<script src="/leadkeep.js" data-endpoint="/api/lead" data-form="#checkout" data-consent="granted" data-currency="EUR"></script>`;

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

async function open(context, origin, path, html) {
  const page = await context.newPage();
  await page.route(`${origin}${path}`, (route) => route.fulfill({ contentType: "text/html", body: FORM + html }));
  const cdp = await context.newCDPSession(page);
  await cdp.send("Performance.enable");
  await page.goto(`${origin}${path}`);
  const taskTime = async () =>
    (await cdp.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value;
  return { page, cdp, taskTime };
}

/** Milliseconds of main-thread time for each key. */
async function typing({ page, cdp, taskTime }) {
  await page.bringToFront();
  await page.fill("#name", "");
  await page.focus("#name");
  const before = await taskTime();
  for (let i = 0; i < KEYS; i++) {
    await cdp.send("Input.dispatchKeyEvent", { type: "char", text: "a" });
  }
  return ((await taskTime()) - before) * (1000 / KEYS);
}

/** Milliseconds of the longest task between the first touch and the module running. */
async function startUp(context, origin) {
  const { page, cdp } = await open(context, origin, "/bench-start-up", LEADKEEP);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.evaluate(() => {
    window.tasks = [0];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((e) => e.duration))).observe({
      entryTypes: ["longtask"],
    });
  });
  await page.focus("#email");
  await page.evaluate(() => window.leadkeep.ready);
  await page.waitForTimeout(500);
  const longest = await page.evaluate(() => Math.max(...window.tasks));
  await page.close();
  return longest;
}

const demo = new Demo();
await demo.start();
const browser = await openBrowser();
try {
  const context = await browser.newContext();
  const hand = await open(context, demo.origin, "/bench-by-hand", BY_HAND);
  const ours = await open(context, demo.origin, "/bench-leadkeep", LEADKEEP);
  await ours.page.focus("#email");
  await ours.page.evaluate(() => window.leadkeep.ready);
  for (const subject of [hand, ours]) await typing(subject); // warm
  const rounds = [];
  for (let i = 0; i < ROUNDS; i++) rounds.push({ hand: await typing(hand), ours: await typing(ours) });
  const ratio = median(rounds.map((round) => round.ours / round.hand));
  console.log(`keystroke: ${ratio.toFixed(2)} times the listener by hand (budget 1.5)`);
  console.log(
    `           ${median(rounds.map((r) => r.ours)).toFixed(3)} ms against ${median(rounds.map((r) => r.hand)).toFixed(3)} ms, ${ROUNDS} rounds of ${KEYS} keys`,
  );
  const starts = [];
  for (let i = 0; i < 5; i++) starts.push(await startUp(context, demo.origin));
  const longest = median(starts);
  console.log(
    `start-up:  longest task ${longest === 0 ? "under 50" : longest.toFixed(0)} ms, CPU throttled 4 times (budget 50)`,
  );
} finally {
  await browser.close();
  await demo.discard();
}
