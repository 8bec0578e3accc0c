#!/usr/bin/env node
// The linker of a small build: rustc's own (LEADKEEP_LINKER), asked for fewer exports. A dependency of Leptos exports classes
// for streams that nothing here uses. What is exported is linked with all that it needs, and nothing that comes after the
// linker can tell that it is never called: it stands in the table of functions.

import { spawnSync } from "node:child_process";
import { argv, env, exit } from "node:process";

const UNUSED = /intounderlying(bytesource|sink|source)_/;

const given = argv.slice(2);
const isUnused = (at) => given[at - 1] === "--export" && UNUSED.test(given[at] ?? "");
const args = given.filter((_, at) => !isUnused(at) && !isUnused(at + 1));
// rustc names the flavour only to a linker that it knows by its name.
if (args[0] !== "-flavor") args.unshift("-flavor", "wasm");

const { error, status } = spawnSync(env.LEADKEEP_LINKER, args, { stdio: "inherit" });
if (error) console.error(`${env.LEADKEEP_LINKER}: ${error.message}`);
exit(status ?? 1);
