//! What counts as an e-mail address.

/// Whether a text is plausible as an e-mail address: one `@`, something before it, and a domain with a dot in it.
///
/// Deliberately loose: `o'neil+news@mail.example.photography` and addresses in other scripts pass. What it refuses is
/// what a shopper has not finished typing, and lists of addresses.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let bad = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '@' | ',' | ';' | '<' | '>' | '(' | ')' | '"' | '\\')
    };
    // RFC 5321, 4.5.3.1: 64 octets before the @, 254 in all.
    !local.is_empty()
        && local.len() <= 64
        && text.len() <= 254
        && !local.contains(bad)
        && !domain.contains(bad)
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        && domain
            .rsplit('.')
            .next()
            .is_some_and(|tld| tld.chars().count() >= 2 && !tld.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plausible_addresses_pass_and_unfinished_ones_do_not() {
        const CASES: &[(&str, bool)] = &[
            ("ada@example.com", true),
            ("jane@mail.internationalbusiness.com", true),
            ("jane@a.b.example.com", true),
            ("o'neil+news@example.photography", true),
            ("用户@例子.公司", true),
            ("ada@xn--fsq.xn--p1ai", true),
            ("", false),
            ("@", false),
            ("ada", false),
            ("ada@", false),
            ("@example.com", false),
            ("ada@example", false),
            ("ada@example.", false),
            ("ada@.com", false),
            ("ada@example..com", false),
            ("ada@example.c", false),
            ("ada@127.0.0.1", false),
            ("ada@-example.com", false),
            ("ada lovelace@example.com", false),
            ("ada@example.com,bob@example.com", false),
            ("ada@bob@example.com", false),
            ("Ada <ada@example.com>", false),
        ];
        for (text, expected) in CASES {
            assert_eq!(is_email(text), *expected, "{text}");
        }
    }

    #[test]
    fn an_address_longer_than_smtp_carries_is_none() {
        assert!(!is_email(&format!("{}@example.com", "a".repeat(65))));
        assert!(!is_email(&format!("a@{}.com", "b".repeat(250))));
    }
}
