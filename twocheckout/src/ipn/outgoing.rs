//! A notification as 2Checkout would send it, for tests and for the sandbox.

use form_urlencoded::Serializer;

use super::SignatureAlgorithm;
use crate::Credentials;

/// The fields of a notification, in the order in which they are sent.
///
/// `Debug` shows no value.
#[derive(Clone, Default, derive_more::Debug)]
#[debug("OutgoingNotification({} fields)", fields.len())]
#[must_use = "nothing is signed before signed()"]
pub struct OutgoingNotification {
    fields: Vec<(String, String)>,
}

impl OutgoingNotification {
    /// A notification without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more field; an element of a list has a name such as `IPN_PID[]`.
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The body of the form POST, with the signature as its last field.
    pub fn signed(&self, credentials: &Credentials, algorithm: SignatureAlgorithm) -> String {
        let values = self.fields.iter().map(|(_, value)| value.as_bytes());
        let signature = algorithm.sign(credentials.secret_key().as_bytes(), values);
        Serializer::new(String::new()).extend_pairs(&self.fields).append_pair(algorithm.field(), &signature).finish()
    }
}
