// The package in the bundlers that shops use, without any setting of theirs, and on a page without one.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { build as esbuild } from "esbuild";

import { OPTIONS, page, SCRIPT, shop } from "./support/shop.mjs";

const { demo, project, writes, served, lead } = shop();
const MODULE = '<script type="module" src="./bundle.js"></script>';

/** A folder with a page, for a bundle beside it. */
function folder(name, tag = MODULE) {
  const made = join(project, "out", name);
  mkdirSync(made, { recursive: true });
  writeFileSync(join(made, "index.html"), page(tag));
  return made;
}

const noWarning = (said) => assert.deepEqual(said, []);
/** Where a bundler leaves the file behind, one line says so and what to do. */
const oneLine = (said) => {
  assert.equal(said.length, 1, said.join("\n"));
  assert.match(said[0], /^leadkeep: .*leadkeep_widget_bg\.wasm.*wasmUrl .*https:\/\//);
};

for (const version of [5, 6, 7, 8]) {
  const root = () => {
    writes({ "index.html": page('<script type="module" src="/main.js"></script>'), "main.js": SCRIPT() });
    return project;
  };
  const quiet = { configFile: false, logLevel: "error" };

  test(`Vite ${version} builds it`, async () => {
    const { build } = await import(`vite-${version}`);
    const out = join(project, "out", `vite-${version}`);
    await build({ ...quiet, root: root(), build: { outDir: out } });
    noWarning(await lead(await served(out)));
  });

  test(`Vite ${version} serves it while one develops`, async () => {
    const { createServer } = await import(`vite-${version}`);
    const server = await createServer({
      ...quiet,
      root: root(),
      cacheDir: join(project, "cache", `vite-${version}`),
      // As most write it: the proxy sees another Host than the page has.
      server: { port: 0, host: "127.0.0.1", proxy: { "/api": demo.origin } },
    });
    await server.listen();
    try {
      const said = await lead(`http://127.0.0.1:${server.httpServer.address().port}/`);
      if (said.length > 0) oneLine(said);
    } finally {
      await server.close();
    }
  });
}

test("webpack builds it", async () => {
  const { default: webpack } = await import("webpack");
  const out = folder("webpack");
  const entry = writes({ "webpack.js": SCRIPT() });
  const output = { filename: "bundle.js", path: out };
  const compiler = webpack({ mode: "production", entry, output, performance: false });
  const stats = await new Promise((done, failed) => {
    compiler.run((error, stats) => (error ? failed(error) : done(stats)));
  });
  assert.ok(!stats.hasErrors() && !stats.hasWarnings(), stats.toString());
  noWarning(await lead(await served(out)));
});

for (const [name, options, tag] of [
  ["one module", { format: "esm" }, MODULE],
  ["modules", { format: "esm", splitting: true }, MODULE],
  ["a classic script", {}, '<script src="./bundle.js"></script>'],
]) {
  for (const entry of ["leadkeep", "leadkeep/inline"]) {
    test(`esbuild makes ${name} of ${entry}`, async () => {
      const out = folder(`esbuild ${name} ${entry.replace("/", "-")}`, tag);
      const bundle = writes({ "bundle.js": SCRIPT(entry) });
      await esbuild({ entryPoints: [bundle], bundle: true, logLevel: "silent", outdir: out, ...options });
      const said = await lead(encodeURI(`${await served(out)}/`));
      if (entry === "leadkeep") oneLine(said.filter((line) => /^leadkeep/.test(line)));
      else noWarning(said);
    });
  }
}

for (const entry of ["leadkeep", "leadkeep/inline"]) {
  test(`Rollup builds ${entry}`, async () => {
    const [{ rollup }, { default: resolve }] = [await import("rollup"), await import("@rollup/plugin-node-resolve")];
    const out = folder(`rollup ${entry.replace("/", "-")}`);
    const bundle = await rollup({
      input: writes({ "bundle.js": SCRIPT(entry) }),
      plugins: [resolve({ browser: true })],
    });
    await bundle.write({ dir: out, format: "es" });
    const said = await lead(await served(out));
    if (entry === "leadkeep") oneLine(said.filter((line) => /^leadkeep/.test(line)));
    else noWarning(said);
  });
}

test("a page without a bundler imports it, through an import map or by its path", async () => {
  const out = folder(
    "plain",
    `<script type="importmap">{ "imports": { "leadkeep": "./leadkeep/index.js" } }</script>
     <script type="module">${SCRIPT()}</script>`,
  );
  cpSync(join(project, "node_modules", "leadkeep", "dist"), join(out, "leadkeep"), { recursive: true });
  noWarning(await lead(await served(out)));
  writeFileSync(join(out, "index.html"), page(`<script type="module">${SCRIPT("./leadkeep/index.js")}</script>`));
  noWarning(await lead(await served(out)));
});

test("the module itself has the shape that wasm-pack gives", async () => {
  const script = `import init, { Widget } from "./leadkeep/module.js";
    await init();
    window.leadkeep = new Widget(${JSON.stringify(OPTIONS)});`;
  const out = folder("module", `<script type="module">${script}</script>`);
  cpSync(join(project, "node_modules", "leadkeep", "dist"), join(out, "leadkeep"), { recursive: true });
  noWarning(await lead(await served(out)));
});

test("a .wasm that is not where wasmUrl says is one line that names the cause", async () => {
  const script = SCRIPT("./leadkeep/index.js", { wasmUrl: "/gone.wasm" });
  const out = folder("moved", `<script type="module">${script}</script>`);
  cpSync(join(project, "node_modules", "leadkeep", "dist"), join(out, "leadkeep"), { recursive: true });
  const said = (await lead(await served(out))).filter((line) => /^leadkeep/.test(line));
  assert.equal(said.length, 1);
  assert.match(said[0], /^leadkeep: \/gone\.wasm answered 404, .*wasmUrl/);
});
