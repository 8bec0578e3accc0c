// What only the system's package manager has: a C linker for host programs, a browser for tests.

import { existsSync } from "node:fs";
import { getuid } from "node:process";

import { collect, quietly, Refusal, which } from "../lib/run.mjs";

/** A C compiler: rustc links with it, and SQLite and TLS are compiled by it. */
export async function linker() {
  if (which("cc")) return;
  await install(["build-essential", "pkg-config"], "rustc links programs with it (about 1 minute)");
}

/** Chromium and its driver; their paths are in CHROMIUM and CHROMEDRIVER afterwards. */
export async function chromium() {
  process.env.CHROMIUM ||= browser() ?? "";
  process.env.CHROMEDRIVER ||= which("chromedriver") ?? "";
  if (existsSync(process.env.CHROMIUM) && existsSync(process.env.CHROMEDRIVER)) return;
  await install(["chromium", "chromium-driver"], "the tests open pages in it (about 1 minute)");
  process.env.CHROMIUM = browser() ?? "";
  process.env.CHROMEDRIVER = which("chromedriver") ?? "";
}

const browser = () => which("chromium") ?? which("chromium-browser") ?? which("google-chrome");

async function install(names, why) {
  const command = `apt-get install ${names.join(" ")}`;
  const root = getuid() === 0;
  if (!which("apt-get") || !(root || (which("sudo") && (await collect("sudo", ["-n", "true"])).code === 0))) {
    throw new Refusal(
      `${names[0]} is missing: ${why}. Install it, on Debian with \`sudo ${command}\`, and run this again`,
    );
  }
  console.log(`installing ${names.join(" and ")}: ${why}`);
  const [program, ...before] = root ? ["env"] : ["sudo", "-n", "env"];
  const apt = (...args) => quietly(program, [...before, "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args]);
  await apt("update");
  await apt("install", "-y", ...names);
}
