//! A journal: each finished replication is written down at once, so that a run that is killed goes on from
//! there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, anyhow};
use reports::export::manifest::Origin;
use scenarios::Scenario;

use super::file::{Header, Places, Records, read, record};
use crate::Error;
use crate::comparison::Comparison;
use crate::store::Store;

/// Replications as they are finished.
pub struct Journal {
    path: PathBuf,
    header: Header,
    /// What was finished before.
    kept: Option<Records>,
    /// The file once there is something to write, and why nothing can be written any more.
    open: Mutex<Open>,
}

/// What a journal is written to.
enum Open {
    /// Nothing was written yet.
    NotYet,
    /// A file, locked as long as it is open.
    File(File),
    /// It cannot be written to.
    Failed(io::Error),
}

impl Journal {
    /// The journal of a comparison in this file, with what was finished before.
    ///
    /// # Errors
    /// If there is another file, a journal of another run, or one that another process writes to.
    pub fn open(
        path: &Path,
        comparison: &Comparison<'_>,
        origin: &Origin,
    ) -> Result<Journal, Error> {
        Journal::with(path, Header::of(comparison, origin, None))
    }

    /// The journal of settings of a scenario, by their names, with those that were finished before: each by
    /// its number and how many replications it has.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn of_settings(
        path: &Path,
        scenario: &Scenario,
        size: (u64, u32),
        settings: Vec<String>,
        origin: &Origin,
    ) -> Result<Journal, Error> {
        Journal::with(path, Header::new(scenario, size, (settings, None), origin))
    }

    fn with(path: &Path, header: Header) -> Result<Journal, Error> {
        let shown = path.display();
        let refused = |why: &str| {
            let what = anyhow!("{shown} holds no replications of this run: {why}");
            Err(Error::Refused(
                what.context("nothing was simulated; remove it, or choose another place"),
            ))
        };
        let unread = |error: io::Error| {
            let error = anyhow::Error::new(error).context(format!("cannot read {shown}"));
            Error::Refused(error)
        };
        let before = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let open = Mutex::new(Open::NotYet);
                return Ok(Journal { path: path.to_owned(), header, kept: None, open });
            }
            Err(error) => return Err(unread(error)),
        };
        let line = header.line();
        let length = before.metadata().map_err(unread)?.len();
        // Killed while it wrote its first line.
        let is_begun = length < line.len() as u64
            && line.as_bytes().starts_with(&fs::read(path).map_err(unread)?);
        let (there, places, whole) = if is_begun {
            (header.clone(), Places::new(), 0)
        } else {
            match read(&mut BufReader::new(&before)).map_err(unread)? {
                Ok(found) => found,
                Err(why) => return refused(&why),
            }
        };
        if let Some(why) = header.differs(&there) {
            return refused(&why);
        }
        let cannot = |error: io::Error| {
            Error::Failed(anyhow::Error::new(error).context(format!("cannot write {shown}")))
        };
        let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(cannot)?;
        if file.try_lock().is_err() {
            return refused("another process writes to it");
        }
        // What was written in part is written anew.
        file.set_len(whole).map_err(cannot)?;
        file.seek(SeekFrom::End(0)).map_err(cannot)?;
        if whole == 0 {
            file.write_all(line.as_bytes()).map_err(cannot)?;
        }
        let kept = Some(Records::new(before, places));
        Ok(Journal { path: path.to_owned(), header, kept, open: Mutex::new(Open::File(file)) })
    }

    /// How many runs were finished before, of all variants.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.kept.as_ref().map_or(0, Records::len)
    }

    /// Why not every replication is in it, if that is so.
    ///
    /// # Errors
    /// If something could not be written.
    pub fn check(&self) -> Result<(), Error> {
        match &*self.open.lock().unwrap_or_else(PoisonError::into_inner) {
            Open::NotYet | Open::File(_) => Ok(()),
            Open::Failed(error) => {
                let what = format!("cannot write {}: {error}", self.path.display());
                Err(Error::Failed(anyhow!(what)))
            }
        }
    }

    /// Takes it away: the run is kept whole.
    ///
    /// # Errors
    /// If the file cannot be removed.
    pub fn remove(self) -> Result<(), Error> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error)
                .with_context(|| format!("cannot remove {}", self.path.display()))
                .map_err(Error::Failed),
            _ => Ok(()),
        }
    }

    fn begin(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent().filter(|it| !it.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).open(&self.path)?;
        file.try_lock().map_err(|_| io::Error::from(ErrorKind::WouldBlock))?;
        file.write_all(self.header.line().as_bytes())?;
        Ok(file)
    }
}

impl Store for Journal {
    fn get(&self, variant: usize, replication: u32) -> Option<Vec<u8>> {
        self.kept.as_ref()?.get(variant, replication)
    }

    fn put(&self, variant: usize, replication: u32, run: &[u8]) {
        let record = record(variant, replication, run);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Open::NotYet = *open {
            *open = self.begin().map_or_else(Open::Failed, Open::File);
        }
        if let Open::File(file) = &mut *open
            && let Err(error) = record.and_then(|record| file.write_all(&record))
        {
            *open = Open::Failed(error);
        }
    }
}
