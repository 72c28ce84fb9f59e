//! What a scenario says and no run obeys: reports bill by it, and measure by it.

pub mod contract;
pub mod expect;
pub mod metrics;
pub mod rules;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::workload::WorkloadId;
use contract::Contract;
use expect::Expectation;
use rules::Rule;

/// What reports need beside the [`crate::model::Model`], whose names and ids it uses.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// What was agreed with the provider.
    pub contract: Contract,
    /// What is to hold of where pods are.
    pub rules: Vec<Rule>,
    /// What is to hold of figures.
    pub expect: Vec<Expectation>,
    /// How many replicas of a workload have to be available, where the scenario says so.
    pub required: BTreeMap<WorkloadId, u32>,
    /// Workloads whose pods keep data on their nodes' own disks.
    pub local_data: BTreeSet<WorkloadId>,
}
