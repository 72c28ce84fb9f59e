//! The Cluster Autoscaler: node groups, and how large each is to be.
//!
//! | module | what it decides |
//! |---|---|
//! | [`scale_up`] | which node groups grow for pending pods: [`equivalence`], [`estimator`], [`expander`] |
//! | [`similar`], [`balance`] | which groups are alike, and how they share what is added |
//! | [`scale_down`] | which nodes are not needed, and whether their pods fit elsewhere |
//! | [`backoff`] | which groups have failed, and are left alone for a while |
//! | `control` | the loop: when it looks, and what goes on meanwhile |
//! | [`program`], [`config`] | how it is configured: the flags, by their names |
//! | [`snapshot`] | the nodes in its own order, and the scheduler's filters |

pub mod backoff;
pub mod balance;
pub mod config;
mod control;
pub mod equivalence;
pub mod estimator;
pub mod expander;
pub mod node_group;
pub mod program;
pub mod requests;
pub mod scale_down;
pub mod scale_up;
pub mod similar;
pub mod snapshot;

pub use program::ClusterAutoscaler;

/// The resource that GPUs are.
// Cluster Autoscaler: utils/gpu/gpu.go ResourceNvidiaGPU
const GPU: &str = "nvidia.com/gpu";
