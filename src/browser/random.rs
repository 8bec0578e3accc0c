//! Chance: `crypto.getRandomValues`, in every browser that runs WebAssembly.

/// 64 random bits.
pub(super) fn bits() -> u64 {
    let mut bytes = [0_u8; 8];
    let filled = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        // A page that has patched its crypto away: unguessable enough to keep two shoppers apart.
        for byte in &mut bytes {
            *byte = (js_sys::Math::random() * 256.0) as u8;
        }
    }
    u64::from_le_bytes(bytes)
}
