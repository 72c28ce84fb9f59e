//! The file of replications: a line that says of which run they are, then a record for each.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use reports::export::manifest::{File, Origin};
use reports::summary::Change;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::comparison::Comparison;

/// The version of this format.
const SCHEMA: &str = "spotsim/replications/v1";
/// The bytes of a hash that stand before a record.
const HASH: usize = 8;

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
    /// The names of all variants, in order.
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
        let scenario = comparison.scenario;
        let inputs = scenario.inputs.iter().map(|input| File {
            file: input.file.clone(),
            bytes: input.bytes,
            sha256: input.sha256.clone(),
        });
        let change =
            |(path, value): (&str, &str)| Change { path: path.into(), value: value.into() };
        let variants = comparison.experiment().variants;
        Header {
            schema: SCHEMA.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            scenario: scenario.name.clone(),
            origin: origin.clone(),
            inputs: inputs.collect(),
            changes: scenario.changes().map(change).collect(),
            seed: comparison.seed,
            replications: comparison.replications,
            variants: variants.into_iter().map(|it| it.name).collect(),
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
        (self.variants != other.variants).then(|| "it has other variants".into())
    }

    pub(super) fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// What each run said, by the numbers of its variant and its replication.
pub(super) type Records = BTreeMap<(usize, u32), Vec<u8>>;

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

/// A file of replications: its header, its whole records, and how many bytes these take. What follows a
/// record that is not whole is left out: its writer was killed.
pub(super) fn read(bytes: &[u8]) -> Result<(Header, Records, usize), String> {
    let end = bytes.iter().position(|byte| *byte == b'\n').ok_or("it has no first line")?;
    #[derive(Deserialize)]
    struct Version {
        schema: String,
    }
    let line = &bytes[..end];
    let version: Version =
        serde_json::from_slice(line).map_err(|_| "it is no file of replications".to_owned())?;
    if version.schema != SCHEMA {
        return Err(format!("its schema is {}, not {SCHEMA}", version.schema));
    }
    let header: Header = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let mut records = Records::new();
    let mut whole = end + 1;
    while let Some((key, run, length)) = next(&bytes[whole..]) {
        records.insert(key, run);
        whole += length;
    }
    Ok((header, records, whole))
}

/// The first record of some bytes, and how many it takes.
fn next(bytes: &[u8]) -> Option<((usize, u32), Vec<u8>, usize)> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let (hash, rest) = rest.split_at_checked(HASH)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let body = rest.get(..length)?;
    if Sha256::digest(body)[..HASH] != *hash {
        return None;
    }
    let (variant, rest) = body.split_first_chunk::<4>()?;
    let (replication, packed) = rest.split_first_chunk::<4>()?;
    let mut run = Vec::new();
    ZlibDecoder::new(packed).read_to_end(&mut run).ok()?;
    let variant = usize::try_from(u32::from_le_bytes(*variant)).ok()?;
    Some(((variant, u32::from_le_bytes(*replication)), run, 8 + HASH + length))
}

#[cfg(test)]
mod tests {
    use scenarios::Scenario;

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
            let (again, records, whole) = read(&bytes[..cut]).unwrap();
            let before = ends.iter().filter(|end| **end <= cut).count() - 1;
            assert_eq!((again, records.len(), whole), (header.clone(), before, ends[before]));
        }
        let (_, records, _) = read(&bytes).unwrap();
        assert_eq!(records[&(1, 2)], [2; 100]);
        // A bit that is not as it was ends what is whole.
        let at = ends[1] + 30;
        bytes[at] ^= 1;
        assert_eq!(read(&bytes).unwrap().1.len(), 1);
        assert!(read(b"{}\n").is_err() && read(b"x").is_err());
    }
}
