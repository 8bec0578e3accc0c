//! What a seed decides before its run begins: who is there, and what may go wrong.

use leadkeep::core::config::Consent;

use crate::chance::Chance;

/// A protection of the product. The harness can take one away, to show that the simulation would notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// One delivery at a time for each cart.
    SingleFlight,
    /// After a lost answer of `addLead` the lead is looked for.
    Reconciliation,
    /// A closed cart is remembered.
    Tombstone,
    /// Changes are merged by the moment the shopper made them.
    FieldTime,
    /// The browser's record is written before the request leaves.
    DirtyFlag,
    /// A lead is marked again after an update of it.
    MarkAgain,
    /// An order ends only carts that began before it.
    OrderTime,
    /// The last request of a page outlives it.
    Keepalive,
}

impl Protection {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::SingleFlight,
        Self::Reconciliation,
        Self::Tombstone,
        Self::FieldTime,
        Self::DirtyFlag,
        Self::MarkAgain,
        Self::OrderTime,
        Self::Keepalive,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::SingleFlight => "single-flight",
            Self::Reconciliation => "reconciliation",
            Self::Tombstone => "tombstone",
            Self::FieldTime => "field-time",
            Self::DirtyFlag => "dirty-flag",
            Self::MarkAgain => "mark-again",
            Self::OrderTime => "order-time",
            Self::Keepalive => "keepalive",
        }
    }

    /// The protection of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protection| protection.name() == name)
    }
}

/// In percent, how often something goes wrong. Each seed switches whole kinds of faults off ("swarm testing": a fault that
/// is always there hides what only its absence shows).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Faults {
    /// A request between browser and proxy does not arrive.
    pub(crate) request_lost: u64,
    /// The proxy's answer does not arrive.
    pub(crate) answer_lost: u64,
    /// A request arrives twice.
    pub(crate) repeated: u64,
    /// A request is late by up to minutes.
    pub(crate) late: u64,
    /// A request of a page never ends, as far as the page can tell.
    pub(crate) hangs: u64,
    /// A call to 2Checkout is not carried out and has no answer.
    pub(crate) call_lost: u64,
    /// It is carried out, and its answer is lost.
    pub(crate) call_answer_lost: u64,
    /// 2Checkout takes long.
    pub(crate) call_slow: u64,
    /// 503, 429: not carried out, and said so.
    pub(crate) call_refused: u64,
    /// 2Checkout does not accept the session or the credentials.
    pub(crate) call_unauthorised: u64,
    /// Acts of a shopper that are a fault of the page or the browser, see `shopper`.
    pub(crate) tab_crash: u64,
    pub(crate) freeze: u64,
    pub(crate) storage_cleared: u64,
    pub(crate) storage_blocked: u64,
    pub(crate) clock_jump: u64,
    pub(crate) offline: u64,
    /// A proxy is killed, or stands still.
    pub(crate) proxy_crash: u64,
    pub(crate) proxy_freeze: u64,
}

/// What a seed decides.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) consent: Consent,
    pub(crate) browsers: usize,
    pub(crate) proxies: usize,
    /// Acts of each shopper.
    pub(crate) acts: u64,
    /// Longest usual time between two acts, in milliseconds.
    pub(crate) pace: u64,
    /// Whether shoppers order, withdraw, and buy again.
    pub(crate) orders: bool,
    pub(crate) withdrawals: bool,
    /// In percent, how many of the orders a server reports, and the shopper's browser does not.
    pub(crate) orders_by_server: u64,
    /// Whether an update of a lead takes its marks with it.
    pub(crate) update_clears_marks: bool,
    /// Clocks of browsers and proxies are wrong by up to so many milliseconds.
    pub(crate) skew: u64,
    pub(crate) faults: Faults,
}

impl Plan {
    pub(crate) fn of(chance: &mut Chance) -> Self {
        let mut some = |percent: u64| if chance.percent(45) { chance.between(1, percent) } else { 0 };
        let faults = Faults {
            request_lost: some(30),
            answer_lost: some(30),
            repeated: some(20),
            late: some(20),
            hangs: some(20),
            call_lost: some(30),
            call_answer_lost: some(30),
            call_slow: some(30),
            call_refused: some(30),
            call_unauthorised: some(10),
            tab_crash: some(8),
            freeze: some(8),
            storage_cleared: some(4),
            storage_blocked: some(4),
            clock_jump: some(4),
            offline: some(8),
            proxy_crash: some(8),
            proxy_freeze: some(8),
        };
        Self {
            consent: chance
                .pick(&[Consent::Granted, Consent::Granted, Consent::Ask, Consent::External])
                .unwrap_or_default(),
            browsers: 1 + usize::from(chance.percent(25)),
            proxies: 1 + usize::from(chance.percent(50)),
            acts: chance.between(8, 60),
            pace: chance.pick(&[300, 2_000, 10_000, 60_000]).unwrap_or(2_000),
            orders: chance.percent(50),
            withdrawals: chance.percent(25),
            skew: chance.pick(&[0, 2_000, 3_600_000]).unwrap_or(0),
            faults,
            orders_by_server: chance.pick(&[0, 50, 100]).unwrap_or(0),
            update_clears_marks: chance.percent(50),
        }
    }

    /// Nothing goes wrong.
    pub(crate) fn calm() -> Self {
        Self {
            consent: Consent::Granted,
            browsers: 1,
            proxies: 1,
            acts: 0,
            pace: 2_000,
            orders: false,
            withdrawals: false,
            orders_by_server: 0,
            update_clears_marks: false,
            skew: 0,
            faults: Faults::default(),
        }
    }
}
