//! How nodes and pods live and die: the controllers of a cluster, without its API server.
//!
//! Each part looks at the world and returns the actions it wants.

pub mod admission;
mod boosts;
mod census;
pub mod controllers;
pub mod cpu;
pub mod cron_jobs;
mod daemon_sets;
pub mod deadlines;
mod deletion;
mod deployments;
pub mod disk;
pub mod disks;
pub mod drain;
pub mod eviction_rate;
pub mod gangs;
pub mod hpas;
pub mod jobs;
pub mod kubelets;
pub mod loss;
pub mod memory;
pub mod metrics;
pub mod named_node;
pub mod node_pressure;
pub mod pace;
pub mod pulls;
pub mod restarts;
mod rollouts;
pub mod shutdown;
pub mod stateful_sets;
pub mod taint_manager;
pub mod vpa_updates;
pub mod vpas;
pub mod watched_pods;
