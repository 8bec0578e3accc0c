// What only the system's package manager has: a C linker for host programs, a browser and a database for tests.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { getuid } from "node:process";

import { collect, quietly, Refusal, which } from "../lib/run.mjs";

/** A C compiler: rustc links with it, and SQLite and TLS are compiled by it. */
export async function linker() {
  if (which("cc")) return;
  await install(["build-essential", "pkg-config"], "rustc links programs with it");
}

/** Chromium and its driver; their paths are in CHROMIUM and CHROMEDRIVER afterwards. */
export async function chromium() {
  if (found()) return;
  await install(["chromium", "chromium-driver"], "the tests open pages in it");
  if (!found())
    throw new Refusal("Chromium is missing still: set CHROMIUM and CHROMEDRIVER to the paths of both programs");
}

/** PostgreSQL's server. The tests start one of their own, in a temporary folder on a free port, and stop it again. */
export async function postgres() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : [];
  const places = [process.env.POSTGRES_BIN ?? "", ...versions];
  if (which("initdb") || places.some((bin) => existsSync(join(bin, "initdb")))) return;
  await install(["postgresql"], "the tests of several proxies start a server of their own");
}

/** PHP with what the endpoint in PHP is served by and keeps its leads in; the tests start each in a temporary folder. */
export async function php() {
  const has = (...places) => places.some((place) => which(place) || existsSync(join("/usr/sbin", place)));
  const fpm = existsSync("/usr/sbin") && readdirSync("/usr/sbin").some((name) => name.startsWith("php-fpm"));
  if (fpm && ["php", "phpcs", "nginx", "mariadbd"].every((name) => has(name))) return;
  const php = ["php-cli", "php-curl", "php-fpm", "php-mysql", "php-sqlite3", "php-codesniffer"];
  await install(
    [...php, "nginx-light", "mariadb-server-core", "mariadb-client-core"],
    "the tests serve the endpoint in PHP as hosting does, with a MariaDB of their own",
  );
}

/** What a release is made and looked at with. */
export async function release() {
  if (["musl-gcc", "readelf", "dpkg-deb", "systemd-analyze"].every(which)) return;
  await install(["musl-tools", "binutils", "dpkg", "systemd"], "the release is static, and has a unit of systemd");
}

/** Firefox; its path is in FIREFOX afterwards. */
export async function firefox() {
  const found = () => {
    process.env.FIREFOX ||= which("firefox-esr") ?? which("firefox") ?? "";
    return existsSync(process.env.FIREFOX);
  };
  if (found()) return;
  await install(["firefox-esr"], "the tests open pages in it");
  if (!found()) throw new Refusal("Firefox is missing still: set FIREFOX to the path of the program");
}

/** WebKitGTK's browser and its driver, and the screen that this browser needs. */
export async function webkit() {
  if (which("WebKitWebDriver") && which("Xvfb")) return;
  await install(["webkit2gtk-driver", "xvfb"], "the tests open pages in WebKit, on a screen that nobody sees");
}

/** What the environment names comes first, also where PATH has another one. */
function found() {
  const { env } = process;
  env.CHROMIUM ||= which("chromium") ?? which("chromium-browser") ?? which("google-chrome") ?? "";
  env.CHROMEDRIVER ||= which("chromedriver") ?? "";
  return existsSync(env.CHROMIUM) && existsSync(env.CHROMEDRIVER);
}

async function install(names, why) {
  const command = `apt-get install ${names.join(" ")}`;
  const root = getuid() === 0;
  if (!which("apt-get") || !(root || (which("sudo") && (await collect("sudo", ["-n", "true"])).code === 0))) {
    throw new Refusal(
      `${names[0]} is missing: ${why}. Install it, on Debian with \`sudo ${command}\`, and run this again`,
    );
  }
  console.log(`installing ${names.join(" and ")}: ${why} (about 1 minute)`);
  const [program, ...before] = root ? ["env"] : ["sudo", "-n", "env"];
  const apt = (...args) => quietly(program, [...before, "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args]);
  await apt("update");
  await apt("install", "-y", ...names);
}
