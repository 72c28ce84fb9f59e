//! The figures of one replication: all folds, side by side.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use sim::fact::refusal::RefusalId;
use sim::fact::{Fact, Sink};
use sim::model::arrivals::GeneratorId;
use sim::model::job::Worked;
use sim::model::workload::WorkloadId;
use sim::table::Table;
use sim::{Legend, Run, SimTime};

use crate::cost::breakdown::Breakdown;
use crate::cost::ledger::{Ledger, Money};
use crate::cost::packed::Packed;
use crate::folds::arrivals::{Arrivals, Arrived};
use crate::folds::availability::{Availability, Available};
use crate::folds::batch::Batch;
use crate::folds::budgets::{Budgets, BudgetsFold};
use crate::folds::capacity::{Capacity, CapacityFold};
use crate::folds::declared;
use crate::folds::disruption::{Disruption, DisruptionFold};
use crate::folds::fates::Fates;
use crate::folds::fit::{Fit, FitFold};
use crate::folds::impact::{Impact, ImpactFold};
use crate::folds::overuse::{Overuse, OveruseFold};
use crate::folds::pending::Pending;
use crate::folds::percentiles::Percentiles;
use crate::folds::placed::{Placed, Placements};
use crate::folds::rare::Rare;
use crate::folds::rollouts::{Rolled, Rollouts};
use crate::folds::roster::{Follow, Roster};
use crate::folds::scaling::{NodesScaled, Scaling};
use crate::folds::series::{Counts, Series};
use crate::folds::start_up::{StartUp, Started};
use crate::folds::usage::{Usage, Used};
use crate::folds::volumes::Volumes;

/// Every fold as one sink.
pub struct Fold {
    roster: Roster,
    ledger: Ledger,
    counts: Counts,
    capacity: CapacityFold,
    disruption: DisruptionFold,
    impact: ImpactFold,
    budgets: BudgetsFold,
    availability: Availability,
    pending: Pending,
    placements: Placements,
    batch: Batch,
    volumes: Volumes,
    start_up: StartUp,
    overuse: OveruseFold,
    fit: FitFold,
    declared: declared::All,
    scaling: Scaling,
    arrivals: Arrivals,
    rollouts: Rollouts,
    /// None where nothing models usage and nothing arrives.
    usage: Option<Usage>,
    legend: Legend,
}

/// What one run comes to: a handle, so that runs that are the same share what they come to.
#[derive(Clone)]
pub struct Figures(Arc<RunFigures>);

impl Deref for Figures {
    type Target = RunFigures;

    fn deref(&self) -> &RunFigures {
        &self.0
    }
}

/// The figures of one run.
pub struct RunFigures {
    /// Money.
    pub money: Money,
    /// The same by who or what it was paid for.
    pub breakdown: Packed,
    /// Nodes, requests and work.
    pub capacity: Capacity,
    /// Reclaims and ends of pods.
    pub disruption: Rare<Disruption>,
    /// The workloads that reclaims disrupt, and how badly.
    pub impact: Rare<Impact>,
    /// What became of PodDisruptionBudgets.
    pub budgets: Rare<Budgets>,
    /// Availability of each workload that has replicas.
    pub availability: Box<[(WorkloadId, Available)]>,
    /// What became of the time of pods that do work.
    pub worked: Worked,
    /// What became of Jobs, by the workload that they are of.
    pub jobs: Box<[Fates]>,
    /// How many Jobs of each CronJob were due and never made.
    pub skipped: BTreeMap<WorkloadId, u64>,
    /// What each generator let arrive.
    pub arrived: Table<GeneratorId, Arrived>,
    /// From the creation of pods to their binding.
    pub pending: Percentiles,
    /// From their binding to readiness.
    pub start_up: Rare<Percentiles>,
    /// From notice, or loss, to the ready replacement of each disrupted pod.
    pub replacement: Rare<Percentiles>,
    /// Attempts with at least one failed cycle.
    pub unschedulable: u64,
    /// Attempts that scheduling gates still hold back at the end.
    pub gated: u64,
    /// Milliseconds for which pods waited for a node in the zone of their volumes, over pods.
    pub stranded_ms: u128,
    /// Pods that lost data with their nodes, by workload.
    pub data_lost: BTreeMap<WorkloadId, u64>,
    /// What it took pods to start.
    pub started: Rare<Started>,
    /// What became of pods that would use more than they may, or than there is.
    pub overuse: Rare<Overuse>,
    /// What is recommended for containers.
    pub fit: Rare<Fit>,
    /// The figures of folds that declare them, in the order of [`declared::declarations`].
    pub declared: Box<[Option<f64>]>,
    /// What a program that buys nodes launches and removes; none where no pool follows demand.
    pub scaled: Option<Box<NodesScaled>>,
    /// What the rollouts of each workload came to, of those for which some are planned.
    pub rollouts: BTreeMap<WorkloadId, Rolled>,
    /// What pods used, and requests that were served; nothing where nothing models usage.
    pub used: Rare<Used>,
    /// How much of each workload was ever on nodes.
    pub placed: Box<[Placed]>,
    /// Who waits for a node at the end: how many pods, and what the nodes said.
    pub never_scheduled: Box<[(WorkloadId, u64, Option<String>)]>,
}

