// The package as those who depend on it meet it: on a server, in a bundler, in TypeScript.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

import { build } from "esbuild";

import { discard, packed, root } from "./support.mjs";

const pack = packed();
after(() => discard(pack));

test("every export resolves to a file", () => {
  const { exports } = JSON.parse(readFileSync(join(pack.home, "package.json"), "utf8"));
  const targets = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry).flatMap(targets));
  for (const path of targets(exports)) assert.ok(existsSync(join(pack.home, path)), path);
});

for (const entry of ["leadkeep", "leadkeep/auto", "leadkeep/inline"]) {
  test(`importing ${entry} on a server does nothing and breaks nothing`, () => {
    const output = execFileSync("node", ["--input-type=module", "--eval", `await import("${entry}")`], {
      cwd: pack.project,
      encoding: "utf8",
      stdio: "pipe",
    });
    assert.equal(output, "");
  });
}

test("a bundler keeps leadkeep/auto, which is imported for what it does", async () => {
  assert.match(await bundled('import "leadkeep/auto";'), /leadkeep/);
});

test("a bundler drops leadkeep when nothing of it is used", async () => {
  assert.equal((await bundled('import "leadkeep";')).trim(), "(() => {\n})();");
});

test("the .wasm can be imported as a file", async () => {
  assert.match(await bundled('import url from "leadkeep/wasm"; console.log(url);'), /\.wasm/);
});

/** What the samples of the documentation find on a page of a shop. */
const PAGE = `declare const cart: { items: import("leadkeep").Item[] };
declare const leadkeep: import("leadkeep").Leadkeep;
declare const dataLayer: object[];
`;

/** The samples that are JavaScript, but for those of a framework, which is not here. */
const SAMPLES = [
  "README.md",
  "docs/book/src/the-cart.md",
  "docs/book/src/bundlers.md",
  "docs/book/src/orders.md",
  "docs/book/src/api-reference.md",
]
  .flatMap((name) => [...readFileSync(join(root, name), "utf8").matchAll(/^```js\n(.*?)^```/gms)])
  .map(([, sample]) => sample)
  .filter((sample) => !/from "(vue|react)"/.test(sample))
  .map((sample, i) => [`sample-${i}.ts`, `${PAGE}${sample}\nexport {};\n`]);

test("leadkeep/auto alone brings the types of window.leadkeep", () => {
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const compilerOptions = { lib: ["es2022", "dom"], module: "nodenext", noEmit: true, strict: true, types: [] };
  writeFileSync(join(pack.project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["auto.ts"] }));
  const { status, stdout } = spawnSync(tsc, ["--project", pack.project], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});

for (const resolution of ["bundler", "nodenext"]) {
  test(`the types accept what is right and refuse what is wrong, moduleResolution ${resolution}`, () => {
    const compilerOptions = {
      exactOptionalPropertyTypes: true,
      lib: ["es2022", "dom", "dom.iterable"],
      module: resolution === "bundler" ? "esnext" : "nodenext",
      moduleResolution: resolution,
      noEmit: true,
      skipLibCheck: false,
      strict: true,
      target: "es2022",
      types: [],
    };
    // In invalid.ts each line that must be refused is marked `@ts-expect-error`, so an accepted one is an error too.
    const config = { compilerOptions, files: ["valid.ts", "invalid.ts", ...SAMPLES.map(([name]) => name)] };
    writeFileSync(join(pack.project, "tsconfig.json"), JSON.stringify(config));
    assert.ok(SAMPLES.length > 6);
    for (const [name, text] of SAMPLES) writeFileSync(join(pack.project, name), text);
    const tsc = join(root, "node_modules", ".bin", "tsc");
    const { status, stdout } = spawnSync(tsc, ["--project", pack.project], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });
}

/** The one file that esbuild makes of a module that a merchant might have written. */
async function bundled(source) {
  const { outputFiles } = await build({
    bundle: true,
    external: ["./leadkeep_widget.js", "./leadkeep_debug.js", "./leadkeep_inline.js"],
    loader: { ".wasm": "file" },
    logLevel: "silent",
    outdir: join(pack.project, "out"),
    stdin: { contents: source, resolveDir: pack.project },
    write: false,
  });
  return outputFiles.find(({ path }) => path.endsWith(".js")).text;
}
