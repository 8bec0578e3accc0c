//! The two random texts that name a cart and prove that one owns it.

fn is_token(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Whether a text can be a cart id: 16 to 64 of `A-Z a-z 0-9 - _`. The widget makes a version 4 UUID (122 random bits).
pub fn is_cart_id(text: &str) -> bool {
    is_token(text, 16, 64)
}

/// Whether a text can be the key of a cart: 22 to 64 of `A-Z a-z 0-9 - _`, enough for 128 random bits. The widget makes
/// 32 hexadecimal digits.
pub fn is_cart_key(text: &str) -> bool {
    is_token(text, 22, 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_widget_makes_passes_and_what_is_guessed_does_not() {
        assert!(is_cart_id("6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10"));
        assert!(is_cart_key("00112233445566778899aabbccddeeff"));
        for text in ["", "1", "cart", "6f1c0a4e 8f43 4b0e 9d59", "' or 1=1 -- aaaaaaaaaaaaaaaaaaaaa", &"a".repeat(65)] {
            assert!(!is_cart_id(text) && !is_cart_key(text), "{text}");
        }
    }
}
