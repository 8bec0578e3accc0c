//! JSON-RPC 6.0: positional parameters, the session first.

use std::sync::atomic::Ordering;
use std::time::Instant;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::Error;
use crate::answer::Failure;
use crate::inner::Inner;
use crate::session::Session;
use crate::signature::Signature;

impl Inner {
    /// One call: `[session, params...]`, with at most one new login where the session turns out to be over.
    pub(crate) async fn rpc(&self, method: &str, params: Vec<Value>) -> Result<Value, Error> {
        let session = self.session(None).await?;
        match self.rpc_with(&session, method, &params).await {
            Err(Failure::Session { .. }) => {}
            Err(Failure::Error(error)) => return Err(error),
            Ok(value) => return Ok(value),
        }
        let session = self.session(Some(&session)).await?;
        self.rpc_with(&session, method, &params).await.map_err(Failure::after_login)
    }

    /// An open session: the one all calls share, but never the one that failed.
    pub(crate) async fn session(&self, failed: Option<&Session>) -> Result<Session, Error> {
        // A login that fails has carried nothing out, whatever became of it.
        self.sessions.get(failed, Instant::now(), async || self.login().await.map_err(Error::of_a_read)).await
    }

    async fn login(&self) -> Result<String, Error> {
        let Signature { date, hash } = Signature::at(Timestamp::now(), &self.credentials, self.algorithm);
        let params = json!([self.credentials.merchant_code(), date, hash, self.algorithm.to_string()]);
        match self.post("login", params).await.map_err(Failure::of_login)? {
            Value::String(id) if !id.is_empty() => Ok(id),
            _ => Err(Error::Malformed { maybe_done: false }),
        }
    }

    async fn rpc_with(&self, session: &Session, method: &str, params: &[Value]) -> Result<Value, Failure> {
        let session = Value::from(session.id());
        let params = std::iter::once(&session).chain(params).collect::<Vec<_>>();
        self.post(method, json!(params)).await
    }

    async fn post(&self, method: &str, params: Value) -> Result<Value, Failure> {
        // "Use only integer values": page "Workflow".
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let body = json!({"jsonrpc": "2.0", "method": method, "params": params, "id": id});
        let request = self.http.request(Method::POST, self.rpc_url.clone()).json(&body);
        self.http.send(method, request).await?.rpc()
    }
}
