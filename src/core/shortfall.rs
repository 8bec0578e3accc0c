//! Why what the proxy keeps is no lead yet, or not all of one: what it says in its answer to a save.

use wire::LeadState;

use super::error::Error;

/// Names alone, and nothing that was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shortfall {
    /// What the lead still needs: `Email`, `Items`, `Currency`.
    pub missing: Vec<String>,
    /// The paths that were dropped, and why: the name of a `wire::DropReason`.
    pub dropped: Vec<(String, String)>,
}

impl Shortfall {
    /// The proxy has answered a save of these changes. What it had dropped of others, it has not got yet.
    pub fn hear(&mut self, sent: &LeadState, heard: Self) {
        let known = std::mem::replace(self, heard);
        let is_of_another = |(path, _): &(String, String)| !sent.iter().any(|(sent, _)| path.starts_with(&sent.name()));
        self.dropped.extend(known.dropped.into_iter().filter(is_of_another));
    }

    /// What the merchant has to know of it.
    pub fn errors(&self) -> impl Iterator<Item = Error> {
        let dropped = self.dropped.first();
        let dropped = dropped.map(|(path, why)| ("lead/dropped", ["the endpoint has dropped ", path, ": ", why]));
        let missing = self.missing.first();
        let missing = missing.map(|name| ("lead/incomplete", ["there is no lead yet: it needs ", name, "", ""]));
        dropped.into_iter().chain(missing).map(|(code, parts)| Error::naming(code, &parts))
    }
}

#[cfg(test)]
mod tests {
    use wire::{Path, Stamped};

    use super::*;

    #[test]
    fn what_was_dropped_is_so_until_it_is_sent_again() {
        let dropped = |path: &str| vec![(path.to_owned(), "incomplete-item".to_owned())];
        let sent = |path| [(path, Stamped::cleared(1))].into_iter().collect::<LeadState>();
        let mut shortfall = Shortfall::default();
        shortfall.hear(&sent(Path::Items), Shortfall { missing: vec!["Items".into()], dropped: dropped("Items") });
        shortfall.hear(&sent(Path::Currency), Shortfall::default());
        assert_eq!(shortfall, Shortfall { missing: Vec::new(), dropped: dropped("Items") });
        let lines: Vec<_> = shortfall.errors().map(|error| error.message().to_owned()).collect();
        assert_eq!(lines, ["the endpoint has dropped Items: incomplete-item"]);
        shortfall.hear(&sent(Path::Items), Shortfall::default());
        assert_eq!(shortfall, Shortfall::default());
    }
}
