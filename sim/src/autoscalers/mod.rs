//! Autoscalers: policies that decide how many pods there are, how large they are, and on which nodes.

pub mod hpa;
pub mod vpa;
