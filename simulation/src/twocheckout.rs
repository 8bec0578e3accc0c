//! A model of 2Checkout, written from what its pages say of `addLead`, `updateLead`, `markLeads` and the REST search.
//!
//! - `addLead` makes a lead each time: nothing promises that 2Checkout recognises a cart.
//! - `updateLead` replaces every value.
//! - A lead needs items and a currency.
//! - A search finds by e-mail address; the lead of a cart is told by its `CartId`.
//! - What was received is carried out at once or a little later, also when nobody waits for the answer any more.

use std::collections::BTreeMap;

use twocheckout::Lead;
use wire::Detail;

use crate::timeline::Millis;

/// A lead as 2Checkout holds it.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) lead: Lead,
    pub(crate) used: bool,
    pub(crate) stopped: bool,
}

/// What it was asked to do.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    Find { email: String, cart: String },
    CheckUsed { lead_code: String },
    Read { lead_code: String },
    Add(Lead),
    Update { lead_code: String, lead: Lead },
    Mark { lead_code: String, used: bool },
}

/// What it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    /// The code of a lead that was made or found.
    Lead(Option<String>),
    Done,
    /// The lead as it is held.
    Read(Box<Lead>),
    UnknownLead,
    Refused,
}

/// 2Checkout.
#[derive(Debug, Default)]
pub(crate) struct TwoCheckout {
    /// Whether an update takes the marks of a lead with it; 2Checkout does not say.
    pub(crate) update_clears_marks: bool,
    pub(crate) leads: BTreeMap<String, Held>,
    /// When each call that changed something was carried out.
    pub(crate) calls: u64,
}

impl TwoCheckout {
    pub(crate) fn carry_out(&mut self, asked: &Asked) -> Said {
        self.calls += 1;
        match asked {
            Asked::Find { email, cart } => Said::Lead(
                self.leads
                    .iter()
                    .find(|(_, held)| {
                        held.lead.billing_details.get(Detail::Email) == Some(email.as_str())
                            && held.lead.cart_id.as_deref() == Some(cart.as_str())
                    })
                    .map(|(code, _)| code.clone()),
            ),
            Asked::CheckUsed { lead_code } => {
                Said::Lead(self.leads.get(lead_code).filter(|held| held.used).map(|_| lead_code.clone()))
            }
            Asked::Read { lead_code } => match self.leads.get(lead_code) {
                Some(held) => Said::Read(Box::new(held.lead.clone())),
                None => Said::UnknownLead,
            },
            Asked::Add(lead) | Asked::Update { lead, .. } if lead.items.is_empty() || lead.currency.is_none() => {
                Said::Refused
            }
            Asked::Add(lead) => {
                let code = format!("L{:04}", self.leads.len() + 1);
                self.leads.insert(code.clone(), Held { lead: lead.clone(), used: false, stopped: false });
                Said::Lead(Some(code))
            }
            Asked::Update { lead_code, lead } => match self.leads.get_mut(lead_code) {
                Some(held) => {
                    held.lead = lead.clone();
                    if self.update_clears_marks {
                        (held.used, held.stopped) = (false, false);
                    }
                    Said::Done
                }
                None => Said::UnknownLead,
            },
            Asked::Mark { lead_code, used } => match self.leads.get_mut(lead_code) {
                Some(held) => {
                    (held.used, held.stopped) = (*used, true);
                    Said::Done
                }
                None => Said::UnknownLead,
            },
        }
    }

    /// The leads of a cart.
    pub(crate) fn of_cart<'a>(&'a self, cart: &'a str) -> impl Iterator<Item = (&'a str, &'a Held)> {
        self.leads
            .iter()
            .filter(move |(_, held)| held.lead.cart_id.as_deref() == Some(cart))
            .map(|(code, held)| (code.as_str(), held))
    }

    /// How late, after it was received, a call may still be carried out: as long as the proxy waits for its answer.
    pub(crate) const LONGEST: Millis = 20_000;
}
