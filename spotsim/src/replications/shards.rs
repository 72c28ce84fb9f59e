//! Shards: a run in parts that can be made anywhere, and put together again.

use std::fs;
use std::io::{self, BufReader, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::anyhow;
use reports::export::manifest::Origin;
use scenarios::Scenario;
use sim::packed::Packer;
use sim::{Fact, Root, Run, SimTime, Sink, Stop};

use super::file::{Header, Records, read, record};
use crate::Error;
use crate::atomic_write::files::Draft;
use crate::comparison::Comparison;
use crate::experiment::Progress;
use crate::store::Store;

/// How many replications are made before what they said is written down.
const BLOCK: u32 = 256;

/// One part of a run: which, of how many, from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
    number: u32,
    of: u32,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(number, of)| {
            Some(Shard { number: number.parse().ok()?, of: of.parse().ok()? })
        });
        let is_one = |it: &Shard| it.number >= 1 && it.number <= it.of;
        parts.filter(is_one).ok_or_else(|| "write it as 3/16: the third of sixteen".into())
    }
}

impl Shard {
    /// Its replications, of a number in all.
    #[must_use]
    pub fn replications(self, all: u32) -> Range<u32> {
        let end = |number: u32| {
            let share = u64::from(all) * u64::from(number) / u64::from(self.of);
            u32::try_from(share).unwrap_or(all)
        };
        end(self.number - 1)..end(self.number)
    }

    /// Simulates its replications and writes them to a file, whole or not at all; the events that it
    /// took. `seen` is called after each replication.
    ///
    /// # Errors
    /// If a file is there, cannot be written, or a stop was wanted before the last replication.
    pub fn write(
        self,
        comparison: &Comparison<'_>,
        (path, origin): (&Path, &Origin),
        stop: Stop<'_>,
        seen: impl Fn(Progress) + Sync,
    ) -> Result<u64, Error> {
        if path.exists() {
            let what = anyhow!("{} is already there", path.display());
            return Err(Error::Refused(
                what.context("nothing was simulated; choose another --out"),
            ));
        }
        let experiment = comparison.experiment();
        let range = self.replications(comparison.replications);
        let of = range.end - range.start;
        let header = Header::of(comparison, origin, Some((self.number, self.of)));
        let cannot = |error: io::Error| {
            let what = format!("cannot write {}; nothing was written", path.display());
            Error::Failed(anyhow::Error::new(error).context(what))
        };
        let draft = Draft::begin(path).map_err(cannot)?;
        let mut out = BufWriter::new(draft.file());
        out.write_all(header.line().as_bytes()).map_err(cannot)?;
        let mut events = 0;
        // What runs said is written down block by block, so that no more is held at once.
        for first in range.clone().step_by(BLOCK as usize) {
            let block = first..range.end.min(first.saturating_add(BLOCK));
            let (length, done) = (block.len(), first - range.start);
            let mut experiment = experiment.clone();
            for variant in &mut experiment.variants {
                // How many of the first replications there are is said of the whole run.
                variant.limit = variant.limit.map(|limit| limit.saturating_sub(block.start));
            }
            experiment.replications = block.clone();
            let begin = |_, root: Root| Packer::new(Of(root.replication));
            let end = |variant, packer: Packer<Of>, run: Run| {
                let (bytes, Of(replication)) = packer.finish(&run);
                let bytes = record(variant, replication, &bytes);
                bytes.map(|bytes| (bytes, run.counters.events))
            };
            let seen = |it: Progress| {
                seen(Progress { finished: done + it.finished, of });
            };
            let made = experiment.observe(stop, seen, begin, end)?;
            if made.first().is_some_and(|first| first.len() < length) {
                return Err(Error::Stopped);
            }
            for run in made.into_iter().flatten() {
                let (bytes, own) = run.map_err(cannot)?;
                out.write_all(&bytes).map_err(cannot)?;
                events += own;
            }
        }
        out.flush().map_err(cannot)?;
        drop(out);
        draft.publish(path).map_err(cannot)?;
        Ok(events)
    }
}

/// Which replication is written down; facts need not be seen elsewhere.
struct Of(u32);

impl Sink for Of {
    fn fact(&mut self, _: SimTime, _: &Fact) {}
}

/// All parts of a run.
pub struct Shards {
    header: Header,
    records: Vec<Records>,
}

