//! A cart as a row: its JSON, and beside it what a store looks for. Only the JSON is read back.

use super::StoreError;
use crate::cart::{Cart, Retained, Status};
use crate::leads::State;

/// The columns of `carts`, once: what a row has, and how both databases are given it.
macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $rust:ty = $sql:literal,)*) => {
        /// The row of a cart.
        #[derive(Debug, Clone)]
        pub(super) struct Row {
            $($(#[$doc])* pub(super) $name: $rust,)*
        }

        /// Rows, column by column.
        #[derive(Default)]
        pub(super) struct Columns {
            $($name: Vec<$rust>,)*
        }

        /// Each column and its type in PostgreSQL.
        pub(super) const COLUMNS: &[(&str, &str)] = &[$((stringify!($name), $sql)),*];

        impl Row {
            /// Gives each value in the order of [`COLUMNS`].
            pub(super) fn bind(self, to: &mut sqlx::query_builder::Separated<'_, '_, sqlx::Sqlite, &'static str>) {
                $(to.push_bind(self.$name);)*
            }
        }

        impl FromIterator<Row> for Columns {
            fn from_iter<T: IntoIterator<Item = Row>>(rows: T) -> Self {
                let mut columns = Self::default();
                for row in rows {
                    $(columns.$name.push(row.$name);)*
                }
                columns
            }
        }

        impl Columns {
            /// Gives each column in the order of [`COLUMNS`].
            pub(super) fn bind(
                self,
                query: sqlx::query::QueryScalar<'_, sqlx::Postgres, String, sqlx::postgres::PgArguments>,
            ) -> sqlx::query::QueryScalar<'_, sqlx::Postgres, String, sqlx::postgres::PgArguments> {
                query$(.bind(self.$name))*
            }
        }
    };
}

columns! {
    cart: String = "TEXT",
    /// Counts the writes of the row: one that was meant for an earlier one is refused.
    revision: i64 = "BIGINT",
    /// The [`Cart`] as JSON.
    data: String = "TEXT",
    /// The name of its [`State`].
    stage: String = "TEXT",
    /// See [`Queue`].
    queue: Option<i16> = "SMALLINT",
    next_attempt_at: Option<i64> = "BIGINT",
    parked: bool = "BOOLEAN",
    /// Whether somebody delivers it now.
    held: bool = "BOOLEAN",
    /// See [`retention`].
    retention: i16 = "SMALLINT",
    /// Of `updated_at`: an index of it is not written with every save.
    updated_minute: i64 = "BIGINT",
    /// Whether nothing is left of what was typed.
    erased: bool = "BOOLEAN",
    lead_code: Option<String> = "TEXT",
    external_reference: Option<String> = "TEXT",
    email_hash: Option<Vec<u8>> = "BYTEA",
    admitted_at: Option<i64> = "BIGINT",
    created_at: i64 = "BIGINT",
    updated_at: i64 = "BIGINT",
}

/// In which line a cart waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Queue {
    /// Closed carts: their leads mail somebody who has bought, or does not want it.
    Closings,
    /// Open ones.
    Others,
    /// Open ones that 2Checkout has refused.
    Refused,
    /// Refused so often that they wait for their next change, or for a start.
    GivenUp,
}

impl Queue {
    fn of(cart: &Cart) -> Option<Self> {
        match (cart.next_attempt_at, cart.parked) {
            (None, false) => None,
            (None, true) => Some(Self::GivenUp),
            (Some(_), _) if cart.status != Status::Open => Some(Self::Closings),
            (Some(_), false) => Some(Self::Others),
            (Some(_), true) => Some(Self::Refused),
        }
    }

    pub(super) fn number(self) -> i16 {
        match self {
            Self::Closings => 0,
            Self::Others => 1,
            Self::Refused => 2,
            Self::GivenUp => 3,
        }
    }
}

pub(super) const MINUTE_MS: u64 = 60_000;

/// [`Retained`] as a number; 0 for what is to be delivered.
pub(super) fn retention(retained: Option<Retained>) -> i16 {
    match retained {
        None => 0,
        Some(Retained::Content) => 1,
        Some(Retained::WithoutAddress) => 2,
        Some(Retained::Consent) => 3,
        Some(Retained::InAdvance) => 4,
        Some(Retained::Tombstone) => 5,
    }
}

