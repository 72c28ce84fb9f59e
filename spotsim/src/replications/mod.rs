//! Replications that are kept: what each run of an experiment said, so that it need not be simulated
//! again.
//!
//! A [`Journal`] takes each replication once it is finished, so that a run that is interrupted or killed
//! goes on from there. A [`Shards`] is what several machines have made of one run. Either way the facts
//! are the same, and so is all that is made of them, byte for byte.

mod file;
mod journal;
mod shards;

pub use journal::Journal;
pub use shards::{Shard, Shards};

#[cfg(test)]
mod tests {
    use scenarios::{LIBRARY, Scenario};
    use sim::packed::{Packer, unpack};
    use sim::{Fact, Root, SimTime};

    /// Every fact of every scenario of the library is read back as it was said, and nothing that is cut
    /// short is taken for a run.
    #[test]
    fn what_the_library_says_is_read_back() {
        for (name, _) in LIBRARY {
            let scenario = Scenario::library(name).unwrap();
            let root = Root { seed: scenario.seed, replication: 3 };
            let mut packer = Packer::new(Vec::<(SimTime, Fact)>::new());
            let run = sim::run(&scenario.setup, root, &mut packer);
            let (bytes, facts) = packer.finish(&run);
            let mut again = Vec::<(SimTime, Fact)>::new();
            let read = unpack(&bytes, &mut again).unwrap_or_else(|| panic!("{name}"));
            assert!(again == facts, "{name}");
            assert_eq!((read.digest, read.counters), (run.digest, run.counters), "{name}");
            assert!(read.refusals.iter().eq(run.refusals.iter()), "{name}");
            for cut in [0, bytes.len() / 2, bytes.len() - 1] {
                assert!(unpack(&bytes[..cut], &mut Vec::new()).is_none(), "{name}: {cut}");
            }
        }
    }
}
