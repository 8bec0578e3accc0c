//! 2Checkout, as the delivery sees it. The one place where its errors are judged.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use twocheckout::{Client, Error, Mark, Search};

use super::outcome::{Outcome, ReadBack};
use super::step::Call;
use crate::cart::{Adding, Millis, state_of};

/// Whoever carries out a [`Call`].
#[async_trait]
pub trait Upstream: Send + Sync + std::fmt::Debug {
    /// Carries it out, once.
    async fn call(&self, cart: &str, call: &Call) -> Outcome;
}

#[async_trait]
impl Upstream for Client {
    async fn call(&self, cart: &str, call: &Call) -> Outcome {
        let result = match call {
            Call::Find(adding) => find(self, cart, adding).await,
            Call::CheckUsed { lead_code } => check_used(self, lead_code).await,
            Call::Read { lead_code } => {
                return match self.get_lead(lead_code).await {
                    Ok(found) => Outcome::Read(ReadBack {
                        is_of_cart: found.lead.cart_id.as_deref() == Some(cart),
                        state: state_of(&found.lead),
                    }),
                    Err(error) => judge(&error),
                };
            }
            Call::Add(lead) => self.add_lead(lead).await.map(|receipt| Some(receipt.lead_code)),
            Call::Update { lead_code, lead } | Call::Empty { lead_code, lead } => {
                self.update_lead(lead_code, lead).await.map(|_| None)
            }
            Call::Mark { lead_code, used } => {
                let mark = Mark { lead_code: lead_code.clone(), used: *used, stop_followups: true };
                self.mark_leads(&[mark]).await.map(|()| None)
            }
        };
        match result {
            Ok(code) => Outcome::Done(code),
            Err(error) => judge(&error),
        }
    }
}

/// The client's own refusal, before anything was sent.
const INCOMPLETE: &str = "leadkeep/incomplete";

fn judge(error: &Error) -> Outcome {
    match error {
        Error::UnknownLead => Outcome::UnknownLead,
        Error::Unauthorised(why) => Outcome::Unauthorised(*why),
        error if error.is_transient() => {
            Outcome::Transient { retry_after_ms: error.retry_after().map(millis), maybe_done: error.maybe_done() }
        }
        Error::Rejected { code, .. } if code == INCOMPLETE => {
            tracing::error!("a lead lacks what 2Checkout requires; it waits for the next change of its cart");
            Outcome::Incomplete
        }
        Error::Rejected { code, .. } => {
            tracing::error!(
                code,
                "2Checkout refused a lead; it is tried again later, or with the next change of its cart"
            );
            Outcome::Rejected
        }
        error => {
            tracing::error!(%error, "2Checkout cannot be called");
            Outcome::Rejected
        }
    }
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// The lead of a cart among those with its address, from the day before its `addLead` on: 2Checkout's day may begin at
/// another hour than this machine's. Of several the first, so that every proxy and every attempt finds the same.
async fn find(client: &Client, cart: &str, adding: &Adding) -> Result<Option<String>, Error> {
    let (email, start_date) = (Some(adding.email.clone()), day_before(adding.since));
    let leads = client.search_all(&Search { email, start_date, ..Search::default() }).await?;
    let ours = |lead: &twocheckout::StoredLead| lead.lead.cart_id.as_deref() == Some(cart);
    Ok(leads.into_iter().find(ours).map(|lead| lead.lead_code))
}

/// The code, if 2Checkout counts the lead as used.
async fn check_used(client: &Client, lead_code: &str) -> Result<Option<String>, Error> {
    let search = Search { lead_code: Some(lead_code.to_owned()), kind: Some("Used".to_owned()), ..Search::default() };
    let leads = client.search_leads(&search).await?;
    // A filter that 2Checkout did not understand would bring any lead.
    Ok(leads.into_iter().map(|lead| lead.lead_code).find(|code| code == lead_code))
}

fn day_before(moment: Millis) -> Option<String> {
    let moment = Timestamp::from_millisecond(i64::try_from(moment).ok()?).ok()?;
    let day = moment.to_zoned(TimeZone::UTC).date().checked_sub(1.day()).ok()?;
    Some(day.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use twocheckout::SignIn;

    use super::*;

    #[test]
    fn every_error_has_one_outcome() {
        let retry_after = Some(Duration::from_secs(2));
        let transient = |retry_after_ms, maybe_done| Outcome::Transient { retry_after_ms, maybe_done };
        let cases = [
            (Error::UnknownLead, Outcome::UnknownLead),
            (Error::Unauthorised(SignIn::Key), Outcome::Unauthorised(SignIn::Key)),
            (Error::Unavailable { retry_after, maybe_done: false }, transient(Some(2_000), false)),
            (Error::Unavailable { retry_after: None, maybe_done: true }, transient(None, true)),
            (Error::Malformed { maybe_done: true }, transient(None, true)),
            (Error::Rejected { code: INCOMPLETE.into(), message: "m".into() }, Outcome::Incomplete),
            (Error::Rejected { code: "X".into(), message: "m".into() }, Outcome::Rejected),
        ];
        for (error, expected) in cases {
            assert_eq!(judge(&error), expected, "{error:?}");
        }
    }

    #[test]
    fn a_search_begins_the_day_before() {
        assert_eq!(day_before(1_709_251_200_000).as_deref(), Some("2024-02-29")); // 2024-03-01 00:00 UTC
        assert_eq!(day_before(u64::MAX), None);
    }
}
