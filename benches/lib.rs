//! What benches share: the cost of a piece of work, printed as one JSON line.
//!
//! The cost is CPU time of this thread, because machines are shared and a clock on the wall counts
//! the work of all.

pub mod autoscaled_week;
pub mod bare_day;
pub mod cluster;
pub mod openb;
pub mod provisioning_mix;

use std::io::Write;

use reports::Fold;
use scenarios::Scenario;
use sim::{Legend, Root, Run, Setup};

/// Where the chance of a bench begins.
pub const ROOT: Root = Root { seed: 42, replication: 0 };
/// How the scenario of a bench begins.
pub const HEAD: &str = "apiVersion: spotsim/v1\nname: bench\nprovider: generic\nregion: nowhere\n";

/// A scenario in a folder of its own, beside a file.
///
/// # Panics
/// If there is no room for it, or it is wrong.
#[must_use]
pub fn scenario(text: &str, (name, content): (&str, &str)) -> Scenario {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(name), content).expect("room for a file");
    let path = folder.path().join("scenario.yaml");
    std::fs::write(&path, text).expect("room for a file");
    Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"))
}

/// CPU time of the calling thread so far, in seconds; `None` where the system does not tell.
#[must_use]
pub fn cpu_seconds() -> Option<f64> {
    // The kernel brings its account up to date when a thread gives way.
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// CPU time of all threads of this process so far, in seconds, to a hundredth; `None` where the system does
/// not tell.
#[must_use]
pub fn process_cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold anything; user and system time are the 12th and 13th field behind it, in
    // hundredths of a second.
    // proc_pid_stat(5)
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}

/// The most memory this process has held so far, in bytes.
#[must_use]
pub fn peak_rss_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1_024)
}

/// Does `work` `times` times and returns the least CPU time it took, with its last result.
pub fn least_cpu<T>(times: u32, mut work: impl FnMut() -> T) -> (Option<f64>, T) {
    let mut best = None;
    let mut last = None;
    for _ in 0..times.max(1) {
        let before = cpu_seconds();
        last = Some(work());
        let took = cpu_seconds().zip(before).map(|(after, before)| after - before);
        best = match (best, took) {
            (Some(best), Some(took)) => Some(f64::min(best, took)),
            (best, took) => best.or(took),
        };
    }
    (best, last.expect("at least one time"))
}

/// One run of a setup with all its figures, which `spotsim run` takes as well.
#[must_use]
pub fn with_figures(setup: &Setup) -> Run {
    let mut fold = Fold::new(&Legend::of(setup));
    let run = sim::run(setup, ROOT, &mut fold);
    let _figures = fold.finish(&run);
    run
}

/// Prints one result as one line of JSON.
pub fn print(result: &serde_json::Value) {
    let mut stdout = std::io::stdout().lock();
    // A bench whose output is closed has no other place to complain.
    let _ = writeln!(stdout, "{result}");
}
