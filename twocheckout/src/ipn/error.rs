//! Why a notification is not taken.

/// Why a body is no notification of this account. No variant holds anything of the body.
///
/// Answer 400 without a receipt: 2Checkout comes again, and the Control Panel shows the failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The body has more than [`MAX_BODY_BYTES`](super::MAX_BODY_BYTES).
    #[error("the notification has more than {} bytes", super::MAX_BODY_BYTES)]
    TooLarge,
    /// The body has more than [`MAX_FIELDS`](super::MAX_FIELDS).
    #[error("the notification has more than {} fields", super::MAX_FIELDS)]
    TooManyFields,
    /// A `%` without two hexadecimal digits after it, or a field name that is not UTF-8.
    #[error("the notification is not encoded as application/x-www-form-urlencoded")]
    Encoding,
    /// A field that is no list (its name does not end in `[]`) stands there twice, so its meaning is not known.
    #[error("the notification holds a field twice that is no list")]
    DuplicateField,
    /// None of `SIGNATURE_SHA3_256`, `SIGNATURE_SHA2_256` and `HASH` has a value.
    #[error("the notification is not signed")]
    Unsigned,
    /// Only `HASH` has a value, the MD5 signature that 2Checkout retired; see [`Verifier::allow_md5`](super::Verifier::allow_md5).
    #[error("the notification is signed with MD5 alone, which is not allowed here")]
    Md5,
    /// The signature is not that of this account's secret key.
    #[error("the signature of the notification is not of this account's secret key")]
    Signature,
}
