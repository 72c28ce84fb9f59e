//! Replications: the same experiment again and again, one thread each.

use rayon::prelude::*;
use sim::Stop;

/// Calls `run` for replications 0 to `n`, in parallel. All plans of a replication belong into one
/// call, so that an experiment which is stopped early has whole pairs. The results come in the order
/// of the replications, so that it cannot be seen which thread was faster. Once `stop` is wanted no
/// further replication begins; those that run look at it themselves, and have no result then. Only
/// those before the first missing one are returned.
pub fn replicate<T: Send>(n: u32, stop: Stop<'_>, run: impl Fn(u32) -> Option<T> + Sync) -> Vec<T> {
    let results: Vec<Option<T>> = (0..n)
        .into_par_iter()
        .map(|replication| if stop.is_wanted() { None } else { run(replication) })
        .collect();
    results.into_iter().map_while(|result| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn what_is_stopped_early_has_no_gaps() {
        let wish = AtomicBool::new(false);
        let results = replicate(1_000, Stop::once(&wish), |replication| {
            wish.fetch_or(replication == 300, Ordering::Relaxed);
            (replication != 200).then_some(replication)
        });
        assert!(results.len() <= 200);
        assert!(results.iter().copied().eq(0..u32::try_from(results.len()).unwrap()));
    }
}
