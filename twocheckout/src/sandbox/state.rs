//! What the sandbox holds.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::{Fault, Faults};
use super::settings::Settings;

/// The log drops its oldest entries beyond this.
const MAX_LOG_ENTRIES: usize = 10_000;

/// "The session expires in 10 minutes" (page "Authentication"); here from its beginning, the stricter reading.
const SESSION_MILLIS: i64 = 10 * 60 * 1000;

/// A lead, as it was sent, and what 2Checkout adds to it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LeadRecord {
    pub(super) lead_code: String,
    #[serde(rename = "lead")]
    pub(super) lead: Value,
    pub(super) used: bool,
    pub(super) stop_followups: bool,
    /// `YYYY-MM-DDTHH:MM:SS`
    pub(super) created_at: String,
    pub(super) updated_at: Option<String>,
}

/// One call that arrived.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct LogEntry {
    /// Milliseconds of the Unix epoch.
    pub(super) at: i64,
    pub(super) protocol: Protocol,
    /// The name in JSON-RPC, for REST too.
    pub(super) method: String,
    /// Without the session.
    pub(super) params: Value,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Protocol {
    JsonRpc,
    Rest,
}

/// How it ended.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// Whether the work was done, whatever the caller got to know of it.
    pub(super) done: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<Fault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lead_code: Option<String>,
}

/// What survives a restart.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) leads: Vec<LeadRecord>,
    pub(super) log: VecDeque<LogEntry>,
}

#[derive(Default)]
pub(super) struct State {
    kept: Kept,
    pub(super) faults: Faults,
    pub(super) settings: Settings,
    /// By id: when it was opened, in milliseconds of the Unix epoch.
    sessions: HashMap<String, i64>,
}

/// Whether a session may be used.
#[derive(Debug, PartialEq)]
pub(super) enum SessionState {
    Open,
    Expired,
    Unknown,
}

impl State {
    pub(super) fn with(kept: Kept) -> Self {
        Self { kept, ..Self::default() }
    }

    pub(super) fn kept(&self) -> &Kept {
        &self.kept
    }

    pub(super) fn leads(&self) -> &[LeadRecord] {
        &self.kept.leads
    }

    pub(super) fn lead(&self, code: &str) -> Option<&LeadRecord> {
        self.kept.leads.iter().find(|lead| lead.lead_code == code)
    }

    pub(super) fn lead_mut(&mut self, code: &str) -> Option<&mut LeadRecord> {
        self.kept.leads.iter_mut().find(|lead| lead.lead_code == code)
    }

    pub(super) fn add(&mut self, lead: LeadRecord) {
        self.kept.leads.push(lead);
    }

    pub(super) fn log(&mut self, entry: LogEntry) {
        while self.kept.log.len() >= MAX_LOG_ENTRIES {
            self.kept.log.pop_front();
        }
        self.kept.log.push_back(entry);
    }

    /// Forgets leads and log; sessions, faults and settings stay.
    pub(super) fn empty(&mut self) {
        self.kept = Kept::default();
    }

    pub(super) fn open_session(&mut self, id: String, now: Timestamp) {
        let now = now.as_millisecond();
        // Kept for twice its time, so that a late caller is told "expired" and not "unknown".
        self.sessions.retain(|_, since| now - *since < 2 * SESSION_MILLIS);
        self.sessions.insert(id, now);
    }

    pub(super) fn session(&self, id: &str, now: Timestamp) -> SessionState {
        match self.sessions.get(id) {
            Some(since) if now.as_millisecond() - since < SESSION_MILLIS => SessionState::Open,
            Some(_) => SessionState::Expired,
            None => SessionState::Unknown,
        }
    }

    pub(super) fn end_session(&mut self, id: &str) {
        self.sessions.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn entry(at: i64) -> LogEntry {
        let outcome = Outcome { done: true, fault: None, lead_code: None };
        LogEntry { at, protocol: Protocol::JsonRpc, method: "login".into(), params: Value::Null, outcome }
    }

    #[test]
    fn the_log_keeps_the_last_ten_thousand_calls() {
        let mut state = State::default();
        (0..10_005).for_each(|at| state.log(entry(at)));
        assert_eq!(state.kept().log.len(), 10_000);
        assert_eq!(state.kept().log.front().unwrap().at, 5);
    }

    #[test]
    fn a_session_ends_after_ten_minutes() {
        let (mut state, now) = (State::default(), Timestamp::UNIX_EPOCH);
        state.open_session("a".into(), now);
        assert_eq!(state.session("a", now + 599.seconds()), SessionState::Open);
        assert_eq!(state.session("a", now + 600.seconds()), SessionState::Expired);
        assert_eq!(state.session("b", now), SessionState::Unknown);
        state.end_session("a");
        assert_eq!(state.session("a", now), SessionState::Unknown);
    }

    #[test]
    fn an_entry_has_the_keys_of_the_contract_and_no_others() {
        let mut entry = entry(7);
        assert_eq!(
            serde_json::to_string(&entry).unwrap(),
            r#"{"at":7,"protocol":"json-rpc","method":"login","params":null,"outcome":{"done":true}}"#
        );
        entry.protocol = Protocol::Rest;
        entry.outcome =
            Outcome { done: false, fault: Some(Fault::Unavailable503), lead_code: Some("0123456789".into()) };
        let text = serde_json::to_string(&entry).unwrap();
        assert!(text.contains(r#""protocol":"rest""#), "{text}");
        assert!(text.contains(r#"{"done":false,"fault":"unavailable_503","lead_code":"0123456789"}"#), "{text}");
    }
}
