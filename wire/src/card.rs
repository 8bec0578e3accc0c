//! Finds card numbers in what was typed, so that they are dropped whatever field they stand in.

/// The zero of every script whose digits a keyboard types; its nine others follow it (Unicode, general category Nd).
const ZEROS: [u16; 38] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
    0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x2080,
];

/// The value of a decimal digit in any script and shape: ASCII, full-width, Arabic, Indic, mathematical, raised, circled.
fn digit(c: char) -> Option<u8> {
    let code = c as u32;
    let value = match code {
        // Five alphabets of mathematical digits.
        0x1D7CE..=0x1D7FF => (code - 0x1D7CE) % 10,
        0x1FBF0..=0x1FBF9 => code - 0x1FBF0,
        0xB9 => 1,
        0xB2 | 0xB3 => code - 0xB0,
        0x2070 | 0x2074..=0x2079 => code - 0x2070,
        0x24EA => 0,
        0x2460..=0x2468 => code - 0x245F,
        _ => {
            return ZEROS
                .iter()
                .find_map(|zero| u8::try_from(code.checked_sub(u32::from(*zero))?).ok().filter(|d| *d < 10));
        }
    };
    u8::try_from(value).ok()
}

fn is_plus(c: char) -> bool {
    matches!(c, '+' | '\u{207A}' | '\u{FE62}' | '\u{FF0B}')
}

/// What may stand between the groups of a card number, however much of it: spaces, what takes no space at all, signs.
/// A letter may not.
fn is_separator(c: char) -> bool {
    match c {
        '\0'..='\u{7F}' => !c.is_ascii_alphanumeric(),
        // Latin-1 signs, combining marks, the punctuation and the symbols of all scripts, invisible characters.
        '\u{80}'..='\u{A9}' | '\u{AB}'..='\u{B1}' | '\u{B4}' | '\u{B6}'..='\u{B8}' | '\u{BB}' | '\u{BF}' => true,
        '\u{D7}' | '\u{F7}' | '\u{2B9}'..='\u{36F}' | '\u{60C}' | '\u{61B}' | '\u{61C}' | '\u{66B}' | '\u{66C}' => true,
        '\u{1680}' | '\u{180B}'..='\u{180E}' | '\u{2000}'..='\u{206F}' | '\u{20D0}'..='\u{20F0}' => true,
        '\u{2190}'..='\u{245F}' | '\u{2500}'..='\u{2BFF}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => true,
        '\u{30FB}' | '\u{3164}' | '\u{FE00}'..='\u{FE6F}' | '\u{FEFF}' | '\u{FF01}'..='\u{FF20}' => true,
        '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}' | '\u{FFA0}' | '\u{FFE0}'..='\u{FFFD}' => true,
        '\u{E0000}'..='\u{E0FFF}' => true,
        _ => false,
    }
}

