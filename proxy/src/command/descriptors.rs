//! File descriptors: each connection takes one, and without any left nobody is answered and nothing is written.

/// Descriptors that are not for connections of browsers: the store, calls to 2Checkout, operators, what the runtime has.
const OTHERS: usize = 200;

/// How many connections may be held so that descriptors remain for everything else; `wanted` where the system allows. The
/// soft limit is raised as far as the hard one allows.
#[cfg(unix)]
pub(super) fn for_connections(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let needed = u64::try_from(wanted.saturating_add(OTHERS)).unwrap_or(u64::MAX);
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < needed) {
        let current = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
        // What the system refuses shows below.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(current), ..limit });
    }
    let Some(allowed) = getrlimit(Resource::Nofile).current else { return wanted };
    let connections = bound(wanted, usize::try_from(allowed).unwrap_or(usize::MAX));
    if connections < wanted {
        tracing::warn!(
            allowed,
            connections,
            "the system allows few open files; raise the limit (systemd: LimitNOFILE=, shell: ulimit -n) to hold more connections"
        );
    }
    connections
}

#[cfg(not(unix))]
pub(super) fn for_connections(wanted: usize) -> usize {
    wanted
}

/// Whatever is left, but at least half of what is allowed.
#[cfg(unix)]
fn bound(wanted: usize, allowed: usize) -> usize {
    wanted.min(allowed.saturating_sub(OTHERS).max(allowed / 2)).max(1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn descriptors_remain_for_everything_else() {
        for (allowed, expected) in [(1_000_000, 10_000), (1_024, 824), (256, 128), (0, 1)] {
            assert_eq!(bound(10_000, allowed), expected, "{allowed}");
        }
    }
}
