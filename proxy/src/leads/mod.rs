//! What an operator may look for among the carts, and do to them: the rules of `leadkeep-proxy leads`.
//!
//! Everything is an edit of one cart in the store, as the proxy's own are, so it is safe while proxies run: what 2Checkout
//! has to know of it they deliver.

mod act;
mod elsewhere;
mod filter;
mod state;
mod view;

pub use act::{Act, apply};
pub use elsewhere::{Elsewhere, complete_at, withdraw_at};
pub use filter::{Filter, Person, scan};
pub use state::State;
pub use view::{Details, Summary, date};
