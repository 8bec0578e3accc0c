//! `leadkeep-proxy leads`: looks for carts, and does to them what a person or an operator asks for.

mod args;
mod confirm;
mod table;

use std::sync::Arc;

use leadkeep_proxy::cart::{Cart, EmailKey, Millis, Status};
use leadkeep_proxy::leads::{
    Act, Details, Elsewhere, Filter, Person, State, Summary, apply, complete_at, date, scan, withdraw_at,
};
use leadkeep_proxy::store::{Store, StoreError};
use leadkeep_proxy::{history, log_id};
use serde_json::{Value, json};
use tracing::Level;
use twocheckout::{Client, Error};

pub(crate) use args::Leads;
use args::{List, Selection};
use table::Table;

use super::environment;
use super::logging;
use super::options::{LogFormat, Options};
use super::refusal::Refusal;
use super::settings::{client, credentials, location, unusable};

/// A store, and 2Checkout where there are credentials.
struct Desk {
    store: Arc<dyn Store>,
    client: Option<Client>,
    key: Option<EmailKey>,
}

/// Runs one command.
pub(crate) async fn run(options: &Options, leads: &Leads) -> Result<(), Refusal> {
    logging::start(options, Level::INFO, LogFormat::Text);
    let credentials = credentials(options, &environment::variable)?;
    let key = credentials.as_ref().map(EmailKey::of);
    let client = match credentials {
        Some(credentials) => Some(client(options, credentials, &options.api_url, Arc::default())?),
        None => None,
    };
    let location = location(options, None)?;
    let store = location.open_beside().await.map_err(|error| unusable(&location, error))?;
    let desk = Desk { store, client, key };
    let done = desk.run(leads).await;
    desk.store.close().await;
    done
}

fn store_failed(error: StoreError) -> Refusal {
    Refusal::Failed(error.to_string())
}

fn upstream_failed(error: &Error) -> Refusal {
    Refusal::Failed(format!("2Checkout: {error}"))
}

fn print(value: &Value) {
    println!("{value:#}");
}

impl Desk {
    async fn run(&self, leads: &Leads) -> Result<(), Refusal> {
        match leads {
            Leads::List(list) => self.list(list).await,
            Leads::Show { selection, json } => self.show(selection, *json).await,
            Leads::Export { email } => self.export(email).await,
            Leads::Complete { selection, order_reference, yes, json } => {
                let act = Act::Complete { order_reference: order_reference.clone() };
                self.act(&act, selection, yes.yes, *json).await
            }
            Leads::Withdraw { selection, yes, json } => self.act(&Act::Withdraw, selection, yes.yes, *json).await,
            Leads::Erase { selection, with_consent, yes, json } => {
                self.act(&Act::Erase { with_consent: *with_consent }, selection, yes.yes, *json).await
            }
            Leads::Retry { selection, json } => self.act(&Act::Retry, selection, true, *json).await,
        }
    }

    fn person(&self, email: &str) -> Person {
        Person::new(email, self.key.as_ref())
    }

    fn filter(&self, selection: &Selection) -> Filter {
        Filter {
            cart: selection.cart().map(str::to_owned),
            lead_code: selection.lead_code().map(str::to_owned),
            external_reference: selection.external_reference.clone(),
            person: selection.email.as_deref().map(|email| self.person(email)),
            ..Filter::default()
        }
    }

    async fn scan(&self, filter: &Filter) -> Result<Vec<Cart>, Refusal> {
        scan(&*self.store, filter).await.map_err(store_failed)
    }

    async fn list(&self, list: &List) -> Result<(), Refusal> {
        let mut states = list.state.clone();
        if list.refused {
            states.push(State::Refused);
        }
        let since = list.since.map(|since| since.moment(self.store.now()));
        let carts = self.scan(&Filter { states, since, ..self.filter(&list.selection) }).await?;
        if list.json {
            print(&json!(carts.iter().map(Summary::of).collect::<Vec<_>>()));
            return Ok(());
        }
        let mut table = Table::new(&["cart", "lead code", "state", "changed", "order", "at 2Checkout"]);
        for cart in &carts {
            let summary = Summary::of(cart);
            let order = cart.order_reference.as_ref().or(cart.external_reference.as_ref());
            table.row([
                summary.cart,
                summary.lead_code.unwrap_or_default(),
                summary.state.to_owned(),
                summary.updated_at,
                order.cloned().unwrap_or_default(),
                delivery(cart),
            ]);
        }
        print!("{table}");
        eprintln!("{}", counted(carts.len(), "cart"));
        Ok(())
    }

