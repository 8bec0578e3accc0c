// What is released: the static program, the package for Debian and the image, each made and tried on this machine.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

import { root, target } from "../../scripts/lib/paths.mjs";
import { layOut } from "../../scripts/release/image.mjs";

const TARGET = "x86_64-unknown-linux-musl";
const binary = process.env.LEADKEEP_TEST_STATIC || join(target, TARGET, "smoke", "leadkeep-proxy");
const home = mkdtempSync(join(tmpdir(), "leadkeep-release-"));
const running = [];
after(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(home, { force: true, recursive: true });
});

const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LEADKEEP_")));
const credentials = { LEADKEEP_MERCHANT_CODE: "SANDBOX", LEADKEEP_SECRET_KEY: "sandbox-secret" };
const run = (args, settings = {}, program = [binary]) => {
  const [command, ...before] = program;
  const { status, stdout, stderr } = spawnSync(command, [...before, ...args], {
    env: { ...env, ...settings },
    encoding: "utf8",
  });
  return { status, text: stdout + stderr };
};

/** Starts a program and gives what stands after `mark` in the first line that has it. */
async function start(program, args, settings, stream, mark) {
  const child = spawn(program[0], [...program.slice(1), ...args], { env: { ...env, ...settings } });
  running.push(child);
  let said = "";
  return new Promise((found, failed) => {
    child.on("exit", () => failed(new Error(said)));
    for (const name of ["stdout", "stderr"]) {
      createInterface(child[name]).on("line", (line) => {
        said += `${line}\n`;
        const [, value] = (name === stream && line.match(mark)) || [];
        if (value) found(value);
      });
    }
  });
}

let sandbox;
before(async () => {
  const www = join(home, "www");
  mkdirSync(www);
  execFileSync("sh", ["-c", 'echo "<!doctype html><title>Shop</title>" > index.html'], { cwd: www });
  sandbox = await start([binary], ["demo", "--www", www, "--port", "0"], {}, "stdout", /^ready: (http:.*)\/$/);
});

const serve = (program, settings) =>
  start(
    program,
    ["serve", "--port", "0"],
    { ...credentials, LEADKEEP_API_URL: `${sandbox}/sandbox`, ...settings },
    "stderr",
    /"message":"ready","address":"([^"]+)"/,
  );

