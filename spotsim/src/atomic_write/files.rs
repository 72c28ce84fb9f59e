//! Files that are there whole or not at all, and never replace something else.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use crate::Error;
use crate::atomic_write::sibling::{Sibling, parent};

/// Writes several files. Nothing is written if one of them is there with another content, unless
/// `force` says to replace it; one that is there with this very content stays as it is. Says whether
/// anything had to be written.
pub fn write_files(files: &[(PathBuf, impl AsRef<[u8]>)], force: bool) -> Result<bool, Error> {
    let mut missing = Vec::new();
    for (path, content) in files {
        let content = content.as_ref();
        match fs::read(path) {
            Ok(there) if there == content => {}
            Ok(_) | Err(_) if path.exists() && !force => {
                let clash = anyhow!("{} is already there", path.display());
                return Err(Error::Refused(
                    clash.context("not written; pass --force to replace it"),
                ));
            }
            Ok(_) | Err(_) => missing.push((path, content)),
        }
    }
    // All are on the disk before the first takes its place.
    let cannot = |path: &Path, written: &[&PathBuf], error: io::Error| {
        let written = written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        let written = if written.is_empty() { "nothing".into() } else { written.join(", ") };
        let what = format!("cannot write {}; {written} was written", path.display());
        Error::Failed(anyhow::Error::new(error).context(what))
    };
    let mut drafts: Vec<Draft> = Vec::new();
    for (path, content) in &missing {
        drafts.push(draft(path, content).map_err(|error| cannot(path, &[], error))?);
    }
    let mut written = Vec::new();
    for ((path, _), draft) in missing.iter().zip(&drafts) {
        let placed = fs::rename(whole(&draft.sibling), path);
        placed.map_err(|error| cannot(path, &written, error))?;
        written.push(path);
    }
    Ok(!missing.is_empty())
}

/// Writes a file beside its place.
fn draft(path: &Path, content: &[u8]) -> io::Result<Draft> {
    let draft = Draft::begin(path)?;
    draft.file().write_all(content)?;
    draft.file.sync_all()?;
    Ok(draft)
}

/// A file that is being written beside its place; removed if it never takes that.
pub(crate) struct Draft {
    sibling: Sibling,
    file: fs::File,
}

impl Draft {
    /// Begins a file that is to appear at `path`.
    pub(crate) fn begin(path: &Path) -> io::Result<Draft> {
        let sibling = Sibling::begin(parent(path))?;
        let file = fs::File::create_new(whole(&sibling))?;
        Ok(Draft { sibling, file })
    }

    /// Where to write.
    pub(crate) fn file(&self) -> &fs::File {
        &self.file
    }

    /// Makes it appear, once it is on the disk.
    pub(crate) fn publish(self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(whole(&self.sibling), path)
    }
}

/// Where a file is until it takes its place.
fn whole(sibling: &Sibling) -> PathBuf {
    sibling.path().join("whole")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "new/two"].map(|name| folder.path().join(name));
        let files =
            |text: &str| vec![(two.clone(), text.to_owned()), (one.clone(), text.to_owned())];
        assert!(write_files(&files("a"), false).unwrap());
        assert_eq!(fs::read_to_string(&two).unwrap(), "a");
        assert!(!write_files(&files("a"), false).expect("the same again is no clash"));
        fs::remove_file(&two).unwrap();
        assert!(matches!(write_files(&files("b"), false), Err(Error::Refused(_))));
        assert!(!two.exists(), "nothing is written when one clashes");
        write_files(&files("b"), true).unwrap();
        assert_eq!(fs::read_to_string(&one).unwrap(), "b");
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 2, "no draft stays behind");
    }
}
