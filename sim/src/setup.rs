//! What a simulation needs: the hand-over from what describes a scenario.

use std::ops::Deref;
use std::sync::Arc;

use crate::autoscalers::program::Program;
use crate::autoscalers::{hpa, vpa};
use crate::kubelet::config::KubeletConfigs;
use crate::load::Load;
use crate::market::Market;
use crate::model::Model;
use crate::model::catalog::CapacityType;
use crate::model::workload::Controller;
use crate::providers::Provider;
use crate::providers::interruption::Interruption;
use crate::scheduler::profile::{Configuration, Profile};
use crate::start_up::StartUp;
use crate::terms::Terms;
use crate::time::{LONGEST_HORIZON, SimTime, Span};

/// A scenario, ready to run any number of times, which cannot fail: it is a [`Draft`] that has been
/// checked, and can be read but not written.
#[derive(Clone)]
pub struct Setup(Draft);

impl Deref for Setup {
    type Target = Draft;

    fn deref(&self) -> &Draft {
        &self.0
    }
}

/// What a simulation needs, while it is put together. [`Draft::check`] makes a [`Setup`] of it.
#[derive(Clone)]
pub struct Draft {
    /// What is to run on what.
    pub model: Arc<Model>,
    /// What else reports need to know of it; by default nothing.
    pub terms: Arc<Terms>,
    /// The spot market.
    pub market: Market,
    /// Which of several clusters on that market this is; 0 for the only one. Draws about its instances
    /// and about what arrives are keyed by it, and those of the market's paths are not.
    pub cluster: u64,
    /// What arrives, generator by generator of the model.
    pub load: Load,
    /// The cloud.
    pub provider: &'static Provider,
    /// What becomes of the pods of an instance that is taken: the cloud's way, unless it is
    /// replaced.
    pub interruption: Interruption,
    /// How long it takes until the containers of a pod can start; by default no time at all.
    pub start_up: StartUp,
    /// The programs that keep pools whose nodes follow demand, in the order in which they are asked.
    pub programs: Vec<Arc<dyn Program>>,
    /// What kubelets are configured with. It matters to pods of which it is known what they use.
    pub kubelets: KubeletConfigs,
    /// What the HorizontalPodAutoscaler controller is configured with.
    pub hpa: hpa::Controller,
    /// What the programs of the VerticalPodAutoscaler are configured with.
    pub vpa: vpa::Flags,
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
    /// A pool whose nodes follow demand is not the task of one program.
    #[error("pool {pool:?} follows demand, and {programs} programs keep it instead of one")]
    Unkept {
        /// Its name.
        pool: String,
        /// How many keep it.
        programs: usize,
    },
    /// A reclaim rate is not a rate.
    #[error("the reclaim rate of instance type {instance_type:?} is {rate}, which is not a rate")]
    BadRate {
        /// The instance type.
        instance_type: String,
        /// What was given, per instance-hour.
        rate: String,
    },
    /// What is planned for a workload cannot be done.
    #[error("workload {workload:?} {what}")]
    BadPlan {
        /// The workload.
        workload: String,
        /// Why not.
        what: &'static str,
    },
    /// Something arrives of a workload of which it cannot.
    #[error("generator number {generator} lets {workload:?} arrive, which is not its own")]
    NotArriving {
        /// The generator.
        generator: u32,
        /// The workload.
        workload: String,
    },
    /// Replicas cannot be numbered.
    #[error("up to {arrivals} of {workload:?} arrive, of which replicas cannot be numbered")]
    TooManyArrivals {
        /// The workload.
        workload: String,
        /// How many.
        arrivals: u32,
    },
    /// A CronJob's times do not ascend.
    #[error("the times of CronJob {workload:?} are not in their order")]
    ScheduleBackwards {
        /// The CronJob.
        workload: String,
    },
}

impl Draft {
    /// A draft in which all else is as it is by default.
    #[must_use]
    pub fn new(
        model: Model,
        market: Market,
        provider: &'static Provider,
        warm_up: Span,
        horizon: Span,
    ) -> Draft {
        Draft {
            model: Arc::new(model),
            terms: Arc::default(),
            market,
            cluster: 0,
            load: Load::new(),
            provider,
            interruption: provider.interruption,
            start_up: StartUp::default(),
            programs: Vec::new(),
            kubelets: KubeletConfigs::default(),
            hpa: hpa::Controller::default(),
            vpa: vpa::Flags::default(),
            scheduler: Profile::default().into(),
            cycle_takes: Span::ZERO,
            warm_up,
            horizon: SimTime::ZERO + horizon,
        }
    }

