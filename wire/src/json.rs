//! Writes JSON without a library: the widget sends one shape, and Items have to pass through as the text they came in.

/// Appends `text` as a JSON string (RFC 8259, section 7).
pub(crate) fn push_string(out: &mut String, text: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c < ' ' => {
                out.push_str("\\u00");
                let code = c as usize;
                out.extend([HEX.get(code >> 4), HEX.get(code & 15)].into_iter().flatten());
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Appends a number.
pub(crate) fn push_number(out: &mut String, mut number: u64) {
    let start = out.len();
    loop {
        out.insert(start, char::from(b'0' + (number % 10) as u8));
        number /= 10;
        if number == 0 {
            return;
        }
    }
}
