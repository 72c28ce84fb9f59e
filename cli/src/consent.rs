//! What is too large to begin without consent.

use scenarios::{Diagnostics, Scenario};

use crate::Outcome;
use crate::failure::Failure;

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
