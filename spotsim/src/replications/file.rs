//! The file of replications: a line that says of which run they are, then a record for each.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use reports::export::manifest::{File, Origin};
use reports::summary::Change;
use scenarios::Scenario;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::comparison::Comparison;

/// The version of this format.
const SCHEMA: &str = "spotsim/replications/v1";
/// The bytes of a hash that stand before a record.
const HASH: usize = 8;
/// The bytes of the numbers that stand before what a run said.
const NUMBERS: usize = 8;
/// The most bytes of a first line.
const LINE: u64 = 1 << 24;

/// Of which run the records of a file are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Header {
    schema: String,
    pub(super) version: String,
    pub(super) scenario: String,
    pub(super) origin: Origin,
    pub(super) inputs: Vec<File>,
    pub(super) changes: Vec<Change>,
    pub(super) seed: u64,
    pub(super) replications: u32,
    /// The names of all variants or settings, in order.
    variants: Vec<String>,
    /// Which shard of how many, from 1; none of a journal.
    pub(super) shard: Option<(u32, u32)>,
}

impl Header {
    pub(super) fn of(
        comparison: &Comparison<'_>,
        origin: &Origin,
        shard: Option<(u32, u32)>,
    ) -> Header {
        let variants = comparison.experiment().variants.into_iter().map(|it| it.name);
        let size = (comparison.seed, comparison.replications);
        Header::new(comparison.scenario, size, (variants.collect(), shard), origin)
    }

    pub(super) fn new(
        scenario: &Scenario,
        (seed, replications): (u64, u32),
        (variants, shard): (Vec<String>, Option<(u32, u32)>),
        origin: &Origin,
    ) -> Header {
        let inputs = scenario.inputs.iter().map(|input| File {
            file: input.file.clone(),
            bytes: input.bytes,
            sha256: input.sha256.clone(),
        });
        let change =
            |(path, value): (&str, &str)| Change { path: path.into(), value: value.into() };
        Header {
            schema: SCHEMA.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            scenario: scenario.name.clone(),
            origin: origin.clone(),
            inputs: inputs.collect(),
            changes: scenario.changes().map(change).collect(),
            seed,
            replications,
            variants,
            shard,
        }
    }

    /// What tells this run from another, in words; none if they are the same run. Where files were read
    /// from is no difference.
    pub(super) fn differs(&self, other: &Header) -> Option<String> {
        let hashes = |it: &Header| it.inputs.iter().map(|it| it.sha256.clone()).collect::<Vec<_>>();
        if self.version != other.version {
            return Some(format!("it was made by spotsim {}, not {}", other.version, self.version));
        }
        if self.scenario != other.scenario {
            return Some(format!(
                "it is of the scenario {}, not of {}",
                other.scenario, self.scenario
            ));
        }
        if hashes(self) != hashes(other) || self.changes != other.changes {
            return Some(
                "it is of another text of the scenario, or of other files that it names".into(),
            );
        }
        if self.seed != other.seed {
            return Some(format!("its seed is {}, not {}", other.seed, self.seed));
        }
        if self.replications != other.replications {
            let (theirs, own) = (other.replications, self.replications);
            return Some(format!("it is a part of {theirs} replications, not of {own}"));
        }
        (self.variants != other.variants).then(|| "it has other variants, or other settings".into())
    }

    pub(super) fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// A run by the numbers of its variant and its replication.
type Key = (usize, u32);

/// Where each record lies: where it begins behind its hash, and how long it is.
pub(super) type Places = BTreeMap<Key, (u64, u64)>;

/// The records of a file, each read when it is asked for: memory does not grow with what runs said.
pub(super) struct Records {
    file: Mutex<fs::File>,
    places: Places,
}

impl Records {
    pub(super) fn new(file: fs::File, places: Places) -> Records {
        Records { file: Mutex::new(file), places }
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// What a run said; none if it is not in the file, or cannot be read any more.
    pub(super) fn get(&self, variant: usize, replication: u32) -> Option<Vec<u8>> {
        let (begin, length) = *self.places.get(&(variant, replication))?;
        let mut body = vec![0; usize::try_from(length).ok()?];
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(begin)).ok()?;
            file.read_exact(&mut body).ok()?;
        }
        let mut run = Vec::new();
        ZlibDecoder::new(body.get(NUMBERS..)?).read_to_end(&mut run).ok()?;
        Some(run)
    }
}

