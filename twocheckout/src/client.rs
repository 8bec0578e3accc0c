//! The calls.

use std::fmt;
use std::sync::Arc;

use reqwest::Method;

use crate::inner::Inner;
use crate::rest::{Call, Resource};
use crate::{ClientBuilder, Credentials, Error, Mark, Product, Protocol, Receipt, Search, StoredLead, read, write};

/// A client for 2Checkout's leads. Clones share one session and one pool of connections.
///
/// No call is repeated, except once after a new login. Whoever repeats an [`add_lead`](Client::add_lead) asks
/// [`Error::maybe_done`] first.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

impl Client {
    /// Settings of a client for a merchant.
    pub fn builder(credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(credentials)
    }

    pub(crate) fn of(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// Tries the credentials: a login, or over REST a signed search for one lead. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorised`] where they are not accepted; the others as everywhere.
    pub async fn check(&self) -> Result<(), Error> {
        match self.inner.protocol {
            Protocol::JsonRpc => self.inner.session(None).await.map(|_| ()),
            Protocol::Rest => self.search_leads(&Search { limit: Some(1), ..Search::default() }).await.map(|_| ()),
        }
    }

    /// Creates a lead (`addLead`). Every call makes another one: nothing at 2Checkout recognises a cart again.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] with `leadkeep/incomplete` before anything is sent, where the currency, the items or the
    /// billing details are missing. After any error whose [`Error::maybe_done`] is true the lead may be there.
    pub async fn add_lead(&self, lead: &crate::Lead) -> Result<Receipt, Error> {
        let inner = &self.inner;
        let brought = match inner.protocol {
            Protocol::JsonRpc => inner.rpc("addLead", vec![write::rpc_lead(lead)?]).await?,
            Protocol::Rest => {
                let body = Some(write::rest_new_lead(lead)?);
                inner
                    .rest(Call { name: "addLead", method: Method::POST, of: Resource::Leads, query: vec![], body })
                    .await?
            }
        };
        read::receipt(&brought)
    }

    /// Replaces a lead, all of it (`updateLead`): what this lead leaves out is gone.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownLead`] where there is no such lead; otherwise as [`add_lead`](Client::add_lead).
    pub async fn update_lead(&self, lead_code: &str, lead: &crate::Lead) -> Result<Receipt, Error> {
        let (inner, code) = (&self.inner, lead_code_of(lead_code)?);
        let brought = match inner.protocol {
            // The code comes last: page "Update a lead".
            Protocol::JsonRpc => inner.rpc("updateLead", vec![write::rpc_lead(lead)?, code.into()]).await?,
            Protocol::Rest => {
                let body = Some(write::rest_changed_lead(lead)?);
                let (name, of) = ("updateLead", Resource::Lead(code));
                inner.rest(Call { name, method: Method::PUT, of, query: vec![], body }).await?
            }
        };
        read::receipt(&brought)
    }

    /// Reads a lead (`getLead`).
    ///
    /// # Errors
    ///
    /// [`Error::UnknownLead`] where there is no such lead; the others as everywhere.
    pub async fn get_lead(&self, lead_code: &str) -> Result<StoredLead, Error> {
        let (inner, code) = (&self.inner, lead_code_of(lead_code)?);
        let brought = match inner.protocol {
            Protocol::JsonRpc => inner.rpc("getLead", vec![code.into()]).await,
            Protocol::Rest => {
                let (name, of) = ("getLead", Resource::Lead(code));
                inner.rest(Call { name, method: Method::GET, of, query: vec![], body: None }).await
            }
        };
        read::stored(brought.map_err(Error::of_a_read)?)
    }

    /// Says of leads whether the shopper has bought and whether the follow-up mails stop (`markLeads`). Marking twice is
    /// marking once. Does nothing for an empty list.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownLead`] where one of them is not known; the others may have been marked.
    pub async fn mark_leads(&self, marks: &[Mark]) -> Result<(), Error> {
        if marks.is_empty() {
            return Ok(());
        }
        for mark in marks {
            lead_code_of(&mark.lead_code)?;
        }
        let (inner, body) = (&self.inner, write::marks(marks));
        match inner.protocol {
            Protocol::JsonRpc => inner.rpc("markLeads", vec![body]).await?,
            Protocol::Rest => {
                let (name, body) = ("markLeads", Some(body));
                inner.rest(Call { name, method: Method::PUT, of: Resource::Leads, query: vec![], body }).await?
            }
        };
        Ok(())
    }

    /// Reads a product of the merchant's catalogue (`getProductByCode`).
    ///
    /// # Errors
    ///
    /// [`Error::UnknownProduct`] where there is none of this code; the others as everywhere.
    pub async fn get_product(&self, product_code: &str) -> Result<Product, Error> {
        let inner = &self.inner;
        // An empty segment would ask for the list, and a dot or two for another path.
        if product_code.chars().all(|c| c == '.') {
            return Err(Error::UnknownProduct);
        }
        let brought = match inner.protocol {
            Protocol::JsonRpc => inner.rpc("getProductByCode", vec![product_code.into()]).await,
            Protocol::Rest => {
                let (name, of) = ("getProductByCode", Resource::Product(product_code));
                inner.rest(Call { name, method: Method::GET, of, query: vec![], body: None }).await
            }
        };
        read::product(brought.map_err(Error::of_a_read).map_err(Error::of_a_product)?)
    }

    /// Finds leads. Always over REST: how JSON-RPC would search is not documented.
    ///
    /// The e-mail address travels in the URL, as 2Checkout's page has it.
    ///
    /// # Errors
    ///
    /// As everywhere.
    pub async fn search_leads(&self, search: &Search) -> Result<Vec<StoredLead>, Error> {
        let (name, query) = ("searchLeads", write::query(search));
        let call = Call { name, method: Method::GET, of: Resource::Leads, query, body: None };
        read::found(self.inner.rest(call).await.map_err(Error::of_a_read)?)
    }

    /// As [`search_leads`](Client::search_leads), page after page, up to a thousand leads.
    ///
    /// # Errors
    ///
    /// As everywhere.
    pub async fn search_all(&self, search: &Search) -> Result<Vec<StoredLead>, Error> {
        const LIMIT: u32 = 50;
        const MOST_PAGES: u32 = 20;
        let mut found: Vec<StoredLead> = Vec::new();
        for page in 1..=MOST_PAGES {
            let leads = self.search_leads(&Search { page: Some(page), limit: Some(LIMIT), ..search.clone() }).await?;
            // A page is never shorter than ten leads unless it is the last; how long at most is not documented.
            let is_last = leads.len() < 10;
            // Where pages are not understood, each is the first one.
            let known = found.len();
            found.extend(
                leads
                    .into_iter()
                    .filter(|lead| !found.iter().any(|known| known.lead_code == lead.lead_code))
                    .collect::<Vec<_>>(),
            );
            if is_last || found.len() == known {
                break;
            }
        }
        Ok(found)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { credentials, protocol, algorithm, rpc_url, .. } = &*self.inner;
        f.debug_struct("Client")
            .field("credentials", credentials)
            .field("protocol", protocol)
            .field("algorithm", algorithm)
            .field("rpc_url", &rpc_url.as_str())
            .finish_non_exhaustive()
    }
}

/// A lead code is opaque, but it becomes part of a path: what cannot be one is a lead that nobody knows.
fn lead_code_of(text: &str) -> Result<&str, Error> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if (1..=128).contains(&text.len()) && text.bytes().all(fits) { Ok(text) } else { Err(Error::UnknownLead) }
}
