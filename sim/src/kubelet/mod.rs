//! What a kubelet decides by itself: who is killed when memory is out, who is evicted under pressure, who
//! is admitted, and when a container starts again.
//!
//! Rules only: they see amounts and instants, and return decisions. What pods use is given to them, and
//! what follows from a decision is the engine's.

pub mod admission;
pub mod back_off;
pub mod config;
pub mod cpu;
pub mod eviction;
pub mod local_storage;
pub mod metrics_server;
pub mod oom;
pub mod pod;
pub mod ranking;
pub mod signals;
pub mod thresholds;
