//! `spotsim check`: whether every pod finds a node, and the rules and expectations of a scenario hold,
//! and the story of how rules were broken.

use std::io::Write;
use std::path::Path;

use reports::junit::Suite;
use reports::many;
use scenarios::Scenario;
use sim::plain::plain;
use spotsim::{Checked, Searched, search};

use super::between;
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
    if let Some([one, other]) = args.between.as_deref() {
        return between::run(args, [one, other]);
    }
    let json = args.output == Output::Json;
    let scenario =
        Scenario::load(file(args)).map_err(|diagnostics| Failure::Input { diagnostics, json })?;
    let (seed, n) = (args.seed.unwrap_or(scenario.seed), args.replications);
    consent::admit(&scenario, n, 1, (args.large, json))?;
    let progress = Progress::new(args.quiet, n);
    if !args.quiet && !scenario.warnings.is_empty() {
        write!(terminal::styled_stderr(), "{}", scenario.warnings.render(true))?;
    }
    let checked = spotsim::check(&scenario, seed, n, progress.stop(), |_| progress.tick());
    let checked = checked.map_err(|error| progress.failure(error))?;
    progress.done(checked.events);
    // What was checked is said even if the search is interrupted.
    let is_stopped = progress.interrupted();
    let searched = if is_stopped { Ok(None) } else { searched(args, &scenario, seed, &progress) };
    let found = searched.as_ref().ok().and_then(Option::as_ref);
    print(&scenario, seed, (&checked, found), args.output)?;
    if is_stopped {
        progress.note(&format!("interrupted after {} of {n} replications", checked.replications));
        return Err(progress.interruption());
    }
    let broken = searched?.is_some_and(|it| it.found.is_some());
    write(
        &args.outputs,
        || comment(&scenario.name, &checked),
        || vec![suite(args, &scenario, &checked)],
    )?;
    if checked.holds() && !broken { Ok(()) } else { Err(Failure::Broken) }
}

/// The scenario file.
fn file(args: &CheckArgs) -> &Path {
    args.scenario.as_ref().expect("the argument parser asks for it")
}

/// Looks for faults that break something, if that is asked for.
fn searched(
    args: &CheckArgs,
    scenario: &Scenario,
    seed: u64,
    progress: &Progress,
) -> Result<Option<Searched>, Failure> {
    let Some(trials) = args.search else { return Ok(None) };
    let bar = Progress::of(args.quiet, trials.into());
    let searched = search(scenario, seed, trials as usize, progress.stop(), || bar.tick());
    bar.clear();
    searched.map(Some).map_err(|error| progress.failure(error))
}

/// What a search has found, for programs.
fn document(searched: &Searched) -> serde_json::Value {
    let found = searched.found.as_ref().map(|it| {
        serde_json::json!({
            "broken": it.broken, "trial": it.trial, "drawn": it.drawn, "faults": it.faults,
            "shrinkingRuns": it.shrinking, "events": it.events, "fragment": it.fragment,
            "rule": it.rule, "expectation": it.judged,
        })
    });
    serde_json::json!({ "trials": searched.trials, "found": found })
}

/// What a search has found, in words.
fn found(scenario: &Scenario, seed: u64, searched: &Searched) -> String {
    let trials = many(searched.trials as u64, "trial");
    let Some(found) = &searched.found else {
        return format!(
            "No counterexample in {trials} of up to six faults, which proves nothing.\n"
        );
    };
    let mut text = format!(
        "Counterexample to `{}`: found in trial {} with {}, shrunk to {} in {}.\n\n{}\n",
        found.broken,
        found.trial,
        many(found.drawn as u64, "fault"),
        many(found.faults as u64, "fault"),
        many(found.shrinking as u64, "run"),
        found.fragment
    );
    text += &format!(
        "With this for the market of {}, `spotsim check -n 1 --seed {seed}` shows it again.\n",
        plain(&scenario.name)
    );
    let rules: Vec<_> = found.rule.iter().cloned().collect();
    text += &reports::rule_list(&rules, 1);
    let judged: Vec<_> = found.judged.iter().cloned().collect();
    text + &reports::expectation_list(&judged)
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
        file: file(args).display().to_string(),
        seed: args.seed.unwrap_or(scenario.seed),
        replications: *replications,
        cases: Suite::cases(judged, rules, never.as_ref(), *replications),
    }
}

fn print(
    scenario: &Scenario,
    seed: u64,
    (checked, searched): (&Checked, Option<&Searched>),
    output: Output,
) -> Outcome {
    let name = &plain(&scenario.name);
    let Checked { replications: n, never, rules, judged, .. } = checked;
    match output {
        Output::Json => {
            let mut whole = serde_json::json!({
                "schema": "spotsim/check/v1", "scenario": name, "seed": seed,
                "replications": n, "neverPlaced": never, "rules": rules,
                "expectations": judged
            });
            if let Some(searched) = searched {
                whole["search"] = document(searched);
            }
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
            text += &searched.map_or_else(String::new, |it| found(scenario, seed, it));
            terminal::print(&text)?;
        }
    }
    Ok(())
}
