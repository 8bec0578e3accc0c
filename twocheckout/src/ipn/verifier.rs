//! Whether a notification is 2Checkout's, and the receipt for it.

use jiff::Timestamp;

use super::form::Form;
use super::{Error, Notification, SignatureAlgorithm};
use crate::Credentials;

/// Verifies notifications with the account's secret key, the same as the API's.
#[derive(Debug, Clone)]
pub struct Verifier {
    credentials: Credentials,
    allow_md5: bool,
    count_test_orders: bool,
}

impl Verifier {
    /// A verifier that takes SHA3-256 and SHA-256, and to which test orders mean nothing.
    pub fn new(credentials: &Credentials) -> Self {
        Self { credentials: credentials.clone(), allow_md5: false, count_test_orders: false }
    }

    /// Whether the retired MD5 signature is taken where a notification has no other.
    #[must_use]
    pub fn allow_md5(mut self, allow: bool) -> Self {
        self.allow_md5 = allow;
        self
    }

    /// Whether a test order means what a real one does.
    #[must_use]
    pub fn count_test_orders(mut self, count: bool) -> Self {
        self.count_test_orders = count;
        self
    }

    /// Reads the body of a form POST. Of several signatures the strongest decides.
    ///
    /// # Errors
    ///
    /// The body cannot be read, or is not signed with this account's key.
    pub fn verify(&self, body: &[u8]) -> Result<Notification, Error> {
        let form = Form::parse(body)?;
        let algorithm = SignatureAlgorithm::ALL.into_iter().find(|algorithm| form.has_any(algorithm.field()));
        let algorithm = algorithm.ok_or(Error::Unsigned)?;
        if algorithm == SignatureAlgorithm::Md5 && !self.allow_md5 {
            return Err(Error::Md5);
        }
        if !algorithm.is_signature_of(self.key(), &form) {
            return Err(Error::Signature);
        }
        Ok(Notification::new(form, algorithm, self.count_test_orders))
    }

    /// What 2Checkout has to find in the answer; without it, it repeats the notification for two days.
    pub fn receipt(&self, notification: &Notification, now: Timestamp) -> String {
        let (form, algorithm) = (notification.form(), notification.algorithm());
        let date = now.strftime("%Y%m%d%H%M%S").to_string();
        let values = [form.first("IPN_PID"), form.first("IPN_PNAME"), form.first("IPN_DATE"), date.as_bytes()];
        let hash = algorithm.sign(self.key(), values.into_iter());
        match algorithm {
            SignatureAlgorithm::Sha3_256 => format!(r#"<sig algo="sha3-256" date="{date}">{hash}</sig>"#),
            SignatureAlgorithm::Sha256 => format!(r#"<sig algo="sha256" date="{date}">{hash}</sig>"#),
            SignatureAlgorithm::Md5 => format!("<EPAYMENT>{date}|{hash}</EPAYMENT>"),
        }
    }

    fn key(&self) -> &[u8] {
        self.credentials.secret_key().as_bytes()
    }
}