    async fn show(&self, selection: &Selection, as_json: bool) -> Result<(), Refusal> {
        require(selection)?;
        let carts = self.scan(&self.filter(selection)).await?;
        tracing::info!(act = "show", carts = carts.len(), "carts were shown to an operator");
        let shown: Vec<Value> = carts.iter().map(|cart| json!(Details::of(cart))).collect();
        match (as_json, shown.as_slice()) {
            (_, []) => Err(Refusal::Failed("no cart was found".to_owned())),
            (true, [one]) => {
                print(one);
                Ok(())
            }
            (true, many) => {
                print(&json!(many));
                Ok(())
            }
            (false, many) => {
                let texts: Vec<String> = many.iter().map(table::lines).collect();
                print!("{}", texts.join("\n"));
                Ok(())
            }
        }
    }

    async fn export(&self, email: &str) -> Result<(), Refusal> {
        let person = self.person(email);
        let carts = self.scan(&Filter { person: Some(person.clone()), ..Filter::default() }).await?;
        let leads = match &self.client {
            Some(client) => Some(
                Elsewhere::of(client, &person, person.spellings(&carts))
                    .await
                    .map_err(|error| upstream_failed(&error))?,
            ),
            None => {
                self.warn_of_no_client();
                None
            }
        };
        let leads = leads.map(|leads| leads.iter().map(lead_view).collect::<Vec<_>>());
        tracing::info!(act = "export", carts = carts.len(), leads = leads.as_ref().map(Vec::len), "data was exported");
        print(&json!({
            "email": person.email(),
            "exported_at": date(self.store.now()),
            "carts": carts.iter().map(Details::of).collect::<Vec<_>>(),
            "leads_at_2checkout": leads,
        }));
        Ok(())
    }

    fn warn_of_no_client(&self) {
        tracing::warn!(
            "2Checkout is not asked: there are no credentials (LEADKEEP_MERCHANT_CODE, LEADKEEP_SECRET_KEY); carts whose address \
             is erased are not found either"
        );
    }

    async fn act(&self, act: &Act, selection: &Selection, yes: bool, as_json: bool) -> Result<(), Refusal> {
        if *act != Act::Retry {
            require(selection)?;
        }
        let carts = self.scan(&self.filter(selection)).await?;
        let leads = self.leads_of(act, selection, &carts).await;
        if let Err(error) = &leads {
            // What this store knows is done in any case.
            tracing::error!(%error, "2Checkout could not be asked for more leads; repeat this later");
        }
        let found = leads.as_deref().unwrap_or_default();
        let others = found.iter().filter(|lead| !carts.iter().any(|cart| is_lead_of(cart, lead))).count();
        if carts.is_empty() && found.is_empty() {
            eprintln!("nothing was found");
        } else if !yes {
            confirm::ask(act.name(), carts.len(), others)?;
        }
        let mut acted = Vec::new();
        for cart in &carts {
            acted.push(self.act_on(act, cart).await?);
        }
        let mut failed = 0;
        let mut marked = Vec::new();
        for lead in found {
            let is_done = self.act_elsewhere(act, lead).await;
            failed += usize::from(!is_done);
            marked.push(json!({"lead_code": lead.lead.lead_code, "done": is_done}));
        }
        if as_json {
            print(&json!({"carts": acted, "leads_at_2checkout": marked}));
        } else {
            let changed = acted.iter().filter(|cart| cart["changed"] == true).count();
            println!(
                "{}: {} changed, {} at 2Checkout",
                act.name(),
                counted(changed, "cart"),
                counted(marked.len() - failed, "lead")
            );
        }
        match (leads, failed) {
            (Ok(_), 0) => Ok(()),
            (Err(error), _) => Err(upstream_failed(&error)),
            (_, failed) => Err(Refusal::Failed(format!(
                "2Checkout: {} could not be changed; the log says why. Repeat this later",
                counted(failed, "lead")
            ))),
        }
    }

