//! What happened, in words: the trace of a run, written only when somebody will read it.

use crate::timeline::Millis;

/// The moment a run begins.
pub(crate) const START: Millis = 1_800_000_000_000;

/// A trace.
#[derive(Debug, Default)]
pub(crate) struct Trace(Option<Vec<String>>);

impl Trace {
    pub(crate) fn new(kept: bool) -> Self {
        Self(kept.then(Vec::new))
    }

    pub(crate) fn note(&mut self, now: Millis, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.0 {
            let ms = now.saturating_sub(START);
            lines.push(format!("{:>9}.{:03} s  {}", ms / 1_000, ms % 1_000, line()));
        }
    }

    pub(crate) fn lines(&self) -> &[String] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// The beginning of a cart's id.
pub(crate) fn short(cart: &str) -> &str {
    cart.get(..8).unwrap_or(cart)
}
