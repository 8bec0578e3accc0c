//! Plain text for a terminal.

use std::fmt;

use serde_json::Value;

/// Columns as wide as what stands in them.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(titles: &[&str]) -> Self {
        Self { rows: vec![titles.iter().map(|title| title.to_uppercase()).collect()] }
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.iter().map(|cell| printable(cell)).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

/// A text of a shopper or a page moves no cursor and colours nothing.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A JSON object as lines: `name: value`, one for each value in it.
pub(super) fn lines(value: &Value) -> String {
    let mut text = String::new();
    write(value, "", &mut text);
    text
}

fn write(value: &Value, name: &str, text: &mut String) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let is_field = value.as_object().is_some_and(|field| field.contains_key("changed_at"));
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                match value.get("value").filter(|_| is_field) {
                    Some(typed) => write(typed, name.trim_start_matches("fields."), text),
                    None => write(value, &name, text),
                }
            }
        }
        Value::Null => {}
        Value::String(string) => text.push_str(&format!("{name}: {}\n", printable(string))),
        other => text.push_str(&format!("{name}: {}\n", printable(&other.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let mut table = Table::new(&["cart", "state"]);
        table.row(["a-long-id".to_owned(), "open".to_owned()]);
        table.row(["b".to_owned(), "x\u{1b}[31m".to_owned()]);
        assert_eq!(table.to_string(), "CART       STATE\na-long-id  open\nb          x\u{fffd}[31m\n");
    }

    #[test]
    fn an_object_is_lines_without_what_is_not_there() {
        let shown = lines(&json!({
            "cart": "c", "lead_code": null, "consent": {"mode": "ask"},
            "fields": {"BillingDetails.City": {"value": "Turin\n", "changed_at": "x"}, "Items": {"value": [1], "changed_at": "x"}}
        }));
        assert_eq!(shown, "cart: c\nconsent.mode: ask\nBillingDetails.City: Turin\u{fffd}\nItems: [1]\n");
    }
}
