// A merchant's hosting: leadkeep.php in a web root, its settings beside it, and PHP's built-in server with four workers or
// php-fpm behind nginx in front of it.

import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getuid } from "node:process";

import { root } from "../../../scripts/lib/paths.mjs";
import { which } from "../../../scripts/lib/run.mjs";
import { freePort } from "../../e2e/support/engines/process.mjs";
import { until } from "../../e2e/support/wait.mjs";
import { program } from "../../kit/support/servers.mjs";

export const TOKEN = "a-token-of-the-shops-own-server";
export const SECRETS = { secretKey: "sandbox-secret", shopToken: TOKEN, allowedOrigin: "https://shop.example" };

/** Settings for tests: the stand-in for 2Checkout, and no limit that a test would meet by the way. */
const SETTINGS = {
  merchant_code: "SANDBOX",
  secret_key: SECRETS.secretKey,
  shop_token: TOKEN,
  allowed_origins: [SECRETS.allowedOrigin],
  rate_burst: 0,
  new_carts_in_10_minutes: 0,
};

export class PhpSite {
  #servers = [];
  folder = mkdtempSync(join(tmpdir(), "leadkeep-php-"));
  port = 0;

  /** `demo` has the sandbox; `settings` are those of leadkeep-settings.php beside the tests' own. */
  constructor(demo, settings = {}) {
    mkdirSync(join(this.folder, "public"));
    copyFileSync(join(root, "php", "leadkeep.php"), join(this.folder, "public", "leadkeep.php"));
    this.settings = { store: `sqlite:${this.folder}/leads.sqlite`, api_url: `${demo.origin}/sandbox`, ...SETTINGS };
    this.configure(settings);
  }

  /** Writes the settings file; what was there before stays. */
  configure(changes) {
    Object.assign(this.settings, changes);
    const text = `<?php return json_decode(${phpText(JSON.stringify(this.settings))}, true);`;
    writeFileSync(join(this.folder, "leadkeep-settings.php"), text, { mode: 0o600 });
  }

  /** Puts files of a folder into the web root. */
  serves(folder, ...names) {
    for (const name of names) copyFileSync(join(folder, name), join(this.folder, "public", name));
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  get endpoint() {
    return `${this.origin}/leadkeep.php/lead`;
  }

  /** What its servers have said. */
  get output() {
    const log = join(this.folder, "fpm.log");
    const kept = existsSync(log) ? readFileSync(log, "utf8") : "";
    return [...this.#servers.map(({ output }) => output), kept].join("\n");
  }

  /** PHP's built-in server, with four workers. */
  async startsBuiltIn() {
    this.port = await freePort();
    const env = { ...process.env, PHP_CLI_SERVER_WORKERS: "4" };
    const args = ["-S", `127.0.0.1:${this.port}`, "-t", join(this.folder, "public")];
    // A process group of its own: the workers are ended with it.
    this.#servers.push(program(which("php"), args, { env, detached: true }));
    await this.#answers();
    return this;
  }

  /** php-fpm with nginx before it, as hosting has them; with a rewrite, so that the endpoint is at /api/lead as well. */
  async startsFpm() {
    this.port = await freePort();
    const { folder } = this;
    const socket = join(folder, "fpm.socket");
    const isRoot = getuid() === 0;
    writeFileSync(
      join(folder, "fpm.conf"),
      `[global]\nerror_log = ${folder}/fpm.log\ndaemonize = no\n[www]\nlisten = ${socket}\npm = static\npm.max_children = 6
catch_workers_output = yes\nphp_admin_flag[log_errors] = on\nphp_admin_value[error_log] = ${folder}/fpm.log\n${isRoot ? "user = root\ngroup = root\n" : ""}`,
    );
    const cgi = Object.entries({
      SCRIPT_FILENAME: "$document_root/$php_script",
      DOCUMENT_ROOT: "$document_root",
      REQUEST_METHOD: "$request_method",
      REQUEST_URI: "$request_uri",
      QUERY_STRING: "$query_string",
      CONTENT_TYPE: "$content_type",
      CONTENT_LENGTH: "$content_length",
      REMOTE_ADDR: "$remote_addr",
      HTTP_HOST: "$http_host",
      REDIRECT_STATUS: "200",
    }).map(([name, value]) => `fastcgi_param ${name} ${value};`);
    writeFileSync(
      join(folder, "nginx.conf"),
      `daemon off; error_log stderr warn; pid ${folder}/nginx.pid; ${isRoot ? "user root;" : ""}
events {}
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/cgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  include /etc/nginx/mime.types;
  server {
    listen 127.0.0.1:${this.port}; root ${folder}/public; client_max_body_size 1m;
    location ~ ^/(?<php_script>[^/]+\\.php)(/|$) { ${cgi.join(" ")} fastcgi_pass unix:${socket}; }
    location /api/ { set $php_script leadkeep.php; ${cgi.join(" ")} fastcgi_pass unix:${socket}; }
  }
}\n`,
    );
    this.#servers.push(program(fpm(), [...(isRoot ? ["-R"] : []), "-F", "-y", join(folder, "fpm.conf")]));
    await until("php-fpm's socket", () => existsSync(socket)).catch((error) => {
      throw new Error(`${error.message}: ${this.output.slice(-2_000)}`);
    });
    this.#servers.push(program(which("nginx") ?? "/usr/sbin/nginx", ["-c", join(folder, "nginx.conf"), "-p", folder]));
    await this.#answers();
    return this;
  }

  async #answers() {
    const answers = () =>
      fetch(this.endpoint).then(
        ({ status }) => status === 405,
        () => false,
      );
    await until("PHP", answers).catch((error) => {
      throw new Error(`${error.message}: ${this.output.slice(-2_000)}`);
    });
  }

  /** The cron line. Gives what it prints. */
  cron() {
    const told = program(which("php"), [join(this.folder, "public", "leadkeep.php")]);
    return new Promise((done) => told.child.once("close", (code) => done({ code, output: told.output })));
  }

  /** `kill -9` of everything that serves. */
  async kills() {
    for (const { child, end } of this.#servers) {
      if (child.spawnargs.includes("-S")) process.kill(-child.pid, "SIGKILL");
      await end("SIGKILL");
    }
    this.#servers = [];
  }

  async discard() {
    for (const { child, end } of this.#servers) {
      if (child.spawnargs.includes("-S") && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
      await end();
    }
    rmSync(this.folder, { force: true, recursive: true });
  }
}

/** Debian's program has PHP's version in its name. */
function fpm() {
  const named = readdirSync("/usr/sbin").find((name) => /^php-fpm\d/.test(name));
  return which("php-fpm") ?? join("/usr/sbin", named ?? "php-fpm");
}

const phpText = (text) => `'${text.replace(/[\\']/g, "\\$&")}'`;
