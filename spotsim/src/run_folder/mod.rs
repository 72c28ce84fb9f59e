//! The run folder: what an experiment leaves behind, to look into, to share and to make again.

mod contents;
mod differences;
mod explain_node;
mod explain_pod;
mod kept;
mod requests;

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use reports::Summary;
use reports::export::manifest::{File, Manifest, Origin};
use scenarios::Scenario;
use scenarios::inputs::sha256;
use scenarios::limits::REPLICATIONS;
use sim::Stop;

pub(crate) use contents::{REPLICATIONS_TABLE, SCENARIO};
pub use kept::KeptRun;

use contents::{Contents, MANIFEST};

use crate::Error;
use crate::atomic_write::folder::{self, Draft, Unpublished};
use crate::atomic_write::sibling::Sibling;
use crate::comparison::Results;

/// How many names an error lists.
const LISTED: usize = 5;

/// What was found where a run folder was to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// Nothing, or something that was to be replaced.
    New,
    /// The same files, byte for byte.
    AlreadyThere,
    /// Nothing: the user wanted to stop. What was there is there.
    Stopped,
}

/// A run folder that is to be written.
pub struct RunFolder {
    /// Where.
    pub path: PathBuf,
    /// Whether to replace another run that is already there.
    pub force: bool,
    /// Where the scenario comes from.
    pub origin: Origin,
}

impl RunFolder {
    /// Refuses a place that holds something else than a run, or where nothing can be written, before
    /// any time is spent on it.
    pub fn check(&self) -> Result<(), Error> {
        let path = self.path.display();
        let refused = |what: anyhow::Error| {
            Err(Error::Refused(what.context("nothing was simulated; choose another --out")))
        };
        match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return refused(anyhow!("cannot write {path}: {error}")),
            Ok(_) if !self.path.exists() => {
                return refused(anyhow!("{path} is a link, and what it leads to is not there"));
            }
            Ok(_) if !folder::is_occupied(&self.target()) => {}
            Ok(_) if read(&self.path).is_err() => {
                return refused(anyhow!("{path} is there and is not a run folder"));
            }
            Ok(_) if self.force => {
                if let Some(more) = more_than_a_run(&self.path) {
                    return refused(more);
                }
            }
            Ok(_) => {}
        }
        // What can be written beside the folder, or beside the first folder that is to be made for
        // it, is tried: an hour of simulation is too long to wait for the answer.
        let target = self.target();
        let there = target.ancestors().skip(1).find(|folder| folder.exists());
        let beside = there.filter(|folder| !folder.as_os_str().is_empty());
        Sibling::begin(beside.unwrap_or(Path::new("."))).map(drop).map_err(|error| {
            let what = format!("cannot write {path}; nothing was simulated");
            Error::Failed(anyhow::Error::new(error).context(what))
        })
    }

    /// Writes it, unless it is already there or no longer wanted.
    pub fn write(
        &self,
        results: &Results<'_>,
        summary: &Summary,
        stop: Stop<'_>,
    ) -> Result<Written, Error> {
        let contents = Contents { origin: &self.origin, results, summary };
        let cannot = |error: anyhow::Error| Error::Failed(error.context(self.as_before()));
        let draft = Draft::begin(&self.target(), stop).map_err(|error| cannot(error.into()))?;
        let mut files = Vec::new();
        let written = contents.each(stop, |name, fill| {
            files.push(draft.write(name, |out| fill(out))?);
            Ok(())
        });
        match written {
            Err(_) if stop.is_wanted() => return Ok(Written::Stopped),
            other => other.map_err(cannot)?,
        }
        let manifest = contents.manifest(files);
        if let Some(there) = self.there(&manifest) {
            return there;
        }
        let text = manifest.to_json() + "\n";
        let written = draft.write(MANIFEST, |out| out.write_all(text.as_bytes()));
        let published = written.map_err(Unpublished::Untouched).and_then(|_| {
            let is_a_run = |folder: &Path| more_than_a_run(folder).is_none();
            draft.publish(if self.force { Some(&is_a_run) } else { None })
        });
        match published {
            Ok(()) => Ok(Written::New),
            Err(Unpublished::Untouched(_)) if stop.is_wanted() => Ok(Written::Stopped),
            Err(Unpublished::Untouched(error)) => Err(cannot(error.into())),
            // It came there in the meantime.
            Err(Unpublished::Occupied) => self.there(&manifest).unwrap_or_else(|| {
                let what = more_than_a_run(&self.path);
                let what = what.unwrap_or_else(|| anyhow!("{} changes", self.path.display()));
                Err(Error::Refused(what.context("not written; choose another --out")))
            }),
            Err(Unpublished::Unsure { error, old }) => Err(self.unsure(error, old)),
            Err(Unpublished::Gone { error, old }) => {
                let (path, old) = (self.path.display(), old.display());
                let what = format!("cannot write {path}; the run that was there is in {old} now");
                Err(Error::Failed(anyhow::Error::new(error).context(what)))
            }
        }
    }

    /// Where it is, if it is reached through links: those stay.
    fn target(&self) -> PathBuf {
        self.path.canonicalize().unwrap_or_else(|_| self.path.clone())
    }

    /// That nothing has changed where it was to be.
    fn as_before(&self) -> String {
        let what = if folder::is_occupied(&self.target()) {
            "what was there is as it was"
        } else {
            "nothing was left there"
        };
        format!("cannot write {}; {what}", self.path.display())
    }

    fn unsure(&self, error: io::Error, old: Option<PathBuf>) -> Error {
        let old = old.map_or(String::new(), |old| {
            let until = "until another run is written beside it";
            format!("; the run that was there is in {} {until}", old.display())
        });
        let path = self.path.display();
        let what =
            format!("{path} is written, and may not be there any more after a power failure{old}");
        Error::Failed(anyhow::Error::new(error).context(what))
    }

    /// What to do about what is where it is to be written; nothing if it can be.
    fn there(&self, manifest: &Manifest) -> Option<Result<Written, Error>> {
        if !folder::is_occupied(&self.target()) {
            return None;
        }
        let damaged = differing(&self.path, manifest);
        let path = self.path.display();
        let (what, help) = match damaged.as_deref() {
            Some([]) => return Some(Ok(Written::AlreadyThere)),
            _ if self.force => return None,
            Some(names) => {
                let names = listed(names);
                let what = anyhow!("{path} holds this run, but not as it was written: {names}");
                (what, "not written; pass --force to write it anew")
            }
            None => {
                (anyhow!("{path} holds another run"), "not written; pass --force to replace it")
            }
        };
        Some(Err(Error::Refused(what.context(help))))
    }
}