/// A record: its length, a hash, then the numbers and what the run said, compressed.
pub(super) fn record(variant: usize, replication: u32, run: &[u8]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    body.extend_from_slice(&u32::try_from(variant).unwrap_or(u32::MAX).to_le_bytes());
    body.extend_from_slice(&replication.to_le_bytes());
    let mut packed = ZlibEncoder::new(body, Compression::fast());
    packed.write_all(run)?;
    let body = packed.finish()?;
    let mut record = (body.len() as u64).to_le_bytes().to_vec();
    record.extend_from_slice(&Sha256::digest(&body)[..HASH]);
    record.extend_from_slice(&body);
    Ok(record)
}

/// A file of replications: its header, where its whole records lie, and how many bytes it has up to the end
/// of these. What follows a record that is not whole is left out: its writer was killed.
///
/// # Errors
/// If it cannot be read; why it is no such file.
pub(super) fn read(from: &mut impl BufRead) -> io::Result<Result<(Header, Places, u64), String>> {
    let mut line = Vec::new();
    from.by_ref().take(LINE).read_until(b'\n', &mut line)?;
    let header = match header(&line) {
        Ok(header) => header,
        Err(why) => return Ok(Err(why)),
    };
    let mut places = Places::new();
    let mut whole = line.len() as u64;
    while let Some((key, length)) = next(from)? {
        let begin = whole + (8 + HASH) as u64;
        places.insert(key, (begin, length));
        whole = begin + length;
    }
    Ok(Ok((header, places, whole)))
}

/// What the first line says.
fn header(line: &[u8]) -> Result<Header, String> {
    let line = line.strip_suffix(b"\n").ok_or("it has no first line")?;
    #[derive(Deserialize)]
    struct Version {
        schema: String,
    }
    let version: Version =
        serde_json::from_slice(line).map_err(|_| "it is no file of replications".to_owned())?;
    if version.schema != SCHEMA {
        return Err(format!("its schema is {}, not {SCHEMA}", version.schema));
    }
    serde_json::from_slice(line).map_err(|error| error.to_string())
}

/// Of which run the next record is, and how long it is behind its hash; none if it is not whole.
fn next(from: &mut impl Read) -> io::Result<Option<(Key, u64)>> {
    let mut head = Vec::new();
    from.by_ref().take((8 + HASH) as u64).read_to_end(&mut head)?;
    let Some((length, hash)) = head.split_first_chunk::<8>() else { return Ok(None) };
    let length = u64::from_le_bytes(*length);
    // No more is held than there is, whatever the length says.
    let mut body = Vec::new();
    from.by_ref().take(length).read_to_end(&mut body)?;
    if body.len() as u64 != length || Sha256::digest(&body)[..HASH] != *hash {
        return Ok(None);
    }
    let Some((numbers, _)) = body.split_first_chunk::<NUMBERS>() else { return Ok(None) };
    let [v0, v1, v2, v3, r0, r1, r2, r3] = *numbers;
    let variant = usize::try_from(u32::from_le_bytes([v0, v1, v2, v3]));
    let replication = u32::from_le_bytes([r0, r1, r2, r3]);
    Ok(variant.ok().map(|variant| ((variant, replication), length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_records_are_read_wherever_a_file_is_cut() {
        let scenario = Scenario::library("web-on-spot").unwrap();
        let comparison = Comparison { replications: 3, ..Comparison::of(&scenario) };
        let header = Header::of(&comparison, &Origin::Bundled("web-on-spot".into()), None);
        let mut bytes = header.line().into_bytes();
        let mut ends = vec![bytes.len()];
        for number in 0..3_u8 {
            bytes.extend(record(1, number.into(), &[number; 100]).unwrap());
            ends.push(bytes.len());
        }
        for cut in ends[0]..=bytes.len() {
            let (again, places, whole) = read(&mut &bytes[..cut]).unwrap().unwrap();
            let before = ends.iter().filter(|end| **end <= cut).count() - 1;
            assert_eq!((again, places.len()), (header.clone(), before));
            assert_eq!(whole, ends[before] as u64);
        }
        let (_, places, _) = read(&mut &bytes[..]).unwrap().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let records = Records::new(file, places);
        for number in [2, 0, 1] {
            assert_eq!(records.get(1, number.into()), Some(vec![number; 100]));
        }
        assert_eq!((records.get(0, 2), records.get(1, 3)), (None, None));
        // A bit that is not as it was ends what is whole.
        let at = ends[1] + 30;
        bytes[at] ^= 1;
        assert_eq!(read(&mut &bytes[..]).unwrap().unwrap().1.len(), 1);
        for wrong in ["{}\n", "x", ""] {
            assert!(read(&mut wrong.as_bytes()).unwrap().is_err(), "{wrong}");
        }
    }
}
