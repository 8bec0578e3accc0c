//! The environment of this process, and which of its variables are settings.

use clap::CommandFactory;

use super::options::Cli;

/// Reads an environment variable; a parameter so that tests need no environment.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// An environment variable of this process. What is empty counts as absent, as compose files write it.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Settings that have no flag, since flags can be read by everybody on the machine.
const SECRETS: &[&str] = &[
    "LEADKEEP_SECRET_KEY",
    "LEADKEEP_SECRET_KEY_FILE",
    "LEADKEEP_SHOP_TOKEN",
    "LEADKEEP_SHOP_TOKEN_FILE",
    "LEADKEEP_PAGE_TOKEN_SECRET",
    "LEADKEEP_PAGE_TOKEN_SECRET_FILE",
];

/// What the project's own tests and scripts set.
const OF_TESTS: &str = "LEADKEEP_TEST_";

/// Names each variable that looks like a setting and is none: a misspelt setting would else be ignored without a word.
pub(super) fn warn_of_unknown() {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for (variable, meant) in unknown(names) {
        match meant {
            Some(meant) => {
                tracing::warn!(%variable, "an environment variable is no setting of leadkeep-proxy; did you mean {meant}?")
            }
            None => tracing::warn!(%variable, "an environment variable is no setting of leadkeep-proxy (see --help)"),
        }
    }
}

/// The variables that are no settings, each with the setting that may be meant.
fn unknown(names: impl Iterator<Item = String>) -> Vec<(String, Option<String>)> {
    let command = Cli::command();
    let flags = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str());
    let known: Vec<&str> = flags.chain(SECRETS.iter().copied()).collect();
    let closest = |name: &str| {
        let likeness = |setting: &&&str| (strsim::jaro_winkler(name, setting) * 1_000.0) as u32;
        let best = known.iter().max_by_key(likeness)?;
        (likeness(&best) > 930).then(|| (*best).to_owned())
    };
    let mut unknown: Vec<_> = names
        .filter(|name| name.starts_with("LEADKEEP_") && !name.starts_with(OF_TESTS) && !known.contains(&name.as_str()))
        .map(|name| (name.clone(), closest(&name)))
        .collect();
    unknown.sort();
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_setting_is_named_with_the_one_that_is_meant() {
        let names = [
            "PATH",
            "LEADKEEP_STORE",
            "LEADKEEP_SECRET_KEY",
            "LEADKEEP_RETENTION_DAY",
            "LEADKEEP_Q",
            "LEADKEEP_TEST_WWW",
        ];
        let meant = Some("LEADKEEP_RETENTION_DAYS".to_owned());
        let expected = [("LEADKEEP_Q".to_owned(), None), ("LEADKEEP_RETENTION_DAY".to_owned(), meant)];
        assert_eq!(unknown(names.map(str::to_owned).into_iter()), expected);
    }
}
