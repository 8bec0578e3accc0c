#![doc = include_str!("../README.md")]

mod browser;
mod chance;
mod check;
mod custody;
mod form;
mod oracle;
mod orders;
mod plan;
mod proxy;
mod run;
mod shopper;
mod storage;
mod timeline;
mod trace;
mod twocheckout;
mod upstream;
mod world;

pub use plan::Protection;
pub use run::{Recovery, Report, recovery, run};
pub use world::Violation;
