//! Clusters, pods and faults drawn at random, and rules to hold them against: for property tests.
//!
//! A strategy draws a *plan*: plain data that is easy to print and that proptest can shrink.
//!
//! | to test | draw | look at |
//! |---|---|---|
//! | a world after anything has happened to it | [`cluster::clusters`], [`steps::steps`] | the world, with [`rules::holds`] |
//! | a whole run of a scenario of your own | [`faults::faults`] | every moment, with [`moments::at_every_moment`] |
//!
//! [`golden`] reads cases that another program has answered. [`pods`] are the kinds of pods that clusters are drawn with, [`profiles`] configure the scheduler,
//! [`cases`] says on how many draws a property is tried. `docs/testing.md` tests a rule of a team from
//! beginning to end.

mod cases;
pub mod cluster;
pub mod faults;
pub mod golden;
pub mod moments;
mod node_labels;
pub mod pods;
pub mod profiles;
pub mod rules;
pub mod steps;

pub use cases::cases;
