//! Folders that are there whole or not at all.
//!
//! Everything is written into a hidden sibling first, forced onto the disk, and renamed in one step.
//! A full disk or a kill at any moment leaves the folder as it was before.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use reports::export::manifest::File;
use sha2::{Digest, Sha256};
use sim::Stop;
use tempfile::TempDir;

/// A folder that is being written, and is not there yet.
pub(crate) struct Draft<'s> {
    /// Once this is wanted nothing more is written.
    stop: Stop<'s>,
    /// Where it will be.
    target: PathBuf,
    /// Removed with all its contents when the draft is given up.
    sibling: TempDir,
}

impl<'s> Draft<'s> {
    /// Begins a folder that is to appear at `target`; its parents are made if they are missing.
    pub(crate) fn begin(target: &Path, stop: Stop<'s>) -> io::Result<Draft<'s>> {
        let parent = parent(target);
        fs::create_dir_all(parent)?;
        let sibling = tempfile::Builder::new().prefix(".spotsim-").tempdir_in(parent)?;
        // One level down, so that the folder gets the permissions that any folder would get.
        let draft = Draft { stop, target: target.to_owned(), sibling };
        fs::create_dir(draft.path())?;
        Ok(draft)
    }

    /// Writes a file, with what `write` puts into it.
    pub(crate) fn write<E: From<io::Error>>(
        &self,
        name: &str,
        write: impl FnOnce(&mut Hashing<'_, BufWriter<fs::File>>) -> Result<(), E>,
    ) -> Result<File, E> {
        let file = BufWriter::new(fs::File::create_new(self.path().join(name))?);
        let stop = self.stop;
        let mut hashing = Hashing { stop, inner: file, bytes: 0, hash: Sha256::new() };
        write(&mut hashing)?;
        hashing.flush()?;
        hashing.inner.get_ref().sync_all()?;
        Ok(hashing.finish(name))
    }

    /// Makes the folder appear, in the place of what was there.
    pub(crate) fn publish(self) -> io::Result<()> {
        sync(&self.path())?;
        unless_stopped(self.stop)?;
        // An empty folder is replaced by the renaming itself; another one makes way, and goes
        // when all is well.
        let old = self.sibling.path().join("old");
        let replaces = self.target.exists() && !is_empty(&self.target);
        if replaces {
            fs::rename(&self.target, &old)?;
        }
        if let Err(error) = fs::rename(self.path(), &self.target) {
            if replaces {
                fs::rename(&old, &self.target)?;
            }
            return Err(error);
        }
        sync(parent(&self.target))
    }

    fn path(&self) -> PathBuf {
        self.sibling.path().join("new")
    }
}

/// What is said where writing was stopped.
pub(crate) const STOPPED: &str = "stopped";

fn unless_stopped(stop: Stop<'_>) -> io::Result<()> {
    if stop.is_wanted() { Err(io::Error::other(STOPPED)) } else { Ok(()) }
}

/// Passes bytes on, and hashes them.
pub(crate) struct Hashing<'s, W> {
    stop: Stop<'s>,
    inner: W,
    bytes: u64,
    hash: Sha256,
}

impl<W> Hashing<'_, W> {
    fn finish(self, name: &str) -> File {
        let mut sha256 = String::with_capacity(64);
        for byte in self.hash.finalize() {
            let _ = write!(sha256, "{byte:02x}");
        }
        File { file: name.to_owned(), bytes: self.bytes, sha256 }
    }
}

impl<W: Write> Write for Hashing<'_, W> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        unless_stopped(self.stop)?;
        let count = self.inner.write(content)?;
        self.hash.update(&content[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// The name, length and hash of a file that is there.
pub(crate) fn hash(path: &Path) -> io::Result<File> {
    let (stop, hash) = (Stop::NEVER, Sha256::new());
    let mut hashing = Hashing { stop, inner: io::sink(), bytes: 0, hash };
    io::copy(&mut fs::File::open(path)?, &mut hashing)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(hashing.finish(&name))
}

/// Whether `folder` is a folder without anything in it.
pub(crate) fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Forces the names in a folder onto the disk, where the system can do that.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_draft_that_is_given_up_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let draft = Draft::begin(&dir.path().join("run"), Stop::NEVER).unwrap();
        draft.write("a", |out| out.write_all(b"x")).unwrap();
        drop(draft);
        assert!(is_empty(dir.path()));
    }

    #[test]
    fn a_draft_that_is_stopped_writes_nothing_more_and_never_appears() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("run");
        let wish = std::sync::atomic::AtomicBool::new(false);
        let draft = Draft::begin(&target, Stop::once(&wish)).unwrap();
        draft.write("a", |out| out.write_all(b"x")).unwrap();
        wish.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(draft.write("b", |out| out.write_all(b"x")).is_err());
        assert!(draft.publish().is_err());
        assert!(is_empty(dir.path()));
    }

    #[test]
    fn a_folder_appears_whole_and_replaces_whole() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("deep/run");
        for files in [&["a", "b"][..], &["c"]] {
            let draft = Draft::begin(&target, Stop::NEVER).unwrap();
            for name in files {
                draft.write(name, |out| out.write_all(b"x")).unwrap();
            }
            draft.publish().unwrap();
            assert_eq!(names(&target), files);
            assert_eq!(names(target.parent().unwrap()), ["run"], "nothing is left beside it");
        }
    }

    #[test]
    fn what_cannot_be_published_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("run");
        fs::write(&target, "was here before").unwrap();
        let draft = Draft::begin(&target, Stop::NEVER).unwrap();
        fs::remove_dir_all(draft.path()).unwrap();
        assert!(draft.publish().is_err());
        assert_eq!(fs::read_to_string(&target).unwrap(), "was here before");
    }

    #[test]
    fn what_is_written_is_hashed() {
        let dir = tempfile::tempdir().unwrap();
        let draft = Draft::begin(&dir.path().join("run"), Stop::NEVER).unwrap();
        let file = draft.write("a", |out| out.write_all(b"abc")).unwrap();
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((file.bytes, file.sha256.as_str()), (3, known));
        assert_eq!(hash(&draft.path().join("a")).unwrap(), file);
    }
}
