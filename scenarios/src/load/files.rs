//! Which files a path means: itself, those of a folder, those that a glob matches.

use std::path::{Path, PathBuf};

use super::cannot_read;
use crate::diagnostic::Diagnostic;

/// Files of a folder that may hold objects.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The files that `path` means, in the order of their names, each with how to show it.
pub(crate) fn matching(
    path: &Path,
    shown: &str,
) -> Result<Vec<(PathBuf, String)>, Box<Diagnostic>> {
    let prefix = path.to_string_lossy().into_owned();
    // What the user wrote ends the path; what stands before it is not shown.
    let base = prefix.len().saturating_sub(shown.len());
    let show = |path: &Path| path.to_string_lossy().get(base..).unwrap_or_default().to_owned();
    let mut files = Vec::new();
    if path.is_dir() {
        folder(path, &mut files).map_err(|error| cannot_read(shown, &error))?;
    } else if !path.exists() && shown.contains(['*', '?', '[']) {
        let hidden = glob::MatchOptions { require_literal_leading_dot: true, ..Default::default() };
        let matches =
            glob::glob_with(&prefix, hidden).map_err(|error| cannot_read(shown, &error))?;
        for matched in matches {
            let matched = matched.map_err(|error| cannot_read(shown, &error))?;
            if matched.is_file() {
                files.push(matched);
            }
        }
    } else {
        return Ok(vec![(path.to_owned(), shown.to_owned())]);
    }
    if files.is_empty() {
        let nothing = Diagnostic::new("E0001", format!("there is no file in {shown}"));
        return Err(Box::new(nothing.help("folders are searched for .yaml, .yml and .json")));
    }
    files.sort();
    Ok(files.into_iter().map(|path| (path.clone(), show(&path))).collect())
}

fn folder(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(path)? {
        let entry = entry?.path();
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let extension = entry.extension().and_then(|extension| extension.to_str());
        if hidden {
            continue;
        }
        if entry.is_dir() {
            folder(&entry, files)?;
        } else if extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) {
            files.push(entry);
        }
    }
    Ok(())
}
