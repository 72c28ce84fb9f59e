//! Which files a path means: itself, those of a folder, those that a glob matches.
//!
//! Links are followed, and a folder is read once however many links lead to it: two links of a folder
//! to itself would otherwise be endless paths.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::cannot_read;
use crate::diagnostic::Diagnostic;
use crate::limits::FILES;

/// Files of a folder that may hold objects.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The files that `path` means, in the order of their names, each with how to show it.
pub fn matching(path: &Path, shown: &str) -> Result<Vec<(PathBuf, String)>, Box<Diagnostic>> {
    let prefix = path.to_string_lossy().into_owned();
    // What the user wrote ends the path; what stands before it is not shown.
    let base = prefix.len().saturating_sub(shown.len());
    let show = |path: &Path| path.to_string_lossy().get(base..).unwrap_or_default().to_owned();
    let is_object = |path: &Path| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
    };
    let mut files = if path.is_dir() {
        let mut walk = Walk { shown, wanted: &is_object, seen: BTreeSet::new(), files: Vec::new() };
        walk.folder(path, usize::MAX)?;
        walk.files
    } else if !path.exists() && shown.contains(['*', '?', '[']) {
        globbed(&prefix, shown)?
    } else {
        return Ok(vec![(path.to_owned(), shown.to_owned())]);
    };
    if files.is_empty() {
        let nothing = Diagnostic::new("E0001", format!("there is no file in {shown}"));
        return Err(Box::new(nothing.help("folders are searched for .yaml, .yml and .json")));
    }
    files.sort();
    Ok(files.into_iter().map(|path| (path.clone(), show(&path))).collect())
}

/// The files that a pattern matches. Those that begin with a dot must be named so.
fn globbed(pattern: &str, shown: &str) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    let parsed = Pattern::new(pattern).map_err(|error| cannot_read(shown, &error))?;
    let options = MatchOptions {
        require_literal_separator: true,
        require_literal_leading_dot: true,
        ..MatchOptions::default()
    };
    let parts: Vec<&str> = pattern.split('/').collect();
    let plain = parts.iter().take_while(|part| !part.contains(['*', '?', '['])).count();
    let base = match &parts[..plain] {
        [""] => "/".to_owned(),
        plain => plain.join("/"),
    };
    let depth = if parts.contains(&"**") { usize::MAX } else { parts.len() - plain };
    let wanted = |path: &Path| path.is_file() && parsed.matches_path_with(path, options);
    let mut walk = Walk { shown, wanted: &wanted, seen: BTreeSet::new(), files: Vec::new() };
    if Path::new(&base).is_dir() || base.is_empty() {
        walk.folder(Path::new(&base), depth)?;
    }
    Ok(walk.files)
}

/// The files below a folder that are wanted.
struct Walk<'w> {
    shown: &'w str,
    wanted: &'w dyn Fn(&Path) -> bool,
    /// The folders that were read, by the one path that has no links in it.
    seen: BTreeSet<PathBuf>,
    files: Vec<PathBuf>,
}

impl Walk<'_> {
    /// Looks at a folder, and at those below it down to `depth`.
    fn folder(&mut self, path: &Path, depth: usize) -> Result<(), Box<Diagnostic>> {
        let wrong = |error: std::io::Error| cannot_read(self.shown, &error);
        let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        if !self.seen.insert(fs::canonicalize(here).map_err(wrong)?) {
            return Ok(());
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(here).map_err(wrong)? {
            let name = entry.map_err(wrong)?.file_name();
            if !name.to_string_lossy().starts_with('.') {
                let entry = path.join(name);
                // Folders come before links to them, so that their own names are shown.
                entries.push((entry.is_symlink(), entry));
            }
        }
        entries.sort();
        for (_, entry) in entries {
            if entry.is_dir() {
                if depth > 1 {
                    self.folder(&entry, depth - 1)?;
                }
            } else if (self.wanted)(&entry) {
                self.files.push(entry);
                if FILES.exceeded(self.files.len()) {
                    return Err(Box::new(FILES.error(self.shown)));
                }
            }
        }
        Ok(())
    }
}
