//! What a notification says about an order.

/// `ORDERSTATUS`, as the pages "IPN triggers" and "IPN parameters" list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE", ascii_case_insensitive)]
#[non_exhaustive]
pub enum OrderStatus {
    /// Placed; waits for the bank.
    Pending,
    /// Placed by purchase order; waits for its payment.
    PurchasePending,
    /// Placed; waits for 2Checkout's approval.
    PendingApproval,
    /// Placed; waits for the merchant's approval.
    PendingOrderApproval,
    /// The bank has agreed to pay.
    PaymentAuthorized,
    /// As `PaymentAuthorized`, in older accounts.
    #[strum(serialize = "AUTHRECEIVED")]
    AuthReceived,
    /// The money is there.
    PaymentReceived,
    /// Paid and delivered.
    Complete,
    /// Given up before it was paid.
    Canceled,
    /// Paid back.
    Refund,
    /// Taken back by the bank.
    Reversed,
    /// Not accepted.
    Invalid,
    /// Missing, or none of these.
    Other,
}

impl OrderStatus {
    /// The status of a name, in either case.
    pub fn from_name(name: &str) -> Self {
        name.trim().parse().unwrap_or(Self::Other)
    }
}

/// What a notification means for the leads of its buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The order is placed and paid, or as good as paid: the lead is used, its follow-up mails stop.
    Ordered,
    /// The order is placed but waits for its payment: the follow-up mails stop, since 2Checkout's own mails of unfinished
    /// payments begin; the lead is not used yet.
    AwaitingPayment,
    /// Nothing.
    Unchanged(Unchanged),
}

/// Why a notification means nothing for a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unchanged {
    /// A subscription was renewed (`ORIGINAL_REFNOEXT` is not empty): nobody was at a checkout.
    Renewal,
    /// `TEST_ORDER=1`.
    TestOrder,
    /// `FRAUD_STATUS=DENIED`.
    Denied,
    /// `CANCELED`, `REFUND`, `REVERSED`, `INVALID`, or a status that is not known.
    Status,
}

/// What the fields of a notification say that decide its meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    pub(super) status: OrderStatus,
    pub(super) is_denied: bool,
    pub(super) is_renewal: bool,
    pub(super) is_test_order: bool,
}

impl Facts {
    pub(super) fn meaning(self) -> Meaning {
        use OrderStatus::*;
        match self.status {
            _ if self.is_renewal => Meaning::Unchanged(Unchanged::Renewal),
            _ if self.is_test_order => Meaning::Unchanged(Unchanged::TestOrder),
            PaymentAuthorized | AuthReceived | PaymentReceived | Complete if self.is_denied => {
                Meaning::Unchanged(Unchanged::Denied)
            }
            PaymentAuthorized | AuthReceived | PaymentReceived | Complete => Meaning::Ordered,
            Pending | PurchasePending | PendingApproval | PendingOrderApproval => Meaning::AwaitingPayment,
            Canceled | Refund | Reversed | Invalid | Other => Meaning::Unchanged(Unchanged::Status),
        }
    }
}
