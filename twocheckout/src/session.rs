//! The session of JSON-RPC: one for all calls, renewed before it ends, opened once however many calls need it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::Error;

/// A session ends after ten minutes; whether from its beginning or its last use, 2Checkout's pages do not say.
const RENEW_AFTER: Duration = Duration::from_secs(9 * 60);

/// An open session. `Debug` does not show its id.
#[derive(Clone, derive_more::Debug)]
pub(crate) struct Session {
    #[debug("***")]
    id: Arc<str>,
    /// The how-manieth login opened it. Ids are not compared: a login may well bring the same one again.
    login: u64,
    since: Instant,
}

impl Session {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

/// The session that all calls share.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    /// How the last login ended. Locked while one is under way, so that others wait for it instead of logging in too.
    last: Mutex<Option<Result<Session, Error>>>,
    /// Logins that have ended.
    logins: AtomicU64,
}

impl Sessions {
    /// The current session, or a new one by `login`: when there is none, when it is too old at `now`, or when it is the
    /// one that `failed`.
    ///
    /// Whoever waits here while a login fails shares its error.
    pub(crate) async fn get<F>(&self, failed: Option<&Session>, now: Instant, login: F) -> Result<Session, Error>
    where
        F: AsyncFnOnce() -> Result<String, Error>,
    {
        let seen = self.logins.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        match &*last {
            Some(Ok(session)) => {
                let fresh = now.saturating_duration_since(session.since) < RENEW_AFTER;
                if fresh && failed.is_none_or(|failed| failed.login != session.login) {
                    return Ok(session.clone());
                }
            }
            Some(Err(error)) if self.logins.load(Ordering::Acquire) != seen => return Err(error.clone()),
            _ => {}
        }
        let opened = login().await;
        let number = self.logins.fetch_add(1, Ordering::AcqRel) + 1;
        let outcome = opened.map(|id| Session { id: id.into(), login: number, since: now });
        *last = Some(outcome.clone());
        outcome
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use crate::SignIn;

    use super::*;

    #[tokio::test]
    async fn a_session_is_kept_for_nine_minutes() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let open = async |after: u64| {
            let now = start + Duration::from_secs(after);
            sessions.get(None, now, async || Ok(format!("opened at {after}"))).await.unwrap().id().to_owned()
        };
        assert_eq!(open(0).await, "opened at 0");
        assert_eq!(open(9 * 60 - 1).await, "opened at 0");
        assert_eq!(open(9 * 60).await, "opened at 540");
    }

    #[tokio::test]
    async fn a_failed_session_is_replaced_once_for_all_who_used_it() {
        let (sessions, now, logins) = (Sessions::default(), Instant::now(), AtomicU32::new(0));
        let login = async || {
            tokio::task::yield_now().await;
            logins.fetch_add(1, Ordering::SeqCst);
            // The same id each time: sessions are told apart by their login.
            Ok("same".to_owned())
        };
        let first = sessions.get(None, now, login).await.unwrap();
        let (a, b, c) = tokio::join!(
            sessions.get(Some(&first), now, login),
            sessions.get(Some(&first), now, login),
            sessions.get(Some(&first), now, login),
        );
        assert_eq!(logins.load(Ordering::SeqCst), 2);
        assert_eq!([a, b, c].map(|session| session.unwrap().login), [2, 2, 2]);
    }

    #[tokio::test]
    async fn whoever_waits_while_a_login_fails_shares_its_error_and_the_next_call_tries_again() {
        let (sessions, now, logins) = (Sessions::default(), Instant::now(), AtomicU32::new(0));
        let login = async || {
            tokio::task::yield_now().await;
            logins.fetch_add(1, Ordering::SeqCst);
            Err::<String, _>(Error::Unauthorised(SignIn::Unknown))
        };
        let (a, b) = tokio::join!(sessions.get(None, now, login), sessions.get(None, now, login));
        assert_eq!(
            [a.unwrap_err(), b.unwrap_err()],
            [Error::Unauthorised(SignIn::Unknown), Error::Unauthorised(SignIn::Unknown)]
        );
        assert_eq!(logins.load(Ordering::SeqCst), 1);
        assert!(sessions.get(None, now, login).await.is_err());
        assert_eq!(logins.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_login_that_was_given_up_does_not_block_the_next() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let never = sessions.get(None, now, async || std::future::pending().await);
        assert!(tokio::time::timeout(Duration::from_millis(1), never).await.is_err());
        assert_eq!(sessions.get(None, now, async || Ok("id".to_owned())).await.unwrap().id(), "id");
    }
}
