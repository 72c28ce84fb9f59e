//! `spotsim run`: a scenario file, simulated as it is and on on-demand nodes only, side by side.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use reports::expect::Judged;
use reports::export::manifest::Origin;
use reports::junit::Suite;
use reports::layout::WIDE;
use reports::{Summary, many};
use scenarios::Scenario;
use sim::plain::plain;
use spotsim::{
    Comparison, Error, Journal, Precision, Results, RunFolder, Shard, Shards, Store, Written,
    default_path,
};

use super::progress::Progress;
use super::written::write;
use super::{report, verify};
use crate::Outcome;
use crate::args::{Format, How, Output, RunArgs};
use crate::consent;
use crate::failure::Failure;
use crate::terminal;

/// The report that a demonstration leaves behind.
const DEMO_REPORT: &str = "demo-report.html";

/// Simulates a scenario file, or makes a run again.
pub(crate) fn run(args: &RunArgs) -> Outcome {
    if let Some(folder) = &args.verify {
        return verify::run(folder, args.scenario.as_deref(), &args.how);
    }
    let file = args.scenario.as_ref().expect("the argument parser asks for it");
    let json = args.how.is_json();
    let set: Vec<(&str, &str)> = args.set.iter().map(|(path, value)| (&**path, &**value)).collect();
    let scenario = Scenario::load(file);
    let scenario = if set.is_empty() { scenario } else { scenario.and_then(|it| it.with(&set)) };
    let scenario = scenario.map_err(|diagnostics| Failure::Input { diagnostics, json })?;
    let origin = Origin::File(file.display().to_string());
    if let Some(shard) = args.keep.shard {
        return part(&scenario, &origin, &args.how, shard);
    }
    let mut how = args.how.clone();
    if let Some(precision) = args.keep.precision {
        how.replications = enough(&scenario, precision, &how)?;
    }
    let kept = if args.keep.resume { Kept::Journal } else { Kept::Nowhere };
    let summary = simulate(&scenario, origin, &how, kept)?;
    let subject = summary.subject();
    let n = summary.replications;
    let suite = || Suite {
        name: scenario.name.clone(),
        file: file.display().to_string(),
        seed: summary.seed,
        replications: n,
        cases: Suite::cases(
            &subject.expectations,
            &subject.rules,
            subject.never_placed.as_ref(),
            n,
        ),
    };
    write(&args.outputs, || reports::comment(&summary), || vec![suite()])?;
    if subject.expectations.iter().any(Judged::fails) { Err(Failure::Broken) } else { Ok(()) }
}

/// What becomes of a run with a journal that is interrupted.
pub(crate) const KEPT: &str = "what is finished is kept, and the same command goes on from there";

/// Where replications are kept while a run is made.
#[derive(Clone, Copy)]
pub(crate) enum Kept<'k> {
    /// Nowhere.
    Nowhere,
    /// Beside the run folder, until that is written.
    Journal,
    /// In the shards of the run, all of them.
    Shards(&'k Shards),
}

/// Simulates one part of the replications, and writes it to a file.
fn part(scenario: &Scenario, origin: &Origin, how: &How, shard: Shard) -> Outcome {
    let (seed, n) = (how.seed.unwrap_or(scenario.seed), how.replications);
    let threads = how.threads.map(usize::from);
    let comparison = Comparison { scenario, seed, replications: n, threads };
    let consents = (how.large, how.is_json());
    consent::admit(scenario, n, comparison.simulations(), consents)?;
    let path = how.out.as_ref().expect("the argument parser asks for it");
    let range = shard.replications(n);
    let progress = Progress::of(how.quiet, range.len() as u64);
    let events = shard.write(&comparison, (path, origin), progress.stop(), |_| progress.tick());
    let events = events.map_err(|error| match error {
        Error::Stopped if progress.interrupted() => {
            progress.note("interrupted: no shard was written");
            progress.interruption()
        }
        error => progress.failure(error),
    })?;
    progress.note(&format!(
        "Shard   {}: replications {} to {} of {n}",
        path.display(),
        range.start,
        range.end
    ));
    progress.done(events);
    Ok(())
}

/// How many replications it takes to be as precise as is wanted.
fn enough(scenario: &Scenario, precision: Precision, how: &How) -> Result<u32, Failure> {
    let seed = how.seed.unwrap_or(scenario.seed);
    let progress = Progress::of(how.quiet, 0);
    let threads = how.threads.map(usize::from);
    let found =
        spotsim::enough(scenario, seed, precision, threads, progress.stop(), || progress.tick());
    let (n, is_kept) = found.map_err(|error| progress.failure(error))?;
    progress.clear();
    let but = if is_kept { "" } else { ", which is not as precise; there is no more than this" };
    progress.note(&format!("precise enough with n = {n}{but}"));
    Ok(n)
}

/// The file of replications beside a run folder.
fn journal_of(folder: &Path) -> PathBuf {
    let name = folder.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    folder.with_file_name(format!("{name}.replications"))
}

