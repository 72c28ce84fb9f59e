//! Karpenter's decision core.

mod algebra;
mod disruption;
mod memory;
mod provisioning;
mod worlds;
