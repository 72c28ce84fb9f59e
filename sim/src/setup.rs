//! What a simulation needs: the hand-over from what describes a scenario.

use std::sync::Arc;

use crate::market::Market;
use crate::model::Model;
use crate::model::catalog::CapacityType;
use crate::providers::Provider;
use crate::providers::interruption::Interruption;
use crate::scheduler::profile::{Configuration, Profile};
use crate::start_up::StartUp;
use crate::time::{LONGEST_HORIZON, SimTime, Span};

/// A scenario, ready to run any number of times. Once accepted by [`Setup::new`] it cannot fail.
#[derive(Clone)]
pub struct Setup {
    /// What is to run on what.
    pub model: Arc<Model>,
    /// The spot market.
    pub market: Market,
    /// The cloud.
    pub provider: &'static Provider,
    /// What becomes of the pods of an instance that is taken: the cloud's way, unless it is
    /// replaced.
    pub interruption: Interruption,
    /// How long it takes until the containers of a pod can start; by default no time at all.
    pub start_up: StartUp,
    /// The scheduler's profiles, with their plugins.
    pub scheduler: Configuration,
    /// How long a scheduling cycle takes; nothing means that decisions take no time.
    pub cycle_takes: Span,
    /// When figures begin to count.
    pub warm_up: Span,
    /// When the simulation ends.
    pub horizon: SimTime,
}

/// Why a scenario cannot be simulated.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SetupError {
    /// There is no time to simulate.
    #[error("the warm-up ({warm_up}) must end before the horizon ({horizon})")]
    NoWindow {
        /// The warm-up.
        warm_up: Span,
        /// The horizon.
        horizon: Span,
    },
    /// The horizon is out of range.
    #[error("the horizon ({horizon}) is longer than ten years")]
    HorizonTooLong {
        /// The horizon.
        horizon: Span,
    },
    /// A pool cannot launch anything.
    #[error("pool {pool:?} has nodes but nothing to launch them from")]
    EmptyPool {
        /// Its name.
        pool: String,
    },
    /// A reclaim rate is not a rate.
    #[error("the reclaim rate of instance type {instance_type:?} is {rate}, which is not a rate")]
    BadRate {
        /// The instance type.
        instance_type: String,
        /// What was given, per instance-hour.
        rate: String,
    },
}

impl Setup {
    /// Checks everything that could make a run fail.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn new(
        model: Model,
        market: Market,
        provider: &'static Provider,
        warm_up: Span,
        horizon: Span,
    ) -> Result<Setup, SetupError> {
        if horizon > LONGEST_HORIZON {
            return Err(SetupError::HorizonTooLong { horizon });
        }
        if warm_up >= horizon {
            return Err(SetupError::NoWindow { warm_up, horizon });
        }
        if let Some(pool) = model.pools.rows().find(|p| p.size > 0 && p.templates.is_empty()) {
            return Err(SetupError::EmptyPool { pool: model.names.text(pool.name).into() });
        }
        for offering in model.catalog.offerings.rows() {
            let rate = offering.reclaims_per_hour;
            if !rate.is_finite() || rate < 0.0 {
                let name = model.catalog.instance_types[offering.instance_type].name;
                return Err(SetupError::BadRate {
                    instance_type: model.names.text(name).into(),
                    rate: rate.to_string(),
                });
            }
        }
        Ok(Setup {
            model: Arc::new(model),
            market,
            provider,
            interruption: provider.interruption,
            start_up: StartUp::default(),
            scheduler: Profile::default().into(),
            cycle_takes: Span::ZERO,
            warm_up,
            horizon: SimTime::ZERO + horizon,
        })
    }

    /// The same workload on the same pools, all of them on-demand: at the contract's on-demand price
    /// and never taken. The contract stays as it is, its commitments too.
    /// Labels and taints stay as they are, so that the same pods may run on the same nodes.
    #[must_use]
    pub fn on_demand(&self) -> Setup {
        let mut model = Model::clone(&self.model);
        let ids: Vec<_> = model.catalog.offerings.ids().collect();
        for id in ids {
            let price = model.catalog.instance_type(id).on_demand;
            let offering = &mut model.catalog.offerings[id];
            offering.capacity_type = CapacityType::OnDemand;
            offering.price = price;
            offering.reclaims_per_hour = 0.0;
        }
        Setup { model: Arc::new(model), ..self.clone() }
    }
}
