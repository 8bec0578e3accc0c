// What the kit cannot see of php/leadkeep.php: crashes, limits, the cron line, and what must not be served.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { at } from "../../conformance/cart.mjs";
import { exchange } from "../../conformance/client.mjs";
import { Kit } from "../../conformance/kit.mjs";
import { Sandbox } from "../../conformance/sandbox.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { which } from "../../scripts/lib/run.mjs";
import { Demo } from "../e2e/support/demo.mjs";
import { eventually, sleep } from "../e2e/support/wait.mjs";
import { mariadb } from "../kit/support/servers.mjs";
import { PhpSite, SECRETS } from "./support/site.mjs";

const demo = new Demo();
let server;
before(async () => {
  await demo.start();
  server = await mariadb();
});
after(async () => {
  await server?.end();
  await demo.discard();
});

/** A site that serves, for one test. */
const withSite = (settings, body) => async () => {
  await demo.empty();
  const site = new PhpSite(demo, typeof settings === "function" ? settings() : settings);
  try {
    await site.startsBuiltIn();
    const kit = new Kit({ endpoint: site.endpoint, sandbox: new Sandbox(demo.origin) });
    await body(site, kit);
  } finally {
    await site.discard();
  }
};

const added = async (kit, cart) => (await kit.sandbox.added(cart)).length;

test("the tables of its pure functions hold", () => {
  const told = execFileSync(which("php"), [join(root, "php", "tests", "tables.php")], { encoding: "utf8" });
  assert.match(told, /^\d{3} held, 0 failed\n$/);
});

describe("one lead for a cart", () => {
  const stores = {
    SQLite: () => ({ call_timeout_ms: 1_000 }),
    MariaDB: () => ({ call_timeout_ms: 1_000, store: server.dsn, store_user: server.user }),
  };
  for (const [store, settings] of Object.entries(stores)) {
    test(
      `forty requests at once while answers are lost, on ${store}`,
      withSite(settings, async (site, kit) => {
        await kit.sandbox.fault("addLead", "lost_answer", 3);
        const cart = kit.cart();
        const save = (i) =>
          cart.save({ ...cart.ready(), ...at(cart.time(2 + i), { "BillingDetails.City": `City ${i}` }) });
        const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => save(i)));
        for (const { status } of answers) assert.ok([200, 202].includes(status), `${status}`);
        await eventually(async () => {
          await kit.cart().save({});
          assert.equal((await kit.sandbox.lead(cart))?.BillingDetails.City, "City 39");
        });
        assert.equal(await added(kit, cart), 1);
      }),
    );

    test(
      `a worker killed while its addLead is under way makes no second, on ${store}`,
      withSite(settings, async (site, kit) => {
        const cart = kit.cart();
        // The workers are killed while they wait: whether 2Checkout made the lead, nobody here knows.
        await kit.sandbox.fault("addLead", "hang", 1);
        const lost = cart.save(cart.ready()).catch(() => null);
        await eventually(async () => assert.equal((await kit.sandbox.calls(cart)).length, 1));
        await site.kills();
        await lost;
        await site.startsBuiltIn();
        const again = new Kit({ endpoint: site.endpoint, sandbox: kit.sandbox });
        const headers = { "content-type": "application/json" };
        const body = { cart: cart.cart, key: cart.key, changes: at(cart.time(2), { "BillingDetails.City": "Turin" }) };
        assert.equal((await exchange(site.endpoint, { headers, body })).status, 202);
        assert.equal(await added(kit, cart), 0, "the lease of the killed worker is respected");
        await eventually(async () => {
          await again.cart().save({});
          assert.equal((await kit.sandbox.lead(cart))?.BillingDetails.City, "Turin");
        });
        assert.equal(await added(kit, cart), 1);
        const methods = (await demo.log()).map(({ method }) => method);
        assert.ok(methods.includes("searchLeads"), "it looked for the lead before it added another");
      }),
    );
  }
});

test(
  "the cron line delivers what is pending, without a visitor",
  withSite({}, async (site, kit) => {
    const cart = kit.cart();
    await kit.sandbox.fault("addLead", "unavailable_503", 1);
    assert.equal((await cart.save(cart.ready())).status, 202);
    assert.equal(await added(kit, cart), 0);
    await eventually(async () => {
      const { code, output } = await site.cron();
      assert.equal(code, 0, output);
      assert.match(output, /^leadkeep: \d+ carts delivered or tried\n/);
      assert.equal(await added(kit, cart), 1);
    });
  }),
);

