//! REST 6.0: every request is signed.

use jiff::Timestamp;
use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder, Url};
use serde_json::Value;

use crate::Error;
use crate::answer::Failure;
use crate::inner::Inner;
use crate::signature::Signature;

/// A request.
pub(crate) struct Call<'a> {
    /// The name of the same call in JSON-RPC, for logs.
    pub(crate) name: &'static str,
    pub(crate) method: Method,
    pub(crate) of: Resource<'a>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

/// What a request is of.
pub(crate) enum Resource<'a> {
    /// `/leads/`
    Leads,
    /// `/leads/{LeadCode}`
    Lead(&'a str),
    /// `/products/{ProductCode}/`
    Product(&'a str),
}

impl Inner {
    /// One call, signed anew once where the signature is not accepted: it may have been a second too late.
    pub(crate) async fn rest(&self, call: Call<'_>) -> Result<Value, Error> {
        let mut outcome = Err(Failure::unsigned());
        for _ in 0..2 {
            outcome = self.http.send(call.name, self.signed(&call)?).await?.rest(!matches!(call.of, Resource::Leads));
            if !matches!(outcome, Err(Failure::Session { .. })) {
                break;
            }
        }
        outcome.map_err(Failure::of_signature)
    }

    fn signed(&self, call: &Call<'_>) -> Result<RequestBuilder, Error> {
        let signature = Signature::at(Timestamp::now(), &self.credentials, self.algorithm);
        let header = signature.header(&self.credentials, self.algorithm);
        let mut header = HeaderValue::from_bytes(header.as_bytes())
            .map_err(|_| Error::Configuration { expected: "a merchant code that can stand in a header" })?;
        header.set_sensitive(true);
        let mut request =
            self.http.request(call.method.clone(), self.url_of(&call.of)).header("X-Avangate-Authentication", header);
        if !call.query.is_empty() {
            request = request.query(&call.query);
        }
        Ok(match &call.body {
            Some(body) => request.json(body),
            None => request,
        })
    }

    /// The list and a product end with a slash and a lead does not, as in the schema.
    fn url_of(&self, resource: &Resource<'_>) -> Url {
        let (mut url, segments) = match resource {
            Resource::Leads => return self.leads_url.clone(),
            Resource::Lead(code) => (self.leads_url.clone(), vec![*code]),
            Resource::Product(code) => (self.products_url.clone(), vec![*code, ""]),
        };
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}
