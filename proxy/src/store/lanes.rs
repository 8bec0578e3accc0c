//! Group commit: edits that wait at the same moment share one write, and with it one flush of the disk.
//!
//! A lane takes what has come, reads the rows of all in one query, and has each caller run its edit on its row, in order
//! where several are of one cart. What they leave is written in one statement, and then all are answered. Nobody waits for
//! company: a single edit is a batch of one.
//!
//! No row is locked meanwhile. Each is written over the revision that was read, and only over that one; where another
//! process was faster the edit runs once more. So a process that stands still holds up nobody.
//!
//! An edit runs in the task of its caller. One that cannot read its row, panics, or goes away, fails alone.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::row::{Row, read};
use super::{Edit, StoreError};
use crate::cart::{Admission, Admitted, Cart, EmailHash, Millis};

/// At most so many edits share a write.
const TOGETHER: usize = 256;

/// So many wait for a lane; further ones wait for a place.
const WAITING: usize = 1_024;

/// An edit that has not run by then fails alone. It is a function of memory: whoever takes longer stands still.
const WITHIN: Duration = Duration::from_secs(5);

/// So often in a row an edit may find that its row was written by somebody else.
const TRIES: u32 = 30;

/// A database, as a lane sees it.
pub(super) trait Backend: Clone + Send + Sync + 'static {
    /// Held while leads of some addresses are counted and written.
    type Guard: Send;

    /// The rows of carts: id, revision and JSON.
    fn read(&self, carts: &[String]) -> impl Future<Output = Result<Vec<(String, i64, String)>, StoreError>> + Send;

    /// Waits until nobody else counts the leads of these addresses.
    fn guard(&self, addresses: &[EmailHash]) -> impl Future<Output = Result<Self::Guard, StoreError>> + Send;

    /// The live leads of an address but those of this cart.
    fn live(
        &self,
        guard: &mut Self::Guard,
        cart: &str,
        address: EmailHash,
    ) -> impl Future<Output = Result<u32, StoreError>> + Send;

    /// Writes rows, each over the revision before its own. Returns the carts that were written.
    fn write(
        &self,
        guard: Option<Self::Guard>,
        rows: Vec<Row>,
    ) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// Deletes a row of this revision. Returns whether it was.
    fn delete(&self, cart: &str, revision: i64) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// What a lane says to the caller of an edit.
enum Word {
    /// Run it on this row.
    Run { data: Option<String>, reply: oneshot::Sender<Reply> },
    /// So many live leads has the address that was asked for.
    Counted { live: u32, reply: oneshot::Sender<Reply> },
    /// It is over.
    Over(Result<(), StoreError>),
}

/// What a caller says to the lane, and where it waits for the next word.
struct Reply {
    what: Change,
    next: oneshot::Sender<Word>,
}

/// What an edit left.
enum Change {
    Nothing,
    Write(Box<Row>),
    Delete,
    /// To be said when the live leads of this address are counted.
    Asks(EmailHash),
}

/// An edit that waits.
struct Job {
    cart: String,
    caller: oneshot::Sender<Word>,
    tries: u32,
}

/// The lanes of a store. A clone is the same.
#[derive(Debug, Clone)]
pub(super) struct Lanes {
    lanes: Vec<mpsc::Sender<Job>>,
    hasher: RandomState,
}

fn stopped() -> StoreError {
    StoreError::Database("an edit did not run in time; nothing was changed".to_owned())
}

impl Lanes {
    /// Begins so many lanes. They end when nobody can ask them any more.
    pub(super) fn new(backend: &impl Backend, lanes: usize) -> Self {
        let lane = |_| {
            let (sender, jobs) = mpsc::channel(WAITING);
            tokio::spawn(run(backend.clone(), jobs));
            sender
        };
        Self { lanes: (0..lanes.max(1)).map(lane).collect(), hasher: RandomState::new() }
    }

    /// See [`super::Store::edit`] and [`super::Store::edit_admitting`].
    pub(super) async fn edit(
        &self,
        cart: &str,
        rule: Option<&Admission<'_>>,
        now: impl Fn() -> Millis + Send,
        edit: Edit<'_>,
    ) -> Result<Option<Admitted>, StoreError> {
        let (caller, mut words) = oneshot::channel();
        let index = usize::try_from(self.hasher.hash_one(cart)).unwrap_or(0) % self.lanes.len();
        let lane = self.lanes.get(index).ok_or_else(stopped)?;
        lane.send(Job { cart: cart.to_owned(), caller, tries: 0 }).await.map_err(|_| stopped())?;
        let (mut admitted, mut asking) = (None, None);
        loop {
            let (what, reply) = match words.await.map_err(|_| stopped())? {
                Word::Over(result) => return result.map(|()| admitted),
                Word::Run { data, reply } => {
                    admitted = None;
                    let mut known = data.as_deref().map(read).transpose()?;
                    edit(&mut known);
                    let mut what = None;
                    if let (Some(rule), Some(cart)) = (rule, known.as_mut().filter(|cart| cart.asks_for_admission())) {
                        match cart.email_hash.filter(|_| rule.leads_per_address.is_some()) {
                            Some(hash) => what = Some(Change::Asks(hash)),
                            None => admitted = Some(cart.admit(rule, 0, now())),
                        }
                    }
                    let what = match what {
                        Some(asks) => {
                            asking = known.map(|cart| (data, cart));
                            asks
                        }
                        None => change(data.as_deref(), known.as_ref())?,
                    };
                    (what, reply)
                }
                Word::Counted { live, reply } => {
                    let (data, mut cart) = asking.take().ok_or_else(stopped)?;
                    admitted = rule.map(|rule| cart.admit(rule, live, now()));
                    (change(data.as_deref(), Some(&cart))?, reply)
                }
            };
            let (next, following) = oneshot::channel();
            reply.send(Reply { what, next }).map_err(|_| stopped())?;
            words = following;
        }
    }

