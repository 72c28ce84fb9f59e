//! What comes out of a run, besides its facts.

use std::sync::Arc;

use plain::plain;

use crate::fact::refusal::Refusals;
use crate::model::Model;
use crate::providers::Provider;
use crate::setup::Setup;
use crate::terms::Terms;
use crate::time::SimTime;

/// What gives the ids in facts their names and prices: the same for all runs of a [`Setup`].
#[derive(Clone)]
pub struct Legend {
    /// Names, the catalogue, workloads and pools.
    pub model: Arc<Model>,
    /// The contract, and what else no run obeys.
    pub terms: Arc<Terms>,
    /// The cloud, with its billing rules.
    pub provider: &'static Provider,
    /// The window over which figures are taken begins here, and includes this instant.
    pub from: SimTime,
    /// It ends here, and excludes this instant.
    pub to: SimTime,
}

impl Legend {
    /// The legend of all runs of `setup`. Every name in it is plain text, so that it can
    /// be shown anywhere.
    #[must_use]
    pub fn of(setup: &Setup) -> Legend {
        Legend {
            model: shown(&setup.model),
            terms: Arc::clone(&setup.terms),
            provider: setup.provider,
            from: SimTime::ZERO + setup.warm_up,
            to: setup.horizon,
        }
    }
}

/// The model under names that can be shown.
fn shown(model: &Arc<Model>) -> Arc<Model> {
    match model.names.changed(plain) {
        None => Arc::clone(model),
        Some(names) => {
            let mut model = Model::clone(model);
            model.names = names;
            Arc::new(model)
        }
    }
}

/// The end of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// A hash of every fact, in order: equal digests are equal runs.
    pub digest: u64,
    /// How much work it was.
    pub counters: Counters,
    /// The summaries that facts refer to by number.
    pub refusals: Refusals,
}

/// How much work a run was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Events taken from the agenda.
    pub events: u64,
    /// Scheduling cycles.
    pub cycles: u64,
    /// Pods created.
    pub pods: u64,
    /// Nodes launched.
    pub nodes: u64,
}
