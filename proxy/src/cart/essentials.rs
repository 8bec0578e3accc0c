//! What a lead is worth having for, whatever else 2Checkout refuses of it.

use twocheckout::Lead;

/// The lead with names, address and items alone: a half-typed VAT number must not cost it.
pub(crate) fn essentials(lead: &Lead) -> Lead {
    let mut essentials = Lead {
        cart_id: lead.cart_id.clone(),
        currency: lead.currency.clone(),
        language: lead.language.clone(),
        external_reference: lead.external_reference.clone(),
        items: lead.items.clone(),
        ..Lead::default()
    };
    essentials.billing_details.email = lead.billing_details.email.clone();
    essentials.billing_details.first_name = lead.billing_details.first_name.clone();
    essentials.billing_details.last_name = lead.billing_details.last_name.clone();
    // As `assemble` has it where the page has no delivery address.
    essentials.delivery_details = essentials.billing_details.clone();
    essentials
}
