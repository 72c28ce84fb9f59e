//! `spotsim report`: what a kept run says, as a page, as Markdown or as a picture.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use reports::Summary;
use reports::export::manifest::Origin;
use spotsim::{Comparison, Form, KeptRun, Results, Stop, write_files};

use super::progress::Progress;
use super::written::Pictures;
use crate::Outcome;
use crate::args::ReportArgs;
use crate::consent;
use crate::failure::Failure;

/// Makes the run in a folder again, and writes what was asked for: everything or nothing.
pub(crate) fn run(args: &ReportArgs) -> Outcome {
    let kept = KeptRun::open(&args.run)?;
    let manifest = kept.manifest();
    let (seed, replications) = (manifest.seed, manifest.replications);
    let scenario = kept.scenario(args.scenario.as_deref())?;
    let threads = args.threads.map(usize::from);
    let comparison = Comparison { scenario: &scenario, seed, replications, threads };
    consent::admit(&scenario, replications, comparison.simulations(), (args.large, false))?;
    let progress = Progress::new(args.quiet, replications);
    let results = comparison.run(progress.stop(), |_| progress.tick());
    let results = results.map_err(|error| progress.failure(error))?;
    let summary = results.summary(progress.stop());
    if progress.interrupted() {
        progress.note("interrupted: nothing was written");
        return Err(progress.interruption());
    }
    if summary.digest != manifest.digest {
        return Err(another(&kept, &kept.changes(&scenario)));
    }
    let written = files(args, &results, &summary, &manifest.origin, progress.stop());
    let files = match written {
        Err(Failure::Internal(_)) if progress.interrupted() => {
            progress.note("interrupted: nothing was written");
            return Err(progress.interruption());
        }
        other => other?,
    };
    write_files(&files, args.force)?;
    for (path, _) in &files {
        progress.note(&format!("Report  {}", path.display()));
    }
    progress.done(results.events());
    Ok(())
}

/// That the run in the folder is not what its scenario gives now.
fn another(kept: &KeptRun, changes: &[String]) -> Failure {
    let folder = kept.folder().display();
    let mut why = changes.to_vec();
    why.push(format!("`spotsim run --verify {folder}` names what differs"));
    let what = anyhow!("{folder} holds another run than its scenario gives now");
    Failure::Usage(anyhow!("{what}; nothing was written: {}", why.join("; ")))
}

/// What is to be written where.
fn files(
    args: &ReportArgs,
    results: &Results<'_>,
    summary: &Summary,
    origin: &Origin,
    stop: Stop<'_>,
) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    if let Some(path) = &args.html {
        files.push((path.clone(), results.html(summary, origin, stop)?.into_bytes()));
    }
    if let Some(path) = &args.md {
        files.push((path.clone(), reports::markdown(summary).into_bytes()));
    }
    if args.svg.is_some() || args.png.is_some() {
        let charts = results.charts(summary, stop)?;
        let pictures = Pictures { svg: args.svg.as_deref(), png: args.png.as_deref() };
        files.extend(pictures.of(Some(&args.chart), || charts)?);
    }
    let forms = [
        (&args.focus, Form::Focus),
        (&args.opencost, Form::OpenCost),
        (&args.events, Form::Events),
        (&args.perfetto, Form::Perfetto),
    ];
    for (path, form) in forms {
        files.extend(path.iter().map(|path| (path.clone(), results.exported(form))));
    }
    #[cfg(feature = "parquet")]
    if let Some(folder) = &args.parquet {
        files.extend(results.parquet()?.map(|(name, table)| (folder.join(name), table)));
    }
    Ok(files)
}

/// Writes the page of results that were just printed.
pub(crate) fn write_page(
    path: &Path,
    force: bool,
    (results, summary): (&Results<'_>, &Summary),
    origin: &Origin,
    progress: &Progress,
) -> Outcome {
    let page = results.html(summary, origin, progress.stop())?;
    let new = write_files(&[(path.to_owned(), page)], force)?;
    let note = if new { "" } else { "  already there, same bytes" };
    progress.note(&format!("Report  {}{note}", path.display()));
    Ok(())
}
