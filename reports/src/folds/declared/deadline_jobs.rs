//! Jobs with deadlines: what those that are done in time paid, and what no plan could have paid less
//! than at the same prices and with the same capacity.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::catalog::{Capacity, OfferingId};
use sim::model::deadline::{Buys, DeadlineJob};
use sim::model::node::NodeId;
use sim::model::pool::PoolId;
use sim::model::workload::{Controller, WorkloadId};
use sim::{Cost, Legend, MicroUsdPerHour, SimTime, Span};

use super::{Declaration, Declared, Maker, Measure, Place};
use crate::cost::least::{Stretch, least};
use crate::cost::meter::Meter;
use crate::folds::roster::Roster;

pub(super) const MAKER: Maker = Maker {
    figures: &[
        Declaration {
            key: "deadlineJobsPaid",
            label: "Paid for deadline jobs",
            also: &["deadline jobs"],
            measure: Measure::Usd,
            place: Place::Work,
            means: "what the instances of `deadlineJobs` that are done in time cost, without commitments, \
                    on average over replications; of jobs whose deadline lies in the window",
        },
        Declaration {
            key: "deadlineJobsLeast",
            label: "  not less than",
            also: &["clairvoyant", "the bound", "could not have paid less"],
            measure: Measure::Usd,
            place: Place::Work,
            means: "a bound for the same jobs: no plan pays less for them, not even one that knows all \
                    prices and all capacity beforehand. What the provider did not charge for is free here \
                    as well",
        },
    ],
    new: |legend| Box::new(DeadlineJobs::new(legend)),
};

struct DeadlineJobs {
    legend: Legend,
    meter: Meter,
    jobs: BTreeMap<PoolId, Job>,
    /// Instances that jobs hold, with when they were launched.
    held: BTreeMap<NodeId, (PoolId, SimTime)>,
    /// What jobs may buy: from when on each price and capacity holds.
    quotes: BTreeMap<OfferingId, Vec<(SimTime, Quote)>>,
}

/// A job, and what it has come to.
struct Job {
    workload: WorkloadId,
    job: DeadlineJob,
    created_at: SimTime,
    done_at: Option<SimTime>,
    paid: Cost,
    /// Progress on instances that were not charged for.
    free: Span,
}

/// What an offering costs, and how much there is of it.
#[derive(Clone, Copy)]
struct Quote {
    price: MicroUsdPerHour,
    capacity: Capacity,
}

impl DeadlineJobs {
    fn new(legend: &Legend) -> DeadlineJobs {
        let model = &legend.model;
        let jobs = model.workloads.iter().filter_map(|(workload, it)| {
            let Controller::DeadlineJob(job) = it.controller else { return None };
            let (paid, free) = (Cost::ZERO, Span::ZERO);
            let created_at = it.created_at;
            Some((job.pool, Job { workload, job, created_at, done_at: None, paid, free }))
        });
        let jobs: BTreeMap<PoolId, Job> = jobs.collect();
        let offerings = jobs.keys().flat_map(|pool| &model.pools[*pool].templates);
        let at_start = |offering: OfferingId| Quote {
            price: model.catalog.offerings[offering].price,
            capacity: Capacity::Ample,
        };
        let quotes =
            offerings.map(|it| (it.offering, vec![(SimTime::ZERO, at_start(it.offering))]));
        DeadlineJobs {
            legend: legend.clone(),
            meter: Meter::new(legend),
            quotes: quotes.collect(),
            held: BTreeMap::new(),
            jobs,
        }
    }

    /// Another price or capacity, from now on.
    fn quote(&mut self, offering: OfferingId, at: SimTime, change: impl FnOnce(&mut Quote)) {
        let Some(quotes) = self.quotes.get_mut(&offering) else { return };
        let Some((_, mut quote)) = quotes.last().copied() else { return };
        change(&mut quote);
        quotes.push((at, quote));
    }

