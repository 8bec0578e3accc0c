//! Fields that have gone out of sight. A step of the checkout that goes as a whole keeps what it had; a field that is taken
//! away while the rest of its block stays (the company, after "I am a private person") is taken back.

use wire::{Block, Detail, Path};

use super::{Draft, Reading, details};
use crate::core::field::{Part, Target};

/// Takes back what was taken away: enters `None` for its paths, unless something in sight has them.
pub(super) fn take_back(readings: &[Reading], block: Block, draft: &mut Draft) {
    let is_gone = |field: &Reading| {
        !field.visible && field.was_filled && field.in_sight.1 > 0 && field.target.block() == Some(block)
    };
    for field in readings.iter().filter(|field| is_gone(field)) {
        let (mut kinds, mut is_alone, mut is_there) = (0, true, false);
        for other in readings.iter().filter(|other| other.target.block() == Some(block)) {
            if other.visible {
                is_alone &= other.in_sight.0 > field.in_sight.1;
                is_there |= other.target == field.target;
            } else if is_gone(other) && other.container == field.container {
                kinds |= kind(other.target);
            }
        }
        // A lead lives by its e-mail address: it goes only where it is deleted.
        if is_alone || is_there || kind(field.target) == EMAIL || kinds.count_ones() > 1 {
            continue;
        }
        for detail in details(&field.target) {
            let path = Path::Detail(block, *detail);
            if draft.get(path).is_none() {
                draft.insert(path, None);
            }
        }
    }
}

const EMAIL: u8 = 1;

/// What a step of a checkout asks for, a bit each. One that asks for two of these is a step, and no more than a field with
/// what belongs to it where it asks for one: a company has a tax number.
fn kind(target: Target) -> u8 {
    match target {
        Target::Lead(Path::Detail(_, detail)) => match detail {
            Detail::Email => EMAIL,
            Detail::Phone => 2,
            Detail::FirstName | Detail::LastName => 4,
            Detail::Address1 => 8,
            Detail::City | Detail::Zip => 16,
            _ => 0,
        },
        Target::Part(_, part) => match part {
            Part::PhonePrefix | Part::PhoneArea | Part::PhoneLocal => 2,
            Part::FullName => 4,
            Part::StreetLines | Part::HouseNumber => 8,
            Part::AddressLine3 => 0,
        },
        Target::Lead(_) => 0,
    }
}
