//! Kubernetes objects as they are written: every mistake at its place, nothing dropped in silence.
//!
//! ```text
//! text ─► tree (where everything stands) ─► admission (what the API server refuses) ─► kube (types)
//!                                                        unmodelled (what the types do not have) ◄─┘
//! ```
//!
//! [`load`] leads files through all of it. Nothing here knows what is made of the objects.

pub mod accessibility;
pub mod admission;
pub mod context;
pub mod diagnostic;
pub mod inputs;
pub mod kube;
pub mod limit_ranges;
pub mod limits;
pub mod lines;
pub mod load;
mod origin;
pub mod pod_security;
pub mod quantity;
pub mod reading;
pub mod tree;
pub mod unmodelled;
