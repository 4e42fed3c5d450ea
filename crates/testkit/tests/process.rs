//! No child outlives its parent, however that ends.

use std::path::Path;
use std::time::{Duration, Instant};

use testkit::process::Process;

fn running(id: u32) -> bool {
    // a process that has ended but was not waited for has an empty command line
    std::fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| !line.is_empty())
}

fn start(command: &[&str], log: &Path) -> Process {
    let command: Vec<String> = command.iter().map(ToString::to_string).collect();
    Process::start("child", &command, log).expect("started")
}

#[test]
fn a_dropped_process_is_gone() {
    let log = tempfile::NamedTempFile::new().expect("a file");
    let process = start(&["sleep", "600"], log.path());
    let id = process.id();
    drop(process);
    assert!(!running(id));
}

#[test]
fn a_program_may_end_in_peace() {
    let log = tempfile::NamedTempFile::new().expect("a file");
    let polite = "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.01; done";
    let mut process = start(&["sh", "-c", polite], log.path());
    let said = |words: &str| std::fs::read_to_string(log.path()).is_ok_and(|text| text.contains(words));
    eventually(|| said("up").then_some(()));
    let status = process.stop(Duration::from_secs(20)).expect("stopped");
    assert_eq!((status.code(), said("bye")), (Some(3), true));
}

#[test]
fn a_stubborn_program_is_killed() {
    let log = tempfile::NamedTempFile::new().expect("a file");
    let mut process = start(
        &["sh", "-c", "trap '' TERM; while :; do sleep 0.01; done"],
        log.path(),
    );
    assert!(
        !process
            .stop(Duration::from_millis(200))
            .expect("stopped")
            .success()
    );
}

/// This test runs itself once more as the parent that gets killed.
#[test]
fn children_of_a_killed_parent_are_gone() {
    const PARENT: &str = "TESTKIT_PARENT_WRITES_TO";
    if let Some(file) = std::env::var_os(PARENT) {
        let log = tempfile::NamedTempFile::new().expect("a file");
        let child = start(&["sleep", "600"], log.path());
        std::fs::write(file, child.id().to_string()).expect("written");
        std::thread::sleep(Duration::from_mins(10));
    }
    let file = tempfile::NamedTempFile::new().expect("a file");
    let test = std::env::current_exe().expect("a test knows where it is");
    let arguments = ["--exact", "children_of_a_killed_parent_are_gone"];
    let mut parent = std::process::Command::new(test);
    let mut parent = parent
        .args(arguments)
        .env(PARENT, file.path())
        .spawn()
        .expect("started");
    let child: u32 = eventually(|| std::fs::read_to_string(file.path()).ok()?.parse().ok());
    assert!(running(child));
    parent.kill().expect("killed");
    parent.wait().expect("waited for");
    eventually(|| (!running(child)).then_some(()));
}

fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "not within 20 s");
        std::thread::sleep(Duration::from_millis(5));
    }
}