    /// The leads at 2Checkout that are meant beside the carts of this store.
    async fn leads_of(&self, act: &Act, selection: &Selection, carts: &[Cart]) -> Result<Vec<Elsewhere>, Error> {
        let ends = matches!(act, Act::Withdraw | Act::Erase { .. });
        let Some(client) = self.client.as_ref().filter(|_| *act != Act::Retry) else {
            if *act != Act::Retry {
                self.warn_of_no_client();
            }
            return Ok(Vec::new());
        };
        match selection {
            Selection { email: Some(email), .. } if ends => {
                let person = self.person(email);
                Elsewhere::of(client, &person, person.spellings(carts)).await
            }
            selection => match selection.lead_code() {
                Some(code) => Ok(Elsewhere::with_code(client, code).await?.into_iter().collect()),
                None => Ok(Vec::new()),
            },
        }
    }

    async fn act_on(&self, act: &Act, cart: &Cart) -> Result<Value, Refusal> {
        let (mut after, mut changed) = (cart.clone(), false);
        let mut edit = |known: &mut Option<Cart>| {
            if let Some(known) = known.as_mut() {
                changed = apply(known, act, self.store.now());
                after = known.clone();
            }
        };
        self.store.edit(&cart.id, &mut edit).await.map_err(store_failed)?;
        tracing::info!(act = act.name(), cart = log_id(&cart.id), changed, "an operator's act");
        let event = match act {
            Act::Complete { .. } => Some(history::COMPLETED_BY_OPERATOR),
            Act::Withdraw | Act::Erase { .. } if cart.status == Status::Open => Some(history::WITHDRAWN),
            _ => None,
        };
        if let Some(event) = event.filter(|_| changed && cart.lead_code.is_some()) {
            self.store.count(&[history::once(event)]).await.map_err(store_failed)?;
        }
        let Summary { cart, lead_code, state, .. } = Summary::of(&after);
        Ok(json!({"cart": cart, "lead_code": lead_code, "state": state, "changed": changed}))
    }

    /// Whether 2Checkout has carried it out.
    async fn act_elsewhere(&self, act: &Act, lead: &Elsewhere) -> bool {
        let Some(client) = &self.client else { return false };
        let code = &lead.lead.lead_code;
        let done = match act {
            Act::Complete { .. } => complete_at(client, code).await,
            _ => withdraw_at(client, lead).await,
        };
        match &done {
            Ok(()) => tracing::info!(act = act.name(), lead_code = code, "an operator's act at 2Checkout"),
            Err(error) => tracing::error!(act = act.name(), lead_code = code, %error, "2Checkout did not carry it out"),
        }
        done.is_ok()
    }
}

/// What is done to every cart by mistake cannot be undone.
fn require(selection: &Selection) -> Result<(), Refusal> {
    if selection.is_empty() {
        let expected = "--email, --cart, --lead-code or --external-reference, or the id of a cart or a lead";
        return Err(Refusal::Usage(format!("expected {expected}")));
    }
    Ok(())
}

fn is_lead_of(cart: &Cart, lead: &Elsewhere) -> bool {
    cart.lead_code.as_ref() == Some(&lead.lead.lead_code) || lead.lead.lead.cart_id.as_ref() == Some(&cart.id)
}

fn lead_view(lead: &Elsewhere) -> Value {
    let mut view = json!(lead.lead.lead);
    if let Some(view) = view.as_object_mut() {
        view.insert("LeadCode".to_owned(), json!(lead.lead.lead_code));
        view.insert("GeneratedFrom".to_owned(), json!(lead.lead.generated_from));
        view.insert("Used".to_owned(), json!(lead.is_used));
    }
    view
}

fn delivery(cart: &Cart) -> String {
    match cart.next_attempt_at {
        _ if cart.is_delivered() => "all of it".to_owned(),
        Some(at) if cart.attempts > 0 => format!("tried again {} (failed {} times)", date(at), cart.attempts),
        Some(_) => "is delivered next".to_owned(),
        None if State::of(cart) == State::Refused => "refused; `retry` tries it again".to_owned(),
        None => "not all of it".to_owned(),
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A moment in the past, as an operator names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// So long ago.
    Ago(Millis),
    /// At that moment.
    At(Millis),
}

impl Since {
    fn moment(self, now: Millis) -> Millis {
        match self {
            Self::Ago(ms) => now.saturating_sub(ms),
            Self::At(moment) => moment,
        }
    }
}
