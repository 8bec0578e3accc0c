//! What the clones of a client share, and both protocols speak with.

use std::sync::atomic::AtomicI64;

use reqwest::Url;

use crate::http::Http;
use crate::session::Sessions;
use crate::{Algorithm, Credentials, Protocol};

pub(crate) struct Inner {
    pub(crate) credentials: Credentials,
    pub(crate) protocol: Protocol,
    pub(crate) algorithm: Algorithm,
    pub(crate) http: Http,
    pub(crate) rpc_url: Url,
    pub(crate) leads_url: Url,
    pub(crate) products_url: Url,
    pub(crate) sessions: Sessions,
    pub(crate) next_id: AtomicI64,
}

impl Inner {
    pub(crate) fn new(
        credentials: Credentials,
        protocol: Protocol,
        algorithm: Algorithm,
        http: Http,
        rpc_url: Url,
        leads_url: Url,
        products_url: Url,
    ) -> Self {
        let (sessions, next_id) = (Sessions::default(), AtomicI64::new(1));
        Self { credentials, protocol, algorithm, http, rpc_url, leads_url, products_url, sessions, next_id }
    }
}