    /// Edits many carts, each by itself, and as many at once as share a write.
    pub(super) async fn edit_each(
        &self,
        carts: Vec<String>,
        change: impl Fn(&mut Option<Cart>) + Clone + Send + Sync + 'static,
    ) -> Result<(), StoreError> {
        let mut edits = tokio::task::JoinSet::new();
        for cart in carts {
            let (lanes, change) = (self.clone(), change.clone());
            edits.spawn(async move { lanes.edit(&cart, None, || 0, &mut |known| change(known)).await });
        }
        let mut result = Ok(());
        while let Some(edited) = edits.join_next().await {
            if let Err(error) = edited.map_err(|_| stopped()).and_then(|edited| edited) {
                result = Err(error);
            }
        }
        result
    }
}

fn change(before: Option<&str>, after: Option<&Cart>) -> Result<Change, StoreError> {
    let Some(cart) = after else { return Ok(if before.is_some() { Change::Delete } else { Change::Nothing }) };
    let row = Row::of(cart)?;
    Ok(if before == Some(row.data.as_str()) { Change::Nothing } else { Change::Write(Box::new(row)) })
}

async fn run(backend: impl Backend, mut jobs: mpsc::Receiver<Job>) {
    let mut batch = Vec::new();
    loop {
        if batch.is_empty() && jobs.recv_many(&mut batch, TOGETHER).await == 0 {
            return;
        }
        while batch.len() < TOGETHER
            && let Ok(job) = jobs.try_recv()
        {
            batch.push(job);
        }
        let tries = batch.iter().map(|job| job.tries).max().unwrap_or(0);
        if tries > 1 {
            // Whoever else writes these carts gets out of step.
            tokio::time::sleep(Duration::from_millis(fastrand::u64(0..=u64::from(tries.min(20))))).await;
        }
        batch = Batch::of(batch).commit(&backend).await;
    }
}

/// A cart of a batch.
#[derive(Default)]
struct Slot {
    /// The revision in the store; `None`: no row.
    base: Option<i64>,
    /// As the last edit left it.
    data: Option<String>,
    /// What is to be written, once there is something.
    left: Option<Change>,
    jobs: VecDeque<Job>,
    /// Those that ran, and wait for the write.
    ran: Vec<Job>,
}

/// A caller that was given a word, and its answer.
type Awaited = (String, u32, oneshot::Receiver<Reply>);

#[derive(Default)]
struct Batch {
    // In the order in which every process writes them, so that none waits for another in a circle.
    slots: BTreeMap<String, Slot>,
    /// Of the next batch.
    later: Vec<Job>,
}

impl Batch {
    fn of(jobs: Vec<Job>) -> Self {
        let mut batch = Self::default();
        for job in jobs {
            batch.slots.entry(job.cart.clone()).or_default().jobs.push_back(job);
        }
        batch
    }

    fn fail(self, error: &StoreError) -> Vec<Job> {
        for slot in self.slots.into_values() {
            for job in slot.jobs.into_iter().chain(slot.ran) {
                let _ = job.caller.send(Word::Over(Err(error.clone())));
            }
        }
        self.later
    }

    /// Runs all, writes once, answers all. Returns those that have to run again.
    async fn commit(mut self, backend: &impl Backend) -> Vec<Job> {
        let carts: Vec<String> = self.slots.keys().cloned().collect();
        let rows = match backend.read(&carts).await {
            Ok(rows) => rows,
            Err(error) => return self.fail(&error),
        };
        for (cart, revision, data) in rows {
            if let Some(slot) = self.slots.get_mut(&cart) {
                (slot.base, slot.data) = (Some(revision), Some(data));
            }
        }
        let asking = self.run_edits().await;
        let guard = match self.admit(backend, asking).await {
            Ok(guard) => guard,
            Err(error) => return self.fail(&error),
        };
        let written = match self.write(backend, guard).await {
            Ok(written) => written,
            Err(error) => return self.fail(&error),
        };
        let mut again = Vec::new();
        for (cart, slot) in self.slots {
            let is_written = slot.left.is_none() || written.contains(&cart);
            for mut job in slot.ran {
                if is_written {
                    let _ = job.caller.send(Word::Over(Ok(())));
                    continue;
                }
                job.tries += 1;
                if job.tries < TRIES {
                    again.push(job);
                } else {
                    let why =
                        "a cart was written by another process each time before an edit of it was kept; giving up";
                    let _ = job.caller.send(Word::Over(Err(StoreError::Database(why.to_owned()))));
                }
            }
        }
        again.append(&mut self.later);
        again
    }

