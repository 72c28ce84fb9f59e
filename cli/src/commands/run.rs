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
use spotsim::{Comparison, Results, RunFolder, Written, default_path};

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
    let summary = simulate(&scenario, origin, &args.how)?;
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

/// Runs all replications of both plans, prints what they say, and keeps them if that is wanted.
pub(crate) fn simulate(scenario: &Scenario, origin: Origin, how: &How) -> Result<Summary, Failure> {
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
    let progress = Progress::new(how.quiet, n);
    progress.note(&format!("{}: {}", plain(&scenario.name), what_is_simulated(scenario, n, seed)));
    scenario.understood.iter().for_each(|line| progress.note(&format!("        {}", plain(line))));
    if !how.quiet && !scenario.warnings.is_empty() {
        write!(terminal::styled_stderr(), "{}", scenario.warnings.render(true))?;
    }

    let results = comparison.run(progress.stop(), |_| progress.tick());
    let results = results.map_err(|error| progress.failure(error))?;
    let summary = results.summary(progress.stop());
    if progress.interrupted() {
        print(&summary, how)?;
        progress.done(results.events());
        let pairs = results.pairs();
        let kept = if keep.is_some() { "; nothing was written" } else { "" };
        progress
            .note(&format!("interrupted: the figures are of {pairs} of {n} replications{kept}"));
        return Err(progress.interruption());
    }
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
