//! Replications: several plans under the same draws, again and again, one thread per replication.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use sim::{Root, Run, Setup, Sink};

/// Runs replications 0 to `n`, each of them on every one of `plans`, so that an experiment which is
/// stopped early has whole pairs. Each run gets a sink from `make`. The results come in the order of
/// the replications, so that it cannot be seen which thread was faster. Once `stop` is set no further
/// replication begins, and only those before the first missing one are returned.
pub fn replicate<F: Sink + Send, const PLANS: usize>(
    plans: [&Setup; PLANS],
    seed: u64,
    n: u32,
    stop: &AtomicBool,
    make: impl Fn(&Setup) -> F + Sync,
    done: impl Fn() + Sync,
) -> Vec<[(F, Run); PLANS]> {
    let results: Vec<Option<[(F, Run); PLANS]>> = (0..n)
        .into_par_iter()
        .map(|replication| {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let pair = plans.map(|setup| {
                let mut sink = make(setup);
                let run = sim::run(setup, Root { seed, replication }, &mut sink);
                (sink, run)
            });
            done();
            Some(pair)
        })
        .collect();
    results.into_iter().map_while(|result| result).collect()
}
