// Beside each file that browsers load lies the same as brotli (.br) and gzip (.gz), for servers that send what lies ready:
// nginx with `gzip_static` and `brotli_static`, Caddy with `precompressed`, and the proxy, which embeds them.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

import { step } from "../lib/stamp.mjs";

/** Brotli's default quality is 11, the best. */
const ENCODINGS = {
  br: (bytes) => promisify(brotliCompress)(bytes),
  gz: (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

/** Writes `file.br` or `file.gz`. */
export async function compress(file, ending) {
  writeFileSync(`${file}.${ending}`, await ENCODINGS[ending](readFileSync(file)));
}

/** The files of the script tag, in `out`. */
export async function buildCompressed({ out, names }) {
  const endings = Object.keys(ENCODINGS);
  const files = names.map((name) => join(out, name));
  const outputs = files.flatMap((file) => endings.map((ending) => `${file}.${ending}`));
  await step("compressed", { folder: out, inputs: files, outputs }, async () => {
    // An old one beside a new file would be worse than none.
    for (const output of outputs) rmSync(output, { force: true });
    await Promise.all(files.flatMap((file) => endings.map((ending) => compress(file, ending))));
  });
}