/// Moments and counters never come near the bounds of either type.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A cart from its JSON. The error never says what stands in it.
pub(super) fn read(data: &str) -> Result<Cart, StoreError> {
    serde_json::from_str(data).map_err(|_| StoreError::Damaged("a row has no readable cart".to_owned()))
}

impl Row {
    /// The row of a cart, of no revision yet.
    pub(super) fn of(cart: &Cart) -> Result<Self, StoreError> {
        let data = serde_json::to_string(cart).map_err(|_| StoreError::Database("a cart is no JSON".to_owned()))?;
        Ok(Self {
            cart: cart.id.clone(),
            revision: 0,
            data,
            stage: State::of(cart).name().to_owned(),
            queue: Queue::of(cart).map(Queue::number),
            next_attempt_at: cart.next_attempt_at.map(signed),
            parked: cart.parked,
            held: cart.holder.is_some(),
            retention: retention(Retained::of(cart)),
            updated_minute: signed(cart.updated_at / MINUTE_MS),
            erased: cart.state.is_empty(),
            lead_code: cart.lead_code.clone(),
            external_reference: cart.external_reference.clone(),
            email_hash: cart.email_hash.map(|hash| hash.as_bytes().to_vec()),
            admitted_at: cart.admitted_at.map(signed),
            created_at: signed(cart.created_at),
            updated_at: signed(cart.updated_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use wire::{Path, Stamped};

    use super::*;
    use crate::cart::{Adding, Consent, EmailHash, KeyHash};

    const ID: &str = "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10";

    #[test]
    fn a_cart_comes_back_as_it_went() {
        let mut cart = Cart::new(ID, KeyHash::of("k"), 5);
        assert_eq!(read(&Row::of(&cart).unwrap().data).unwrap(), cart);
        cart.state = [
            ("BillingDetails.City".parse().unwrap(), Stamped::text("Zürich \"A\"", 3)),
            ("BillingDetails.Company".parse().unwrap(), Stamped::cleared(4)),
            (Path::Items, Stamped::json(r#"[{"Quantity":1,"Code":"A","Price":{"Amount":19.90}}]"#, 5)),
        ]
        .into_iter()
        .collect();
        cart.adding = Some(Adding { since: 9, email: "ada@example.com".into() });
        (cart.version, cart.delivered, cart.attempts, cart.next_attempt_at) = (7, 6, 5, Some(1 << 41));
        (cart.marked, cart.renewed, cart.parked, cart.status) = (true, true, true, Status::Withdrawn);
        (cart.followups_stopped, cart.quiet_since) = (true, Some(4));
        (cart.admitted_at, cart.is_withheld) = (Some(8), true);
        (cart.proposed_lead_code, cart.needs_read_back) = (Some("L2".into()), true);
        let (mode, text, language) =
            (crate::cart::ConsentMode::Ask, Some("Zürich may \"write\" to me".into()), Some("DE".into()));
        cart.consent = Some(Consent { mode, at: 3, text, language });
        (cart.external_reference, cart.email_hash) = (Some("A-7".into()), EmailHash::from_bytes(&[7; 32]));
        (cart.claims, cart.holder) = (3, Some("a".into()));
        (cart.lead_code, cart.order_reference) = (Some("L1".into()), Some("A-1".into()));
        assert_eq!(read(&Row::of(&cart).unwrap().data).unwrap(), cart);
    }

    #[test]
    fn a_row_that_makes_no_sense_is_reported_without_its_values() {
        for data in ["ada@example.com", r#"{"id":"ada@example.com","key":"ada@example.com"}"#] {
            assert_eq!(read(data).unwrap_err().to_string(), "the store is damaged: a row has no readable cart");
        }
    }

    #[test]
    fn a_field_that_a_later_version_added_is_left_out() {
        let cart = Cart::new(ID, KeyHash::of("k"), 5);
        let data = Row::of(&cart)
            .unwrap()
            .data
            .replace("\"state\":{", "\"later\":1,\"state\":{\"Later.Path\":{\"value\":\"x\",\"at\":1}");
        assert!(data.contains("Later.Path"));
        assert_eq!(read(&data).unwrap(), cart);
    }
}
