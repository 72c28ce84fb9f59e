//! Ctrl-C and its like in the midst of one long replication: an end within seconds, with the exit code
//! that shells give the signal, and nothing left behind.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::support::{names, small, spotsim};

/// A machine that is busy takes its time; the run would take minutes.
const SOON: Duration = Duration::from_secs(10);

/// One replication of many minutes: pods that find no room, asked again and again for a week.
fn long() -> String {
    small("7d", 4, 100_000)
}

/// How `spotsim` ends that is sent `signal` a second after it said what it does, and how soon; with
/// what it said.
fn ended(folder: &Path, args: &[&str], signal: &str) -> (ExitStatus, Duration, String) {
    let mut command = spotsim(folder);
    command.args(args).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut run = command.spawn().unwrap();
    let mut stderr = BufReader::new(run.stderr.take().unwrap());
    let mut said = String::new();
    if args[0] == "run" {
        stderr.read_line(&mut said).unwrap();
    }
    std::thread::sleep(Duration::from_secs(1));
    assert!(run.try_wait().unwrap().is_none(), "it ended by itself: {said}");
    #[allow(clippy::disallowed_methods)] // how soon is what is asked here
    let sent = Instant::now();
    let kill = Command::new("kill").args([signal, &run.id().to_string()]).status().unwrap();
    assert!(kill.success());
    stderr.read_to_string(&mut said).unwrap();
    let status = run.wait().unwrap();
    (status, sent.elapsed(), said)
}

#[test]
fn a_long_replication_ends_when_it_is_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("long.yaml"), long()).unwrap();
    let run: &[&str] = &["run", "long.yaml", "-n", "1", "--out", "run"];
    let check: &[&str] = &["check", "long.yaml", "-n", "1"];
    for (args, signal, code) in [(run, "-INT", 130), (run, "-TERM", 143), (check, "-INT", 130)] {
        let (status, took, said) = ended(folder.path(), args, signal);
        assert_eq!(status.code(), Some(code), "{args:?} {signal}: {said}");
        assert!(took < SOON, "{args:?} {signal}: {took:?}");
        assert!(said.contains("interrupted before the first replication"), "{said}");
        assert_eq!(names(folder.path()), ["long.yaml"], "{args:?} {signal}");
    }
}

#[test]
fn an_interrupted_run_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("short.yaml"), small("7d", 4, 10)).unwrap();
    fs::write(folder.path().join("long.yaml"), long()).unwrap();
    let mut first = spotsim(folder.path());
    first.args(["run", "short.yaml", "-n", "1", "-q", "--out", "run"]);
    assert!(first.output().unwrap().status.success());
    let all = |run: &Path| -> Vec<(String, Vec<u8>)> {
        let read = |name: String| (name.clone(), fs::read(run.join(name)).unwrap());
        names(run).into_iter().map(read).collect()
    };
    let before = all(&folder.path().join("run"));
    let again = ["run", "long.yaml", "-n", "1", "--out", "run", "--force"];
    let (status, took, said) = ended(folder.path(), &again, "-INT");
    assert_eq!(status.code(), Some(130), "{said}");
    assert!(took < SOON, "{took:?}");
    assert_eq!(all(&folder.path().join("run")), before);
    assert_eq!(names(folder.path()), ["long.yaml", "run", "short.yaml"]);
}

/// Nothing is known yet and nothing is there yet, so that the signal ends the program by itself. It
/// waits for a pipe that says nothing, which takes as long on any machine.
#[test]
fn a_draft_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("web.yaml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (status, took, said) = ended(folder.path(), &["init", "--from", "web.yaml"], "-TERM");
    assert_eq!(status.signal(), Some(15), "{said}");
    assert!(took < SOON, "{took:?}");
    assert_eq!(names(folder.path()), ["web.yaml"]);
}