/// Runs all replications of both plans, prints what they say, and keeps them if that is wanted.
pub(crate) fn simulate(
    scenario: &Scenario,
    origin: Origin,
    how: &How,
    kept: Kept<'_>,
) -> Result<Summary, Failure> {
    let (seed, n) = (how.seed.unwrap_or(scenario.seed), how.replications);
    let threads = how.threads.map(usize::from);
    let comparison = Comparison { scenario, seed, replications: n, threads };
    let consents = (how.large, how.is_json());
    consent::admit(scenario, n, comparison.simulations(), consents)?;
    let keep = keep_in(scenario, &origin, how, seed).map(|path| RunFolder {
        path,
        force: how.force,
        origin: origin.clone(),
    });
    if let Some(folder) = &keep {
        folder.check()?;
    }
    let journal = match (&kept, &keep) {
        (Kept::Journal, Some(folder)) => {
            Some(Journal::open(&journal_of(&folder.path), &comparison, &origin)?)
        }
        (Kept::Journal | Kept::Nowhere | Kept::Shards(_), _) => None,
    };
    let store: Option<&dyn Store> = match kept {
        Kept::Shards(shards) => Some(shards),
        Kept::Journal | Kept::Nowhere => journal.as_ref().map(|it| it as &dyn Store),
    };
    let progress = Progress::new(how.quiet, n);
    progress.note(&format!("{}: {}", plain(&scenario.name), what_is_simulated(scenario, n, seed)));
    scenario.understood.iter().for_each(|line| progress.note(&format!("        {}", plain(line))));
    if !how.quiet && !scenario.warnings.is_empty() {
        write!(terminal::styled_stderr(), "{}", scenario.warnings.render(true))?;
    }

    if let Some(runs) = journal.as_ref().map(Journal::kept).filter(|runs| *runs > 0) {
        progress.note(&format!("        goes on from {}", many(runs as u64, "simulation")));
    }
    let results = comparison.run_kept(store, progress.stop(), |_| progress.tick());
    let results = results.map_err(|error| {
        if matches!(error, Error::Stopped) && journal.is_some() {
            progress.note(KEPT);
        }
        progress.failure(error)
    })?;
    let summary = results.summary(progress.stop());
    if progress.interrupted() {
        print(&summary, how)?;
        progress.done(results.events());
        let pairs = results.pairs();
        let kept = match (&journal, &keep) {
            (Some(_), _) => "; what is finished is kept, and the same command goes on from there",
            (None, Some(_)) => "; nothing was written",
            (None, None) => "",
        };
        progress
            .note(&format!("interrupted: the figures are of {pairs} of {n} replications{kept}"));
        return Err(progress.interruption());
    }
    journal.as_ref().map_or(Ok(()), Journal::check)?;
    // The folder first: the one who reads the figures may stop reading.
    let written = keep.as_ref().map(|folder| folder.write(&results, &summary, progress.stop()));
    let written = written.transpose();
    let printed = print(&summary, how);
    if let (Some(folder), Some(written)) = (&keep, written?) {
        let path = folder.path.join("");
        let note = match written {
            Written::New => "",
            Written::AlreadyThere => "  already there, same bytes",
            Written::Stopped => {
                progress.note("interrupted: the figures are whole; nothing was written");
                return Err(progress.interruption());
            }
        };
        let path = path.display();
        // The run is whole in its folder.
        journal.map_or(Ok(()), Journal::remove)?;
        printed.map_err(|failure| failure.unprinted(&format!("the run is in {path}")))?;
        progress.note(&format!("Data    {path}{note}"));
    } else {
        printed.map_err(|failure| failure.unprinted("no run was kept"))?;
    }
    page(&results, &summary, &origin, how, &progress)?;
    progress.done(results.events());
    if let Origin::Bundled(name) = origin {
        progress.note(&format!("Next    spotsim demo {name} --print > scenario.yaml"));
    }
    Ok(summary)
}

/// Writes the report where that is asked for. A demonstration leaves one behind where it can, and is none
/// the worse where it cannot.
fn page(
    results: &Results<'_>,
    summary: &Summary,
    origin: &Origin,
    how: &How,
    progress: &Progress,
) -> Outcome {
    let write =
        |path: &Path| report::write_page(path, how.force, (results, summary), origin, progress);
    match (&how.report, origin) {
        (Some(path), _) => write(path),
        (None, Origin::Bundled(_)) if !how.quiet => {
            let path = Path::new(DEMO_REPORT);
            if let Err(Failure::Usage(error) | Failure::Internal(error)) = write(path) {
                progress.note(&format!("note: no report: {error:#}"));
            }
            Ok(())
        }
        (None, Origin::Bundled(_) | Origin::File(_)) => Ok(()),
    }
}

/// Where to keep the run, if anywhere: a demonstration is kept only where that is asked for.
fn keep_in(scenario: &Scenario, origin: &Origin, how: &How, seed: u64) -> Option<PathBuf> {
    let default = || default_path(scenario, seed, how.replications);
    match (&how.out, origin) {
        (Some(out), _) => Some(Path::to_path_buf(out)),
        (None, Origin::File(_)) => Some(default()),
        (None, Origin::Bundled(_)) => None,
    }
}

fn what_is_simulated(scenario: &Scenario, n: u32, seed: u64) -> String {
    let model = &scenario.setup.model;
    let nodes: u64 = model.pools.rows().map(|pool| u64::from(pool.initial_size())).sum();
    format!(
        "{}, {}, {}, {}, {}, seed {seed}",
        many(nodes, "node"),
        many(model.workloads.len() as u64, "workload"),
        scenario.setup.provider.name,
        scenario.setup.horizon.since(sim::SimTime::ZERO),
        many(n.into(), "replication"),
    )
}

fn print(summary: &Summary, how: &How) -> Outcome {
    match (how.output, how.format) {
        (Output::Json, _) => Ok(writeln!(terminal::stdout(), "{}", summary.to_json())?),
        (Output::Table, Format::Text) => {
            let columns = terminal::columns().unwrap_or(WIDE);
            let table = reports::table(summary, columns);
            terminal::answer(&reports::verdict(summary), &format!("\n{table}"))
        }
        (Output::Table, Format::Markdown) => {
            Ok(write!(terminal::stdout(), "{}", reports::markdown(summary))?)
        }
        (Output::Table, Format::Json) => {
            Ok(writeln!(terminal::stdout(), "{}", reports::json(summary))?)
        }
    }
}
