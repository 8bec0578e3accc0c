// Database servers of the tests' own: in a temporary folder, on a free port of loopback, gone with the tests.

import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getuid } from "node:process";

import { which } from "../../../scripts/lib/run.mjs";
import { freePort } from "../../e2e/support/engines/process.mjs";
import { until } from "../../e2e/support/wait.mjs";

const running = new Set();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A program that runs until it is ended. Gives `{ child, output, end }`. */
export function program(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  running.add(child);
  const told = { child, output: "", failed: null };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (told.output += chunk));
  child.once("error", (error) => (told.failed = error));
  child.once("exit", () => running.delete(child));
  told.end = async (signal = "SIGTERM") => {
    if (!running.has(child)) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await gone;
  };
  return told;
}

/** Both servers refuse root, so root becomes an ordinary user for them. */
function ordinaryUser(folder) {
  if (getuid() !== 0) return {};
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  const line = ["postgres", "nobody"].map((name) => users.find((user) => user.startsWith(`${name}:`))).find(Boolean);
  const [, , uid, gid] = line.split(":");
  const ids = { uid: Number(uid), gid: Number(gid) };
  chownSync(folder, ids.uid, ids.gid);
  return ids;
}

/** Starts a server in a folder of its own and waits for `ready`. Gives `{ port, folder, end }`. */
async function server(name, prepare, command, ready) {
  const folder = mkdtempSync(join(tmpdir(), `leadkeep-${name}-`));
  const options = { cwd: folder, ...ordinaryUser(folder) };
  const [maker, ...args] = prepare(folder);
  execFileSync(maker, args, { ...options, stdio: "pipe" });
  const port = await freePort();
  const [path, ...settings] = command(folder, port);
  const told = program(path, settings, options);
  await until(`${name}: ${told.output}`, () => {
    if (told.failed || told.child.exitCode !== null) throw new Error(`${name} ended: ${told.output}`);
    return told.output.includes(ready);
  });
  const end = async () => {
    await told.end(name === "postgres" ? "SIGINT" : "SIGTERM");
    rmSync(folder, { force: true, recursive: true });
  };
  return { port, folder, end };
}

/** PostgreSQL. Gives `{ url, end }`. */
export async function postgres() {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => b - a) : [];
  const places = [process.env.POSTGRES_BIN ?? "", ...versions.map((version) => join(debian, version, "bin"))];
  const bin = (name) => places.map((place) => join(place, name)).find(existsSync) ?? which(name);
  const init = ["--auth=trust", "--username=leadkeep", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"];
  const { port, end } = await server(
    "postgres",
    (folder) => [bin("initdb"), ...init, join(folder, "data")],
    (folder, port) => [bin("postgres"), "-D", join(folder, "data"), "-p", `${port}`, "-h", "127.0.0.1", "-k", folder],
    "ready to accept connections",
  );
  return { url: `postgres://leadkeep@127.0.0.1:${port}/postgres?sslmode=disable`, end };
}

/** MariaDB. Gives `{ dsn, user, end }`, with an empty database `leadkeep`; the user needs no password. */
export async function mariadb() {
  const init = ["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"];
  const network = ["--bind-address=127.0.0.1", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"];
  const { port, folder, end } = await server(
    "mariadb",
    (folder) => [which("mariadb-install-db"), ...init, `--datadir=${join(folder, "data")}`],
    (folder, port) => [
      which("mariadbd") ?? "/usr/sbin/mariadbd",
      "--no-defaults",
      `--datadir=${join(folder, "data")}`,
      `--socket=${join(folder, "socket")}`,
      `--port=${port}`,
      ...network,
    ],
    "ready for connections",
  );
  const statement = "CREATE DATABASE leadkeep CHARACTER SET utf8mb4";
  execFileSync(which("mariadb"), ["--no-defaults", `--socket=${join(folder, "socket")}`, "-uroot", "-e", statement]);
  return { dsn: `mysql:host=127.0.0.1;port=${port};dbname=leadkeep;charset=utf8mb4`, user: "root", end };
}
