//! The cart as the e-commerce events of a GA4 data layer tell it
//! (<https://developers.google.com/analytics/devguides/collection/ga4/ecommerce>).

use crate::core::loose::Loose;

/// Events that show the whole cart.
const WHOLE: [&str; 4] = ["view_cart", "begin_checkout", "add_shipping_info", "add_payment_info"];

/// What the events of a data layer add up to. No `Debug` of what a shopper has chosen.
#[derive(Default)]
#[allow(missing_debug_implementations)]
pub struct DataLayer {
    /// The newest event that shows the whole cart, and what was added and removed since.
    pub items: Vec<Item>,
    /// ISO 4217, of the newest event that names one.
    pub currency: Option<String>,
    /// Coupon codes of the cart.
    pub coupons: Vec<String>,
    /// The newest order. It stays when a next cart begins: whoever acts on it remembers its number.
    pub purchase: Option<Purchase>,
}

/// An order that the page has told its analytics of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// The shop's number of the order.
    pub transaction_id: Option<String>,
}

/// A line of the cart.
#[allow(missing_debug_implementations)]
pub struct Item {
    code: String,
    quantity: u64,
    name: Option<String>,
    /// A number or a text, as the page has it: 19.90 stays 19.90.
    amount: Loose,
}

impl DataLayer {
    /// Reads rows `[event, currency, coupon, transaction_id, items]`, oldest first; an item is
    /// `[item_id, item_name, price, quantity, coupon]`. Whatever stands there instead is passed over.
    pub fn read(rows: &Loose) -> Self {
        let mut read = Self::default();
        for row in rows.list() {
            read.hear(row);
        }
        read.items.retain(|item| item.quantity > 0);
        read
    }

    /// The cart in 2Checkout's names.
    pub fn cart(&self) -> Loose {
        let line = |item: &Item| {
            let mut line = Loose::object();
            line.put("Code", item.code.as_str().into());
            line.put("Quantity", item.quantity.into());
            line.put("IsDynamic", Loose::Flag(false));
            line.put("Name", item.name.as_deref().into());
            if !matches!(item.amount, Loose::Nothing) {
                let mut price = Loose::object();
                price.put("Amount", item.amount.scalar());
                price.put("Type", "CUSTOM".into());
                line.put("Price", price);
            }
            line
        };
        Loose::List(self.items.iter().map(line).collect())
    }

    fn hear(&mut self, row: &Loose) {
        let Some(event) = row.at(0).text() else { return };
        let is_whole = WHOLE.contains(&event);
        let (is_removed, is_bought) = (event == "remove_from_cart", event == "purchase");
        if !(is_whole || is_removed || is_bought || event == "add_to_cart") {
            return;
        }
        if let Some(currency) = row.at(1).text().filter(|currency| is_currency(currency)) {
            self.currency = Some(currency.to_ascii_uppercase());
        }
        if is_whole || is_bought {
            self.items.clear();
            self.coupons.clear();
        }
        if is_bought {
            self.purchase = Some(Purchase { transaction_id: row.at(3).label().filter(|id| !id.is_empty()) });
            return;
        }
        add_promotions(&mut self.coupons, row.at(2));
        for item in row.at(4).list() {
            self.put(item, is_removed);
        }
    }

    fn put(&mut self, item: &Loose, is_removed: bool) {
        let Some(code) = item.at(0).label().filter(|code| !code.trim().is_empty()) else { return };
        let quantity = item.at(3).whole().unwrap_or(1);
        let known = self.items.iter_mut().find(|item| item.code == code);
        if is_removed {
            if let Some(known) = known {
                known.quantity = known.quantity.saturating_sub(quantity);
            }
            return;
        }
        add_promotions(&mut self.coupons, item.at(4));
        match known {
            Some(known) => known.quantity = known.quantity.saturating_add(quantity),
            None => {
                let name = item.at(1).text().map(str::to_owned);
                self.items.push(Item { code, quantity, name, amount: item.at(2).scalar() });
            }
        }
    }
}

