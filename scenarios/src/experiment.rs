//! Replications: the same setup under many draws, one thread per run.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use sim::{Root, Run, Setup, Sink};

/// Runs replications 0 to `n` of `setup`. Each gets a sink from `make`; the results come in the
/// order of the replications, so that it cannot be seen which thread was faster. Once `stop` is set
/// no further replication begins, and only those before the first missing one are returned.
pub fn replicate<F: Sink + Send>(
    setup: &Setup,
    seed: u64,
    n: u32,
    stop: &AtomicBool,
    make: impl Fn() -> F + Sync,
    done: impl Fn() + Sync,
) -> Vec<(F, Run)> {
    let results: Vec<Option<(F, Run)>> = (0..n)
        .into_par_iter()
        .map(|replication| {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let mut sink = make();
            let run = sim::run(setup, Root { seed, replication }, &mut sink);
            done();
            Some((sink, run))
        })
        .collect();
    results.into_iter().map_while(|result| result).collect()
}
