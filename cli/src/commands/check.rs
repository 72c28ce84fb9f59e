//! `spotsim check`: whether every pod finds a node and the rules of a scenario hold, and the story of
//! how they were broken.

use std::io::Write;

use reports::folds::placed::Placements;
use reports::rules::{self, RuleSummary, Watch};
use reports::summary::{NeverPlaced, never_placed};
use scenarios::Scenario;
use scenarios::experiment::replicate;
use sim::plain::plain;
use sim::{Legend, Root, run_unless};
use spotsim::experiment::told_rules;

use super::progress::Progress;
use crate::Outcome;
use crate::args::{CheckArgs, Output};
use crate::consent;
use crate::failure::Failure;
use crate::terminal;

/// Runs all replications of the scenario as it is, and says which pods never run and which rules were
/// broken.
pub(crate) fn run(args: &CheckArgs) -> Outcome {
    let json = args.output == Output::Json;
    let scenario = Scenario::load(&args.scenario)
        .map_err(|diagnostics| Failure::Input { diagnostics, json })?;
    let (seed, n) = (args.seed.unwrap_or(scenario.seed), args.replications);
    consent::admit(&scenario, n, 1, (args.large, json))?;
    let progress = Progress::new(args.quiet, n);
    if !args.quiet && !scenario.warnings.is_empty() {
        write!(terminal::styled_stderr(), "{}", scenario.warnings.render(true))?;
    }
    let legend = Legend::of(&scenario.setup);
    let runs = replicate(n, progress.stop(), |replication| {
        let mut sinks = (Watch::new(&legend), Placements::new(&legend));
        let root = Root { seed, replication };
        let run = run_unless(progress.stop(), &scenario.setup, root, &mut sinks)?;
        progress.tick();
        let (watch, placements) = sinks;
        Some((watch.finish(), (placements.finish(&run), run.counters.events)))
    });
    let (outcomes, rest): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
    let (placed, events): (Vec<_>, Vec<u64>) = rest.into_iter().unzip();
    progress.done(events.iter().sum());
    if outcomes.is_empty() {
        return Err(progress.nothing_finished());
    }
    let rules = told_rules(&scenario, seed, &outcomes, progress.stop());
    let never = never_placed(placed.iter().map(Vec::as_slice), &legend);
    let found =
        Found { name: &plain(&scenario.name), seed, n: outcomes.len(), never, rules: &rules };
    found.print(args.output)?;
    let broken = found.never.is_some() || rules.iter().any(|rule| rule.first.is_some());
    if progress.interrupted() {
        progress.note(&format!("interrupted after {} of {n} replications", outcomes.len()));
        return Err(progress.interruption());
    }
    if broken { Err(Failure::Broken) } else { Ok(()) }
}

/// What was found.
struct Found<'f> {
    name: &'f str,
    seed: u64,
    n: usize,
    never: Option<NeverPlaced>,
    rules: &'f [RuleSummary],
}

impl Found<'_> {
    fn print(&self, output: Output) -> Outcome {
        let Found { name, seed, n, never, rules } = self;
        match output {
            Output::Json => {
                let whole = serde_json::json!({
                    "schema": "spotsim/check/v1", "scenario": name, "seed": seed,
                    "replications": n, "neverPlaced": never, "rules": rules
                });
                writeln!(terminal::stdout(), "{whole:#}")?;
            }
            Output::Table => {
                let mut text = String::new();
                if let Some(never) = never {
                    text += &format!("{name}: {}\n{}", never.clause(*n), never.list(*n));
                }
                if rules.is_empty() {
                    text += &format!("{name} states no rules (see `spotsim explain rules`)\n");
                }
                text += &rules::list(rules, *n);
                terminal::print(&text)?;
            }
        }
        Ok(())
    }
}
