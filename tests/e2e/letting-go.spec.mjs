// The component lets go: of every listener, timer, observer and request; and however often it comes onto a page, it is
// there once. In every engine.

import assert from "node:assert/strict";

import { onEachEngine } from "./support/engine-stage.mjs";
import { checkout, html, OPTIONS, scriptTag } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { aWhile, eventually, sleep, until } from "./support/wait.mjs";

/** Counts what the page holds from here on, again and again: `window.held`. */
const SPY = `<script>(() => {
  const listeners = [], timers = new Set(), observers = new Set();
  let requests = 0;
  const same = (a, b) => a.every((part, i) => part === b[i]);
  const capture = (options) => Boolean(options?.capture ?? options);
  const proto = EventTarget.prototype;
  const { addEventListener, removeEventListener } = proto;
  proto.addEventListener = function (name, handler, options) {
    const entry = [this ?? window, name, handler, capture(options)];
    // Those of a request's own AbortSignal go with it.
    if (handler && !(this instanceof AbortSignal) && !listeners.some((known) => same(known, entry))) listeners.push(entry);
    return addEventListener.call(this, name, handler, options);
  };
  proto.removeEventListener = function (name, handler, options) {
    const entry = [this ?? window, name, handler, capture(options)];
    const at = listeners.findIndex((known) => same(known, entry));
    if (at >= 0) listeners.splice(at, 1);
    return removeEventListener.call(this, name, handler, options);
  };
  const { setTimeout, clearTimeout, setInterval, clearInterval, fetch } = window;
  window.setTimeout = (work, ms, ...rest) => {
    const id = setTimeout(() => (timers.delete(id), work(...rest)), ms);
    timers.add(id);
    return id;
  };
  window.clearTimeout = (id) => (timers.delete(id), clearTimeout(id));
  window.setInterval = (...given) => {
    const id = setInterval(...given);
    timers.add(id);
    return id;
  };
  window.clearInterval = (id) => (timers.delete(id), clearInterval(id));
  const { observe, disconnect } = MutationObserver.prototype;
  MutationObserver.prototype.observe = function (...given) {
    observers.add(this);
    return observe.apply(this, given);
  };
  MutationObserver.prototype.disconnect = function () {
    observers.delete(this);
    return disconnect.call(this);
  };
  window.fetch = (...given) => {
    requests += 1;
    return fetch(...given).finally(() => (requests -= 1));
  };
  // Not when asked: WebKit's driver sets a timer of its own in the page for as long as a script of it runs.
  setInterval(() => (window.held = {
    listeners: listeners.map(([target, name]) => (target.localName ?? target.constructor.name) + " " + name),
    timers: timers.size,
    observers: observers.size,
    requests,
  }), 20);
})()</script>`;

const NOTHING = { listeners: [], timers: 0, observers: 0, requests: 0 };
const watched = (page) => page.replace("<head>", `<head>${SPY}`);
const held = async ({ tab }) => (await sleep(100), tab.shows(() => window.held));
const stops = ({ tab }) => tab.runs(() => window.leadkeep.stop());