/// ISO 4217, in whatever case.
pub fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Adds the coupon codes that are new: of a list, or of a text with commas between them.
pub fn add_promotions(codes: &mut Vec<String>, given: &Loose) {
    for one in given.list() {
        add_promotions(codes, one);
    }
    for code in given.label().unwrap_or_default().split(',').map(str::trim) {
        if !code.is_empty() && !codes.iter().any(|known| known == code) {
            codes.push(code.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> DataLayer {
        DataLayer::read(&serde_json::from_str(rows).unwrap())
    }

    fn items(layer: &DataLayer) -> String {
        serde_json::to_string(&layer.cart()).unwrap()
    }

    #[test]
    fn events_add_up_to_a_cart() {
        let cases = [
            ("nothing at all", "[]", "[]"),
            (
                "the whole cart, and what was added and removed since",
                r#"[["add_to_cart", "EUR", null, null, [["OLD", null, null, 1]]],
                    ["view_cart", "EUR", null, null, [["A", null, null, 1], ["B", null, null, 1]]],
                    ["add_to_cart", null, null, null, [["A", null, null, 2], ["C", null, "19.90", null]]],
                    ["remove_from_cart", null, null, null, [["B", null, null, 1]]],
                    ["select_item", null, null, null, [["D", null, null, 1]]]]"#,
                r#"[{"Code":"A","Quantity":3,"IsDynamic":false},{"Code":"C","Quantity":1,"IsDynamic":false,"Price":{"Amount":"19.90","Type":"CUSTOM"}}]"#,
            ),
            (
                "numbers and texts count alike",
                r#"[["begin_checkout", "CZK", null, null, [[45048, "Mug", 379, "3"]]]]"#,
                r#"[{"Code":"45048","Quantity":3,"IsDynamic":false,"Name":"Mug","Price":{"Amount":379,"Type":"CUSTOM"}}]"#,
            ),
            (
                "what is no item is passed over",
                r#"[["add_to_cart", null, null, null, [null, [], [{}], [""], ["A", 7, {}, "many"], 7]], null, 7, "x", [[]]]"#,
                r#"[{"Code":"A","Quantity":1,"IsDynamic":false}]"#,
            ),
            (
                "more removed than there is, and what was never added",
                r#"[["add_to_cart", null, null, null, [["A", null, null, 1]]],
                    ["remove_from_cart", null, null, null, [["A", null, null, 9], ["B", null, null, 1]]]]"#,
                "[]",
            ),
            (
                "a purchase leaves no cart",
                r#"[["add_to_cart", null, null, null, [["A"]]], ["purchase", "EUR", "X", "T-1", [["A"]]]]"#,
                "[]",
            ),
        ];
        for (name, rows, expected) in cases {
            assert_eq!(items(&read(rows)), expected, "{name}");
        }
    }

    #[test]
    fn the_currency_is_that_of_the_newest_event_that_names_one_and_never_guessed() {
        let cases = [
            (r#"[["view_cart", null, null, null, [["A"]]]]"#, None),
            (r#"[["view_cart", "czk", null, null, []], ["add_to_cart", null, null, null, [["A"]]]]"#, Some("CZK")),
            (r#"[["view_cart", "CZK", null, null, []], ["add_to_cart", "Euro", null, null, []]]"#, Some("CZK")),
            (r#"[["view_cart", "CZK", null, null, []], ["view_cart", "EUR", null, null, []]]"#, Some("EUR")),
            (r#"[["select_item", "CZK", null, null, []]]"#, None),
        ];
        for (rows, expected) in cases {
            assert_eq!(read(rows).currency.as_deref(), expected, "{rows}");
        }
    }

    #[test]
    fn coupons_of_the_cart_and_of_its_items_are_promotions() {
        let layer = read(
            r#"[["view_cart", null, "OLD", null, []],
                ["begin_checkout", null, "SUMMER, TEN", null, [["A", null, null, 1, "A5"], ["B", null, null, 1, "TEN"]]]]"#,
        );
        assert_eq!(layer.coupons, ["SUMMER", "TEN", "A5"]);
    }

    #[test]
    fn a_purchase_is_known_by_the_number_of_its_order() {
        let number = |rows: &str| read(rows).purchase.map(|purchase| purchase.transaction_id);
        assert_eq!(number(r#"[["view_cart", null, null, "T-0", []]]"#), None);
        assert_eq!(number(r#"[["purchase", null, null, "T-1", []]]"#), Some(Some("T-1".into())));
        assert_eq!(number(r#"[["purchase", null, null, 4711, []]]"#), Some(Some("4711".into())));
        assert_eq!(number(r#"[["purchase", null, null, null, []]]"#), Some(None));
        let next = r#"[["purchase", null, null, "T-1", []], ["add_to_cart", null, null, null, [["B"]]]]"#;
        assert_eq!((number(next), read(next).items.len()), (Some(Some("T-1".into())), 1), "the next cart has begun");
    }

    #[test]
    fn promotions_are_a_list_or_a_text_with_commas() {
        let cases = [
            (r#""A, B,,A ""#, &["A", "B"][..]),
            (r#"["A", 7, null, "B,C"]"#, &["A", "7", "B", "C"]),
            ("null", &[]),
            ("{}", &[]),
        ];
        for (given, expected) in cases {
            let mut codes = Vec::new();
            add_promotions(&mut codes, &serde_json::from_str(given).unwrap());
            assert_eq!(codes, expected, "{given}");
        }
    }
}
