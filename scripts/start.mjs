#!/usr/bin/env node
// `npm start`: sets up what is missing, builds, and serves the demo until it is told to stop. The proxy prints
// `ready: http://127.0.0.1:PORT/` when it answers. package.json says `exec`, so that a signal to npm reaches this process
// and not a shell in between, which would leave the proxy running.

import { build } from "./build.mjs";
import { Refusal, script, serve } from "./lib/run.mjs";
import { buildProxy, demoArguments } from "./proxy.mjs";
import { BUILD, setup } from "./setup.mjs";

await script(async () => {
  const port = Number(process.env.PORT || 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Refusal(`PORT: expected a number up to 65535, received ${process.env.PORT}`);
  }
  await setup(...BUILD);
  const [www] = await both(build(), buildProxy());
  // It embeds the widget, which may be newer than what it found while both were built.
  const proxy = await buildProxy();
  return serve(proxy, demoArguments({ www, port })).ended;
});

/** Waits for both, also when one fails: a compiler that is left running would go on behind the shell's back. */
async function both(...work) {
  const results = await Promise.allSettled(work);
  const failed = results.find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
  return results.map(({ value }) => value);
}
