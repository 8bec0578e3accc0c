//! A page, its storage and its proxy, without a browser: driven by [`drive`] as the shipped one.

mod clock;
mod closing;
mod consent;
mod saving;
mod sharing;
mod unloading;
mod walk;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::{Deref, DerefMut};

use wire::Value;
use wire::request::Owner;

use super::*;
use crate::core::error::Error;
use crate::core::record::{CartRecord, Record, StoredRecord};
use crate::core::retry::Answer;
use crate::core::shortfall::Shortfall;

const EMAIL: Path = Path::Detail(wire::Block::Billing, Detail::Email);
const CITY: Path = Path::Detail(wire::Block::Billing, Detail::City);

/// What a page shows, keeps and sends; answers come when a test gives them.
struct Fake {
    now: u64,
    draft: Draft,
    delivery: Option<bool>,
    stored: Option<Record>,
    alarm: Option<u64>,
    /// Requests without an answer: number, route, body.
    requests: VecDeque<(u32, Route, serde_json::Value)>,
    sent: usize,
    /// When each request was sent, by its number.
    sent_at: BTreeMap<u32, u64>,
    /// The numbers of those that outlive the page.
    outliving: BTreeSet<u32>,
    /// How often storage was read.
    storage_reads: usize,
    /// How often an alarm was set.
    alarms_set: usize,
    /// Storage takes nothing.
    is_storage_full: bool,
    /// The form throws as it is read.
    is_unreadable: bool,
}

impl Host for Fake {
    fn read_form(&mut self) -> Option<FormSnapshot> {
        let local_time = format!("local {}", self.now);
        let snapshot = FormSnapshot { draft: self.draft.clone(), delivery: self.delivery, local_time };
        (!self.is_unreadable).then_some(snapshot)
    }

    fn stored_record(&mut self) -> Option<Record> {
        self.storage_reads += 1;
        self.stored.clone()
    }

    fn store_record(&mut self, record: StoredRecord<'_>) -> bool {
        if !self.is_storage_full {
            let json = record.to_json(|record| serde_json::to_string(record).ok()).unwrap();
            self.stored = Record::read(&serde_json::from_str(&json).unwrap());
        }
        !self.is_storage_full
    }

    fn send(&mut self, request: Request) {
        self.sent += 1;
        let now = self.now;
        self.sent_at.insert(request.id, now);
        if request.outlives_page() {
            self.outliving.insert(request.id);
        }
        self.requests.push_back((request.id, request.route, serde_json::from_str(&request.body).unwrap()));
    }

    fn set_alarm(&mut self, at: Option<u64>) {
        self.alarms_set += 1;
        self.alarm = at;
    }

    fn report(&mut self, error: &Error) {
        assert_eq!((error, self.is_storage_full), (&Error::STORAGE, true));
    }
}

/// A page under test.
struct Page {
    session: Session,
    fake: Fake,
}

impl Deref for Page {
    type Target = Fake;

    fn deref(&self) -> &Fake {
        &self.fake
    }
}

impl DerefMut for Page {
    fn deref_mut(&mut self) -> &mut Fake {
        &mut self.fake
    }
}

impl Page {
    fn open(consent: Consent, stored: Option<Record>, now: u64) -> Self {
        let mut page = Self::open_untouched(consent, stored, now);
        page.event(Event::Touched);
        page
    }

    fn open_untouched(consent: Consent, stored: Option<Record>, now: u64) -> Self {
        Self::loaded_at(now, consent, stored, now)
    }

    /// The module comes at `now` to a page that was loaded at `page_loaded`.
    fn loaded_at(page_loaded: u64, consent: Consent, stored: Option<Record>, now: u64) -> Self {
        let mut seed = now;
        let random = Box::new(move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed
        });
        let constants = vec![(Path::Currency, "EUR".to_owned())];
        let consent_text = (consent == Consent::Ask).then(|| ("Remind me".to_owned(), "en".to_owned()));
        let settings = Settings { consent, quiet_ms: 800, max_wait_ms: 5_000, page_loaded, consent_text, constants };
        let mut draft = Draft::default();
        draft.insert(Path::Items, Some(Value::Json("[{\"Code\":\"A\",\"Quantity\":1}]".into())));
        let session = Session::new(settings, stored.clone(), now, random);
        let fake = Fake {
            now,
            draft,
            delivery: None,
            stored,
            alarm: None,
            requests: VecDeque::new(),
            sent: 0,
            sent_at: BTreeMap::new(),
            outliving: BTreeSet::new(),
            storage_reads: 0,
            alarms_set: 0,
            is_storage_full: false,
            is_unreadable: false,
        };
        Self { session, fake }
    }

    fn event(&mut self, event: Event) {
        let now = self.now;
        drive(&mut self.session, &mut self.fake, event, now);
    }

    /// Another page has written, or cleared, the record.
    fn find_stored(&mut self, stored: Option<Record>) {
        self.stored = stored;
        self.event(Event::Stored);
    }

    fn type_into(&mut self, path: Path, text: &str) {
        self.draft.insert(path, (!text.is_empty()).then(|| Value::Text(text.into())));
        self.event(Event::Edited);
    }

    fn wait(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(at) = self.alarm.filter(|at| *at <= until) {
            self.now = at.max(self.now);
            self.alarm = None;
            self.event(Event::Alarm);
        }
        self.now = until;
    }

    fn answer(&mut self, outcome: RequestOutcome) -> serde_json::Value {
        let (id, _, body) = self.requests.pop_front().expect("a request in flight");
        self.event(Event::Answered { id, outcome });
        body
    }

    fn save(&mut self) -> serde_json::Value {
        self.answer(kept())
    }

    fn state(&self) -> State {
        self.session.status().state
    }
}

fn new_record(owner: Owner, now: u64) -> Record {
    Record { cart: CartRecord::new(owner, now), closed: None }
}

fn kept() -> RequestOutcome {
    RequestOutcome::Answered(Answer::Kept { lead_code: Some("L1".into()), shortfall: Shortfall::default() })
}

/// A page that has saved a lead.
fn saved(consent: Consent) -> Page {
    let mut page = Page::open(consent, None, 1_000_000);
    page.event(Event::Consent(true));
    page.type_into(EMAIL, "ada@example.com");
    page.wait(900);
    page.save();
    assert_eq!(page.state(), State::Saved);
    page
}
