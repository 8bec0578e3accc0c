// The programs an engine needs beside itself: its driver, and for some a screen. What was started is ended with the test.

import { spawn } from "node:child_process";
import { createServer } from "node:net";

const running = new Set();
process.once("exit", () => running.forEach((child) => child.kill()));

function start(program, args, { env, stdio }) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio });
  running.add(child);
  const failed = new Promise((_, fail) => {
    child.once("error", (error) => fail(new Error(`${program} could not be started: ${error.message}`)));
    child.once("exit", (code) => {
      running.delete(child);
      fail(new Error(`${program} ended with code ${code}`));
    });
  });
  failed.catch(() => {});
  const end = async () => {
    if (!running.has(child)) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill();
    await gone;
  };
  return { child, failed, end };
}

/** A program that answers over HTTP on the port it was told. Gives `{ failed, end }`; `failed` rejects when it ends. */
export function command(program, args, env = {}) {
  const { failed, end } = start(program, args, { env, stdio: "ignore" });
  return { failed, end };
}

/** A screen that nobody sees. It chooses its own number, so that any number of them start at once. */
export async function display() {
  const args = ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"];
  const { child, failed, end } = start("Xvfb", args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = new Promise((told) => child.stdio[3].once("data", (data) => told(String(data).trim())));
  return { name: `:${await Promise.race([number, failed])}`, end };
}

/** A port nobody listens on at this moment. */
export async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
