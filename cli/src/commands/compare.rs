//! `spotsim compare`: plans in the same replications, each against the first.

use std::io::Write;
use std::path::PathBuf;

use reports::junit::Suite;
use reports::layout::WIDE;
use reports::paired::{self, Compared, Plan};
use sim::plain::plain_lines;
use spotsim::Plans;

use super::progress::Progress;
use super::written::{page, write};
use crate::Outcome;
use crate::args::{CompareArgs, Output};
use crate::consent;
use crate::failure::Failure;
use crate::terminal;

/// Runs the plans that are scenarios, and says what changes from the first to each other.
pub(crate) fn run(args: &CompareArgs) -> Outcome {
    let json = args.output == Output::Json;
    let plans = Plans::read(&args.plans, args.seed, args.replications);
    let mut plans = plans.map_err(|error| Failure::of(error, json))?;
    plans.threads = args.threads.map(usize::from);
    let n = plans.replications;
    for scenario in plans.sources().iter().filter_map(|plan| plan.scenario()) {
        consent::admit(scenario, n, 1, (args.large, json))?;
    }
    let progress = Progress::new(args.quiet, n);
    let compared = plans.compare(progress.stop(), |_| progress.tick());
    let (compared, events) = compared.map_err(|error| progress.failure(error))?;
    progress.done(events);
    print(&compared, args.output)?;
    if progress.interrupted() {
        let finished = compared.replications;
        progress.note(&format!("interrupted: the figures are of {finished} of {n} replications"));
        return Err(progress.interruption());
    }
    write(&args.outputs, || paired::markdown(&compared), || suites(args, &compared))?;
    page(
        &args.paged,
        &progress,
        |command| reports::compared_html(&compared, command),
        || paired::drawn(&compared),
    )?;
    let worse = args.detailed_exitcode && compared.any_worse();
    if worse || compared.any_fails() { Err(Failure::Broken) } else { Ok(()) }
}

/// The expectations of each plan as tests.
fn suites(args: &CompareArgs, compared: &Compared) -> Vec<Suite> {
    let plans = compared.plans.iter().zip(&args.plans);
    let suite = |(plan, path): (&Plan, &PathBuf)| Suite {
        name: plan.name.clone(),
        file: path.display().to_string(),
        seed: compared.seed,
        replications: compared.replications,
        cases: Suite::of_expectations(&plan.judged),
    };
    plans.map(suite).collect()
}

fn print(compared: &Compared, output: Output) -> Outcome {
    match output {
        Output::Json => {
            let document = format!("{:#}", paired::document(compared));
            Ok(writeln!(terminal::stdout(), "{}", plain_lines(&document))?)
        }
        Output::Table => {
            let columns = terminal::columns().unwrap_or(WIDE);
            let (answer, rest) = reports::compared_text(compared, columns);
            terminal::answer(&answer, &format!("\n{rest}"))
        }
    }
}