onEachEngine(({ scenario }) => {
  scenario("stop() after a save holds nothing any more", async (visitor) => {
    await visitor.opens(watched(checkout({ consent: "ask" })));
    await visitor.loads();
    await visitor.tab.runs(() => window.leadkeep.consent(true));
    await visitor.tab.fills({ "#email": "ada@example.com", "#city": "Turin" });
    await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin" });
    await visitor.reaches("saved");
    const before = await held(visitor);
    assert.ok(before.listeners.length > 8 && before.observers > 0, "the spy sees what is held");
    await stops(visitor);
    assert.deepEqual(await held(visitor), NOTHING);
    await visitor.tab.types("#city", "Rome");
    await aWhile();
    assert.deepEqual(await held(visitor), NOTHING, "and takes up nothing again");
  });

  scenario("stop() while a form is waited for, and while the module loads, holds nothing any more", async (visitor) => {
    await visitor.opens(watched(html({ head: scriptTag(), form: '<div id="app"></div>' })));
    await visitor.loads();
    await stops(visitor);
    assert.deepEqual(await held(visitor), NOTHING);
    await visitor.opens(watched(checkout()));
    await until("leadkeep on the page", () => visitor.tab.shows(() => Boolean(window.leadkeep)));
    await visitor.tab.runs(() => {
      void window.leadkeep.load();
      return window.leadkeep.stop();
    });
    await eventually(async () => assert.deepEqual(await held(visitor), NOTHING));
  });

  scenario("stop() before anything was loaded holds nothing any more", async (visitor) => {
    await visitor.opens(watched(checkout()));
    await until("leadkeep on the page", () => visitor.tab.shows(() => Boolean(window.leadkeep)));
    assert.ok((await held(visitor)).listeners.length > 0);
    await stops(visitor);
    assert.deepEqual(await held(visitor), NOTHING);
  });

  scenario(
    "stop() sends what is unsent, waits for what is under way, and then holds and keeps nothing",
    async (visitor) => {
      const { demo, site, tab } = visitor;
      await visitor.opens(watched(checkout({ quietMs: 5_000, maxWaitMs: 9_000 })));
      await tab.types("#email", "ada@example.com");
      await visitor.flushes();
      await tab.types("#city", "Turin");
      site.meets({ after: 1_000 }, null);
      await stops(visitor);
      assert.deepEqual(await held(visitor), NOTHING);
      await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
      assert.ok(!(await visitor.recordText()).includes("Turin"), "what was delivered is not kept");
      assert.equal((await visitor.status()).state, "off");
      await isOneLead(demo);
    },
  );

  scenario("stop() while the proxy does not answer keeps what is unsent for the next start()", async (visitor) => {
    const { demo, site, tab } = visitor;
    visitor.excuseFailedRequests();
    const start = `<script type="module">
      import { start } from "/npm/index.js";
      window.again = () => start(${JSON.stringify({ ...OPTIONS, form: "#checkout" })});
      window.again();
    </script>`;
    await visitor.opens(watched(html({ head: start })));
    await tab.types("#email", "ada@example.com");
    await holdsBilling(demo, { Email: "ada@example.com" });
    site.meets({ before: "drop" });
    await tab.types("#city", "Turin");
    await stops(visitor);
    assert.deepEqual(await held(visitor), NOTHING, "no further attempt");
    const attempts = site.posts.length;
    await aWhile(1_500);
    assert.equal(site.posts.length, attempts);
    site.meets(null);
    await tab.runs(() => void window.again());
    await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
    await isOneLead(demo);
  });

  scenario(
    "stop() and start() in one breath, as hot-module reload does it, is a new capture of the same cart",
    async (visitor) => {
      const { demo, site, tab } = visitor;
      const start = `<script type="module">
      import { start } from "/npm/index.js?v=1";
      start(${JSON.stringify(OPTIONS)});
      window.again = async (version) => {
        const { start } = await import("/npm/index.js?v=" + version);
        const former = window.leadkeep;
        void former.stop();
        return start(${JSON.stringify(OPTIONS)}) !== former;
      };
    </script>`;
      await visitor.opens(watched(html({ head: start })));
      await tab.types("#email", "ada@example.com");
      await visitor.reaches("saved");
      const once = (await held(visitor)).listeners.sort();
      for (const version of [2, 3, 4]) {
        assert.ok(await tab.runs((version) => window.again(version), version), "a new one");
        await tab.types("#city", `Turin ${version}`);
        await holdsBilling(demo, { Email: "ada@example.com", City: `Turin ${version}` });
        await visitor.reaches("saved");
      }
      assert.deepEqual((await held(visitor)).listeners.sort(), once, "one set of listeners");
      await aWhile();
      await isOneLead(demo);
      assert.equal(new Set(site.posts.map(({ cart }) => cart)).size, 1, "one cart");
    },
  );

  scenario(
    "the tag twice, the npm package beside it and again under another address are one capture",
    async (visitor) => {
      const { demo, site, tab } = visitor;
      const tag = scriptTag();
      await visitor.opens(watched(html({ head: tag })));
      await tab.types("#email", "ada@example.com");
      await visitor.reaches("saved");
      const once = (await held(visitor)).listeners.sort();
      const npm = [scriptTag({}, "leadkeep/auto"), scriptTag({}, "start()")];
      const reloaded = scriptTag({}, "start()").replace("/npm/index.js", "/npm/index.js?v=2");
      await visitor.opens(watched(html({ head: [tag, tag, ...npm, reloaded].join("") })));
      await visitor.loads();
      await tab.types("#city", "Turin");
      await holdsBilling(demo, { Email: "ada@example.com", City: "Turin" });
      await visitor.reaches("saved");
      const before = site.posts.length;
      await tab.types("#zip", "10123");
      await holdsBilling(demo, { Email: "ada@example.com", City: "Turin", Zip: "10123" });
      await visitor.reaches("saved");
      assert.deepEqual((await held(visitor)).listeners.sort(), once, "one set of listeners");
      assert.equal(site.posts.length - before, 1, "one capture sends");
      await isOneLead(demo);
    },
  );
});
