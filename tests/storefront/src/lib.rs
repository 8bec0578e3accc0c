//! A checkout that keeps its lead.

use std::collections::HashMap;

use leadkeep::config::Config;
use leadkeep::{LeadCapture, LeadHandle};
use leptos::prelude::*;

/// The checkout of a shop.
#[component]
pub fn Checkout() -> impl IntoView {
    let lead = LeadHandle::new();
    let config = Config {
        form: Some("#checkout".into()),
        currency: Some("EUR".into()),
        ..Config::new("/api/lead")
    };
    lead.set_items(&[HashMap::from([("Code", "BOOK-1")])]);
    view! {
        <form id="checkout">
            <label>"E-mail " <input id="email" name="email" type="email" autocomplete="email" /></label>
            <label>"City " <input id="city" name="city" autocomplete="address-level2" /></label>
        </form>
        <LeadCapture config handle=lead />
        <p id="state">{move || format!("{:?}", lead.status().state)}</p>
        <button id="order" on:click=move |_| lead.complete(Some("ORDER-1"))>"Order"</button>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_server_renders_the_checkout_and_an_empty_place_for_the_component() {
        let html = Owner::new().with(|| view! { <Checkout /> }.to_html());
        assert!(html.contains("<button id=\"order\">Order</button>"), "{html}");
        assert!(html.contains("</form><!>"), "{html}");
        assert!(!html.contains("checkbox"), "{html}");
    }
}
