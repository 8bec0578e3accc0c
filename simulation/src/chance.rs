//! Chance: everything random in a run comes from its seed.

/// A source of chance.
#[derive(Debug, Clone)]
pub(crate) struct Chance(fastrand::Rng);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A source of its own for somebody else, so that one more throw here changes nothing there.
    pub(crate) fn fork(&mut self) -> Self {
        Self(self.0.fork())
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0.u64(..)
    }

    /// From 0 to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        self.0.f64()
    }

    /// From `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        self.0.u64(low..=high.max(low))
    }

    /// An index below `n`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0.usize(..n.max(1))
    }

    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        percent > 0 && self.0.u64(..100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.below(from.len())).copied()
    }

    /// One of several, each as likely as its weight; `None` when there is none.
    pub(crate) fn weighted<T: Copy>(&mut self, from: &[(u64, T)]) -> Option<T> {
        let sum: u64 = from.iter().map(|(weight, _)| weight).sum();
        let mut left = self.0.u64(..sum.max(1));
        from.iter().find_map(|(weight, one)| {
            if left < *weight {
                return Some(*one);
            }
            left -= weight;
            None
        })
    }

    /// A time that is mostly short and at times long: what queues and networks do.
    pub(crate) fn delay(&mut self, usual: u64, longest: u64) -> u64 {
        match self.0.u64(..100) {
            0..=84 => self.between(1, usual),
            85..=97 => self.between(usual, usual.saturating_mul(20).min(longest)),
            _ => self.between(1, longest),
        }
    }
}
