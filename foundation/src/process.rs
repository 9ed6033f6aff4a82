//! What the process may use of the machine.

/// Lets this process hold as many files and connections as the machine's administrator allows: many systems begin with 1,024,
/// which a few hundred visitors use up. Returns the bound then in force; none where there is no such bound.
#[must_use]
pub fn raise_open_files() -> Option<u64> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let now = getrlimit(Resource::Nofile);
        if now.current != now.maximum {
            // Refused: it stays as it was, which is what is returned.
            let _ = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, maximum: now.maximum });
        }
        getrlimit(Resource::Nofile).current
    }
    #[cfg(not(unix))]
    None
}