async function keepsALead(address) {
  const at = Date.now();
  const changes = {
    "BillingDetails.Email": { value: "ada@example.com", at },
    Items: { value: [{ Code: "BRV-GROTESK", Quantity: 1 }], at },
    Currency: { value: "EUR", at },
  };
  const body = JSON.stringify({ cart: crypto.randomUUID(), key: crypto.randomUUID(), changes });
  const answer = await fetch(`http://${address}/api/lead`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  assert.equal((await answer.json()).state, "saved");
}

test("the program is static: it needs nothing of the system that it runs on", () => {
  const headers = execFileSync("readelf", ["--program-headers", "--dynamic", binary], { encoding: "utf8" });
  assert.doesNotMatch(headers, /INTERP|NEEDED/);
});

test("it keeps a lead, serves the widget and says that it is well", async () => {
  const operators = "127.0.0.1:18788";
  const store = join(home, "leads.sqlite");
  const address = await serve([binary], { LEADKEEP_OPERATOR_LISTEN: operators, LEADKEEP_STORE: store });
  await keepsALead(address);
  for (const name of ["leadkeep.js", "leadkeep_widget_bg.wasm"]) {
    const answer = await fetch(`http://${address}/${name}`, { headers: { "accept-encoding": "br" } });
    assert.deepEqual([answer.status, answer.headers.get("content-encoding")], [200, "br"], name);
  }
  const healthy = run(["health"], { LEADKEEP_OPERATOR_LISTEN: operators });
  assert.deepEqual([healthy.status, healthy.text], [0, `ok: the proxy at ${operators} keeps changes\n`]);
  const nobody = run(["health"], { LEADKEEP_OPERATOR_LISTEN: "127.0.0.1:1" });
  assert.equal(nobody.status, 1);
  assert.match(nobody.text, /^leadkeep-proxy: no proxy answers at 127\.0\.0\.1:1: /);
});

test("the package for Debian holds the program and a unit that is whole and shut in", () => {
  const out = join(home, "deb");
  mkdirSync(out);
  execFileSync(
    "cargo",
    [
      "deb",
      "--no-build",
      "--no-strip",
      "--fast",
      "--profile",
      "smoke",
      "--package",
      "leadkeep-proxy",
      "--target",
      TARGET,
      "--output",
      out,
    ],
    {
      cwd: root,
      env: { ...process.env, CARGO_TARGET_DIR: target },
      stdio: "pipe",
    },
  );
  const [name] = readdirSync(out);
  const files = join(home, "installed");
  execFileSync("dpkg-deb", ["--extract", join(out, name), files]);
  const unit = readdirSync(join(files, "usr/lib/systemd/system"));
  assert.deepEqual(unit, ["leadkeep-proxy.service"]);
  assert.equal(statSync(join(files, "usr/bin/leadkeep-proxy")).mode & 0o777, 0o755);
  assert.equal(statSync(join(files, "etc/leadkeep/proxy.env")).mode & 0o777, 0o640);
  assert.match(
    execFileSync("dpkg-deb", ["--ctrl-tarfile", join(out, name)]).toString("latin1"),
    /\/etc\/leadkeep\/proxy\.env/,
  );
  // The unit, with the program where it was unpacked to.
  const path = join(home, "leadkeep-proxy.service");
  const text = readFileSync(join(files, "usr/lib/systemd/system/leadkeep-proxy.service"), "utf8");
  writeFileSync(path, text.replace("ExecStart=/usr/bin", `ExecStart=${files}/usr/bin`));
  const verified = run(["verify", "--man=no", path], {}, ["systemd-analyze"]);
  const complaints = verified.text.split("\n").filter((line) => line.includes("leadkeep-proxy"));
  assert.deepEqual(complaints, []);
  const exposure = run(["security", "--offline=true", "--threshold=20", "--no-pager", path], {}, ["systemd-analyze"]);
  assert.equal(exposure.status, 0, exposure.text);
});

/** Carries out what the Containerfile says, without a daemon: as far as there is anything to it, files are copied. */
function image(folder, context) {
  const text = readFileSync(join(root, "Containerfile"), "utf8").replace(/\\\n/g, " ");
  const steps = text
    .split("\n")
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.match(/^([A-Z]+)\s+(.*)$/).slice(1));
  const config = { env: {} };
  const known = [
    "FROM",
    "ARG",
    "LABEL",
    "COPY",
    "USER",
    "WORKDIR",
    "VOLUME",
    "ENV",
    "EXPOSE",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "ENTRYPOINT",
    "CMD",
  ];
  for (const [name, rest] of steps) {
    assert.ok(known.includes(name), `${name}: this image needs no such step`);
    if (name === "COPY") {
      const flags = Object.fromEntries([...rest.matchAll(/--(\w+)=(\S+)/g)].map(([, key, value]) => [key, value]));
      const [from, to] = rest
        .replace(/--\S+\s+/g, "")
        .replace("${TARGETARCH}", "amd64")
        .split(/\s+/);
      const place = join(folder, to);
      mkdirSync(dirname(place), { recursive: true });
      cpSync(join(context, from), place, { recursive: true });
      if (flags.chmod) chmodSync(place, Number.parseInt(flags.chmod, 8));
      if (flags.chown) chownSync(place, ...flags.chown.split(":").map(Number));
    } else if (name === "ENV") {
      for (const [, key, value] of rest.matchAll(/(\w+)=(\S+)/g)) config.env[key] = value;
    } else config[name] = /^\[/.test(rest) ? JSON.parse(rest) : rest;
  }
  return config;
}

test(
  "the image runs as nobody, with its store alone to write to",
  { skip: process.getuid() !== 0 && "needs root" },
  async () => {
    const [context, folder] = [join(home, "context"), join(home, "image")];
    layOut(context, { amd64: binary });
    const config = image(folder, context);
    assert.equal(config.FROM, "scratch");
    assert.equal(config.USER, "65532:65532");
    const inside = ["chroot", "--userspec=65532:65532", folder];
    const version = run(["--version"], {}, [...inside, ...config.ENTRYPOINT]);
    assert.match(version.text, /^leadkeep-proxy \d/);
    const settings = { ...config.env, LEADKEEP_LISTEN: "127.0.0.1:8787", LEADKEEP_OPERATOR_LISTEN: "127.0.0.1:18789" };
    const address = await serve([...inside, ...config.ENTRYPOINT], settings);
    await keepsALead(address);
    assert.ok(statSync(join(folder, "var/lib/leadkeep/leads.sqlite")).size > 0);
    const [asks, ...args] = JSON.parse(config.HEALTHCHECK.match(/CMD (.*)$/)[1]);
    const healthy = run(args, settings, [...inside, asks]);
    assert.equal(healthy.status, 0, healthy.text);
  },
);