describe("its limits", () => {
  test(
    "too many requests of one client get 429 and Retry-After",
    withSite({ rate_burst: 5, rate_per_minute: 6 }, async (site) => {
      const headers = { "content-type": "application/json" };
      const answers = [];
      for (let i = 0; i < 7; i++) answers.push(await exchange(site.endpoint, { headers, body: "{" }));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [400, 400, 400, 400, 400, 429, 429],
      );
      const wait = Number(answers.at(-1).headers["retry-after"]);
      assert.ok(wait >= 1 && wait <= 10, `${wait}`);
    }),
  );

  test(
    "a client begins so many carts, and goes on with those it has",
    withSite({ new_carts_in_10_minutes: 2 }, async (site, kit) => {
      const [one, two, three] = [kit.cart(), kit.cart(), kit.cart()];
      const post = ({ cart, key }) => {
        const body = { cart, key, changes: { "BillingDetails.City": { value: "Turin", at: Date.now() } } };
        return exchange(site.endpoint, { headers: { "content-type": "application/json" }, body });
      };
      const statuses = [];
      for (const cart of [one, two, three, one]) statuses.push((await post(cart)).status);
      assert.deepEqual(statuses, [202, 202, 429, 202]);
    }),
  );

  test(
    "one address gets so many leads a day, whatever follows its +",
    withSite({ leads_of_an_address_a_day: 2 }, async (site, kit) => {
      const carts = [kit.cart(), kit.cart(), kit.cart()];
      for (const [i, cart] of carts.entries()) {
        const email = at(cart.time(1), { "BillingDetails.Email": `Victim+${i}@example.com` });
        assert.ok((await cart.save({ ...cart.ready(), ...email })).status < 300);
      }
      await sleep(500);
      assert.deepEqual(await Promise.all(carts.map((cart) => added(kit, cart))), [1, 1, 0]);
    }),
  );
});

describe("what must not be served", () => {
  test(
    "a settings file inside the web root is refused, and the log says why",
    withSite({}, async (site) => {
      const inside = join(site.folder, "public", "leadkeep-settings.php");
      copyFileSync(join(site.folder, "leadkeep-settings.php"), inside);
      // A subfolder of the web root: the settings are looked for in the folders above.
      execFileSync("mkdir", ["-p", join(site.folder, "public", "shop")]);
      copyFileSync(join(root, "php", "leadkeep.php"), join(site.folder, "public", "shop", "leadkeep.php"));
      const answer = await fetch(`${site.origin}/shop/leadkeep.php/lead`, { method: "POST" });
      assert.equal(answer.status, 500);
      assert.equal((await answer.json()).code, "lead/internal");
      await eventually(async () => assert.match(site.output, /leadkeep-settings\.php lies inside the web root/));
    }),
  );

  test(
    "a database inside the web root is refused",
    withSite({}, async (site) => {
      site.configure({ store: `sqlite:${site.folder}/public/leads.sqlite` });
      const answer = await fetch(site.endpoint, { method: "POST" });
      assert.equal(answer.status, 500);
    }),
  );

  test(
    "a broken setting or database is the operator's matter: no answer holds a secret or a path",
    withSite({}, async (site) => {
      for (const broken of [
        { store: "sqlite:/nowhere/leads.sqlite" },
        { what: 1 },
        { api_url: "http://evil.example" },
      ]) {
        const before = readFileSync(join(site.folder, "leadkeep-settings.php"));
        site.configure(broken);
        const answer = await fetch(site.endpoint, {
          method: "POST",
          headers: { "content-type": "text/plain" },
          body: "{}",
        });
        assert.ok([500, 503].includes(answer.status));
        const text = await answer.text();
        assert.deepEqual(Object.keys(JSON.parse(text)), ["code", "message", "request_id"]);
        for (const secret of [SECRETS.secretKey, SECRETS.shopToken, site.folder, "nowhere"])
          assert.ok(!text.includes(secret));
        for (const name of Object.keys(broken)) if (!before.includes(name)) delete site.settings[name];
        writeFileSync(join(site.folder, "leadkeep-settings.php"), before);
        Object.assign(site.settings, {
          store: `sqlite:${site.folder}/leads.sqlite`,
          api_url: `${demo.origin}/sandbox`,
        });
      }
    }),
  );

  test(
    "the database holds no key of a cart, and nothing of the shopper once the cart is withdrawn",
    withSite({}, async (site, kit) => {
      const cart = kit.cart();
      const company = { "BillingDetails.Company": "Analytical Engines" };
      await cart.save({ ...cart.ready(), ...at(cart.time(1), company) });
      assert.equal((await cart.withdraw()).status, 200);
      const query = "SELECT * FROM leadkeep_carts";
      const code = `foreach ((new PDO("sqlite:${site.folder}/leads.sqlite"))->query("${query}") as $row) echo json_encode($row);`;
      const rows = () => execFileSync(which("php"), ["-r", code], { encoding: "utf8" });
      await eventually(async () => {
        await kit.cart().save({});
        const text = rows();
        assert.match(text, /withdrawn/);
        for (const typed of [cart.key, cart.email, "Analytical"]) assert.ok(!text.includes(typed));
      });
    }),
  );
});
