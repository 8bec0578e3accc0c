#!/usr/bin/env node
// `npm run dev`: the demo shop with live reload. Trunk serves the page and passes /api and /sandbox to the proxy, which
// runs on a port of its own.

import { build } from "./build.mjs";
import { script, serve } from "./lib/run.mjs";
import { buildProxy, demoArguments } from "./proxy.mjs";
import { BUILD, setup } from "./setup.mjs";

/** As in Trunk.toml. */
const BEHIND = 8090;

await script(async () => {
  const port = Number(process.env.PORT || 8080);
  await setup(...BUILD, "trunk");
  const proxy = await buildProxy();
  const www = await build({ quick: true });

  // Its `ready:` names a port that nobody should open: a page from there would not reload.
  const origins = ["--allow-origin", `http://127.0.0.1:${port},http://localhost:${port}`];
  const behind = serve(proxy, [...demoArguments({ www, port: BEHIND }), ...origins], { stdout: "ignore" });
  const trunk = serve("trunk", ["serve", "--port", String(port)]);
  const code = await Promise.race([behind.ended, trunk.ended]);
  for (const { child } of [behind, trunk]) child.kill("SIGTERM");
  await Promise.all([behind.ended, trunk.ended]);
  return code;
});
