#!/usr/bin/env node
// `leadkeep-conformance URL [--sandbox URL]`: holds an endpoint against the contract between widget and proxy.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { json, lines, summary } from "./report.mjs";
import { checks, run } from "./run.mjs";

const HELP = `leadkeep-conformance URL [options]

Holds an endpoint against leadkeep's contract over HTTP, and says for each check whether it is kept.
URL is what the page names as data-endpoint, such as https://shop.example/api/lead.

Without --sandbox no cart of the kit becomes a lead: none has items and an address at once. Point an endpoint at a
stand-in for 2Checkout before you name it with --sandbox; never at a live account.

  --sandbox URL          the stand-in's address, as \`npm start\` serves it: http://127.0.0.1:8080/sandbox
  --shop-token TOKEN     what the endpoint takes orders with (or LEADKEEP_SHOP_TOKEN)
  --secret-key-file FILE the account's secret key, to sign notifications (or LEADKEEP_SECRET_KEY)
  --allowed-origin URL   an origin that the endpoint is configured to allow
  --ipn URL, --orders URL  where they are, if not beside URL
  --burst N              sends up to N requests at once to meet the limit of one client
  --patience MS          how long what must come in the end may take (20000)
  --only NAME            a check, or a group such as closing; may be given several times
  --list                 the checks, with their sentences of the contract
  --json                 the report as JSON

Exit code: 0 when every required check passed, 1 when one failed, 2 when the kit could not run.`;

const text = { type: "string" };
const flag = { type: "boolean" };
const OPTIONS = {
  sandbox: text,
  "shop-token": text,
  "secret-key-file": text,
  "allowed-origin": text,
  ipn: text,
  orders: text,
  burst: text,
  patience: text,
  only: { type: "string", multiple: true },
  list: flag,
  json: flag,
  help: flag,
};

/** Ends in one line: the reader's words were wrong, not the kit. */
class Usage extends Error {}

function number(name, given) {
  if (given === undefined) return undefined;
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) throw new Usage(`--${name}: expected a whole number of 1 or more`);
  return value;
}

function url(name, given) {
  if (given === undefined) return undefined;
  if (!/^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : "")) throw new Usage(`${name}: expected a URL`);
  return given;
}

function settings() {
  let parsed;
  try {
    parsed = parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Usage(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help || values.list) return { values };
  if (positionals.length !== 1) throw new Usage("expected the URL of one endpoint; --help says more");
  const { LEADKEEP_SECRET_KEY, LEADKEEP_SHOP_TOKEN } = process.env;
  const file = values["secret-key-file"];
  const unknown = values.only?.find(
    (name) => !checks.some((check) => check.name === name || check.name.startsWith(`${name}/`)),
  );
  if (unknown) throw new Usage(`--only ${unknown}: no such check; --list names them`);
  const options = {
    endpoint: url("URL", positionals[0]),
    sandbox: url("--sandbox", values.sandbox),
    ipn: url("--ipn", values.ipn),
    orders: url("--orders", values.orders),
    allowedOrigin: url("--allowed-origin", values["allowed-origin"]),
    shopToken: values["shop-token"] ?? LEADKEEP_SHOP_TOKEN,
    secretKey: file ? readFileSync(file, "utf8").trim() : LEADKEEP_SECRET_KEY,
    burst: number("burst", values.burst),
    patience: number("patience", values.patience),
    only: values.only,
  };
  return { values, options };
}

try {
  const { values, options } = settings();
  if (values.help) console.log(HELP);
  else if (values.list)
    for (const { name, level, contract } of checks) console.log(`${name} (${level})\n    ${contract}`);
  else {
    const report = await run({ ...options, onResult: (result) => values.json || console.log(lines(result)) });
    console.log(values.json ? json(report) : summary(report));
    process.exitCode = report.ok ? 0 : 1;
  }
} catch (error) {
  console.error(`leadkeep-conformance: ${error.message}`);
  process.exitCode = 2;
}
