// What a .wasm file consists of, by the names of its functions.

const IMPORTS = 2;
const CODE = 10;
const CUSTOM = 0;

/** `[{ name, size }]` of every function that is not imported; `size` is that of its body in bytes. Needs a name section. */
export function functionsOf(wasm) {
  const reader = new Reader(wasm, 8);
  let imported = 0;
  const sizes = [];
  const names = new Map();
  while (reader.at < wasm.length) {
    const id = reader.byte();
    const length = reader.number();
    const section = new Reader(wasm, reader.at);
    reader.at += length;
    if (id === IMPORTS) imported = countImports(section);
    else if (id === CODE) {
      for (let count = section.number(); count > 0; count--) {
        const size = section.number();
        sizes.push(size);
        section.at += size;
      }
    } else if (id === CUSTOM && section.text() === "name") readNames(section, reader.at, names);
  }
  return sizes.map((size, index) => ({ name: names.get(imported + index) ?? "", size }));
}

/** How many of the imports are functions. */
function countImports(section) {
  let functions = 0;
  for (let count = section.number(); count > 0; count--) {
    section.text();
    section.text();
    const kind = section.byte();
    if (kind === 0) {
      functions++;
      section.number();
    } else if (kind === 3) section.at += 2;
    else {
      // A table has a type before its limits.
      if (kind === 1) section.byte();
      const limits = section.number();
      section.number();
      if (limits & 1) section.number();
    }
  }
  return functions;
}

/** Subsection 1 of the name section holds those of functions. */
function readNames(section, end, names) {
  while (section.at < end) {
    const id = section.byte();
    const length = section.number();
    const next = section.at + length;
    if (id === 1) for (let count = section.number(); count > 0; count--) names.set(section.number(), section.text());
    section.at = next;
  }
}

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  /** LEB128, unsigned. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }
}
