// Our own proxy keeps the contract that the kit holds others against, on either store.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { json, lines, summary } from "../../conformance/report.mjs";
import { checks, run } from "../../conformance/run.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { Demo } from "../e2e/support/demo.mjs";
import { Proxy } from "../e2e/support/proxy.mjs";
import { postgres } from "./support/servers.mjs";

const ALLOWED = "https://shop.example";
const TOKEN = "a-token-of-the-shops-own-server";
const SECRETS = { secretKey: "sandbox-secret", shopToken: TOKEN, allowedOrigin: ALLOWED };

/** The whole kit against a demo; fails with what a person would read. */
async function keeps(demo) {
  const report = await run({ endpoint: `${demo.origin}/api/lead`, sandbox: demo.origin, ...SECRETS });
  const failed = report.results.filter(({ outcome, level }) => outcome === "failed" && level === "required");
  assert.equal(failed.map(lines).join("\n"), "", summary(report));
  assert.equal(report.results.length, checks.length);
}

describe("the proxy keeps the required part of the contract", () => {
  const open = [];
  const opens = async (...options) => {
    const demo = new Demo({ options: ["--allow-origin", ALLOWED, ...options], env: { LEADKEEP_SHOP_TOKEN: TOKEN } });
    open.push(demo);
    await demo.start();
    return demo;
  };
  let server;
  after(async () => {
    for (const demo of open) await demo.discard();
    await server?.end();
  });

  test("on SQLite", async () => keeps(await opens()));

  test("on PostgreSQL", async () => {
    server = await postgres();
    await keeps(await opens("--store", server.url));
  });
});

describe("the command", () => {
  const demo = new Demo();
  let proxy;
  before(async () => {
    await demo.start();
    proxy = await Proxy.before(demo);
  });
  after(async () => {
    await proxy?.discard();
    await demo.discard();
  });

  /** Runs the command as npx would; gives `{ code, stdout, stderr }`. */
  const command = async (...args) => {
    const path = join(root, "conformance", "cli.mjs");
    const ended = await promisify(execFile)(process.execPath, [path, ...args]).catch((error) => error);
    return { code: 0, ...ended, stdout: ended.stdout, stderr: ended.stderr };
  };
  const endpoint = () => `${demo.origin}/api/lead`;

  test("ends with 0 when the required part is kept, 1 when it is not, 2 when it cannot run", async () => {
    assert.equal((await command(endpoint(), "--only", "keys", "--only", "origins")).code, 0);
    assert.equal((await command(`${demo.origin}/sandbox/log`, "--only", "saves/kept")).code, 1);
    for (const args of [
      [],
      ["no-url"],
      [endpoint(), "--only", "nothing"],
      [endpoint(), "--patience", "x"],
      ["--what"],
    ]) {
      const { code, stderr } = await command(...args);
      assert.equal(code, 2, args.join(" "));
      assert.match(stderr, /^leadkeep-conformance: .+\n$/);
    }
  });

  test("says of a failed check what was sent, what came, and the sentence of the contract", async () => {
    const { stdout } = await command(`${demo.origin}/sandbox/log`, "--only", "saves/kept");
    assert.match(stdout, /✗ saves\/kept\n {4}contract {2}The answer to a save .+\n {4}found .+\n {4}sent {6}POST .+/);
    assert.match(stdout, /\n {4}came {6}405/);
    assert.match(stdout, /0 passed, 1 failed, 0 advised failed, 0 skipped/);
  });

  test("writes the same as JSON, and names what it skipped", async () => {
    const { stdout } = await command(endpoint(), "--json", "--only", "upstream/waits", "--only", "keys/save");
    const report = JSON.parse(stdout);
    assert.deepEqual([report.passed, report.failed, report.skipped, report.ok], [1, 0, 1, true]);
    const [passed, skipped] = report.results;
    assert.deepEqual([passed.name, passed.level, passed.outcome], ["keys/save", "required", "passed"]);
    assert.match(skipped.message, /--sandbox/);
    assert.equal(json(report), stdout.trim());
  });

  test("lists every check with its sentence", async () => {
    const { stdout } = await command("--list");
    for (const { name, level, contract } of checks)
      assert.ok(stdout.includes(`${name} (${level})\n    ${contract}\n`), name);
  });

  test("no cart of the kit becomes a lead without --sandbox", async () => {
    const report = await run({ endpoint: endpoint(), ...SECRETS });
    assert.ok(report.passed > 20, summary(report));
    assert.deepEqual(await demo.leads(), []);
  });

  test("an answer never repeats the shop's token in the report", async () => {
    const report = await run({ endpoint: endpoint(), ...SECRETS, orders: endpoint(), only: ["orders"] });
    assert.ok(report.failed > 0);
    for (const text of [json(report), report.results.map(lines).join("\n")]) assert.ok(!text.includes(TOKEN));
  });

  test("meets the limit of one client when it is asked to", async () => {
    const { results } = await run({ endpoint: `${proxy.origin}/api/lead`, burst: 200, only: ["limits/rate"] });
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ["passed"],
    );
  });
});
