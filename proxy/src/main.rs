//! The merchant's endpoint of leadkeep.
fn main() {}
