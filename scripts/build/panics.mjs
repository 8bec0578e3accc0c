// What a panic of the widget would say, nobody hears: it is caught as one trap, and reported in the widget's own words. The
// code that composes the message is a thirtieth of what a shopper loads. rustc leaves it out with
// `-Cpanic=immediate-abort`, which the stable toolchain does not have; this does the same afterwards.

/** Functions that only a panic reaches, by their demangled names without hashes: those that raise one, and `Debug`. */
const PANICS = [
  /^core::panicking::/,
  /^core::slice::index::slice_index_fail/,
  /^core::str::slice_error_fail/,
  /^core::(option|result)::(unwrap|expect)_failed/,
  /^core::cell::(lazy::)?panic_/,
  /^std::thread::local::panic_access_error/,
  /^alloc::raw_vec::(handle_error|capacity_overflow)/,
  /^<alloc::vec::Vec<.*>>::\w+::assert_failed/,
  /^<hashbrown::raw::Fallibility>::capacity_overflow/,
  /^std::alloc::rust_oom/,
  /^<?std::panicking::/,
  /::rust_begin_unwind$|::rust_panic$|__rust_end_short_backtrace/,
  / as core::fmt::(Debug|UpperHex|LowerHex)>::fmt/,
  /core::fmt::builders::|Formatter>::debug_/,
];

/** A copy of a module, as bytes and with its names, in which every panic is `unreachable` and nothing else. */
export async function abortingAtOnce(wasm) {
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.readBinary(wasm);
  let count = 0;
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const one = module.getFunctionByIndex(i);
    const { name, module: imported } = binaryen.getFunctionInfo(one);
    const plain = name.replace(/\[[0-9a-f]{16}\]/g, "");
    if (imported || !PANICS.some((pattern) => pattern.test(plain))) continue;
    binaryen.Function.setBody(one, module.unreachable());
    count++;
  }
  if (count < PANICS.length) throw new Error(`expected the functions of panics by their names, received ${count}`);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}
