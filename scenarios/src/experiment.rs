//! Replications: the same experiment again and again, one thread each.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

/// Calls `run` for replications 0 to `n`, in parallel. All plans of a replication belong into one
/// call, so that an experiment which is stopped early has whole pairs. The results come in the order
/// of the replications, so that it cannot be seen which thread was faster. Once `stop` is set no
/// further replication begins, and only those before the first missing one are returned.
pub fn replicate<T: Send>(n: u32, stop: &AtomicBool, run: impl Fn(u32) -> T + Sync) -> Vec<T> {
    let results: Vec<Option<T>> = (0..n)
        .into_par_iter()
        .map(|replication| (!stop.load(Ordering::Relaxed)).then(|| run(replication)))
        .collect();
    results.into_iter().map_while(|result| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stopped_early_has_no_gaps() {
        let stop = AtomicBool::new(false);
        let results = replicate(1_000, &stop, |replication| {
            stop.fetch_or(replication == 300, Ordering::Relaxed);
            replication
        });
        assert!(results.len() < 1_000);
        assert!(results.iter().copied().eq(0..u32::try_from(results.len()).unwrap()));
    }
}
