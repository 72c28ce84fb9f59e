//! Clusters, pods and faults drawn at random, for property tests.
//!
//! A strategy draws a *plan*: plain data that is easy to print and that proptest can shrink. A plan
//! becomes a [`sim::world::World`], and [`steps`] then change that world in every way in which a
//! cluster changes: pods come, are bound, stop and end; nodes join, are cordoned, tainted and lost.

pub mod cluster;
pub mod pods;
pub mod steps;
