//! The simulator: a queue of events moves a world, and every change is a fact.
//!
//! ```text
//!              Setup ──► Agenda ──pop──► Event ──one match──► World (verbs) ──► Fact ──► Sink
//!                          ▲                                    │
//!                          └──────── later events ◄── Action ◄──┘ policies see &World
//! ```
//!
//! Three nouns carry time, and the grammar keeps them apart: an [`event::Event`] is what *will*
//! happen, an [`action::Action`] is what a policy *wants*, a [`fact::Fact`] is what *did*
//! happen.
//!
//! This crate performs no IO, reads no clock and knows no file format. A run is a function of a
//! [`setup::Setup`] and a [`rng::Root`]; the same inputs give the same facts on every machine.
//!
//! ```
//! use sim::market::Market;
//! use sim::{Root, Setup, Span};
//! use sim::model::Model;
//!
//! let model = Model::default(); // no pools, no workloads: a very quiet week
//! let week = Span::from_hours(168);
//! let aws = sim::providers::named("aws").expect("aws is modelled");
//! let setup = Setup::new(model, Market::default(), aws, Span::ZERO, week)?;
//!
//! let mut facts = Vec::new();
//! let run = sim::run(&setup, Root { seed: 42, replication: 0 }, &mut facts);
//! assert!(facts.is_empty());
//! assert_eq!(run.counters.events, 0);
//! # Ok::<(), sim::setup::SetupError>(())
//! ```
//!
//! # Where to add
//!
//! | to add | write | and one line in |
//! |---|---|---|
//! | a scheduler plugin | a file in [`scheduler::plugins`] | [`scheduler::plugins::IN_TREE`] |
//! | a provider | a file in [`providers`] | [`providers::PROVIDERS`] |
//! | a model of prices | a file in [`market::prices`] | the scenario crate's list of them |
//! | a model of reclaims | a file in [`market::reclaims`] | the scenario crate's list of them |
//! | a model of usage | a file in [`usage`] | the match in [`usage`] |
//! | an event | a variant with its rank in [`event::Event`] | the match in [`engine`] |

// Layer 0: values.
pub mod digest;
pub mod money;
pub mod names;
pub mod rng;
pub mod stop;
pub mod table;
pub mod time;
// Layer 1: what a scenario says. Layer 2: what of that no run obeys, and what happens. Layer 3: what
// stands, and what is wanted.
pub mod action;
pub mod fact;
pub mod model;
pub mod terms;
pub mod world;
// Layer 4: policies that know the world.
pub mod autoscalers;
pub mod controllers;
pub mod kubelet;
pub mod load;
pub mod market;
pub mod providers;
pub mod scheduler;
pub mod usage;
// Layer 5: policies that know other policies.
pub mod lifecycle;
// Layer 6: the engine.
pub mod agenda;
pub mod engine;
pub mod event;
pub mod outcome;
pub mod packed;
pub mod setup;
pub mod start_up;

pub use engine::{run, run_unless};
pub use fact::{Fact, Sink};
pub use money::{Cost, MicroUsdPerHour};
pub use outcome::{Legend, Run};
pub use plain;
pub use rng::Root;
pub use setup::Setup;
pub use stop::Stop;
pub use time::{SimTime, Span};