/// Issuer prefixes with the lengths they are issued in (ISO/IEC 7812 ranges of the card schemes).
/// `(lowest, highest, digits compared, shortest, longest)`
const SCHEMES: &[(u32, u32, usize, usize, usize)] = &[
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

/// The longest card number, in digits.
const LONGEST: usize = 19;

/// A run of digits with separators between its groups: `4111 1111 1111 1111 12/27`.
#[derive(Default)]
struct Run {
    /// Each digit, and whether a group begins with it.
    digits: Vec<(u8, bool)>,
    /// A leading `+`: the first group belongs to a telephone number.
    plus: bool,
}

impl Run {
    /// Whether the run holds a card number. A card number begins where a group begins. It ends where a group ends, or
    /// inside a group that is longer than any card number (number, expiry and code typed into one another).
    ///
    /// `step` is called for each thing that is looked at: at each digit at most so many that the whole is linear.
    fn holds_card(&self, step: &mut impl FnMut()) -> bool {
        // ITU-T E.164: a telephone number has at most 15 digits.
        if self.plus && self.digits.len() <= 15 {
            return false;
        }
        let first = usize::from(self.plus);
        (first..self.digits.len()).any(|start| {
            step();
            let rest = self.digits.get(start..start + LONGEST).or(self.digits.get(start..)).unwrap_or_default();
            let begins = |at: usize| self.digits.get(start + at).is_none_or(|(_, begins)| *begins);
            begins(0) && holds_card_at_start(rest, &begins, step)
        })
    }
}

/// Whether the digits begin with a card number; `begins` tells whether a group begins, or the run ends, so many on.
fn holds_card_at_start(digits: &[(u8, bool)], begins: &dyn Fn(usize) -> bool, step: &mut impl FnMut()) -> bool {
    let prefix = |n: usize| digits.iter().take(n).fold(0_u32, |sum, (digit, _)| sum * 10 + u32::from(*digit));
    SCHEMES.iter().any(|(low, high, n, shortest, longest)| {
        step();
        (*low..=*high).contains(&prefix(*n))
            && (*shortest..=*longest).any(|len| {
                step();
                let ends = begins(len) || !(1..=LONGEST).any(begins);
                let number: Vec<u8> = digits.iter().take(len).map(|(digit, _)| *digit).collect();
                ends && number.len() == len && luhn(&number)
            })
    })
}

/// Whether a text is or contains a card number: the check digit, the length and the prefix of a card scheme, with or
/// without separators, in the digits of any script. A number with a leading `+` is a telephone number.
///
/// The time it takes is linear in the text.
pub fn contains_card_number(text: &str) -> bool {
    scan(text, &mut || {})
}

fn scan(text: &str, step: &mut impl FnMut()) -> bool {
    let mut run = Run::default();
    let (mut begins, mut plus) = (true, false);
    for c in text.chars() {
        step();
        if let Some(value) = digit(c) {
            if run.digits.is_empty() {
                run.plus = plus;
            }
            run.digits.push((value, begins));
            begins = false;
        } else if is_separator(c) && !is_plus(c) {
            begins = true;
            plus &= run.digits.is_empty();
        } else {
            if run.holds_card(step) {
                return true;
            }
            (run, begins, plus) = (Run::default(), true, is_plus(c));
        }
    }
    run.holds_card(step)
}

/// Whether a product code is a GTIN, the number under a bar code: 8, 12, 13 or 14 digits with the check digit of GS1's
/// General Specifications, section 7.9. One in ten of them would pass for the number of a card.
pub fn is_gtin(code: &str) -> bool {
    let digits: Vec<u8> = code.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).collect();
    let weights = [1, 3].into_iter().cycle();
    let sum: u32 =
        digits.iter().rev().zip(weights).map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum();
    matches!(digits.len(), 8 | 12 | 13 | 14) && digits.iter().all(u8::is_ascii_digit) && sum.is_multiple_of(10)
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
            "+49 151 12345678 and 4111 1111 1111 1111",
            "+49 151 12345678, 4111 1111 1111 1111",
            "4111    1111    1111    1111",
            "4111\u{AD}1111\u{AD}1111\u{AD}1111",
            "4111\u{FEFF}1111\u{200B}1111\u{200C}1111",
            "4111\u{200D}1111\u{2060}1111\u{A0}1111",
            "4\u{AD}1\u{AD}1\u{AD}1 1111 1111 1111",
            "4111,1111,1111,1111",
            "4111 · 1111 · 1111 · 1111",
            "4111|1111|1111|1111",
            "4111:1111:1111:1111",
            "4111*1111*1111*1111",
            "4111 ~ 1111 \\ 1111 ; 1111",
            "(4111) [1111] {1111} <1111>",
            "4111・1111・1111・1111",
            "4111\n1111\n1111\n1111",
            "4111 ➔ 1111 ➔ 1111 ➔ 1111",
            "𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏",
            "𝟺𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷",
            "④①①① ①①①① ①①①① ①①①①",
            "⁴¹¹¹ ¹¹¹¹ ¹¹¹¹ ¹¹¹¹",
            "4\u{FE0F}\u{20E3}111 1111 1111 1111",
            "१२ 4111 1111 1111 1111",
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
            "4222222222222",
            "4006381333931",
            "+4111-1111-1111-111",
            "\u{FF0B}4111 1111 1111 1111",
            "(+41) 11 1111 1111 111",
            "2026-11-22, 10:00:00",
            "4111 or 1111 or 1111 or 1111",
        ] {
            assert!(!contains_card_number(text), "{text}");
        }
    }

    #[test]
    fn a_number_under_a_bar_code_is_told_by_its_check_digit() {
        for code in ["4006381333931", "5012345678900", "5701234567899", "5601234567892", "036000291452", "96385074"] {
            assert!(is_gtin(code), "{code}");
        }
        for code in ["9 780201 379624", "978-0-201-37962-4", "00012345600012"] {
            assert!(is_gtin(code), "{code}");
        }
        for code in ["", "4006381333932", "4111111111111111", "123456789011", "40063813339A1", "ABCDEFGHIJKLM"] {
            assert!(!is_gtin(code), "{code}");
        }
    }

    #[test]
    fn the_time_is_linear_whatever_the_text() {
        for part in [
            "4 ",
            "4",
            "50",
            "5 0",
            "3",
            "6",
            "4111 1111 1111 1112 ",
            "a",
            "4a",
            "+4 ",
            "5\u{AD}",
            "36 ",
            "1234567890123456789 ",
        ] {
            for count in [100, 1_000, 10_000] {
                let text = part.repeat(count);
                let mut steps = 0_usize;
                _ = scan(&text, &mut || steps += 1);
                let most = 80 * text.chars().count();
                assert!(steps <= most, "{part:?} {count} times: {steps} steps, at most {most}");
            }
        }
    }
}
