//! Where the value of a field goes: to a lead path, or into one together with others.

use wire::{Block, Detail, Path, concat};

use super::class::Class;

/// A part or a sum of lead fields. Parts never travel; what travels are lead paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Split into `FirstName` and `LastName`.
    FullName,
    /// Joined into `Address1`.
    HouseNumber,
    /// Joined into `Phone`, before it.
    PhonePrefix,
    /// Several lines in one field: the first is `Address1`, the others `Address2`.
    StreetLines,
    /// Joined into `Address2`, after it.
    AddressLine3,
    /// Area code, joined into `Phone`.
    PhoneArea,
    /// Number without its area code, joined into `Phone`.
    PhoneLocal,
}

impl Part {
    /// The name `inspect()` shows: a joined path of the design, or the lead path it becomes a part of.
    fn name(self) -> &'static str {
        match self {
            Part::FullName => "FullName",
            Part::HouseNumber => "HouseNumber",
            Part::PhonePrefix => "PhonePrefix",
            Part::StreetLines => "Address1",
            Part::AddressLine3 => "Address2",
            Part::PhoneArea | Part::PhoneLocal => "Phone",
        }
    }
}

/// What a field holds, in whichever block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldMeaning {
    Detail(Detail),
    Part(Part),
}

/// The classes that are fields of a lead, and what each holds.
const MEANINGS: &[(Class, FieldMeaning)] = &[
    (Class::PhonePrefix, FieldMeaning::Part(Part::PhonePrefix)),
    (Class::FiscalCode, FieldMeaning::Detail(Detail::FiscalCode)),
    (Class::Email, FieldMeaning::Detail(Detail::Email)),
    (Class::Phone, FieldMeaning::Detail(Detail::Phone)),
    (Class::Zip, FieldMeaning::Detail(Detail::Zip)),
    (Class::HouseNumber, FieldMeaning::Part(Part::HouseNumber)),
    (Class::Address3, FieldMeaning::Part(Part::AddressLine3)),
    (Class::Address2, FieldMeaning::Detail(Detail::Address2)),
    (Class::Company, FieldMeaning::Detail(Detail::Company)),
    (Class::FirstName, FieldMeaning::Detail(Detail::FirstName)),
    (Class::LastName, FieldMeaning::Detail(Detail::LastName)),
    (Class::Address1, FieldMeaning::Detail(Detail::Address1)),
    (Class::City, FieldMeaning::Detail(Detail::City)),
    (Class::Country, FieldMeaning::Detail(Detail::CountryCode)),
    (Class::State, FieldMeaning::Detail(Detail::State)),
    (Class::FullName, FieldMeaning::Part(Part::FullName)),
    // Read from `autocomplete` alone.
    (Class::Address1, FieldMeaning::Part(Part::StreetLines)),
    (Class::Phone, FieldMeaning::Part(Part::PhoneArea)),
    (Class::Phone, FieldMeaning::Part(Part::PhoneLocal)),
];

impl Class {
    /// What a field of this class holds; `None` where it is none of the lead.
    pub(super) fn meaning(self) -> Option<FieldMeaning> {
        MEANINGS.iter().find(|(class, _)| *class == self).map(|(_, what)| *what)
    }

    /// The class of what a field holds.
    pub(super) fn of(what: FieldMeaning) -> Option<Class> {
        MEANINGS.iter().find(|(_, held)| *held == what).map(|(class, _)| *class)
    }
}

/// Where the value of a field goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// To a path of the lead, as it is.
    Lead(Path),
    /// Into one or two paths of a block, together with other fields.
    Part(Block, Part),
}

impl Target {
    /// A field of an address block.
    pub const fn detail(block: Block, detail: Detail) -> Self {
        Target::Lead(Path::Detail(block, detail))
    }

    pub(super) const fn of(block: Block, what: FieldMeaning) -> Self {
        match what {
            FieldMeaning::Detail(detail) => Self::detail(block, detail),
            FieldMeaning::Part(part) => Target::Part(block, part),
        }
    }

    pub(super) fn class(self) -> Option<Class> {
        match self {
            Target::Lead(Path::Detail(_, detail)) => Class::of(FieldMeaning::Detail(detail)),
            Target::Part(_, part) => Class::of(FieldMeaning::Part(part)),
            Target::Lead(_) => None,
        }
    }

    /// The address block it belongs to.
    pub fn block(self) -> Option<Block> {
        match self {
            Target::Lead(Path::Detail(block, _)) | Target::Part(block, _) => Some(block),
            Target::Lead(_) => None,
        }
    }

    /// What a merchant writes in `data-lead`: a lead path or one of the joined paths. `Items` are no text and
    /// cannot be marked on a field.
    pub fn from_name(name: &str) -> Option<Self> {
        let joined = |block: Block| {
            let part = name.strip_prefix(block.name())?.strip_prefix('.')?;
            [Part::FullName, Part::HouseNumber, Part::PhonePrefix]
                .into_iter()
                .find(|p| p.name() == part)
                .map(|p| Target::Part(block, p))
        };
        let lead = name.parse::<Path>().ok().filter(|path| *path != Path::Items).map(Target::Lead);
        lead.or_else(|| joined(Block::Billing)).or_else(|| joined(Block::Delivery))
    }

    /// The path `inspect()` shows.
    pub fn name(self) -> String {
        match self {
            Target::Lead(path) => path.name(),
            Target::Part(block, part) => concat(&[block.name(), ".", part.name()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_names_a_lead_path_or_a_joined_one() {
        for name in
            ["BillingDetails.Email", "DeliveryDetails.FullName", "BillingDetails.PhonePrefix", "ExternalReference"]
        {
            assert_eq!(Target::from_name(name).map(Target::name).as_deref(), Some(name));
        }
        for name in ["", "Email", "FullName", "Items", "BillingDetails.CardNumber"] {
            assert_eq!(Target::from_name(name), None, "{name}");
        }
    }
}
