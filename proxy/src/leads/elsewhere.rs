//! Leads at 2Checkout that this store may know nothing of: of a store that was lost, or older than the retention.

use std::collections::BTreeSet;

use twocheckout::{Client, Error, Mark, Search, StoredLead};

use super::Person;

/// A lead at 2Checkout.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// As 2Checkout gives it back.
    pub lead: StoredLead,
    /// Whether 2Checkout counts it as bought.
    pub is_used: bool,
}

impl Elsewhere {
    /// The leads of a person, whose address was typed in these ways.
    ///
    /// # Errors
    ///
    /// Those of [`Client::search_leads`].
    pub async fn of(client: &Client, person: &Person, spellings: BTreeSet<&str>) -> Result<Vec<Self>, Error> {
        let search = |email: &str, kind: Option<&str>| Search {
            email: Some(email.to_owned()),
            kind: kind.map(str::to_owned),
            ..Search::default()
        };
        let (mut leads, mut used) = (Vec::<StoredLead>::new(), Vec::new());
        for email in spellings {
            for lead in client.search_all(&search(email, None)).await? {
                if leads.iter().all(|known| known.lead_code != lead.lead_code) {
                    leads.push(lead);
                }
            }
            used.extend(client.search_all(&search(email, Some("Used"))).await?);
        }
        let used: BTreeSet<&str> = used.iter().map(|lead| lead.lead_code.as_str()).collect();
        // A filter that 2Checkout did not understand would bring anybody's.
        let is_theirs = |lead: &StoredLead| {
            let emails = [&lead.lead.billing_details.email, &lead.lead.delivery_details.email];
            emails.into_iter().flatten().any(|email| person.has(email))
        };
        let leads = leads.into_iter().filter(is_theirs);
        Ok(leads.map(|lead| Self { is_used: used.contains(lead.lead_code.as_str()), lead }).collect())
    }

    /// The lead of this code; `None` where there is no such lead.
    ///
    /// # Errors
    ///
    /// Those of [`Client::get_lead`] and [`Client::search_leads`].
    pub async fn with_code(client: &Client, lead_code: &str) -> Result<Option<Self>, Error> {
        let lead = match client.get_lead(lead_code).await {
            Ok(lead) => lead,
            Err(Error::UnknownLead) => return Ok(None),
            Err(error) => return Err(error),
        };
        let search =
            Search { lead_code: Some(lead_code.to_owned()), kind: Some("Used".to_owned()), ..Search::default() };
        let used = client.search_leads(&search).await?;
        let is_used = used.iter().any(|lead| lead.lead_code == lead_code);
        Ok(Some(Self { lead, is_used }))
    }
}

async fn mark(client: &Client, lead_code: &str, used: bool) -> Result<(), Error> {
    client.mark_leads(&[Mark { lead_code: lead_code.to_owned(), used, stop_followups: true }]).await
}

/// Stops the mails of a lead and empties it.
///
/// # Errors
///
/// Those of [`Client::mark_leads`] and [`Client::update_lead`].
pub async fn withdraw_at(client: &Client, found: &Elsewhere) -> Result<(), Error> {
    let code = &found.lead.lead_code;
    mark(client, code, found.is_used).await?;
    client.update_lead(code, &found.lead.lead.emptied()).await?;
    // An update may take the marks with it.
    mark(client, code, found.is_used).await
}

/// Marks a lead as bought.
///
/// # Errors
///
/// Those of [`Client::mark_leads`].
pub async fn complete_at(client: &Client, lead_code: &str) -> Result<(), Error> {
    mark(client, lead_code, true).await
}
