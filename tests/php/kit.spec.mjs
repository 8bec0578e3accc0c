// php/leadkeep.php keeps the required part of the contract, served in either way, on either database.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { lines, summary } from "../../conformance/report.mjs";
import { checks, run } from "../../conformance/run.mjs";
import { Demo } from "../e2e/support/demo.mjs";
import { mariadb } from "../kit/support/servers.mjs";
import { PhpSite, SECRETS } from "./support/site.mjs";

let server;
before(async () => (server = await mariadb()));
after(() => server?.end());

const stores = {
  SQLite: () => ({}),
  MariaDB: () => ({ store: server.dsn, store_user: server.user }),
};
const servers = {
  "PHP's built-in server with four workers": (site) => site.startsBuiltIn(),
  "php-fpm with nginx": (site) => site.startsFpm(),
};

describe("the endpoint in PHP keeps the contract", { concurrency: 2 }, () => {
  for (const [served, start] of Object.entries(servers)) {
    for (const [store, settings] of Object.entries(stores)) {
      test(`${store}, ${served}`, async () => {
        const demo = new Demo();
        await demo.start();
        const site = new PhpSite(demo, settings());
        try {
          await start(site);
          const { endpoint } = site;
          const report = await run({ endpoint, sandbox: demo.origin, ...SECRETS });
          const failed = report.results.filter(({ outcome }) => outcome === "failed");
          assert.equal(failed.map(lines).join("\n"), "", `${summary(report)}\n${site.output}`);
          assert.equal(report.passed + report.skipped, checks.length);
          const left = report.results.filter(({ outcome }) => outcome === "skipped").map(({ name }) => name);
          assert.deepEqual(left, ["limits/rate"], "only the limit of one client is left to another test");
          for (const secret of [SECRETS.secretKey, SECRETS.shopToken]) assert.ok(!site.output.includes(secret));
        } finally {
          await site.discard();
          await demo.discard();
        }
      });
    }
  }
});
