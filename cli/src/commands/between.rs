//! `spotsim check --between`: the faults in which two scenarios differ most, and by what they differ there.

use std::io::Write;
use std::path::Path;

use reports::layout::WIDE;
use reports::paired::{Apart, Widest, apart_document};
use scenarios::Scenario;
use sim::plain::{plain, plain_lines};
use spotsim::between;

use super::progress::Progress;
use crate::Outcome;
use crate::args::{CheckArgs, Output};
use crate::consent;
use crate::failure::Failure;
use crate::terminal;

/// Looks for them, and shows what was found. That plans differ breaks nothing.
pub(crate) fn run(args: &CheckArgs, files: [&Path; 2]) -> Outcome {
    let json = args.output == Output::Json;
    let trials = args.search.unwrap_or(1);
    let [one, other] = files.map(|file| {
        Scenario::load(file).map_err(|diagnostics| Failure::Input { diagnostics, json })
    });
    let (one, other) = (one?, other?);
    for scenario in [&one, &other] {
        consent::admit(scenario, trials, 1, (args.large, json))?;
    }
    let seed = args.seed.unwrap_or(one.seed);
    let names = names(files);
    let plans = [(&names[0][..], &one), (&names[1][..], &other)];
    let progress = Progress::of(args.quiet, trials.into());
    let tick = || progress.tick();
    let apart = between(plans, &args.by, seed, trials as usize, progress.stop(), tick);
    let apart = apart.map_err(|error| progress.failure(error))?;
    progress.clear();
    match args.output {
        Output::Json => {
            let document = format!("{:#}", apart_document(&apart));
            Ok(writeln!(terminal::stdout(), "{}", plain_lines(&document))?)
        }
        Output::Table => {
            let columns = terminal::columns().unwrap_or(WIDE);
            let each = apart.found.iter().map(|it| text(&apart, it, files, columns));
            Ok(terminal::print(&each.collect::<Vec<_>>().join("\n"))?)
        }
    }
}

/// What the plans are called: by their files, or by their paths where files have the same name.
fn names(files: [&Path; 2]) -> [String; 2] {
    let stems = files.map(|file| file.file_stem().unwrap_or_default().to_string_lossy());
    match stems[0] == stems[1] {
        true => files.map(|file| file.display().to_string()),
        false => stems.map(|stem| stem.into_owned()),
    }
}

/// What was found of one metric, and what replays it.
fn text(apart: &Apart, widest: &Widest, files: [&Path; 2], columns: usize) -> String {
    let mut text = reports::apart_text(apart, widest, columns);
    if widest.trial == 0 {
        return text;
    }
    for faults in &widest.faults {
        match &faults.plan {
            Some(plan) if faults.count == 0 => {
                text += &format!("\nNothing of {} can be taken by these.\n", plain(plan));
            }
            Some(plan) => text += &format!("\nFor {}:\n\n{}", plain(plan), faults.fragment),
            None => text += &format!("\n{}", faults.fragment),
        }
    }
    let [one, other] = files.map(|file| plain(&file.display().to_string()).into_owned());
    text += &format!(
        "\nWith this for the market, `spotsim compare {one} {other} -n 1 --seed {}` shows it again.\n",
        apart.seed
    );
    text
}
