//! Warnings that a reviewer would raise before anything is simulated.
//!
//! A rule is a code with its words, and a function that looks at everything at once; [`RULES`] is
//! their order.

mod admission;
mod autoscalers;
mod budgets;
mod collect;
mod input;
mod matching;
mod pods;
mod pools;
mod workloads;

use std::path::PathBuf;

use sim::providers::Provider;

use crate::code::Code;
use crate::diagnostic::Diagnostics;
use input::ReviewInput;

/// A rule of the review.
pub struct Rule {
    /// What it finds, why that is worth a word, an example, and what to do.
    pub code: Code,
    check: fn(&ReviewInput, &mut Diagnostics),
}

/// Every rule, in the order of its code.
pub static RULES: &[Rule] = &[
    Rule { code: budgets::BLOCKS_DRAINS, check: budgets::blocks_drains },
    Rule { code: budgets::PROTECTS_NO_POD, check: budgets::protects_no_pod },
    Rule { code: budgets::TWO_FOR_ONE, check: budgets::two_for_one },
    Rule { code: pods::GRACE_BEYOND_NOTICE, check: pods::grace_beyond_notice },
    Rule { code: pods::PRE_STOP_TAKES_ALL, check: pods::pre_stop_takes_all },
    Rule { code: pods::NO_REQUESTS, check: pods::no_requests },
    Rule { code: pods::NEVER_EVICTED, check: pods::never_evicted },
    Rule { code: pods::DATA_ON_NODE, check: pods::data_on_node },
    Rule { code: workloads::SINGLETON, check: workloads::singleton },
    Rule { code: workloads::NO_ZONE_SPREAD, check: workloads::no_zone_spread },
    Rule { code: workloads::BARE_POD, check: workloads::bare_pod },
    Rule { code: workloads::GIVES_UP, check: workloads::gives_up },
    Rule { code: pools::ONE_TYPE, check: pools::one_type },
    Rule { code: pools::ONE_ZONE, check: pools::one_zone },
    Rule { code: autoscalers::SAME_METRIC, check: autoscalers::same_metric },
    Rule { code: admission::NEVER_ADMITTED, check: admission::never_admitted },
];

/// Reviews files together, scenarios and manifests alike. `provider` is whose nodes they are where
/// no scenario says so. What cannot be read is an error among the findings.
#[must_use]
pub fn review(files: &[PathBuf], provider: &'static Provider) -> Diagnostics {
    let mut found = Diagnostics::default();
    let mut input = ReviewInput::new(provider);
    input.read(files, &mut found);
    input.complete();
    RULES.iter().for_each(|rule| (rule.check)(&input, &mut found));
    found.by_place()
}
