//! Soaking: random scenarios, one after the other, each run to its end with the world recounted
//! after every event; what fails is kept as a file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use scenarios::Scenario;

use crate::brief::{self, Patience};
use crate::generate;
use crate::targets::source;

/// Whole scenarios of the generator, recounted after every event.
const SOAK: Patience = Patience { hours: 48, nodes: 60, pods: 400, events: 60_000, check_every: 1 };

/// What became of one scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It ran, and everything held.
    Held,
    /// It was refused, for this reason.
    Refused(String),
    /// It was not run to its end, because it is too large.
    TooLarge,
    /// Something did not hold.
    Failed,
}

/// The text of the scenario of a seed.
#[must_use]
pub fn text(seed: u64) -> String {
    format!("{:#}\n", generate::scenario(seed))
}

/// Runs a scenario with everything checked. A panic is said on stderr and is a failure.
#[must_use]
pub fn soak(text: &str) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| {
        let scenario = match Scenario::parse(&source(text), None) {
            Ok(scenario) => scenario,
            Err(errors) => return Outcome::Refused(errors.to_string()),
        };
        if brief::run(&scenario, SOAK) { Outcome::Held } else { Outcome::TooLarge }
    }))
    .unwrap_or(Outcome::Failed)
}
