//! Folders that appear whole or not at all.
//!
//! Everything is written into a hidden sibling first, forced onto the disk, and put into its place in
//! one step. A full disk or a kill at any moment leaves the folder as it was before, or as it is to
//! be. One that is there already and is to be replaced is exchanged with the new one, also in one
//! step; where the file system cannot do that it is renamed first, to a name that says what it is.

use std::fs;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use reports::export::manifest::File;
use scenarios::inputs::hexadecimal;
use sha2::{Digest, Sha256};
use sim::Stop;

use crate::atomic_write::sibling::{Sibling, parent};

/// A folder that is being written, and is not there yet.
pub(crate) struct Draft<'s> {
    /// Once this is wanted nothing more is written.
    stop: Stop<'s>,
    /// Where it will be.
    target: PathBuf,
    /// Where it is until then; removed with all its contents when the draft is given up.
    sibling: Sibling,
}

impl<'s> Draft<'s> {
    /// Begins a folder that is to appear at `target`; its parents are made if they are missing.
    pub(crate) fn begin(target: &Path, stop: Stop<'s>) -> io::Result<Draft<'s>> {
        let sibling = Sibling::begin(parent(target))?;
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

    /// Makes the folder appear. A folder that is there and not empty is replaced if `replaceable`
    /// holds of it, which is asked again when nothing can be put into it any more.
    pub(crate) fn publish(
        self,
        replaceable: Option<&dyn Fn(&Path) -> bool>,
    ) -> Result<(), Unpublished> {
        sync(&self.path()).map_err(Unpublished::Untouched)?;
        unless_stopped(self.stop).map_err(Unpublished::Untouched)?;
        match replaceable {
            Some(replaceable) if is_occupied(&self.target) => self.replace(replaceable),
            _ => self.appear(),
        }
    }

    fn appear(self) -> Result<(), Unpublished> {
        let (new, target) = (self.path(), &self.target);
        // An empty folder is replaced by the renaming itself.
        fs::rename(&new, target).map_err(|error| match error.kind() {
            ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists => Unpublished::Occupied,
            _ => Unpublished::Untouched(error),
        })?;
        sync(parent(target)).map_err(|error| match fs::rename(target, &new) {
            Ok(()) => Unpublished::Untouched(error),
            Err(_) => Unpublished::Unsure { error, old: None },
        })
    }

    fn replace(self, replaceable: &dyn Fn(&Path) -> bool) -> Result<(), Unpublished> {
        let (new, target) = (self.path(), &self.target);
        match exchange(&new, target) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Unsupported => {
                return self.replace_in_two_steps(replaceable);
            }
            Err(error) => return Err(Unpublished::Untouched(error)),
        }
        // From here on the old folder is where the new one was.
        let failed = if replaceable(&new) {
            let Err(error) = sync(parent(target)) else { return Ok(()) };
            Some(error)
        } else {
            None
        };
        match (exchange(&new, target), failed) {
            (Ok(()), None) => Err(Unpublished::Occupied),
            (Ok(()), Some(error)) => Err(Unpublished::Untouched(error)),
            (Err(back), failed) => {
                self.sibling.keep();
                Err(Unpublished::Unsure { error: failed.unwrap_or(back), old: Some(new) })
            }
        }
    }

    fn replace_in_two_steps(self, replaceable: &dyn Fn(&Path) -> bool) -> Result<(), Unpublished> {
        let (new, target) = (self.path(), &self.target);
        let old = free_name(target);
        fs::rename(target, &old).map_err(Unpublished::Untouched)?;
        let back = |unpublished: Unpublished| match (fs::rename(&old, target), unpublished) {
            (Ok(()), unpublished) => unpublished,
            (Err(error), Unpublished::Occupied) | (Err(_), Unpublished::Untouched(error)) => {
                Unpublished::Gone { error, old: old.clone() }
            }
            (Err(_), other) => other,
        };
        if !replaceable(&old) {
            return Err(back(Unpublished::Occupied));
        }
        fs::rename(&new, target).map_err(|error| back(Unpublished::Untouched(error)))?;
        if let Err(error) = sync(parent(target)) {
            return Err(match fs::rename(target, &new) {
                Ok(()) => back(Unpublished::Untouched(error)),
                Err(_) => Unpublished::Unsure { error, old: Some(old) },
            });
        }
        // What cannot be removed keeps a name that says what it is.
        let _ = fs::remove_dir_all(&old);
        Ok(())
    }

    fn path(&self) -> PathBuf {
        self.sibling.path().join("new")
    }
}

/// Why a folder that was written did not take its place, and what is there now.
#[derive(Debug)]
pub(crate) enum Unpublished {
    /// All is as it was before.
    Untouched(io::Error),
    /// What is there is not to be replaced, and is as it was before.
    Occupied,
    /// The new folder is there, whole; whether it still is after a power failure is not known.
    Unsure {
        /// What failed.
        error: io::Error,
        /// Where the old one is, if there was one.
        old: Option<PathBuf>,
    },
    /// Neither is there.
    Gone {
        /// What failed.
        error: io::Error,
        /// Where the old one is.
        old: PathBuf,
    },
}

/// What an error says where writing was stopped.
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
        File {
            file: name.to_owned(),
            bytes: self.bytes,
            sha256: hexadecimal(&self.hash.finalize()),
        }
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
    let mut hashing = hashing_only();
    io::copy(&mut open(path)?, &mut hashing)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(hashing.finish(&name))
}