impl Shards {
    /// Reads the parts of one run.
    ///
    /// # Errors
    /// If they are of different runs, or a part is missing, there twice or damaged.
    pub fn read(paths: &[PathBuf]) -> Result<Shards, Error> {
        let mut all: Option<(Shards, &PathBuf)> = None;
        let mut there: Vec<(u32, &PathBuf)> = Vec::new();
        for path in paths {
            let shown = path.display();
            let unread = |error: io::Error| {
                let error = anyhow::Error::new(error).context(format!("cannot read {shown}"));
                Error::Refused(error)
            };
            let file = fs::File::open(path).map_err(unread)?;
            let refused = |why: String| Error::Refused(anyhow!("{shown} cannot be merged: {why}"));
            let (header, places, whole) =
                read(&mut BufReader::new(&file)).map_err(unread)?.map_err(refused)?;
            if whole < file.metadata().map_err(unread)?.len() {
                return Err(refused("it is damaged, or was not written to its end".into()));
            }
            let records = Records::new(file, places);
            let Some((number, of)) = header.shard else {
                return Err(refused("it is the journal of a run, and no shard".into()));
            };
            if let Some((_, other)) = there.iter().find(|(it, _)| *it == number) {
                return Err(refused(format!("{} is shard {number} already", other.display())));
            }
            there.push((number, path));
            match &mut all {
                None => all = Some((Shards { header, records: vec![records] }, path)),
                Some((shards, first)) => {
                    if let Some(why) = shards.header.differs(&header) {
                        return Err(refused(format!("{why}, as {} is", first.display())));
                    }
                    if shards.header.shard.map(|(_, of)| of) != Some(of) {
                        return Err(refused(format!(
                            "it is one of {of} shards, {} of another number",
                            first.display()
                        )));
                    }
                    shards.records.push(records);
                }
            }
        }
        let (shards, _) =
            all.ok_or_else(|| Error::Refused(anyhow!("there is nothing to merge")))?;
        let of = shards.header.shard.map_or(0, |(_, of)| of);
        let missing = (1..=of).filter(|number| !there.iter().any(|(it, _)| it == number));
        let missing: Vec<String> = missing.map(|it| format!("{it}/{of}")).collect();
        if !missing.is_empty() {
            let what = format!("shards are missing: {}", missing.join(", "));
            return Err(Error::Refused(anyhow!(what)));
        }
        Ok(shards)
    }

    /// The seed of the run.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.header.seed
    }

    /// How many replications it has.
    #[must_use]
    pub fn replications(&self) -> u32 {
        self.header.replications
    }

    /// Where its scenario comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.header.origin
    }

    /// The scenario that it was made from; from the file `instead` if that is given.
    ///
    /// # Errors
    /// If the scenario is not there, is wrong, or is another one now.
    pub fn scenario(&self, instead: Option<&Path>) -> Result<Scenario, Error> {
        let scenario = match (instead, &self.header.origin) {
            (Some(file), _) => Scenario::load(file),
            (None, Origin::File(file)) => Scenario::load(Path::new(file)),
            (None, Origin::Bundled(name)) => Scenario::library(name),
        };
        let mut scenario = scenario.map_err(Error::Input)?;
        let changes = self.header.changes.iter();
        let changes: Vec<(&str, &str)> = changes.map(|it| (&it.path[..], &it.value[..])).collect();
        if !changes.is_empty() {
            scenario = scenario.with(&changes).map_err(Error::Input)?;
        }
        let comparison = Comparison {
            seed: self.header.seed,
            replications: self.header.replications,
            ..Comparison::of(&scenario)
        };
        match Header::of(&comparison, &self.header.origin, None).differs(&self.header) {
            None => Ok(scenario),
            Some(why) => Err(Error::Refused(anyhow!("the shards are not of this scenario: {why}"))),
        }
    }
}

impl Store for Shards {
    fn get(&self, variant: usize, replication: u32) -> Option<Vec<u8>> {
        self.records.iter().find_map(|records| records.get(variant, replication))
    }

    fn put(&self, _: usize, _: u32, _: &[u8]) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_all_replications_once() {
        for (all, of) in [(16, 4), (10, 3), (3, 5), (1, 1), (400, 7)] {
            let shards = (1..=of).map(|number| Shard { number, of });
            let each: Vec<u32> = shards.flat_map(|it| it.replications(all)).collect();
            assert!(each.iter().copied().eq(0..all), "{all} in {of}");
        }
        assert_eq!("3/16".parse(), Ok(Shard { number: 3, of: 16 }));
        for wrong in ["0/4", "5/4", "1", "a/b", "1/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
