//! When the next attempt is due.

/// Attempts in a row that failed, and the next one.
#[derive(Debug, Clone, Default)]
pub struct Retry {
    attempts: u32,
    at: Option<u64>,
    /// The proxy has asked for peace until then (`Retry-After`): only a page that unloads sends before.
    not_before: Option<u64>,
}

impl Retry {
    /// `at`: the first attempt is due then, without anything else to cause it.
    pub fn new(at: Option<u64>) -> Self {
        Self { attempts: 0, at, not_before: None }
    }

    /// Nothing is to be tried. What the proxy has asked for stays.
    pub fn clear(&mut self) {
        (self.attempts, self.at) = (0, None);
    }

    /// When the next attempt is due.
    pub fn at(&self) -> Option<u64> {
        self.at
    }

    /// Whether the last attempt failed.
    pub fn has_failed(&self) -> bool {
        self.attempts > 0
    }

    /// How many attempts in a row have ended, this one included.
    pub fn count(&mut self) -> u32 {
        self.attempts += 1;
        self.attempts
    }

    /// The next attempt is due then, or when the proxy wants to be asked again.
    pub fn due(&mut self, at: u64) {
        self.at = Some(self.not_before.map_or(at, |least| least.max(at)));
    }

    /// As [`due`](Self::due), unless one is due already.
    pub fn due_unless_set(&mut self, at: u64) {
        if self.at.is_none() {
            self.due(at);
        }
    }

    /// The attempt is made.
    pub fn made(&mut self) {
        self.at = None;
    }

    /// A new reason to try: failures before it do not count.
    pub fn start_over(&mut self) {
        self.attempts = 0;
    }

    /// The proxy has answered, and asks for peace until then, or for none.
    pub fn ask_for_peace(&mut self, until: Option<u64>) {
        self.not_before = until;
    }

    /// Whether the proxy has asked for peace.
    pub fn holds_back(&self, now: u64) -> bool {
        self.not_before.is_some_and(|until| now < until)
    }

    /// Puts an attempt off until the proxy wants to be asked again. Returns whether it does not want to be asked now.
    pub fn put_off(&mut self, now: u64) -> bool {
        let holds_back = self.holds_back(now);
        if holds_back {
            let at = self.at.filter(|at| *at > now).unwrap_or(now);
            self.due(at);
        }
        holds_back
    }

    /// The clock was turned back: the attempt is due now, and the peace lasts as long as it did.
    pub fn clock_turned_back(&mut self, before: u64, now: u64) {
        self.not_before = self.not_before.filter(|until| *until > before).map(|until| now + (until - before));
        if self.at.is_some() {
            self.due(now);
        }
    }
}
