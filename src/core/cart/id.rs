//! Id and key of a new cart.

use wire::request::Owner;

use crate::core::record::hex;

/// A version 4 UUID (RFC 9562, section 5.4) and 128 bits of key. `random` gives 64 random bits a call.
pub fn new_owner(random: &mut dyn FnMut() -> u64) -> Owner {
    let (a, b, c, d) = (random(), random(), random(), random());
    let a = a & !0xf000 | 0x4000;
    let b = b & !(0b11 << 62) | 0b10 << 62;
    let cart = [&hex(a >> 32, 8), "-", &hex(a >> 16, 4), "-", &hex(a, 4), "-", &hex(b >> 48, 4), "-", &hex(b, 12)];
    Owner { cart: wire::concat(&cart), key: wire::concat(&[&hex(c, 16), &hex(d, 16)]) }
}