    /// Of each cart the first edit, then of each the second, and so on. Returns those that ask for admission; what comes after
    /// one of its cart waits for the next batch.
    async fn run_edits(&mut self) -> Vec<(Job, EmailHash)> {
        let deadline = Instant::now() + WITHIN;
        let mut asking = Vec::new();
        loop {
            let mut awaited: Vec<Awaited> = Vec::new();
            for (cart, slot) in &mut self.slots {
                if let Some(job) = slot.jobs.pop_front() {
                    let (reply, answer) = oneshot::channel();
                    if job.caller.send(Word::Run { data: slot.data.clone(), reply }).is_ok() {
                        awaited.push((cart.clone(), job.tries, answer));
                    }
                }
            }
            if awaited.is_empty() && self.slots.values().all(|slot| slot.jobs.is_empty()) {
                return asking;
            }
            for (cart, tries, answer) in awaited {
                // Whoever does not answer has gone away, or stands still.
                let Ok(Ok(Reply { what, next })) = timeout_at(deadline, answer).await else { continue };
                let Some(slot) = self.slots.get_mut(&cart) else { continue };
                let job = Job { cart, caller: next, tries };
                match what {
                    Change::Asks(hash) => {
                        self.later.extend(slot.jobs.drain(..));
                        asking.push((job, hash));
                    }
                    what => slot.enter(job, what),
                }
            }
        }
    }

    /// Tells those who ask how many live leads their address has, those that were admitted in this batch included.
    async fn admit<B: Backend>(
        &mut self,
        backend: &B,
        asking: Vec<(Job, EmailHash)>,
    ) -> Result<Option<B::Guard>, StoreError> {
        if asking.is_empty() {
            return Ok(None);
        }
        let addresses: Vec<EmailHash> = asking.iter().map(|(_, hash)| *hash).collect();
        let mut admitted: HashMap<Vec<u8>, u32> = HashMap::new();
        let deadline = Instant::now() + WITHIN;
        let guarded = backend.guard(&addresses).await;
        let mut guard = match guarded {
            Ok(guard) => guard,
            Err(error) => return Err(self.refuse(asking, error)),
        };
        let mut asking = asking.into_iter();
        while let Some((job, hash)) = asking.next() {
            let before = match backend.live(&mut guard, &job.cart, hash).await {
                Ok(before) => before,
                Err(error) => return Err(self.refuse(std::iter::once((job, hash)).chain(asking), error)),
            };
            let here = admitted.entry(hash.as_bytes().to_vec()).or_default();
            let (reply, answer) = oneshot::channel();
            if job.caller.send(Word::Counted { live: before.saturating_add(*here), reply }).is_err() {
                continue;
            }
            let Ok(Ok(Reply { what, next })) = timeout_at(deadline, answer).await else { continue };
            if matches!(&what, Change::Write(row) if row.admitted_at.is_some()) {
                *here += 1;
            }
            if let Some(slot) = self.slots.get_mut(&job.cart) {
                slot.enter(Job { caller: next, ..job }, what);
            }
        }
        Ok(Some(guard))
    }

    fn refuse(&self, asking: impl IntoIterator<Item = (Job, EmailHash)>, error: StoreError) -> StoreError {
        for (job, _) in asking {
            let _ = job.caller.send(Word::Over(Err(error.clone())));
        }
        error
    }

    async fn write<B: Backend>(&mut self, backend: &B, guard: Option<B::Guard>) -> Result<HashSet<String>, StoreError> {
        let (mut rows, mut done) = (Vec::new(), HashSet::new());
        for (cart, slot) in &mut self.slots {
            match (&mut slot.left, slot.base) {
                (Some(Change::Write(row)), base) => {
                    row.revision = base.unwrap_or(0) + 1;
                    rows.push((**row).clone());
                }
                (Some(Change::Delete), Some(base)) => {
                    if backend.delete(cart, base).await? {
                        done.insert(cart.clone());
                    }
                }
                // Made and deleted in one batch.
                (Some(_), None) => {
                    done.insert(cart.clone());
                }
                (None | Some(_), _) => {}
            }
        }
        if !rows.is_empty() {
            done.extend(backend.write(guard, rows).await?);
        }
        Ok(done)
    }
}

impl Slot {
    fn enter(&mut self, job: Job, what: Change) {
        match what {
            // Nothing to write, so nothing to wait for.
            Change::Nothing | Change::Asks(_) if self.left.is_none() => {
                let _ = job.caller.send(Word::Over(Ok(())));
                return;
            }
            Change::Nothing | Change::Asks(_) => {}
            Change::Write(row) => {
                self.data = Some(row.data.clone());
                self.left = Some(Change::Write(row));
            }
            Change::Delete => {
                self.data = None;
                self.left = Some(Change::Delete);
            }
        }
        self.ran.push(job);
    }
}