/// The manifest of a run folder.
fn read(folder: &Path) -> anyhow::Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = folder::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let parsed = Manifest::from_json(&String::from_utf8_lossy(&text)).and_then(|manifest| {
        match manifest.replications {
            n if n == 0 || REPLICATIONS.exceeded(n as usize) => {
                Err(format!("replications is {n}; a run has 1 to {}", REPLICATIONS.most))
            }
            _ => Ok(manifest),
        }
    });
    parsed.map_err(|error| anyhow!("{} is not a manifest: {error}", path.display()))
}

/// Where a run goes by default: named after the scenario, and after all that it depends on.
pub fn default_path(scenario: &Scenario, seed: u64, n: u32) -> PathBuf {
    let mut all = format!("{} {seed} {n}", env!("CARGO_PKG_VERSION"));
    for input in &scenario.inputs {
        all = format!("{all}\n{} {}", input.sha256, input.file);
    }
    let hash = &sha256(all.as_bytes())[..8];
    let fit = |c: char| if c.is_ascii_alphanumeric() || "._".contains(c) { c } else { '-' };
    let name: String = scenario.name.chars().map(fit).take(60).collect();
    // A leading dot would hide it, a leading dash is an option to every command.
    let name = match name.trim_matches(['.', '-']) {
        "" => "run",
        name => name,
    };
    Path::new("runs").join(format!("{name}-{hash}"))
}

/// The files of a folder that are not as a run has them; none if that folder is of another run.
fn differing(folder: &Path, run: &Manifest) -> Option<Vec<String>> {
    let there = read(folder).ok()?;
    let same = |(there, here): (&_, &_)| there == here;
    if there.digests != run.digests || !there.files.iter().zip(&run.files).all(same) {
        return None;
    }
    let is_there =
        |file: &File| folder::hash(&folder.join(&file.file)).is_ok_and(|there| there == *file);
    let names = run.files.iter().filter(|file| !is_there(file)).map(|file| file.file.clone());
    let mut names: Vec<String> = names.collect();
    // The scenario may have been read from elsewhere: the same run all the same.
    let contents = |manifest: &Manifest| {
        let input = |input: &File| (input.bytes, input.sha256.clone());
        let inputs: Vec<_> = manifest.inputs.iter().map(input).collect();
        let (origin, command) = (run.origin.clone(), run.command.clone());
        (Manifest { inputs: Vec::new(), origin, command, ..manifest.clone() }, inputs)
    };
    if contents(&there) != contents(run) {
        names.push(MANIFEST.into());
    }
    Some(names)
}

/// What is in a folder beside a run, in words; none if it holds a run and nothing else.
fn more_than_a_run(folder: &Path) -> Option<anyhow::Error> {
    let path = folder.display();
    let (manifest, names) = match (read(folder), folder::names(folder)) {
        (Ok(manifest), Ok(names)) => (manifest, names),
        _ => return Some(anyhow!("{path} is not a run folder")),
    };
    let of_the_run = |name: &String| {
        (name == MANIFEST || manifest.files.iter().any(|file| file.file == *name))
            && fs::symlink_metadata(folder.join(name)).is_ok_and(|what| what.is_file())
    };
    let more: Vec<String> = names.into_iter().filter(|name| !of_the_run(name)).collect();
    if more.is_empty() {
        return None;
    }
    Some(anyhow!("{path} holds more than a run, which --force does not replace: {}", listed(&more)))
}

/// The first of some names, and how many more there are.
fn listed(names: &[String]) -> String {
    let mut text = names.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > LISTED {
        text = format!("{text} and {} more", names.len() - LISTED);
    }
    text
}
