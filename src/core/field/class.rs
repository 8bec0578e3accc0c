//! What a word of a form can be about. Shared with the build script, so it stands on nothing else.

/// What a term of the tables says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    // Forbidden, the most certain first.
    Password,
    Card,
    Code,
    Birthday,
    Identity,
    Account,
    Expiry,
    // A log-in name, which may be an e-mail address all the same.
    Username,
    // No field of a lead, though its words may sound like one.
    Other,
    // Lead fields. Where a text speaks of several, the first of this list is meant: "company e-mail address" is an e-mail.
    PhonePrefix,
    FiscalCode,
    Email,
    Zip,
    HouseNumber,
    Address3,
    Address2,
    Phone,
    Company,
    FirstName,
    LastName,
    Address1,
    City,
    Country,
    State,
    FullName,
    // FieldMeaning a word says of its neighbours.
    CardWord,
    CodeWord,
    Pin,
    Billing,
    Delivery,
    Newsletter,
    Gift,
    Filler,
}

impl Class {
    /// Nothing of it is ever read.
    pub(crate) fn is_forbidden(self) -> bool {
        self <= Class::Expiry
    }

    /// Every class, in order.
    pub(crate) const ALL: [Class; 33] = [
        Class::Password,
        Class::Card,
        Class::Code,
        Class::Birthday,
        Class::Identity,
        Class::Account,
        Class::Expiry,
        Class::Username,
        Class::Other,
        Class::PhonePrefix,
        Class::FiscalCode,
        Class::Email,
        Class::Zip,
        Class::HouseNumber,
        Class::Address3,
        Class::Address2,
        Class::Phone,
        Class::Company,
        Class::FirstName,
        Class::LastName,
        Class::Address1,
        Class::City,
        Class::Country,
        Class::State,
        Class::FullName,
        Class::CardWord,
        Class::CodeWord,
        Class::Pin,
        Class::Billing,
        Class::Delivery,
        Class::Newsletter,
        Class::Gift,
        Class::Filler,
    ];
}
