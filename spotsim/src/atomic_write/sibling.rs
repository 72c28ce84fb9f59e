//! Hidden folders beside the place where something is to appear, in which it is written first.
//!
//! One that is given up is removed. One whose writer was killed stays, and the next command that
//! writes beside it removes it: a writer holds a lock on its folder, which the system releases when
//! the writer ends in whatever way. So a folder without a lock has no writer.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// How their names begin; as many letters and digits follow as `tempfile` gives them.
const PREFIX: &str = ".spotsim-";
const RANDOM: usize = 6;

/// What may be in one: the folder of a run, or files.
const INSIDE: [&str; 2] = ["new", "whole"];

/// How often to begin anew when another command takes ours for one without a writer, in the instant
/// before it is locked.
const ATTEMPTS: u32 = 16;

/// A hidden folder, removed with all its contents in the end.
pub(crate) struct Sibling {
    dir: TempDir,
    /// Held until the folder is gone.
    _lock: Option<File>,
}

impl Sibling {
    /// Makes one in `parent`, which is made if it is missing, and removes those without a writer.
    pub(crate) fn begin(parent: &Path) -> io::Result<Sibling> {
        fs::create_dir_all(parent)?;
        sweep(parent);
        for _ in 0..ATTEMPTS {
            let dir =
                tempfile::Builder::new().prefix(PREFIX).rand_bytes(RANDOM).tempdir_in(parent)?;
            if let Some(lock) = locked(dir.path())? {
                return Ok(Sibling { dir, _lock: lock });
            }
        }
        Err(io::Error::other("other commands remove what this one begins to write"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Leaves it where it is, until another command writes beside it.
    pub(crate) fn keep(self) {
        let _ = self.dir.keep();
    }
}

/// The folder that `path` is in.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A lock on a folder that was just made, none within where folders cannot be locked, or none at all
/// if another command was first.
#[allow(clippy::option_option)] // three answers, of which two are good
fn locked(path: &Path) -> io::Result<Option<Option<File>>> {
    if !cfg!(unix) {
        return Ok(Some(None));
    }
    let folder = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    match folder.try_lock() {
        Ok(()) => Ok(path.exists().then_some(Some(folder))),
        Err(TryLockError::WouldBlock) => Ok(None),
        // Where nothing can be locked, nothing is ever swept.
        Err(TryLockError::Error(_)) => Ok(Some(None)),
    }
}

/// Removes the folders in `parent` whose writers ended before they could. Whatever cannot be removed
/// stays: it is in no one's way.
fn sweep(parent: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| is_ours(&entry.path())) {
        let path = entry.path();
        // The lock is held until all is gone.
        if let Ok(Some(Some(_lock))) = locked(&path) {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// Whether a path is a folder that this module has made, by its name and by what is in it.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let named = name.strip_prefix(PREFIX).is_some_and(|rest| {
        rest.len() == RANDOM && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let inside = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        INSIDE.contains(&name.as_str())
    };
    // A link to a folder is not a folder of ours.
    named
        && fs::symlink_metadata(path).is_ok_and(|what| what.is_dir())
        && fs::read_dir(path)
            .is_ok_and(|entries| entries.flatten().all(|entry| inside(entry.path())))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn names(folder: &Path) -> usize {
        fs::read_dir(folder).expect("a folder").count()
    }

    #[test]
    fn what_a_killed_writer_left_is_removed_by_the_next() {
        let parent = tempfile::tempdir().unwrap();
        let left = parent.path().join(".spotsim-aB3xyZ");
        fs::create_dir_all(left.join("new")).unwrap();
        fs::write(left.join("new/facts.jsonl"), "{}").unwrap();
        drop(Sibling::begin(parent.path()).unwrap());
        assert_eq!(names(parent.path()), 0);
    }

    #[test]
    fn what_has_a_writer_or_is_not_ours_stays() {
        let parent = tempfile::tempdir().unwrap();
        let writer = Sibling::begin(parent.path()).unwrap();
        fs::create_dir_all(parent.path().join(".spotsim-cache")).unwrap();
        fs::create_dir_all(parent.path().join(".spotsim-abcdef/mine")).unwrap();
        std::os::unix::fs::symlink("/tmp", parent.path().join(".spotsim-ABCDEF")).unwrap();
        drop(Sibling::begin(parent.path()).unwrap());
        assert!(writer.path().exists());
        drop(writer);
        assert_eq!(names(parent.path()), 3);
    }

    #[test]
    fn many_writers_at_once_do_not_disturb_each_other() {
        let parent = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let sibling = Sibling::begin(parent.path()).unwrap();
                        fs::write(sibling.path().join("whole"), "x").unwrap();
                        assert!(sibling.path().join("whole").exists());
                    }
                });
            }
        });
        assert_eq!(names(parent.path()), 0);
    }
}