/// The name, length and hash of a file with this content.
pub(crate) fn hash_bytes(name: &str, content: &[u8]) -> File {
    let mut hashing = hashing_only();
    hashing.hash.update(content);
    hashing.bytes = content.len() as u64;
    hashing.finish(name)
}

fn hashing_only() -> Hashing<'static, io::Sink> {
    Hashing { stop: Stop::NEVER, inner: io::sink(), bytes: 0, hash: Sha256::new() }
}

/// The content of a file of a folder that any program may have written.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open(path)?.read_to_end(&mut content)?;
    Ok(content)
}

/// Opens a file, and nothing that would never end, like a pipe.
fn open(path: &Path) -> io::Result<fs::File> {
    if fs::symlink_metadata(path)?.is_file() {
        fs::File::open(path)
    } else {
        Err(io::Error::other("it is not a file"))
    }
}

/// The names in a folder, in order.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let name = |entry: io::Result<fs::DirEntry>| {
        Ok::<_, io::Error>(entry?.file_name().to_string_lossy().into_owned())
    };
    let mut names = fs::read_dir(folder)?.map(name).collect::<Result<Vec<_>, _>>()?;
    names.sort();
    Ok(names)
}

/// Whether something is at `path` that is more than an empty folder.
pub(crate) fn is_occupied(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok() && !is_empty(path)
}

/// Whether `folder` is a folder without anything in it.
fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// A name beside `path` that says that it was there, and that nothing has.
fn free_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut names = (1..).map(|number| match number {
        1 => path.with_file_name(format!("{name}.old")),
        _ => path.with_file_name(format!("{name}.old-{number}")),
    });
    names.find(|path| fs::symlink_metadata(path).is_err()).expect("there is no last number")
}

/// Exchanges two folders in one step.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(|error| match error {
        // rename(2): EINVAL is what a file system says that does not know the flag, ENOSYS a kernel.
        Errno::INVAL | Errno::NOSYS | Errno::NOTSUP => ErrorKind::Unsupported.into(),
        error => error.into(),
    })
}

/// Exchanges two folders in one step, which is not possible here.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Forces the names in a folder onto the disk, where the system can do that.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        super::names(folder).unwrap()
    }

    /// A folder with these files, about to appear at `target`.
    fn draft(target: &Path, files: &[&str]) -> Draft<'static> {
        let draft = Draft::begin(target, Stop::NEVER).unwrap();
        for name in files {
            draft.write(name, |out| out.write_all(b"x")).unwrap();
        }
        draft
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
        assert!(draft.publish(None).is_err());
        assert!(is_empty(dir.path()));
    }

    #[test]
    fn a_folder_appears_whole_and_replaces_whole() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("deep/run");
        for files in [&["a", "b"][..], &["c"]] {
            draft(&target, files).publish(Some(&|_| true)).unwrap();
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
        assert!(draft.publish(None).is_err());
        assert_eq!(fs::read_to_string(&target).unwrap(), "was here before");
    }

    #[test]
    fn what_is_there_is_replaced_only_where_that_is_wanted() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("run");
        draft(&target, &["a"]).publish(None).unwrap();
        for replaceable in [None, Some::<&dyn Fn(&Path) -> bool>(&|_| false)] {
            let unpublished = draft(&target, &["b"]).publish(replaceable);
            assert!(matches!(unpublished, Err(Unpublished::Occupied)), "{unpublished:?}");
            assert_eq!((names(&target), names(dir.path())), (vec!["a".into()], vec!["run".into()]));
        }
    }

    #[test]
    fn what_cannot_be_exchanged_is_replaced_in_two_steps() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("run");
        draft(&target, &["a"]).publish(None).unwrap();
        let refused = draft(&target, &["b"]).replace_in_two_steps(&|_| false);
        assert!(matches!(refused, Err(Unpublished::Occupied)), "{refused:?}");
        assert_eq!((names(&target), names(dir.path())), (vec!["a".into()], vec!["run".into()]));
        draft(&target, &["b"]).replace_in_two_steps(&|_| true).unwrap();
        assert_eq!((names(&target), names(dir.path())), (vec!["b".into()], vec!["run".into()]));
        // The new one cannot be put there: the old one is put back.
        let lost = draft(&target, &["c"]);
        fs::remove_dir_all(lost.path()).unwrap();
        assert!(matches!(lost.replace_in_two_steps(&|_| true), Err(Unpublished::Untouched(_))));
        assert_eq!((names(&target), names(dir.path())), (vec!["b".into()], vec!["run".into()]));
    }

    #[test]
    fn what_is_written_is_hashed() {
        let dir = tempfile::tempdir().unwrap();
        let draft = Draft::begin(&dir.path().join("run"), Stop::NEVER).unwrap();
        let file = draft.write("a", |out| out.write_all(b"abc")).unwrap();
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((file.bytes, file.sha256.as_str()), (3, known));
        assert_eq!(hash(&draft.path().join("a")).unwrap(), file);
        assert_eq!(hash_bytes("a", b"abc"), file);
    }
}
