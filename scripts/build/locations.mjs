// Where Rust's panics happen is written into every .wasm: paths of the machine that built it, lines and columns. Nobody
// reads them (the widget reports its errors in words), and they are a thirtieth of what a shopper loads. rustc leaves
// them out with `-Zlocation-detail=none`, which the stable toolchain does not have; this does the same afterwards.

/** A path as rustc writes it: absolute, or of the workspace. */
const PATH = /(?:\/[\w.-]+)+\/[\w./-]+?\.rs|(?:src|wire\/src)\/[\w/]+?\.rs/g;

/** What only panics say that `panics.mjs` has taken out, and errors of files and threads, which a browser does not have. */
const UNSAID = [
  /entity not found[ -~]*?(?:un)?categorized error/g,
  /use of std::thread::current\(\)[ -~]*?destroyed|failed to generate unique thread ID: bitspace exhausted/g,
  /thread name may not contain interior null bytes|operation successful/g,
  /D(?:ropped|ereferenced) SendWrapper<T> variable from a thread different to the one it has been created with\./g,
  /Once instance has previously been poisoned|one-time initialization may not be performed recursively/g,
  /Attempted to initialize thread-local while it is being dropped|cannot access a Thread Local Storage value[ -~]*?: /g,
  /(?:slice|range (?:start|end)) index (?:starts at )?| out of range for slice of length | but ends at /g,
  /(?:insertion|removal) index \(is |\) should be <=? len \(is |assertion `left |assertion failed: [\w .<>=+&!]+/g,
  /called `(?:Option|Result)::unwrap\(\)` on an? `\w+` value|internal error: entered unreachable code/g,
  /Map must not be polled after it returned `Poll::Ready`|finish: (?:callbacks|result) should be \w+/g,
  /attempted to take ownership of Rust value while it was borrowed|recursive use of an object[ -~]*?in rust/g,
  /a Display implementation returned an error unexpectedly|polled Feed after completion|capacity overflow/g,
];

/**
 * A copy of a .wasm file, as bytes, in which all that is blank, as are source paths, and every `core::panic::Location` that points to
 * one is at line 0 of a file without a name.
 */
export function withoutLocations(wasm) {
  const bytes = Buffer.from(wasm);
  const segments = dataSegments(bytes);
  const paths = segments.flatMap(({ address, start, end }) =>
    [...bytes.toString("latin1", start, end).matchAll(PATH)].map(({ 0: path, index }) => ({
      address: address + index,
      start: start + index,
      length: path.length,
    })),
  );
  for (const path of paths) {
    const pointer = Buffer.alloc(8);
    pointer.writeUInt32LE(path.address, 0);
    pointer.writeUInt32LE(path.length, 4);
    for (const { start, end } of segments) {
      for (let at = start; (at = bytes.indexOf(pointer, at)) >= 0 && at + 16 <= end; at += 16) {
        // A `&str` of length 0 may point anywhere but to null; line and column follow it.
        bytes.writeUInt32LE(1, at);
        bytes.fill(0, at + 4, at + 16);
      }
    }
  }
  for (const { start, length } of paths) bytes.fill(0, start, start + length);
  for (const { start, end } of segments) {
    for (const { 0: text, index } of UNSAID.flatMap((said) => [...bytes.toString("latin1", start, end).matchAll(said)]))
      bytes.fill(0, start + index, start + index + text.length);
  }
  return bytes;
}

/** The data segments of a module: where each goes in memory, and where it stands in the file. */
function dataSegments(bytes) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  const segments = [];
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === 11) {
      for (let count = number(); count > 0; count--) {
        // 0: active, in memory 0; 0x41: i32.const; 0x0b: end.
        if (number() !== 0 || bytes[at++] !== 0x41)
          throw new Error("expected active data segments at constant addresses");
        const address = number();
        at++;
        const length = number();
        segments.push({ address, start: at, end: at + length });
        at += length;
      }
    }
    at = end;
  }
  return segments;
}
