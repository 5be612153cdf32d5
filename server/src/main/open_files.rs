//! Every connection is an open file to the system, which allows a process only so many.

/// Files that are open beside connections: the store, the log, samples on their way.
const OTHERS: usize = 128;

/// How many files the process may have open, raised as far as the system lets it.
pub(crate) fn allowed() -> Option<usize> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            ..limit
        };
        // Where it cannot be raised the former holds.
        let _ = setrlimit(Resource::Nofile, raised);
        let current = getrlimit(Resource::Nofile).current?;
        Some(usize::try_from(current).unwrap_or(usize::MAX))
    }
    #[cfg(not(unix))]
    None
}

/// How many of the connections that are wanted the system can bear.
pub(crate) fn make_room(wanted: usize) -> usize {
    let Some(allowed) = allowed() else {
        return wanted;
    };
    let possible = allowed.saturating_sub(OTHERS).max(1);
    if possible < wanted {
        tracing::warn!(
            "the system allows {allowed} open files, so at most {possible} connections are taken; \
             raise the limit (ulimit -n, or LimitNOFILE of the service) for {wanted}"
        );
    }
    wanted.min(possible)
}