    /// The bill of an instance, if it ends one of a job.
    fn read(&mut self, at: SimTime, fact: &Fact, node: NodeId) {
        let Some((pool, launched_at)) = self.held.remove(&node) else { return };
        let (Some(bill), Some(own)) = (self.meter.read(at, fact), self.jobs.get_mut(&pool)) else {
            return;
        };
        own.paid += bill.contracted();
        if bill.free {
            let held = at.since(launched_at);
            own.free += held - held.min(own.job.changeover);
        }
    }

    /// The market between the creation of a job and its deadline.
    fn stretches(&self, own: &Job) -> Vec<Stretch> {
        let (from, to) = (own.created_at, own.created_at + own.job.deadline);
        let templates = &self.legend.model.pools[own.job.pool].templates;
        let quotes = |buys: Buys| &self.quotes[&templates[buys.template()].offering];
        let (spot, on_demand) = (quotes(Buys::Spot), quotes(Buys::OnDemand));
        let changes = spot.iter().chain(on_demand).map(|(at, _)| *at);
        let mut ends: Vec<SimTime> = changes.filter(|at| from < *at && *at < to).collect();
        ends.push(to);
        ends.sort();
        ends.dedup();
        let begins = [from].into_iter().chain(ends.iter().copied());
        let stretch = |(begin, end): (SimTime, SimTime)| {
            let (spot, on_demand) = (in_force(spot, begin), in_force(on_demand, begin));
            let kept = spot.capacity != Capacity::Holds(0);
            Stretch {
                lasts: end.since(begin),
                on_demand: on_demand.price,
                spot: kept.then_some(spot.price),
                grants_spot: spot.capacity.grants(0),
            }
        };
        begins.zip(&ends).map(|(begin, end)| stretch((begin, *end))).collect()
    }
}

/// The quote that holds at an instant: the last before, or the first.
fn in_force(quotes: &[(SimTime, Quote)], at: SimTime) -> Quote {
    quotes[quotes.partition_point(|(from, _)| *from <= at).saturating_sub(1)].1
}

impl Declared for DeadlineJobs {
    fn follow(&mut self, _: &Roster, at: SimTime, fact: &Fact) {
        if self.jobs.is_empty() {
            return;
        }
        match *fact {
            Fact::NodeLaunched { node, pool, .. } if self.jobs.contains_key(&pool) => {
                self.held.insert(node, (pool, at));
                self.meter.read(at, fact);
            }
            Fact::NodeGone { node, .. } => self.read(at, fact, node),
            Fact::PriceChanged { offering, price } if self.quotes.contains_key(&offering) => {
                self.meter.read(at, fact);
                self.quote(offering, at, |it| it.price = price);
            }
            Fact::CapacityChanged { offering, capacity } => {
                self.quote(offering, at, |it| it.capacity = capacity);
            }
            Fact::DeadlineJobDone { workload } => {
                let own = self.jobs.values_mut().find(|it| it.workload == workload);
                if let Some(own) = own {
                    own.done_at = Some(at);
                }
            }
            _ => {}
        }
    }

    fn finish(self: Box<Self>, _: &Roster) -> Vec<Option<f64>> {
        let Legend { from, to, .. } = self.legend;
        let in_time = |own: &&Job| {
            let due = own.created_at + own.job.deadline;
            own.created_at >= from && due <= to && own.done_at.is_some_and(|at| at <= due)
        };
        let mut sums: Option<(Cost, Cost)> = None;
        for own in self.jobs.values().filter(in_time) {
            let (paid, bound) = sums.get_or_insert_default();
            let charged = own.job.work - own.job.work.min(own.free);
            *paid += own.paid;
            *bound += least(&self.stretches(own), charged, own.job.changeover);
        }
        let (paid, bound) = sums.unzip();
        [paid, bound].map(|cost| cost.map(Cost::as_usd_f64)).into()
    }
}
