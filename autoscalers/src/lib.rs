//! Autoscalers of nodes: which instances a cluster buys for the pods that wait, and which it gives back.
//!
//! Each is a policy behind [`sim::autoscalers::Autoscaler`]: it is shown the world, and answers with
//! actions. The simulator knows none of them.
//!
//! | module | which program |
//! |---|---|
//! | [`karpenter`] | Karpenter, of the 1.13 line |
//! | [`cluster_autoscaler`] | the Cluster Autoscaler of Kubernetes 1.36 |

//!
//! [`cron`] reads the schedules of both budgets and CronJobs.

pub mod cluster_autoscaler;
pub mod cron;
pub mod karpenter;
