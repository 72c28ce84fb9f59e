//! `spotsim run`: a scenario file, simulated as it is and on on-demand nodes only, side by side.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use reports::{Fold, Input, Summary};
use scenarios::Scenario;
use scenarios::experiment::replicate;
use sim::{Legend, Setup};

use super::progress::Progress;
use crate::Outcome;
use crate::args::{How, Output, RunArgs};
use crate::failure::Failure;

/// Simulates a scenario file.
pub(crate) fn run(args: &RunArgs) -> Outcome {
    let json = args.how.output == Output::Json;
    let scenario = Scenario::load(&args.scenario)
        .map_err(|diagnostics| Failure::Input { diagnostics, json })?;
    simulate(&scenario, &args.how, Next { print: None })
}

/// What to suggest when it is done.
#[derive(Clone, Copy)]
pub(crate) struct Next<'a> {
    /// The bundled scenario that was run, which can be printed to start one's own from.
    pub(crate) print: Option<&'a str>,
}

/// Runs all replications of both variants and prints what they say.
pub(crate) fn simulate(scenario: &Scenario, how: &How, next: Next<'_>) -> Outcome {
    if let Some(threads) = how.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.into())
            .build_global()
            .map_err(|error| Failure::Internal(error.into()))?;
    }
    let (seed, n) = (how.seed.unwrap_or(scenario.seed), how.replications);
    let progress = Progress::new(how.quiet, n);
    progress.note(&format!("{}: {}", scenario.name, what_is_simulated(scenario, n, seed)));
    if !how.quiet && !scenario.warnings.is_empty() {
        write!(anstream::stderr().lock(), "{}", scenario.warnings.render(true))?;
    }

    let on_demand = scenario.setup.on_demand();
    let fold = |setup: &Setup| Fold::new(&Legend::of(setup));
    let plans = [&scenario.setup, &on_demand];
    let (proposed, baseline): (Vec<_>, Vec<_>) =
        replicate(plans, seed, n, progress.stop(), fold, || progress.tick())
            .into_iter()
            .map(|plans| plans.map(|(fold, run)| (fold.finish(&run), run)).into())
            .unzip();
    let pairs = proposed.len();
    if pairs == 0 {
        return Err(Failure::Interrupted);
    }

    let summary = reports::summarize(Input {
        scenario: &scenario.name,
        seed,
        version: env!("CARGO_PKG_VERSION"),
        legend: &Legend::of(&scenario.setup),
        proposed: &proposed,
        on_demand: &baseline,
        assumptions: scenario.assumptions.iter().map(told).collect(),
        unmodelled: scenario.unmodelled.iter().map(ToString::to_string).collect(),
        warnings: scenario.warnings.iter().map(|warning| warning.message.clone()).collect(),
    });
    print(&summary, how.output)?;
    if let Some(dir) = &how.out {
        write_summary(&summary, dir, how.force)?;
        progress.note(&format!("Data    {}", dir.join("summary.json").display()));
    }
    let events = proposed.iter().chain(&baseline).map(|(_, run)| run.counters.events).sum();
    progress.done(events);
    if progress.interrupted() {
        progress.note(&format!("interrupted: the figures are of {pairs} of {n} replications"));
        return Err(Failure::Interrupted);
    }
    if let Some(name) = next.print {
        progress.note(&format!("Next    spotsim demo {name} --print > scenario.yaml"));
    }
    Ok(())
}

/// An assumption as a summary tells it.
fn told(assumption: &scenarios::Assumption) -> reports::summary::Assumption {
    let (id, text) = (assumption.id.to_owned(), assumption.text.clone());
    reports::summary::Assumption { id, text }
}

fn what_is_simulated(scenario: &Scenario, n: u32, seed: u64) -> String {
    let model = &scenario.setup.model;
    let nodes: u64 = model.pools.rows().map(|pool| u64::from(pool.size)).sum();
    format!(
        "{nodes} nodes, {} workloads, {}, {}, {n} replications, seed {seed}",
        model.workloads.len(),
        scenario.setup.provider.name,
        scenario.setup.horizon.since(sim::SimTime::ZERO),
    )
}

fn print(summary: &Summary, output: Output) -> Outcome {
    let mut stdout = anstream::stdout().lock();
    match output {
        Output::Json => writeln!(stdout, "{}", summary.to_json())?,
        Output::Table => {
            let text = format!("{}\n\n{}", reports::verdict(summary), reports::table(summary));
            let text = if unicode_locale() { text } else { reports::to_ascii(&text) };
            write!(stdout, "{text}")?;
        }
    }
    Ok(())
}

/// Whether the terminal's locale can show more than ASCII. A pipe or a file always can.
fn unicode_locale() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    !std::io::stdout().is_terminal()
        || locale.is_none_or(|locale| locale.to_lowercase().replace('-', "").contains("utf8"))
}

/// Writes `summary.json` whole or not at all, and never over something else.
fn write_summary(summary: &Summary, dir: &Path, force: bool) -> Outcome {
    let text = summary.to_json() + "\n";
    let path = dir.join("summary.json");
    if path.exists() && !force {
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        if there == text {
            return Ok(());
        }
        let clash = anyhow!("{} holds another result", path.display());
        return Err(Failure::Usage(clash.context("not written; pass --force to replace it")));
    }
    let write = || -> anyhow::Result<()> {
        std::fs::create_dir_all(dir)?;
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(text.as_bytes())?;
        file.persist(&path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display())).map_err(Failure::Internal)
}
