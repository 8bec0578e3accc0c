//! Why the program does not start, in one line.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Why the program does not start, or did not do what it was asked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// A setting is wrong. `received` is `None` where it is secret or is part of `expected`.
    #[error("{setting}: {}", expectation(expected, received.as_deref()))]
    Setting { setting: String, expected: String, received: Option<String> },
    /// The command line is none.
    #[error("{0} (see --help)")]
    Usage(String),
    /// Everything else.
    #[error("{0}")]
    Failed(String),
}

fn expectation(expected: &str, received: Option<&str>) -> String {
    match received {
        Some("") => format!("expected {expected}, received nothing"),
        Some(received) => format!("expected {expected}, received {received}"),
        None => format!("expected {expected}"),
    }
}

impl Refusal {
    /// A wrong setting that may be shown.
    pub(crate) fn setting(setting: &str, expected: impl Into<String>, received: &str) -> Self {
        // One line, whatever was received.
        let received = received.chars().filter(|c| !c.is_control()).take(200).collect();
        Self::Setting { setting: setting.to_owned(), expected: expected.into(), received: Some(received) }
    }

    /// A wrong setting that is secret, or whose message already says what was received.
    pub(crate) fn secret(setting: &str, expected: impl Into<String>) -> Self {
        Self::Setting { setting: setting.to_owned(), expected: expected.into(), received: None }
    }

    /// 2 for what is wrong in the settings, 1 for the rest.
    pub(crate) fn exit_code(&self) -> u8 {
        if matches!(self, Self::Failed(_)) { 1 } else { 2 }
    }

    /// What clap found, without its hints that take lines.
    pub(crate) fn of_clap(error: &clap::Error, command: &Command) -> Self {
        let context = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => Some(text.as_str()),
            _ => None,
        };
        if error.kind() == ErrorKind::ValueValidation
            && let (Some(argument), Some(received), Some(expected)) =
                (context(ContextKind::InvalidArg), context(ContextKind::InvalidValue), std::error::Error::source(error))
        {
            return Self::setting(&setting_name(argument, command), expected.to_string(), received);
        }
        let text = error.render().to_string();
        // "the following required arguments were not provided:" goes on in the next line.
        let mut lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Self::Usage(lines.fold(first, |line, next| format!("{line} {next}")))
    }
}

/// `--port <PORT>` is `--port`; with an environment variable it is named too, since the value may come from there.
fn setting_name(argument: &str, command: &Command) -> String {
    let flag = argument.split(' ').next().unwrap_or(argument);
    let known = command.get_arguments().find(|known| known.get_long() == flag.strip_prefix("--"));
    match known.and_then(|known| known.get_env()).and_then(|name| name.to_str()) {
        Some(variable) => format!("{flag} ({variable})"),
        None => flag.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::super::options::Cli;
    use super::*;

    #[test]
    fn a_wrong_setting_is_one_line_that_says_what_was_expected() {
        const CASES: &[(&[&str], &str)] = &[
            (&["--port", "http"], "--port: expected a port from 0 to 65535, received http"),
            (&["serve", "--port", "65536"], "--port: expected a port from 0 to 65535, received 65536"),
            (&["--protocol", "soap"], "--protocol (LEADKEEP_PROTOCOL): expected json-rpc or rest, received soap"),
            (&["--algorithm", "md5"], "--algorithm (LEADKEEP_ALGORITHM): expected sha256 or sha3-256, received md5"),
            (&["--log", "loud"], "--log (LEADKEEP_LOG): expected error, warn, info, debug or trace, received loud"),
            (
                &["--rate-burst", "0"],
                "--rate-burst (LEADKEEP_RATE_BURST): expected a whole number of at least 1, received 0",
            ),
            (&["--secret-key", "x"], "unexpected argument '--secret-key' found (see --help)"),
        ];
        for (arguments, expected) in CASES {
            let error = Cli::try_parse_from(["leadkeep-proxy"].iter().chain(*arguments)).unwrap_err();
            let refusal = Refusal::of_clap(&error, &Cli::command());
            assert_eq!(refusal.to_string(), *expected);
            assert_eq!(refusal.exit_code(), 2);
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
