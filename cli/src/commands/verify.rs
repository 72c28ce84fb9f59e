//! `spotsim run --verify`: make a run again, and name what differs.

use std::io::Write;
use std::path::Path;

use spotsim::{Comparison, KeptRun};

use super::progress::Progress;
use crate::Outcome;
use crate::args::How;
use crate::consent;
use crate::failure::Failure;
use crate::terminal;

/// Makes the run in `folder` again, from `instead` if that is given and from the file it was made
/// from if not.
pub(crate) fn run(folder: &Path, instead: Option<&Path>, how: &How) -> Outcome {
    let kept = KeptRun::open(folder)?;
    let manifest = kept.manifest();
    let n = manifest.replications;
    let scenario = kept.scenario(instead)?;
    let threads = how.threads.map(usize::from);
    let seed = manifest.seed;
    let comparison = Comparison { scenario: &scenario, seed, replications: n, threads };
    consent::admit(&scenario, n, comparison.simulations(), (how.large, false))?;
    let progress = Progress::new(how.quiet, n);
    for note in kept.changes(&scenario).into_iter().chain(kept.damage()) {
        progress.note(&format!("note: {note}"));
    }
    let interrupted = || {
        progress.note("interrupted: nothing was compared");
        progress.interruption()
    };
    let results = comparison.run(progress.stop(), |_| progress.tick());
    let results = results.map_err(|error| progress.failure(error))?;
    let summary = results.summary(progress.stop());
    if progress.interrupted() {
        return Err(interrupted());
    }
    let moved = instead.is_some();
    let found = match kept.differences(&results, &summary, moved, progress.stop()) {
        Err(_) if progress.interrupted() => return Err(interrupted()),
        found => found?,
    };
    let mut stdout = terminal::stdout();
    for difference in &found {
        writeln!(stdout, "different: {difference}")?;
    }
    if !found.is_empty() {
        return Err(Failure::Differs);
    }
    let plans = if results.variants.len() == 2 { "both" } else { "all three" };
    writeln!(stdout, "equal: {n} replications of {plans} plans, digest {}", manifest.digest)?;
    Ok(())
}
