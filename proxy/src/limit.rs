//! The limits that keep strangers from doing harm, by name: for metrics and logs.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::own_ms;

/// A limit that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Limit {
    /// Requests of one client in a minute.
    Requests,
    /// New carts of one client in ten minutes.
    NewCartsPerClient,
    /// New carts of one network in ten minutes.
    NewCartsPerNetwork,
    /// New carts of everybody in an hour.
    NewCartsPerHour,
    /// Connections of one client.
    #[strum(serialize = "connections_per_client")]
    Connections,
    /// Live leads of one address in a day.
    LeadsPerAddress,
    /// New leads of everybody in an hour.
    LeadsPerHour,
    /// Addresses of domains that never get a lead.
    BlockedDomain,
}

impl Limit {
    /// All of them, in the order of [`Self::index`].
    pub(crate) const ALL: [Self; 5] =
        [Self::Requests, Self::NewCartsPerClient, Self::NewCartsPerNetwork, Self::NewCartsPerHour, Self::Connections];

    /// The label in `/metrics` and in the log.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    /// The setting that moves it.
    fn setting(self) -> &'static str {
        match self {
            Self::Requests => "--rate-per-minute (LEADKEEP_RATE_PER_MINUTE)",
            Self::NewCartsPerClient => "--new-carts-per-client (LEADKEEP_NEW_CARTS_PER_CLIENT)",
            Self::NewCartsPerNetwork => "--new-carts-per-network (LEADKEEP_NEW_CARTS_PER_NETWORK)",
            Self::NewCartsPerHour => "--new-carts-per-hour (LEADKEEP_NEW_CARTS_PER_HOUR)",
            Self::Connections => "--connections-per-client (LEADKEEP_CONNECTIONS_PER_CLIENT)",
            Self::LeadsPerAddress => "--leads-per-address (LEADKEEP_LEADS_PER_ADDRESS)",
            Self::LeadsPerHour => "--leads-per-hour (LEADKEEP_LEADS_PER_HOUR)",
            Self::BlockedDomain => "--blocked-domains (LEADKEEP_BLOCKED_DOMAINS)",
        }
    }

    fn index(self) -> usize {
        Self::ALL.iter().position(|limit| *limit == self).unwrap_or(0)
    }
}

/// A limit that is met is logged at once, and while that goes on once in this time: whoever floods the proxy must not flood
/// its log.
const LOGGED_EVERY_MS: u64 = 60_000;

/// Logs the limits that are met.
#[derive(Debug, Default)]
pub(crate) struct LimitLog([(AtomicU64, AtomicU64); Limit::ALL.len()]);

impl LimitLog {
    /// `client` stands for a client, and is no address.
    pub(crate) fn hit(&self, limit: Limit, client: Option<&str>) {
        if let Some(hits) = self.due(limit, own_ms()) {
            let (name, setting) = (limit.name(), limit.setting());
            tracing::warn!(limit = name, hits, client, setting, "a limit was met");
        }
    }

    /// How many hits a log line is due for.
    fn due(&self, limit: Limit, now: u64) -> Option<u64> {
        let (hits, last) = self.0.get(limit.index())?;
        hits.fetch_add(1, Ordering::Relaxed);
        // Zero: never.
        let now = now.saturating_add(1);
        let due = |last: u64| last == 0 || now.saturating_sub(last) >= LOGGED_EVERY_MS;
        let claimed = last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| due(last).then_some(now));
        claimed.is_ok().then(|| hits.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_logged_at_once_and_then_once_a_minute_with_its_size() {
        let log = LimitLog::default();
        assert_eq!(log.due(Limit::Requests, 0), Some(1));
        assert!((1..60_000).step_by(100).all(|now| log.due(Limit::Requests, now).is_none()));
        assert_eq!(log.due(Limit::NewCartsPerClient, 5), Some(1), "each by itself");
        assert_eq!(log.due(Limit::Requests, 60_000), Some(601));
    }
}
