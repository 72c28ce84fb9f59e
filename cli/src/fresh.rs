//! Files that are there whole or not at all, and never in the place of something else.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use crate::failure::Failure;

/// Writes several files. Nothing is written if one of them is there with another content, unless
/// `force` says to replace it; one that is there with this very content stays as it is. Says whether
/// anything had to be written.
pub(crate) fn write_all(files: &[(PathBuf, String)], force: bool) -> Result<bool, Failure> {
    let mut missing = Vec::new();
    for (path, text) in files {
        match fs::read(path) {
            Ok(there) if there == text.as_bytes() => {}
            Ok(_) | Err(_) if path.exists() && !force => {
                let clash = anyhow!("{} is already there", path.display());
                return Err(Failure::Usage(
                    clash.context("not written; pass --force to replace it"),
                ));
            }
            Ok(_) | Err(_) => missing.push((path, text)),
        }
    }
    for (path, text) in &missing {
        write(path, text)
            .with_context(|| format!("cannot write {}", path.display()))
            .map_err(Failure::Internal)?;
    }
    Ok(!missing.is_empty())
}

/// Writes a file beside its place first, and puts it there in one step.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let draft = tempfile::Builder::new().prefix(".spotsim-").tempdir_in(folder)?;
    let whole = draft.path().join("whole");
    let mut file = fs::File::create_new(&whole)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(whole, path)
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
        assert!(write_all(&files("a"), false).unwrap());
        assert_eq!(fs::read_to_string(&two).unwrap(), "a");
        assert!(!write_all(&files("a"), false).expect("the same again is no clash"));
        fs::remove_file(&two).unwrap();
        assert!(matches!(write_all(&files("b"), false), Err(Failure::Usage(_))));
        assert!(!two.exists(), "nothing is written when one clashes");
        write_all(&files("b"), true).unwrap();
        assert_eq!(fs::read_to_string(&one).unwrap(), "b");
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 2, "no draft stays behind");
    }
}
