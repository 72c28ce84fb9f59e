//! `spotsim sweep` and `spotsim optimize`: a scenario with other values at some paths, each setting in the
//! same replications.

use std::io::Write;

use reports::layout::WIDE;
use reports::many;
use reports::settings::{self, document, optimum_document};
use scenarios::Scenario;
use sim::plain::plain_lines;
use spotsim::{Error, Origin, Space, Sweep};

use super::progress::Progress;
use super::run::KEPT;
use super::written::{comment, page};
use crate::Outcome;
use crate::args::{OptimizeArgs, Output, SweepArgs, Varied};
use crate::consent;
use crate::failure::Failure;
use crate::terminal;

/// Runs every setting, and shows which are worth a look.
pub(crate) fn run(args: &SweepArgs) -> Outcome {
    let varied = &args.varied;
    let scenario = load(varied)?;
    let mut sweep = sweep(varied, &scenario, args.replications)?;
    let each = u64::from(args.replications);
    let progress = Progress::of(varied.quiet, sweep.settings().len() as u64 * each);
    resume(varied, &mut sweep, &progress)?;
    let swept = sweep.run(progress.stop(), || progress.tick());
    let swept = swept.map_err(|error| progress.failure(error))?;
    progress.clear();
    print(varied.output, || document(&swept), |columns| reports::swept_text(&swept, columns))?;
    if progress.interrupted() {
        let (finished, all) = (swept.settings.len(), sweep.settings().len());
        let kept = if varied.resume.is_some() { format!("; {KEPT}") } else { String::new() };
        progress.note(&format!("interrupted: {finished} of {all} settings are finished{kept}"));
        return Err(progress.interruption());
    }
    comment(varied.markdown.as_deref(), || reports::swept_comment(&swept))?;
    page(
        &varied.paged,
        &progress,
        |command| reports::swept_html(&swept, command),
        || settings::drawn(&swept),
    )?;
    Ok(sweep.finished()?)
}

/// Searches for the cheapest setting that keeps every expectation; 99 if none does.
pub(crate) fn optimize(args: &OptimizeArgs) -> Outcome {
    let varied = &args.varied;
    let scenario = load(varied)?;
    let mut sweep = sweep(varied, &scenario, args.replications)?;
    let progress = Progress::of(varied.quiet, args.budget);
    resume(varied, &mut sweep, &progress)?;
    let optimum = sweep.optimize(args.budget, progress.stop(), || progress.tick());
    let optimum = optimum.map_err(|error| {
        if matches!(error, Error::Stopped) && varied.resume.is_some() {
            progress.note(KEPT);
        }
        progress.failure(error)
    })?;
    progress.clear();
    print(
        varied.output,
        || optimum_document(&optimum),
        |columns| reports::optimum_text(&optimum, columns),
    )?;
    comment(varied.markdown.as_deref(), || reports::optimum_comment(&optimum))?;
    page(
        &varied.paged,
        &progress,
        |command| reports::optimum_html(&optimum, command),
        || vec![settings::drawn_optimum(&optimum)],
    )?;
    sweep.finished()?;
    if optimum.found.index().is_some() { Ok(()) } else { Err(Failure::Broken) }
}

/// Goes on from the settings that were finished before, if that is asked for.
fn resume(varied: &Varied, sweep: &mut Sweep<'_>, progress: &Progress) -> Outcome {
    let Some(file) = &varied.resume else { return Ok(()) };
    let origin = Origin::File(varied.scenario.display().to_string());
    let kept = sweep.resume(file, &origin)?;
    if kept > 0 {
        progress.note(&format!("goes on from {}", many(kept as u64, "finished setting")));
    }
    Ok(())
}

fn load(varied: &Varied) -> Result<Scenario, Failure> {
    let json = varied.output == Output::Json;
    let set: Vec<(&str, &str)> =
        varied.set.iter().map(|(path, value)| (&**path, &**value)).collect();
    let scenario = Scenario::load(&varied.scenario);
    let scenario = if set.is_empty() { scenario } else { scenario.and_then(|it| it.with(&set)) };
    scenario.map_err(|diagnostics| Failure::Input { diagnostics, json })
}

fn sweep<'s>(
    varied: &Varied,
    scenario: &'s Scenario,
    replications: u32,
) -> Result<Sweep<'s>, Failure> {
    let json = varied.output == Output::Json;
    let seed = varied.seed.unwrap_or(scenario.seed);
    let space = Space::of(&varied.vary, varied.samples.map(usize::from), seed)?;
    let sweep = Sweep::new(scenario, space, seed, replications);
    let mut sweep = sweep.map_err(|error| Failure::of(error, json))?;
    sweep.threads = varied.threads.map(usize::from);
    for setting in sweep.settings() {
        consent::admit(setting, replications, 1, (varied.large, json))?;
    }
    Ok(sweep)
}

fn print(
    output: Output,
    document: impl FnOnce() -> serde_json::Value,
    text: impl FnOnce(usize) -> (String, String),
) -> Outcome {
    match output {
        Output::Json => {
            let text = format!("{:#}", document());
            Ok(writeln!(terminal::stdout(), "{}", plain_lines(&text))?)
        }
        Output::Table => {
            let (answer, rest) = text(terminal::columns().unwrap_or(WIDE));
            terminal::answer(&answer, &format!("\n{rest}"))
        }
    }
}
