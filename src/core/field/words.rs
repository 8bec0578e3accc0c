//! Words of names and of texts, in one form: lower case, one space between two, none around.

/// The words of a name or id: `billingAddress[zip_code]` is `billing address zip code`, `street2` is `street 2`.
pub(super) fn of_name(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 8);
    let mut last = ' ';
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        let next = chars.as_str().bytes().next().unwrap_or_default();
        let begins = (c.is_ascii_uppercase() && (last.is_ascii_lowercase() || next.is_ascii_lowercase()))
            || c.is_ascii_digit() != last.is_ascii_digit();
        push(&mut words, c, begins);
        last = c;
    }
    finish(words)
}

/// The words of a text, which is folded already: those outside of parentheses, or the asides inside them.
pub(super) fn of_text(text: &str, asides: bool) -> String {
    let mut words = String::with_capacity(text.len());
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        push(&mut words, if (depth > 0) == asides { c } else { ' ' }, false);
    }
    finish(words)
}

fn push(words: &mut String, c: char, begins: bool) {
    let is_letter = match c {
        '\0'..='\u{7f}' => c.is_ascii_alphanumeric(),
        // Latin-1 signs, general punctuation, and the punctuation of other scripts; not the postal mark, U+3012.
        '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3011}' => false,
        '\u{60c}' | '\u{61b}' | '\u{640}' | '\u{964}' | '\u{5be}' | '\u{5f3}' | '\u{5f4}' | '\u{30fb}' => false,
        _ => true,
    };
    if (begins || !is_letter) && !words.is_empty() && !words.ends_with(' ') {
        words.push(' ');
    }
    if is_letter {
        words.push(c.to_ascii_lowercase());
    }
}

fn finish(mut words: String) -> String {
    if words.ends_with(' ') {
        words.pop();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_apart_into_their_words() {
        for (name, words) in [
            ("billingAddress[zip_code]", "billing address zip code"),
            ("street[0]", "street 0"),
            ("address1", "address 1"),
            ("addressLine2", "address line 2"),
            ("ShippingAddress.NameFirst", "shipping address name first"),
            ("customerURLName", "customer url name"),
            ("cvv2", "cvv 2"),
            ("id_country", "id country"),
            ("straße", "straße"),
            ("", ""),
        ] {
            assert_eq!(of_name(name), words, "{name}");
        }
    }

    #[test]
    fn texts_lose_their_asides_and_their_signs() {
        for (text, words) in [
            ("e-mail-adresse *", "e mail adresse"),
            ("phone (for delivery questions)", "phone"),
            ("n° de tva", "n de tva"),
            ("ort:", "ort"),
            ("「氏名」、", "氏名"),
            ("〒", "〒"),
        ] {
            assert_eq!(of_text(text, false), words, "{text}");
        }
        assert_eq!(of_text("phone (home) of [you]", true), "home you");
    }
}
