//! Folds: each reads the facts of one run as they come, and keeps one kind of figure.

pub mod arrivals;
pub mod availability;
pub mod batch;
pub mod budgets;
pub mod capacity;
pub mod declared;
pub mod disruption;
pub mod fates;
pub mod fit;
pub mod impact;
pub mod overuse;
pub mod pending;
pub mod percentiles;
pub mod placed;
pub mod rare;
pub mod rollouts;
pub mod roster;
pub mod scaling;
pub mod series;
pub mod start_up;
pub mod usage;
pub(crate) mod users;
pub mod utilisation;
pub mod volumes;
