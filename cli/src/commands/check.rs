//! `spotsim check`: whether every pod finds a node and the rules of a scenario hold, and the story of
//! how they were broken.

use std::io::Write;

use scenarios::Scenario;
use sim::plain::plain;
use spotsim::Checked;

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
    let checked = spotsim::check(&scenario, seed, n, progress.stop(), |_| progress.tick());
    let checked = checked.map_err(|error| progress.failure(error))?;
    progress.done(checked.events);
    print(&plain(&scenario.name), seed, &checked, args.output)?;
    if progress.interrupted() {
        progress.note(&format!("interrupted after {} of {n} replications", checked.replications));
        return Err(progress.interruption());
    }
    if checked.holds() { Ok(()) } else { Err(Failure::Broken) }
}

fn print(name: &str, seed: u64, checked: &Checked, output: Output) -> Outcome {
    let Checked { replications: n, never, rules, .. } = checked;
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
                text += &format!(
                    "{name}: {}\n{}",
                    never.clause(*n),
                    reports::never_placed_list(never, *n)
                );
            }
            if rules.is_empty() {
                text += &format!("{name} states no rules (see `spotsim explain rules`)\n");
            }
            text += &reports::rule_list(rules, *n);
            terminal::print(&text)?;
        }
    }
    Ok(())
}
