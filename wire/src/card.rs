//! Finds card numbers in what was typed, so that they are dropped whatever field they stand in.

/// The value of a decimal digit in any script a keyboard types: ASCII, full-width, Arabic, Persian, Indic, Thai, ...
fn digit(c: char) -> Option<u8> {
    // The code point of zero; the nine others follow it (Unicode, general category Nd).
    const ZEROS: [u32; 15] =
        [0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0x1040, 0xFF10];
    ZEROS.iter().find_map(|zero| u8::try_from((c as u32).checked_sub(*zero)?).ok().filter(|d| *d < 10))
}

/// What may stand between the groups of a card number.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | '_' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | '\u{200B}')
}

/// Issuer prefixes with the lengths they are issued in (ISO/IEC 7812 ranges of the card schemes).
/// `(lowest, highest, digits compared, shortest, longest)`
const SCHEMES: &[(u32, u32, usize, usize, usize)] = &[
    (4, 4, 1, 13, 13),       // Visa, old
    (4, 4, 1, 16, 16),       // Visa
    (4, 4, 1, 18, 19),       // Visa
    (51, 55, 2, 16, 16),     // Mastercard
    (2221, 2720, 4, 16, 16), // Mastercard
    (34, 34, 2, 15, 15),     // American Express
    (37, 37, 2, 15, 15),     // American Express
    (300, 305, 3, 14, 19),   // Diners Club
    (3095, 3095, 4, 14, 19), // Diners Club
    (36, 36, 2, 14, 19),     // Diners Club
    (38, 39, 2, 14, 19),     // Diners Club
    (6011, 6011, 4, 16, 19), // Discover
    (644, 649, 3, 16, 19),   // Discover
    (65, 65, 2, 16, 19),     // Discover, RuPay
    (60, 60, 2, 16, 16),     // RuPay
    (81, 82, 2, 16, 19),     // UnionPay, RuPay
    (62, 62, 2, 16, 19),     // UnionPay
    (3528, 3589, 4, 16, 19), // JCB
    (50, 50, 2, 12, 19),     // Maestro, Elo, Verve
    (56, 58, 2, 12, 19),     // Maestro
    (6304, 6304, 4, 12, 19), // Maestro
    (6759, 6763, 4, 12, 19), // Maestro
    (2200, 2204, 4, 16, 19), // Mir
    (9792, 9792, 4, 16, 16), // Troy
];

fn is_card(digits: &[u8]) -> bool {
    let prefix = |n: usize| digits.iter().take(n).fold(0_u32, |sum, d| sum * 10 + u32::from(*d));
    let issued = SCHEMES.iter().any(|(low, high, n, shortest, longest)| {
        (*shortest..=*longest).contains(&digits.len()) && (*low..=*high).contains(&prefix(*n))
    });
    issued && luhn(digits)
}

/// ISO/IEC 7812-1, annex B.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| match u32::from(*d) << (i % 2) {
            doubled if doubled > 9 => doubled - 9,
            plain => plain,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A run of digits with separators between its groups: `4111 1111 1111 1111 12/27`.
#[derive(Default)]
struct Run {
    digits: Vec<u8>,
    /// Where a group begins or ends, as indices into `digits`.
    bounds: Vec<usize>,
    /// A leading `+`: the first group belongs to a telephone number.
    plus: bool,
}

impl Run {
    /// ITU-T E.164: a telephone number has at most 15 digits.
    fn is_phone(&self) -> bool {
        self.plus && self.digits.len() <= 15
    }

    /// A card number begins where a group begins. It ends where a group ends, or inside a group that is longer than any
    /// card number (number, expiry and code typed into one another).
    fn holds_card(&self) -> bool {
        let starts = self.bounds.iter().filter(|start| !(self.plus && **start == 0));
        !self.is_phone()
            && starts.into_iter().any(|start| {
                (12..=19).any(|len| {
                    let end = start + len;
                    let whole = self.bounds.contains(&end);
                    let inside_long_group = !self.bounds.iter().any(|bound| (start + 1..start + 20).contains(bound));
                    (whole || inside_long_group) && self.digits.get(*start..end).is_some_and(is_card)
                })
            })
    }
}

/// Whether a text is or contains a card number: the check digit, the length and the prefix of a card scheme, with or
/// without separators, in the digits of any script. A number with a leading `+` is a telephone number.
pub fn contains_card_number(text: &str) -> bool {
    let mut run = Run::default();
    let mut gap = usize::MAX; // characters since the last digit; more than three separators end the run
    let mut plus = false;
    for c in text.chars() {
        if let Some(value) = digit(c) {
            if gap > 3 {
                if run.holds_card() {
                    return true;
                }
                run = Run { plus, ..Run::default() };
            }
            if gap > 0 {
                run.bounds.push(run.digits.len());
            }
            run.digits.push(value);
            gap = 0;
        } else {
            if gap == 0 {
                run.bounds.push(run.digits.len());
            }
            gap = if is_separator(c) { gap.saturating_add(1) } else { usize::MAX };
        }
        plus = matches!(c, '+' | '\u{FF0B}') || (plus && c.is_whitespace());
    }
    run.bounds.push(run.digits.len());
    run.holds_card()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_found_wherever_they_stand() {
        for text in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4111.1111.1111.1111",
            "4111 – 1111 1111 1111",
            "４１１１１１１１１１１１１１１１",
            "٤١١١١١١١١١١١١١١١",
            "4222222222222",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "3782 822463 10005",
            "6011111111111117",
            "30569309025904",
            "3530111333300000",
            "6304000000000000",
            "my card: 4111 1111 1111 1111, thanks",
            "4111 1111 1111 1111 12/27 123",
            "12 4111 1111 1111 1111",
            "41111111111111111227123",
            "4111a 4111111111111111",
            "+49 151 12345678, 4111 1111 1111 1111",
        ] {
            assert!(contains_card_number(text), "{text}");
        }
    }

    #[test]
    fn telephone_and_order_numbers_are_kept() {
        for text in [
            "",
            "4111111111111112",
            "+4111111111111111",
            "+4111 1111 1111 1111",
            "+ 49 151 2345 6789 012",
            "004915123456789",
            "123456789012345",
            "(555) 010-9988",
            "10117",
            "DE89 3704 0044 0532 0130 00",
            "2026-11-22 10:00:00",
            "9999 9999 9999 9999",
            "1111 1111 1111 1117",
            "Musterstraße 4, 1111 Wien",
        ] {
            assert!(!contains_card_number(text), "{text}");
        }
    }
}
