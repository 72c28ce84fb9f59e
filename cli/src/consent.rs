//! What is too large to begin without consent, and how many threads are started at most.

use std::thread::available_parallelism;

use scenarios::{Diagnostics, Scenario};

use crate::Outcome;
use crate::failure::Failure;

/// More threads than this for each core only get in one another's way.
const THREADS_A_CORE: usize = 4;

/// Refuses replications, of several simulations each, that take more than is likely to be meant, unless
/// `large` consents.
pub(crate) fn admit(
    scenario: &Scenario,
    replications: u32,
    simulations: u32,
    (large, json): (bool, bool),
) -> Outcome {
    let today = scenario.today.as_deref().map(|today| (today, 1));
    let refusals = [(scenario, simulations)]
        .into_iter()
        .chain(today)
        .filter_map(|(plan, times)| plan.estimate.refusal(replications, times).filter(|_| !large));
    let mut diagnostics = Diagnostics::default();
    refusals.for_each(|refusal| diagnostics.push(refusal));
    if diagnostics.is_empty() { Ok(()) } else { Err(Failure::Input { diagnostics, json }) }
}

/// Makes the choice of threads for the whole program, if there is one.
pub(crate) fn use_threads(threads: Option<u16>, replications: u32) -> Outcome {
    let Some(threads) = threads else { return Ok(()) };
    let cores = available_parallelism().map_or(1, usize::from);
    rayon::ThreadPoolBuilder::new()
        .num_threads(started(threads, replications, cores))
        .build_global()
        .map_err(|error| Failure::Internal(error.into()))
}

/// How many threads are started of those that were asked for.
fn started(threads: u16, replications: u32, cores: usize) -> usize {
    let useful = usize::try_from(replications).unwrap_or(usize::MAX);
    usize::from(threads).min(useful).min(cores.saturating_mul(THREADS_A_CORE)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_thread_is_started_that_has_nothing_to_do() {
        assert_eq!(started(u16::MAX, 1, 2), 1);
        assert_eq!(started(u16::MAX, 300, 2), 8);
        assert_eq!(started(3, 300, 2), 3);
        assert_eq!(started(16, 300, 64), 16);
    }
}
