// The proxy as an operator runs it, before the demo's stand-in for 2Checkout; and posts to it by way of a reverse proxy.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { buildProxy } from "../../scripts/proxy.mjs";

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Starts the demo, for its sandbox, and `serve` with these settings before it. */
export async function start(settings = {}) {
  const binary = process.env.LEADKEEP_TEST_PROXY ?? (await buildProxy());
  const folder = mkdtempSync(join(tmpdir(), "leadkeep-strangers-"));
  mkdirSync(join(folder, "www"));
  const demo = spawn(binary, ["demo", "--www", join(folder, "www"), "--data", join(folder, "demo"), "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: {},
  });
  const sandbox = await line(demo.stdout, (text) => text.match(/^ready: (\S+?)\/?$/)?.[1]);
  const proxy = spawn(
    binary,
    ["serve", "--port", "0", "--operator-listen", "127.0.0.1:0", "--store", join(folder, "leads.sqlite")],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        LEADKEEP_MERCHANT_CODE: "SANDBOX",
        LEADKEEP_SECRET_KEY: "sandbox-secret",
        LEADKEEP_API_URL: `${sandbox}/sandbox`,
        LEADKEEP_CLIENT_IP_HEADER: "x-real-ip",
        ...settings,
      },
    },
  );
  const warnings = [];
  const ready = await line(proxy.stderr, (text) => {
    const entry = JSON.parse(text);
    if (entry.level !== "INFO") warnings.push(entry);
    return entry.message === "ready" ? entry : undefined;
  });
  return {
    origin: `http://${ready.address}`,
    operators: `http://${ready.operators}`,
    warnings,
    leads: async () => (await fetch(`${sandbox}/sandbox/leads`)).json(),
    stop() {
      proxy.kill("SIGKILL");
      demo.kill("SIGKILL");
      agent.destroy();
      rmSync(folder, { force: true, recursive: true });
    },
  };
}

/** The first line of which `find` makes something; what follows is read on. */
function line(stream, find) {
  return new Promise((found, failed) => {
    const lines = createInterface({ input: stream });
    lines.on("line", (text) => {
      const what = find(text);
      if (what !== undefined) found(what);
    });
    lines.on("close", () => failed(new Error("the program has ended")));
  });
}

/** A post from a client of this address. */
export function post(url, client, body, headers = {}) {
  return new Promise((done, failed) => {
    const began = performance.now();
    const sent = request(
      url,
      {
        method: "POST",
        agent,
        headers: { "content-type": "application/json", "x-real-ip": client, ...headers },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part) => (text += part));
        response.on("end", () => done({ status: response.statusCode, text, ms: performance.now() - began }));
      },
    );
    sent.on("error", failed);
    sent.end(body);
  });
}

/** Runs tasks, so many at once. */
export async function pool(tasks, atOnce) {
  const rest = tasks.values();
  const work = async () => {
    for (const task of rest) await task();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Chance from a seed (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How often each status came. */
export function count(statuses) {
  const counts = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
