//! What is in memory, passwords among it, stays there: no core file, and no other process that may
//! look.

use rustix::process::{Resource, Rlimit, setrlimit};

/// From now on this process leaves no core file, whatever ends it. The programs it starts leave none
/// either: those that print passwords hold them too.
///
/// Where the system hands core files to a program (`core_pattern`), limits do not count; there, and
/// against debuggers of the same user, the process is marked as one that may not be dumped. Programs
/// that it starts are not so marked.
pub(super) fn forbid() {
    // Less than before is always allowed; and if it failed, people still want to read their mail.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use rustix::process::{DumpableBehavior, dumpable_behavior, getrlimit};

    #[test]
    fn afterwards_there_is_no_core() {
        forbid();
        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
