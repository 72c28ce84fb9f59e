//! Scaling down: which nodes are not needed, and whether their pods fit elsewhere.
//!
//! | module | what it decides |
//! |---|---|
//! | [`eligibility`] | whether a node is looked at: marks on it, and its [`utilization`] |
//! | [`drain`] | whether each pod of a node may be moved |
//! | [`budgets`] | how many pods the PodDisruptionBudgets let go |
//! | [`removal`] | whether all pods of a node fit elsewhere |

pub mod budgets;
pub mod drain;
pub mod eligibility;
pub mod removal;
pub mod utilization;
