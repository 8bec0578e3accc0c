// A library as a page's own script: bundled by esbuild, so that nothing is fetched from anywhere.

import { build } from "esbuild";

import { root } from "../../../scripts/lib/paths.mjs";

const bundled = new Map();

/** A classic script of a module's text, which may import what package.json names; remembered by that text. */
export function bundle(source) {
  if (!bundled.has(source)) bundled.set(source, make(source));
  return bundled.get(source);
}

async function make(source) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: "jsx" },
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    outfile: "page.js",
    loader: {
      ".css": "text",
      ".png": "dataurl",
      ".webp": "dataurl",
      ".woff2": "empty",
      ".woff": "empty",
      ".ttf": "empty",
      ".eot": "empty",
    },
    define: {
      "process.env": "{}",
      "process.env.NODE_ENV": '"production"',
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    logLevel: "silent",
  });
  return outputFiles.find(({ path }) => path.endsWith(".js")).text;
}
