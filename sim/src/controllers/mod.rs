//! The rules of the workload controllers of Kubernetes 1.36, one sync each: functions of what a
//! controller sees, without a world and without memory.
//!
//! `lifecycle/controllers.rs` remembers what these are asked about, and does what they answer. The eviction
//! API, which no controller is, is in `world/eviction.rs`.

pub mod daemon_set;
pub mod deployment;
pub mod disruption;
pub mod replica_set;
pub mod stateful_set;
