//! Karpenter: which nodes it launches for pods that wait, and which it removes.
//!
//! The rules are those of the 1.13 line, and are cited by their files upstream. They work on values of
//! their own ([`input`]) and know no file format; the [`keeper`] alone knows a simulator's world.
//!
//! | module | what is there |
//! |---|---|
//! | [`input`] | a cluster as one pass sees it |
//! | [`requirement`], [`requirements`] | which labels nodes may have, as sets |
//! | [`provisioning`] | what is launched for pods that wait |
//! | [`disruption`] | what is removed or replaced |
//! | [`keeper`] | the program in a run of the simulator |

pub mod disruption;
mod host_ports;
pub mod input;
pub mod keeper;
pub mod keys;
mod memory;
mod pods;
pub mod provisioning;
mod refusal;
pub mod requirement;
pub mod requirements;
pub mod resources;
mod selector;
mod snapshot;
mod state;
mod tolerance;
mod topology;
mod volume_topology;

pub use memory::{Memory, Since};
