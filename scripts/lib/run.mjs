// Other programs: found, run, and stopped when this one is.

import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import { root } from "./paths.mjs";

const running = new Set();

/** Stops with a plain line instead of a stack trace: the reader did nothing wrong that a trace would explain. */
export class Refusal extends Error {}

/** Runs a script's `main`, and says in one line why it could not go on. */
export async function script(main) {
  for (const [signal, code] of Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 })) {
    process.on(signal, () => {
      // Who is running a child on purpose until a signal comes (start, dev) exits with the child's code instead.
      if ([...running].some((child) => child.keepsCode)) return;
      for (const child of running) child.kill(signal);
      process.exit(code);
    });
  }
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof Refusal ? `leadkeep: ${error.message}` : error);
    process.exit(1);
  }
}

/** The full path of a command, or null. */
export function which(command) {
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return join(folder, command);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/**
 * Runs a command in the repository and gives `{ code, output }`; never rejects, a command that is not there has code
 * 127. `live` shows the output as it comes.
 */
export function collect(command, args = [], { cwd = root, env = {}, live = false } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, env: merged(env), stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let output = "";
    const keep = (stream) => (chunk) => {
      output += chunk;
      if (live) stream.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", keep(process.stdout));
    child.stderr.setEncoding("utf8").on("data", keep(process.stderr));
    child.on("error", (error) => done({ code: 127, output: error.message }));
    child.on("close", (code, signal) => {
      running.delete(child);
      done({ code: code ?? 1, output: signal ? `${output}\nended by ${signal}` : output });
    });
  });
}

/** Runs a command whose output is only of interest when it fails; gives the output. */
export async function quietly(command, args, options) {
  const { code, output } = await collect(command, args, options);
  if (code !== 0) throw new Refusal(`${[command, ...args].join(" ")} ended with code ${code}:\n${output.trim()}`);
  return output;
}

/** Runs a command that people want to watch. */
export async function visibly(command, args, options) {
  const { code } = await collect(command, args, { ...options, live: true });
  if (code !== 0) throw new Refusal(`${[command, ...args].join(" ")} ended with code ${code}`);
}

/**
 * Starts a command that runs until it is told to stop. Signals reach it once, from here: it has a process group of its
 * own, so that Ctrl-C in a terminal is not delivered twice. Gives `{ child, ended }`; `ended` is the code to exit with.
 */
export function serve(command, args, { env = {}, stdout = "inherit" } = {}) {
  const child = spawn(command, args, {
    cwd: root,
    detached: true,
    env: merged(env),
    stdio: ["ignore", stdout, "inherit"],
  });
  child.keepsCode = true;
  running.add(child);
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  const ended = new Promise((done, failed) => {
    child.on("error", failed);
    child.on("exit", (code, signal) => {
      running.delete(child);
      done(code ?? { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal] ?? 1);
    });
  });
  return { child, ended };
}

/** This process's environment with changes; `undefined` takes a variable away. */
function merged(changes) {
  return Object.fromEntries(Object.entries({ ...process.env, ...changes }).filter(([, value]) => value !== undefined));
}
