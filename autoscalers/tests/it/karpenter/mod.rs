//! Karpenter's decision core.

mod algebra;
mod disruption;
mod provisioning;
mod worlds;
