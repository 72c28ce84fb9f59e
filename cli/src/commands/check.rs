//! `spotsim check`: whether every pod finds a node, and the rules and expectations of a scenario hold,
//! and the story of how rules were broken.

use std::io::Write;

use reports::junit::Suite;
use reports::many;
use scenarios::Scenario;
use sim::plain::plain;
use spotsim::Checked;

use super::progress::Progress;
use super::written::write;
use crate::Outcome;
use crate::args::{CheckArgs, Output};
use crate::consent;
use crate::failure::Failure;
use crate::terminal;

/// Runs all replications of the scenario as it is, and says which pods never run, which rules were
/// broken and which expectations are not met.
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
    write(
        &args.outputs,
        || comment(&scenario.name, &checked),
        || vec![suite(args, &scenario, &checked)],
    )?;
    if checked.holds() { Ok(()) } else { Err(Failure::Broken) }
}

/// The check as a comment of a pull request.
fn comment(name: &str, checked: &Checked) -> String {
    let Checked { replications: n, never, rules, judged, .. } = checked;
    let failed = judged.iter().filter(|it| it.fails()).count();
    let broken = rules.iter().filter(|rule| rule.first.is_some()).count();
    let claim = match (checked.holds(), never) {
        (true, _) => format!("{name}: everything holds in {}", many(*n as u64, "replication")),
        (false, Some(never)) => format!("{name}: {}", never.clause(*n)),
        (false, None) => format!(
            "{name}: {failed} of {} not met, {broken} of {} broken",
            many(judged.len() as u64, "expectation"),
            many(rules.len() as u64, "rule")
        ),
    };
    reports::check_comment(&claim, judged, rules, never.as_ref(), *n)
}

/// The check as tests.
fn suite(args: &CheckArgs, scenario: &Scenario, checked: &Checked) -> Suite {
    let Checked { replications, never, rules, judged, .. } = checked;
    Suite {
        name: scenario.name.clone(),
        file: args.scenario.display().to_string(),
        seed: args.seed.unwrap_or(scenario.seed),
        replications: *replications,
        cases: Suite::cases(judged, rules, never.as_ref(), *replications),
    }
}

fn print(name: &str, seed: u64, checked: &Checked, output: Output) -> Outcome {
    let Checked { replications: n, never, rules, judged, .. } = checked;
    match output {
        Output::Json => {
            let whole = serde_json::json!({
                "schema": "spotsim/check/v1", "scenario": name, "seed": seed,
                "replications": n, "neverPlaced": never, "rules": rules,
                "expectations": judged
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
            text += &reports::expectation_list(judged);
            if rules.is_empty() && judged.is_empty() {
                text += &format!("{name} states no rules (see `spotsim explain rules`)\n");
            }
            text += &reports::rule_list(rules, *n);
            terminal::print(&text)?;
        }
    }
    Ok(())
}