impl Fold {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(legend: &Legend) -> Fold {
        Fold {
            roster: Roster::new(legend),
            ledger: Ledger::new(legend),
            counts: Counts::new(legend),
            capacity: CapacityFold::new(legend),
            disruption: DisruptionFold::new(legend),
            impact: ImpactFold::new(legend),
            budgets: BudgetsFold::new(legend),
            availability: Availability::new(legend),
            pending: Pending::new(legend),
            placements: Placements::new(legend),
            batch: Batch::new(legend),
            volumes: Volumes::new(legend),
            start_up: StartUp::new(legend),
            overuse: OveruseFold::new(legend),
            fit: FitFold::new(legend),
            declared: declared::All::new(legend),
            scaling: Scaling::new(legend),
            arrivals: Arrivals::new(legend),
            rollouts: Rollouts::new(legend),
            usage: Usage::new(legend),
            legend: legend.clone(),
        }
    }

    /// The figures at the end of `run`, and how they came about over time.
    #[must_use]
    pub fn finish(mut self, run: &Run) -> (Figures, Series) {
        let books = self.ledger.close();
        self.counts.enter(&books);
        let message = |id: RefusalId| run.refusals[id].message(&self.legend.model);
        let never_scheduled = self
            .pending
            .never_scheduled
            .iter()
            .map(|(workload, (count, refusal))| (*workload, *count, refusal.map(message)))
            .collect();
        if let Some(usage) = &mut self.usage {
            usage.advance(self.legend.to, self.capacity.now());
        }
        let (impact, replacement) = self.impact.finish();
        let (started, takes) = self.start_up.finish(&self.roster);
        let (used, utilisation) = self.usage.map(Usage::finish).unzip();
        let figures = RunFigures {
            money: books.money,
            breakdown: Packed::of(&Breakdown::of(&books, &self.legend)),
            capacity: self.capacity.finish(&self.roster),
            disruption: Rare::of(self.disruption.finish()),
            impact: Rare::of(impact),
            budgets: Rare::of(self.budgets.finish()),
            availability: self.availability.finish().into_boxed_slice(),
            worked: self.batch.worked,
            jobs: Fates::of(self.batch.fates()).into_boxed_slice(),
            skipped: self.batch.skipped,
            arrived: self.arrivals.generators,
            pending: Percentiles::of(&self.pending.waits),
            start_up: Rare::of(Percentiles::of(&takes)),
            replacement: Rare::of(Percentiles::of(&replacement)),
            unschedulable: self.pending.unschedulable,
            gated: self.pending.gated,
            stranded_ms: self.volumes.stranded_ms,
            data_lost: self.volumes.data_lost,
            started: Rare::of(started),
            overuse: Rare::of(self.overuse.finish()),
            fit: Rare::of(self.fit.finish()),
            declared: self.declared.finish(&self.roster).into_boxed_slice(),
            scaled: self.scaling.finish().map(Box::new),
            rollouts: self.rollouts.finish(),
            used: Rare::of(used.unwrap_or_default()),
            placed: self.placements.finish(run).into_boxed_slice(),
            never_scheduled,
        };
        let mut series = self.counts.finish(&self.roster);
        series.waits = self.pending.waits.rounded();
        series.utilisation = utilisation;
        (Figures(Arc::new(figures)), series)
    }
}

impl Sink for Fold {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        if let Some(usage) = &mut self.usage {
            usage.advance(at, self.capacity.now());
            usage.fact(at, fact);
        }
        let roster = &self.roster;
        self.counts.follow(roster, at, fact);
        self.capacity.follow(roster, at, fact);
        self.disruption.follow(roster, at, fact);
        self.impact.follow(roster, at, fact);
        self.placements.follow(roster, at, fact);
        self.volumes.follow(roster, at, fact);
        self.start_up.follow(roster, at, fact);
        self.declared.follow(roster, at, fact);
        self.scaling.follow(roster, at, fact);
        // These need not know who is alive.
        self.ledger.fact(at, fact);
        self.budgets.fact(at, fact);
        self.availability.fact(at, fact);
        self.pending.fact(at, fact);
        self.batch.fact(at, fact);
        self.overuse.fact(at, fact);
        self.fit.fact(at, fact);
        self.arrivals.fact(at, fact);
        self.rollouts.fact(at, fact);
        self.roster.learn(at, fact);
    }
}
