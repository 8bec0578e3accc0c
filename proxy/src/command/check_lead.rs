//! `leadkeep-proxy check --lead`: one test lead through all that a lead goes through, and what 2Checkout says to each step.

use twocheckout::lead::{Address, Item};
use twocheckout::{Client, Error, Lead, Mark};

use super::check::said;
use super::options::{Check, Options};
use super::refusal::Refusal;

/// Stands in where no product is named: 2Checkout may refuse it, and then says so.
const NO_PRODUCT: &str = "LEADKEEP-CHECK";

/// Makes the lead, reads it, stops its mails, empties it, and reads it again. Where a step fails, its mails are stopped
/// nevertheless, so that nobody gets one.
pub(super) async fn run(client: &Client, options: &Options, check: &Check) -> Result<(), Refusal> {
    let lead = test_lead(options, check);
    let made = client.add_lead(&lead).await.map_err(|error| {
        let hint = if check.product.is_empty() { "; name a product of yours with --product" } else { "" };
        let made =
            if error.maybe_done() { "; the lead may have been made: look for it in the Control Panel" } else { "" };
        Refusal::Failed(format!("addLead: {}{hint}{made}", said(&error)))
    })?;
    let code = made.lead_code;
    println!("ok: addLead made the lead {code}");
    let rest = rest(client, &code, &lead).await;
    if let Err((step, problem)) = rest {
        let mark = client.mark_leads(&[stopped(&code)]).await;
        let left = match mark {
            Ok(()) => "its mails are stopped".to_owned(),
            Err(error) => format!("its mails could not be stopped: {}; stop them in the Control Panel", said(&error)),
        };
        return Err(Refusal::Failed(format!("{step}: {problem}; the lead {code} is left, and {left}")));
    }
    println!("ok: the lead {code} is empty and no mail follows it; 2Checkout has no call that deletes one");
    Ok(())
}

async fn rest(client: &Client, code: &str, lead: &Lead) -> Result<(), (&'static str, String)> {
    let of = |step| move |error: Error| (step, said(&error));
    let read = client.get_lead(code).await.map_err(of("getLead"))?.lead;
    let differs = differences(lead, &read);
    if !differs.is_empty() {
        return Err(("getLead", format!("the lead came back with another {}", differs.join(", "))));
    }
    println!("ok: getLead returned it as it was sent");
    client.mark_leads(&[stopped(code)]).await.map_err(of("markLeads"))?;
    println!("ok: markLeads stopped its mails");
    client.update_lead(code, &lead.emptied()).await.map_err(of("updateLead"))?;
    // An update replaces all of a lead, and 2Checkout does not say whether that includes its marks.
    client.mark_leads(&[stopped(code)]).await.map_err(of("markLeads"))?;
    println!("ok: updateLead emptied it, and markLeads stopped its mails again");
    let read = client.get_lead(code).await.map_err(of("getLead"))?.lead;
    if !read.billing_details.is_empty() || !read.delivery_details.is_empty() {
        return Err(("updateLead", "2Checkout still holds the name or the address of the lead".to_owned()));
    }
    println!("ok: getLead returned it without name and address");
    Ok(())
}

fn stopped(code: &str) -> Mark {
    Mark { lead_code: code.to_owned(), used: false, stop_followups: true }
}

fn test_lead(options: &Options, check: &Check) -> Lead {
    let text = |text: &str| Some(text.to_owned());
    let product = |code: &str| Item { code: text(code), quantity: 1, ..Item::default() };
    let mut items: Vec<Item> = check.product.iter().map(|code| product(code)).collect();
    if items.is_empty() {
        items.push(product(NO_PRODUCT));
    }
    Lead {
        cart_id: Some(uuid::Uuid::new_v4().to_string()),
        currency: Some(options.currency.clone()),
        language: text("en"),
        items,
        billing_details: Address {
            first_name: text("Test"),
            last_name: text("Leadkeep"),
            email: Some(check.email.clone()),
            ..Address::default()
        },
        ..Lead::default()
    }
}

/// What 2Checkout holds otherwise than it was sent, by name and without its value.
fn differences(sent: &Lead, read: &Lead) -> Vec<&'static str> {
    let codes = |lead: &Lead| lead.items.iter().map(|item| item.code.clone()).collect::<Vec<_>>();
    let lower = |text: &Option<String>| text.as_deref().map(str::to_lowercase);
    let billing = |lead: &Lead| lead.billing_details.clone();
    [
        ("CartId", sent.cart_id == read.cart_id),
        ("Currency", lower(&sent.currency) == lower(&read.currency)),
        ("Items", codes(sent) == codes(read)),
        ("BillingDetails.Email", lower(&billing(sent).email) == lower(&billing(read).email)),
        ("BillingDetails.FirstName", billing(sent).first_name == billing(read).first_name),
        ("BillingDetails.LastName", billing(sent).last_name == billing(read).last_name),
    ]
    .into_iter()
    .filter_map(|(name, is_same)| (!is_same).then_some(name))
    .collect()
}
