//! Which NodeClaims Karpenter launches for pods that wait, and where it expects each pod.

mod solution;

pub use solution::{NewClaim, Refusal, Refusals, Solution};
