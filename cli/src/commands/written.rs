//! Files that a command writes for other programs: a comment of a pull request, results of tests.

use std::fs;
use std::path::Path;

use anyhow::anyhow;
use reports::junit::{self, Suite};
use reports::render::comment::MARKER;
use spotsim::write_files;

use crate::Outcome;
use crate::args::Outputs;
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
