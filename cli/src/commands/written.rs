//! Files that a command writes beside what it prints: a comment of a pull request, results of tests, a page.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use reports::chart::{self, Chart};
use reports::junit::{self, Suite};
use reports::render::comment::MARKER;
use spotsim::{shell_word, write_files};

use super::progress::Progress;
use crate::Outcome;
use crate::args::{Outputs, Paged};
use crate::failure::Failure;

/// Writes the files that were asked for.
pub(crate) fn write(
    outputs: &Outputs,
    markdown: impl FnOnce() -> String,
    suites: impl FnOnce() -> Vec<Suite>,
) -> Outcome {
    comment(outputs.markdown.as_deref(), markdown)?;
    if let Some(path) = &outputs.junit {
        replace(path, &junit::junit(&suites()), junit::MARK)?;
    }
    Ok(())
}

/// Writes the comment of a pull request, if it is asked for.
pub(crate) fn comment(path: Option<&Path>, markdown: impl FnOnce() -> String) -> Outcome {
    path.map_or(Ok(()), |path| replace(path, &markdown(), MARKER))
}

/// Writes the page of what was just printed and a chart of it, where they are asked for; `html` makes the
/// page, given what has to be typed to get the same again.
pub(crate) fn page(
    paged: &Paged,
    progress: &Progress,
    html: impl FnOnce(&str) -> String,
    charts: impl FnOnce() -> Vec<Chart>,
) -> Outcome {
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    if let Some(path) = &paged.report {
        files.push((path.clone(), html(&typed()).into_bytes()));
    }
    let pictures = Pictures { svg: paged.svg.as_deref(), png: paged.png.as_deref() };
    files.extend(pictures.of(paged.chart.as_deref(), charts)?);
    let new = write_files(&files, paged.force)?;
    let note = if new { "" } else { "  already there, same bytes" };
    for (path, _) in &files {
        progress.note(&format!("Report  {}{note}", path.display()));
    }
    Ok(())
}

/// Where one chart is to be written, and in which forms.
#[derive(Clone, Copy)]
pub(crate) struct Pictures<'a> {
    pub(crate) svg: Option<&'a Path>,
    pub(crate) png: Option<&'a Path>,
}

impl Pictures<'_> {
    /// The files of the chart of this name, or of the first; `charts` draws them, where any is asked for.
    pub(crate) fn of(
        self,
        name: Option<&str>,
        charts: impl FnOnce() -> Vec<Chart>,
    ) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
        if self.svg.is_none() && self.png.is_none() {
            return Ok(Vec::new());
        }
        let charts = charts();
        let chart = match name {
            Some(name) => charts.iter().find(|it| it.name == name),
            None => charts.first(),
        };
        let chart = chart.ok_or_else(|| {
            let names: Vec<&str> = charts.iter().map(|it| it.name).collect();
            let (name, names) = (name.unwrap_or_default(), names.join(", "));
            Failure::Usage(anyhow!("there is no chart {name:?}; there are {names}"))
        })?;
        let svg = self.svg.map(|path| (path.to_owned(), chart::svg(chart).into_bytes()));
        let png = self.png.map(|path| (path.to_owned(), chart::png(chart)));
        Ok(svg.into_iter().chain(png).collect())
    }
}

/// The command as it was typed, without what only says where its output goes and how it runs.
fn typed() -> String {
    const ALONE: [&str; 3] = ["--force", "--quiet", "-q"];
    const WITH_VALUE: [&str; 10] = [
        "--report",
        "--svg",
        "--png",
        "--chart",
        "--markdown",
        "--junit",
        "--threads",
        "--output",
        "-o",
        "--resume",
    ];
    let mut command = "spotsim".to_owned();
    let mut words = std::env::args_os().skip(1).map(|it| it.to_string_lossy().into_owned());
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(&&word[..]) {
            words.next();
        } else if !ALONE.contains(&&word[..])
            && !word.split_once('=').is_some_and(|(name, _)| WITH_VALUE.contains(&name))
        {
            command += &format!(" {}", shell_word(&word));
        }
    }
    command
}

/// Writes a file whole or not at all. One that begins with `mark` was written by this program before
/// and is replaced; any other that is there stays.
fn replace(path: &Path, text: &str, mark: &str) -> Outcome {
    let ours = fs::read_to_string(path).is_ok_and(|there| there.starts_with(mark));
    if path.exists() && !ours {
        let what = anyhow!("{} is there and was not written by spotsim", path.display());
        return Err(Failure::Usage(what.context("not written; choose another name")));
    }
    write_files(&[(path.to_owned(), text)], true)?;
    Ok(())
}
