//! What the program holds in memory stays there: passwords and keys are in none of its core dumps.

use rustix::io::Errno;
use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

/// Forbids core dumps, and other processes to read the memory.
pub fn keep_to_itself() {
    if let Err(error) = forbid() {
        tracing::warn!(%error, "core dumps could not be forbidden; they would hold passwords and keys");
    }
}

fn forbid() -> Result<(), Errno> {
    // An init system may have done it, and may forbid to do it again.
    if getrlimit(Resource::Core).current != Some(0) {
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    }
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
}
