//! What comes after an outage is bounded.

use simulation::recovery;

#[test]
fn fifty_tabs_that_come_back_online_make_no_storm() {
    let seen = recovery(50, 7);
    // Each has something to send, and sends it once.
    assert!((50..=60).contains(&seen.requests), "{seen:?}");
    assert!(seen.most_in_100_ms <= 15, "they are spread: {seen:?}");
    assert_eq!(seen.leads, 1, "{seen:?}");
    assert!(seen.calls <= seen.requests, "{seen:?}");
}
