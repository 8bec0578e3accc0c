// A merchant's project that depends on the package as npm would publish it, and its shop in Chromium: a page is right when
// what is typed into its form is one lead in 2Checkout's stand-in.

import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { extname, join, normalize } from "node:path";
import { after, before } from "node:test";

import { openBrowser } from "../../e2e/support/browser.mjs";
import { Demo } from "../../e2e/support/demo.mjs";
import { FORM, ITEM } from "../../e2e/support/fixture.mjs";
import { eventually } from "../../e2e/support/wait.mjs";
import { discard, packed } from "../../package/support.mjs";

export const OPTIONS = {
  endpoint: "/api/lead",
  form: "#checkout",
  consent: "granted",
  currency: "EUR",
  items: "#items",
  quietMs: 150,
};

/** What a merchant writes, whatever bundles it. */
export const SCRIPT = (entry = "leadkeep", options = {}) =>
  `import { start } from "${entry}";\nstart(${JSON.stringify({ ...OPTIONS, ...options })});\n`;

/** The page around it; `tag` loads the script. */
export const page = (tag) => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Checkout</title><link rel="icon" href="data:,"></head>
  <body>${FORM}<script type="application/json" id="items">${JSON.stringify([ITEM])}</script>${tag}</body>
</html>`;

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".wasm": "application/wasm" };

/** The demo, a browser and a project for the tests of a file: `{ demo, project, lead, served }`. */
export function shop() {
  const demo = new Demo();
  const pack = packed();
  const open = [];
  let browser;
  before(async () => {
    await demo.start();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    for (const server of open) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
    await demo.discard();
    discard(pack);
  });

  return {
    demo,
    project: pack.project,

    /** Writes files of the project; gives the path of the first. */
    writes(files) {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(pack.project, name), text);
      return join(pack.project, Object.keys(files)[0]);
    },

    /** Serves a folder as a web server does, `/api` passed to the proxy; gives its origin. */
    async served(folder) {
      const server = createServer((request, response) => {
        const { pathname } = new URL(request.url, "http://shop");
        if (pathname.startsWith("/api/")) return pass(demo, request, response);
        const file = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
        if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end("none");
        const type = TYPES[extname(file)] ?? "application/octet-stream";
        response.writeHead(200, { "content-type": type }).end(readFileSync(file));
      });
      open.push(server);
      await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
      return `http://127.0.0.1:${server.address().port}`;
    },

    /** Opens a page, types, agrees where `agree` does so, and expects one lead; gives what the console said of leadkeep. */
    async lead(url, agree) {
      await demo.empty();
      const tab = await browser.newPage();
      const said = [];
      tab.on("console", (message) => said.push(message.text()));
      tab.on("pageerror", (error) => said.push(`uncaught: ${error.message}`));
      try {
        await tab.goto(url);
        if (!agree) await tab.waitForFunction(() => window.leadkeep);
        await tab.fill("#email", "ada@example.com");
        await tab.fill("#city", "London");
        await agree?.(tab);
        await eventually(async () => {
          const calls = (await demo.log()).filter(({ method }) => /Lead$/.test(method));
          const last = calls.at(-1)?.params[0].BillingDetails;
          assert.deepEqual([last?.Email, last?.City], ["ada@example.com", "London"], said.join("\n"));
          assert.equal(calls.filter(({ method }) => method === "addLead").length, 1);
        });
      } finally {
        await tab.close();
      }
      return said.filter((line) => /leadkeep|uncaught/.test(line));
    },
  };
}

function pass(demo, request, response) {
  const { headers, method, url } = request;
  const passed = ask(demo.origin + url, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  passed.on("error", () => response.destroy());
  request.pipe(passed);
}