    /// Checks everything that could make a run fail, which is the last step of putting it together.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(self) -> Result<Setup, SetupError> {
        self.check_window()?;
        let model = &*self.model;
        let name = |name| model.names.text(name).to_owned();
        if let Some(pool) = model
            .pools
            .rows()
            .find(|p| p.initial_size().max(p.size()) > 0 && p.templates.is_empty())
        {
            return Err(SetupError::EmptyPool { pool: name(pool.name) });
        }
        for (id, pool) in model.pools.iter() {
            let keep = |program: &&Arc<dyn Program>| program.pools().contains(&id);
            let programs = self.programs.iter().filter(keep).count();
            if programs != usize::from(pool.autoscaled().is_some()) {
                return Err(SetupError::Unkept { pool: name(pool.name), programs });
            }
        }
        for offering in model.catalog.offerings.rows() {
            let rate = offering.reclaims_per_hour;
            if !rate.is_finite() || rate < 0.0 {
                let of = model.catalog.instance_types[offering.instance_type].name;
                let rate = rate.to_string();
                return Err(SetupError::BadRate { instance_type: name(of), rate });
            }
        }
        self.check_planned()?;
        for workload in model.workloads.rows() {
            if let Controller::CronJob { schedule, .. } = workload.controller
                && !model.schedules[schedule].due.is_sorted()
            {
                return Err(SetupError::ScheduleBackwards { workload: name(workload.name) });
            }
        }
        self.check_load()?;
        Ok(Setup(self))
    }

    /// Checks that what is planned can be done.
    fn check_planned(&self) -> Result<(), SetupError> {
        let model = &*self.model;
        let wrong = |workload, what| {
            let workload = model.names.text(model.workloads[workload].name).to_owned();
            Err(SetupError::BadPlan { workload, what })
        };
        for scale in &model.planned.scales {
            if model.workloads[scale.workload].controller.desired_replicas().is_none() {
                return wrong(scale.workload, "has no scale");
            }
        }
        for (workload, rollouts) in &model.planned.rollouts {
            let controller = model.workloads[*workload].controller;
            if !rollouts.iter().all(|rollout| rollout.strategy.is_of(controller)) {
                return wrong(*workload, "cannot be rolled out like that");
            }
            if !rollouts.is_sorted_by_key(|rollout| rollout.at) {
                return wrong(*workload, "has rollouts that are not in their order");
            }
        }
        Ok(())
    }

    fn check_load(&self) -> Result<(), SetupError> {
        let model = &*self.model;
        for (id, generator) in self.load.iter() {
            for workload in generator.source.workloads() {
                let of = &model.workloads[workload];
                let workload = model.names.text(of.name).to_owned();
                if of.controller.generator() != Some(id) {
                    return Err(SetupError::NotArriving { generator: id.number(), workload });
                }
                let pods = of.controller.job().map_or(1, |job| job.completions);
                let arrivals = generator.most;
                if arrivals.checked_mul(pods).is_none() {
                    return Err(SetupError::TooManyArrivals { workload, arrivals });
                }
            }
        }
        Ok(())
    }

    /// Checks that there is a time to simulate, on which much that is put together depends.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_window(&self) -> Result<(), SetupError> {
        let (warm_up, horizon) = (self.warm_up, self.horizon.since(SimTime::ZERO));
        if horizon > LONGEST_HORIZON {
            return Err(SetupError::HorizonTooLong { horizon });
        }
        if warm_up >= horizon {
            return Err(SetupError::NoWindow { warm_up, horizon });
        }
        Ok(())
    }
}

impl Setup {
    /// The setup of a [draft](Draft::new) that needs no more.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn new(
        model: Model,
        market: Market,
        provider: &'static Provider,
        warm_up: Span,
        horizon: Span,
    ) -> Result<Setup, SetupError> {
        Draft::new(model, market, provider, warm_up, horizon).check()
    }

    /// Changes what it was made of, and checks it again; it stays as it is where that is wrong.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut Draft) -> T) -> Result<T, SetupError> {
        let mut draft = self.0.clone();
        let made = change(&mut draft);
        *self = draft.check()?;
        Ok(made)
    }

    /// The same on another market; no market makes a run fail.
    #[must_use]
    pub fn with_market(&self, market: Market) -> Setup {
        Setup(Draft { market, ..self.0.clone() })
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
        Setup(Draft { model: Arc::new(model), ..self.0.clone() })
    }
}
