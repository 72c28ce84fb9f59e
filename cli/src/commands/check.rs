//! `spotsim check`: whether the rules of a scenario hold, and the story of how they were broken.

use std::io::Write;

use reports::rules::{self, RuleSummary, Watch};
use scenarios::Scenario;
use scenarios::experiment::replicate;
use sim::{Legend, Root};

use super::progress::Progress;
use super::run::unicode_locale;
use crate::Outcome;
use crate::args::{CheckArgs, Output};
use crate::experiment::told_rules;
use crate::failure::Failure;

/// Runs all replications of the scenario as it is, and says which rules were broken.
pub(crate) fn run(args: &CheckArgs) -> Outcome {
    let json = args.output == Output::Json;
    let scenario = Scenario::load(&args.scenario)
        .map_err(|diagnostics| Failure::Input { diagnostics, json })?;
    let (seed, n) = (args.seed.unwrap_or(scenario.seed), args.replications);
    let progress = Progress::new(args.quiet, n);
    if !args.quiet && !scenario.warnings.is_empty() {
        write!(anstream::stderr().lock(), "{}", scenario.warnings.render(true))?;
    }
    let legend = Legend::of(&scenario.setup);
    let runs = replicate(n, progress.stop(), |replication| {
        let mut watch = Watch::new(&legend);
        let run = sim::run(&scenario.setup, Root { seed, replication }, &mut watch);
        progress.tick();
        (watch.finish(), run.counters.events)
    });
    let (outcomes, events): (Vec<_>, Vec<u64>) = runs.into_iter().unzip();
    progress.done(events.iter().sum());
    if outcomes.is_empty() {
        return Err(Failure::Interrupted);
    }
    let rules = told_rules(&scenario, seed, &outcomes);
    print(&scenario.name, seed, outcomes.len(), &rules, args.output)?;
    let broken = rules.iter().any(|rule| rule.first.is_some());
    if progress.interrupted() {
        progress.note(&format!("interrupted after {} of {n} replications", outcomes.len()));
        return Err(Failure::Interrupted);
    }
    if broken { Err(Failure::Broken) } else { Ok(()) }
}

fn print(name: &str, seed: u64, n: usize, rules: &[RuleSummary], output: Output) -> Outcome {
    let mut stdout = anstream::stdout().lock();
    match output {
        Output::Json => {
            let whole = serde_json::json!({
                "schema": "spotsim/check/v1", "scenario": name, "seed": seed, "replications": n,
                "rules": rules
            });
            writeln!(stdout, "{whole:#}")?;
        }
        Output::Table if rules.is_empty() => {
            writeln!(stdout, "{name} states no rules (see `spotsim explain rules`)")?;
        }
        Output::Table => {
            let text = rules::list(rules, n);
            let text = if unicode_locale() { text } else { reports::to_ascii(&text) };
            write!(stdout, "{text}")?;
        }
    }
    Ok(())
}
