//! The two choices a merchant has: the protocol and the hash.

use std::fmt;

/// The protocol of API 6.0 that carries the leads. Searching is REST's alone and uses it whatever is chosen here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::Display, strum::EnumString)]
#[strum(serialize_all = "kebab-case", parse_err_ty = UnknownName, parse_err_fn = no_protocol)]
pub enum Protocol {
    /// `json-rpc`: one login, then a session of ten minutes. The default.
    #[default]
    JsonRpc,
    /// `rest`: every request is signed, there is no session.
    Rest,
}

/// The hash that signs a login or a REST request; 2Checkout retired MD5 on 15 August 2024
/// ("Upgrade from MD5 to SHA2/SHA3 algorithm").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::Display, strum::EnumString)]
#[strum(parse_err_ty = UnknownName, parse_err_fn = no_algorithm)]
pub enum Algorithm {
    /// `sha256`. The default.
    #[default]
    #[strum(serialize = "sha256")]
    Sha256,
    /// `sha3-256`
    #[strum(serialize = "sha3-256")]
    Sha3_256,
}

/// The text is the name of no protocol or algorithm; the message says which names there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownName {
    expected: &'static str,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for UnknownName {}

fn no_protocol(_: &str) -> UnknownName {
    UnknownName { expected: "json-rpc or rest" }
}

fn no_algorithm(_: &str) -> UnknownName {
    UnknownName { expected: "sha256 or sha3-256" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_others_are_told_what_is_expected() {
        for protocol in [Protocol::JsonRpc, Protocol::Rest] {
            assert_eq!(protocol.to_string().parse(), Ok(protocol));
        }
        for algorithm in [Algorithm::Sha256, Algorithm::Sha3_256] {
            assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
        }
        assert_eq!("soap".parse::<Protocol>().unwrap_err().to_string(), "expected json-rpc or rest");
        assert_eq!("md5".parse::<Algorithm>().unwrap_err().to_string(), "expected sha256 or sha3-256");
    }
}
