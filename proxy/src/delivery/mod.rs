//! From the store to 2Checkout.
//!
//! Pure: [`begin`] says what is to be done next for a cart, [`finish`] what follows from what came of it, [`backoff`] how
//! long to wait, [`Claimant`] who may deliver a cart at all. The adapter: the [`Courier`] makes the calls, one at a time for each cart; the [`worker`] sees to what is
//! left over.

mod backoff;
mod budget;
mod courier;
mod gate;
mod lease;
mod outcome;
mod step;
mod upstream;
pub mod worker;

pub use backoff::{Timing, backoff};
pub use budget::{Budget, Spent};
pub use courier::{Courier, Delivered};
pub use gate::Gate;
pub use lease::{Claim, Claimant};
pub use outcome::{Entered, Outcome, ReadBack, finish, is_given_up};
pub use step::{Call, Step, begin};
pub use upstream::Upstream;
