//! Files that a command writes beside what it prints: a comment of a pull request, results of tests, a page.

use std::fs;
use std::path::Path;

use anyhow::anyhow;
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
    if let Some(path) = &outputs.markdown {
        replace(path, &markdown(), MARKER)?;
    }
    if let Some(path) = &outputs.junit {
        replace(path, &junit::junit(&suites()), junit::MARK)?;
    }
    Ok(())
}

/// Writes the page of what was just printed, if that is asked for; `html` makes it, given what has to be
/// typed to get the same again.
pub(crate) fn page(
    paged: &Paged,
    progress: &Progress,
    html: impl FnOnce(&str) -> String,
) -> Outcome {
    let Some(path) = &paged.report else { return Ok(()) };
    let new = write_files(&[(path.to_owned(), html(&typed()))], paged.force)?;
    let note = if new { "" } else { "  already there, same bytes" };
    progress.note(&format!("Report  {}{note}", path.display()));
    Ok(())
}

/// The command as it was typed, without what only says where its output goes and how it runs.
fn typed() -> String {
    const ALONE: [&str; 3] = ["--force", "--quiet", "-q"];
    const WITH_VALUE: [&str; 7] =
        ["--report", "--markdown", "--junit", "--threads", "--output", "-o", "--resume"];
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
