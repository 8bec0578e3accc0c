// Storage that is hostile, and clocks that are wrong: never an error into the page, never more than one lead in the life of
// a page, never beyond the budget. In every engine.

import assert from "node:assert/strict";

import { onEachEngine } from "./support/engine-stage.mjs";
import { checkout, ELSEWHERE } from "./support/fixture.mjs";
import { holdsBilling, isOneLead } from "./support/oracle.mjs";
import { aWhile, until } from "./support/wait.mjs";

const DAY_MS = 86_400_000;

/** A page whose storage or clock was meddled with before anything of leadkeep runs. */
const meddled = (work, options = {}) => checkout(options).replace("<head>", `<head><script>(${work})()</script>`);

const BLOCKED = {
  "whose getter throws": () =>
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    }),
  "that is null": () => Object.defineProperty(window, "localStorage", { value: null }),
  "whose setItem throws": () => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  },
  "whose getItem throws": () => {
    Storage.prototype.getItem = () => {
      throw new DOMException("denied", "SecurityError");
    };
  },
  "that is full": () => {
    // Down to the last character, by halves.
    for (let size = 1 << 22, n = 0; size >= 1;) {
      try {
        localStorage.setItem(`other-${n++}`, "x".repeat(size));
      } catch {
        size >>= 1;
      }
    }
  },
};

const RECORD = {
  v: 1,
  cart: "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10",
  key: "00112233445566778899aabbccddeeff",
  exp: Date.now() + DAY_MS,
  newest: 1,
};
const UNUSABLE = {
  text: "not JSON",
  "a number": "42",
  null: "null",
  "half a record": JSON.stringify(RECORD).slice(0, 60),
  "an older version": JSON.stringify({ ...RECORD, v: 0 }),
  "a newer version": JSON.stringify({ ...RECORD, v: 2 }),
  "another script's": JSON.stringify({ leads: [1, 2, 3] }),
  "an id that is none": JSON.stringify({ ...RECORD, cart: "<script>" }),
  expired: JSON.stringify({ ...RECORD, exp: 1 }),
  "5 MB of text": null,
};

/** Two edits and their saves; whatever storage does, they are one lead. */
async function savesTwice(visitor) {
  await visitor.tab.types("#email", "ada@example.com");
  await holdsBilling(visitor.demo, { Email: "ada@example.com" });
  await visitor.reaches("saved");
  await visitor.tab.types("#city", "Turin");
  await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin" });
  await visitor.reaches("saved");
  await isOneLead(visitor.demo);
}

async function isWithinBudget(visitor) {
  const bytes = Buffer.byteLength(await visitor.recordText());
  assert.ok(bytes > 0 && bytes <= 1_024, `${bytes} bytes`);
}

onEachEngine(({ scenario }) => {
  for (const [how, work] of Object.entries(BLOCKED)) {
    scenario(`storage ${how}: one lead, as long as the page lives, and one line in the console`, async (visitor) => {
      const line = "error: leadkeep: localStorage is not available, so the lead ends with this page";
      visitor.excuse({ test: (said) => said === line });
      await visitor.opens(meddled(work));
      await savesTwice(visitor);
      const lines = visitor.site.said.filter((said) => said === line);
      assert.ok(lines.length <= 1, "said once at most");
    });
  }

  for (const [what, text] of Object.entries(UNUSABLE)) {
    scenario(`a record that is ${what} is ignored, and its place taken`, async (visitor) => {
      visitor.site.serves({ "/elsewhere": ELSEWHERE });
      await visitor.goesTo("/elsewhere");
      await visitor.tab.runs((text) => {
        localStorage.setItem("leadkeep", text ?? "x".repeat(5_000_000));
      }, text);
      await visitor.opens(checkout());
      await savesTwice(visitor);
      await isWithinBudget(visitor);
    });
  }

  scenario(
    "another tab clears storage while the shopper types: one lead, and the record is there again",
    async (visitor) => {
      await visitor.opens(checkout());
      await visitor.tab.types("#email", "ada@example.com");
      await holdsBilling(visitor.demo, { Email: "ada@example.com" });
      visitor.site.serves({ "/elsewhere": ELSEWHERE });
      const other = await visitor.opensTab("/elsewhere");
      await other.runs(() => localStorage.clear());
      await visitor.tab.types("#city", "Turin");
      await other.runs(() => localStorage.removeItem("leadkeep"));
      await visitor.tab.types("#zip", "10123");
      await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin", Zip: "10123" });
      await isOneLead(visitor.demo);
      await until("the record", async () => (await visitor.recordText()) !== "");
      await isWithinBudget(visitor);
    },
  );

  scenario("another tab damages the record while the shopper types: one lead", async (visitor) => {
    visitor.site.serves({ "/elsewhere": ELSEWHERE });
    await visitor.opens(checkout());
    await visitor.tab.types("#email", "ada@example.com");
    await holdsBilling(visitor.demo, { Email: "ada@example.com" });
    const other = await visitor.opensTab("/elsewhere");
    for (const [i, damage] of ["{", '{"v":1}', '{"v":9,"cart":"x"}'].entries()) {
      await other.runs((damage) => localStorage.setItem("leadkeep", damage), damage);
      await visitor.tab.types("#city", `Turin ${i}`);
      await holdsBilling(visitor.demo, { Email: "ada@example.com", City: `Turin ${i}` });
    }
    await isOneLead(visitor.demo);
    await isWithinBudget(visitor);
  });

  for (const [way, jump] of Object.entries({ ahead: DAY_MS, back: -DAY_MS })) {
    scenario(`the clock jumps a day ${way} while the shopper types: the newest counts, one lead`, async (visitor) => {
      const clock = () => {
        const right = Date.now;
        window.jump = 0;
        Date.now = () => right() + window.jump;
      };
      await visitor.opens(meddled(clock));
      await visitor.tab.fills({ "#email": "ada@example.com", "#city": "Turin" });
      await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Turin" });
      await visitor.tab.runs((jump) => (window.jump = jump), jump);
      await visitor.tab.types("#city", "Milan");
      await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Milan" });
      await visitor.tab.runs(() => (window.jump = 0));
      await visitor.tab.types("#city", "Genoa");
      await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Genoa" });
      // The next page's clock is right again.
      await visitor.tab.reloads();
      await visitor.tab.types("#city", "Rome");
      await holdsBilling(visitor.demo, { Email: "ada@example.com", City: "Rome" });
      await visitor.reaches("saved");
      await aWhile();
      await isOneLead(visitor.demo);
      await isWithinBudget(visitor);
    });
  }
});
