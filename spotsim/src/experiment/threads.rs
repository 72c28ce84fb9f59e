//! The threads of one experiment: a pool of its own, so that a program that uses this library keeps
//! its own.

use std::thread::available_parallelism;

use anyhow::Context;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::Error;

/// More threads than this for each core only get in one another's way.
const THREADS_A_CORE: usize = 4;

/// A pool for `replications` of which each takes one thread.
pub(super) fn pool(wanted: Option<usize>, replications: u32) -> Result<ThreadPool, Error> {
    let cores = available_parallelism().map_or(1, usize::from);
    let mut builder = ThreadPoolBuilder::new();
    if let Some(wanted) = wanted {
        builder = builder.num_threads(started(wanted, replications, cores));
    }
    builder.build().context("cannot start threads").map_err(Error::Failed)
}

/// How many threads are started of those that were asked for.
fn started(wanted: usize, replications: u32, cores: usize) -> usize {
    let useful = usize::try_from(replications).unwrap_or(usize::MAX);
    wanted.min(useful).min(cores.saturating_mul(THREADS_A_CORE)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_thread_is_started_that_has_nothing_to_do() {
        assert_eq!(started(usize::MAX, 1, 2), 1);
        assert_eq!(started(usize::MAX, 300, 2), 8);
        assert_eq!(started(3, 300, 2), 3);
        assert_eq!(started(16, 300, 64), 16);
    }
}
