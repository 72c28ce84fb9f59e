//! The engine: take the next event, do what it says, until the horizon.

mod adopt;
mod arrivals;
mod autoscaling;
mod consequences;
mod creation;
mod effects;
mod failures;
mod hpa;
mod leaving;
mod node_life;
mod planned;
mod spot_market;
mod start_up;
mod unsettled;
mod usage;
mod vpa;

use leaving::Exit;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use unsettled::Unsettled;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::action::Action;
use crate::agenda::Agenda;
use crate::autoscalers::{Autoscalers, Occasion};
use crate::digest::Digest;
use crate::event::Event;

use crate::fact::refusal::RefusalId;
use crate::fact::{Cause, Fact, Sink};
use crate::lifecycle::admission::ForbiddenPods;
use crate::lifecycle::controllers::Controllers;
use crate::lifecycle::cpu::Cpu;
use crate::lifecycle::deadlines::Deadlines;
use crate::lifecycle::disks::Disks;
use crate::lifecycle::eviction_rate::EvictionRate;
use crate::lifecycle::gangs::Gangs;
use crate::lifecycle::hpas::Hpas;
use crate::lifecycle::kubelets::Kubelets;
use crate::lifecycle::metrics::Metrics;
use crate::lifecycle::node_pressure::NodePressure;
use crate::lifecycle::pulls::Pulls;
use crate::lifecycle::restarts::Restarts;
use crate::lifecycle::taint_manager::TaintManager;
use crate::lifecycle::vpa_updates::VpaUpdates;
use crate::lifecycle::vpas::Vpas;
use crate::lifecycle::watched_pods::WatchedPods;
use crate::lifecycle::{drain, shutdown};
use crate::load::copula::Size;
use crate::load::{Arrivals, Generator};
use crate::market::MarketEvent;
use crate::market::prices::PricePaths;
use crate::market::reclaims::CapacityPath;
use crate::model::arrivals::GeneratorId;
use crate::model::catalog::{Capacity, OfferingId};
use crate::model::node::NodeId;
use crate::model::pod::{End, Limit, PodId, SpecId};
use crate::model::workload::{Controller, WorkloadId};
use crate::outcome::{Counters, Run};
use crate::rng::Root;
use crate::scheduler::Scheduler;
use crate::setup::Setup;
use crate::stop::Stop;
use crate::table::Table;
use crate::time::{SimTime, Span};
use crate::usage::tracker::Tracker;
use crate::world::World;
use crate::world::pods::Phase;

/// One run: a [`Setup`], a seed, and somewhere to put the facts.
pub struct Simulation<'s> {
    pub(crate) setup: &'s Setup,
    pub(crate) stop: Stop<'s>,
    pub(crate) root: Root,
    pub(crate) world: World,
    pub(crate) agenda: Agenda,
    pub(crate) scheduler: Scheduler,
    pub(crate) prices: Box<dyn PricePaths>,
    pub(crate) supply: Box<dyn CapacityPath>,
    /// What happens next to the capacity of each offering, if anything does.
    pub(crate) next_event: Table<OfferingId, Option<MarketEvent>>,
    /// Instances that the provider has decided to take.
    pub(crate) doomed: BTreeSet<NodeId>,
    /// Instances that go without having been taken.
    pub(crate) failing: BTreeSet<NodeId>,
    /// How much there would be of what an outage keeps away.
    pub(crate) beneath: BTreeMap<OfferingId, Capacity>,
    /// When the provider takes instances whose pools pay too little.
    pub(crate) outbid: BTreeMap<NodeId, SimTime>,
    /// What arrives next of each generator.
    pub(crate) arrivals: Table<GeneratorId, Peekable<Arrivals>>,
    /// The specs of sizes that have been drawn, by the workload whose pods have them.
    pub(crate) sizes: IndexMap<(WorkloadId, Size), SpecId, FxBuildHasher>,
    pub(crate) autoscalers: Autoscalers,
    /// Nodes that an autoscaler wants drained and then given back, and why.
    pub(crate) given_back: BTreeMap<NodeId, Cause>,
    pub(crate) controllers: Controllers,
    pub(crate) forbidden: ForbiddenPods,
    pub(crate) eviction_rate: EvictionRate,
    pub(crate) disks: Disks,
    pub(crate) kubelets: Kubelets,
    pub(crate) pulls: Pulls,
    pub(crate) taint_manager: TaintManager,
    pub(crate) gangs: Gangs,
    pub(crate) deadlines: Deadlines,
    /// None where nothing models usage.
    pub(crate) usage: Option<Tracker>,
    /// None where nothing reads what containers use.
    pub(crate) metrics: Option<Metrics>,
    pub(crate) hpas: Hpas,
    pub(crate) vpas: Vpas,
    pub(crate) vpa_updates: VpaUpdates,
    pub(crate) watched: WatchedPods,
    /// Pods that use something else than before this event.
    pub(crate) unsettled: Unsettled,
    pub(crate) restarts: Restarts,
    pub(crate) pressure: NodePressure,
    pub(crate) cpu: Cpu,
    /// How long pods may take to stop that their kubelets evict.
    pub(crate) graces: BTreeMap<PodId, Span>,
    /// How long pods may take to stop whose nodes are terminated before their grace periods are over.
    pub(crate) hurried: BTreeMap<PodId, Span>,
    pub(crate) scheduler_is_awake: bool,
    pub(crate) flush_is_due: bool,
    /// What the nodes last said to each pod that waits.
    pub(crate) last_refusal: Table<PodId, Option<RefusalId>>,
    sink: Box<dyn Sink + 's>,
    digest: Digest,
    counters: Counters,
}

/// Runs `setup` once and gives every fact to `sink`.
pub fn run<S: Sink>(setup: &Setup, root: Root, sink: S) -> Run {
    let mut simulation = Simulation::new(setup, root, sink);
    while simulation.step() {}
    simulation.finish()
}

/// The same, unless it is stopped: then there is no run, and `sink` has seen a part of one.
pub fn run_unless<S: Sink>(stop: Stop<'_>, setup: &Setup, root: Root, sink: S) -> Option<Run> {
    let mut simulation = Simulation::stoppable(stop, setup, root, sink);
    while simulation.step() {}
    (!stop.is_wanted()).then(|| simulation.finish())
}

impl<'s> Simulation<'s> {
    /// A cluster at `T+0`: its pools are full and ready, its workloads are about to be created.
    pub fn new(setup: &'s Setup, root: Root, sink: impl Sink + 's) -> Self {
        Simulation::stoppable(Stop::NEVER, setup, root, sink)
    }

    /// The same, which does nothing more once it is stopped. What it is then is not to be looked at.
    pub fn stoppable(stop: Stop<'s>, setup: &'s Setup, root: Root, sink: impl Sink + 's) -> Self {
        Simulation::begin(stop, setup, root, Box::new(sink))
    }

    /// Not for each kind of sink: the engine is large, and would be compiled again for each.
    fn begin(stop: Stop<'s>, setup: &'s Setup, root: Root, sink: Box<dyn Sink + 's>) -> Self {
        let model = &setup.model;
        let opened =
            |it: &Generator| it.of_cluster(setup.cluster).open(root, setup.horizon).peekable();
        let arrivals = model
            .workloads
            .iter()
            .map(|(id, workload)| (workload.created_at, Event::WorkloadArrives(id)))
            .chain(planned::events(model))
            .collect();
        let world = World::new(model.clone());
        let market = &setup.market;
        let mut simulation = Simulation {
            setup,
            stop,
            root,
            autoscalers: Autoscalers::default(),
            given_back: BTreeMap::new(),
            world,
            agenda: Agenda::with_events(arrivals),
            scheduler: Scheduler::new(setup.scheduler.clone(), root),
            prices: market.prices.open(root, model),
            supply: market.reclaims.open(root, model, market.reclaim_scale),
            next_event: model.catalog.offerings.rows().map(|_| None).collect(),
            doomed: BTreeSet::new(),
            failing: BTreeSet::new(),
            beneath: BTreeMap::new(),
            outbid: BTreeMap::new(),
            sizes: IndexMap::default(),
            arrivals: setup.load.rows().map(opened).collect(),
            controllers: Controllers::new(model, root),
            forbidden: ForbiddenPods::default(),
            eviction_rate: EvictionRate::default(),
            disks: Disks::default(),
            kubelets: Kubelets::default(),
            pulls: Pulls::default(),
            taint_manager: TaintManager::default(),
            gangs: Gangs::default(),
            deadlines: Deadlines::default(),
            usage: Tracker::new(model, root),
            metrics: Metrics::new(model),
            hpas: Hpas::new(model, root),
            vpas: Vpas::new(model, &setup.vpa),
            vpa_updates: VpaUpdates::new(&setup.vpa.updater),
            watched: WatchedPods::new(model),
            unsettled: Unsettled::default(),
            restarts: Restarts::default(),
            pressure: NodePressure::default(),
            cpu: Cpu::default(),
            graces: BTreeMap::new(),
            hurried: BTreeMap::new(),
            scheduler_is_awake: false,
            flush_is_due: false,
            last_refusal: Table::new(),
            sink,
            digest: Digest::EMPTY,
            counters: Counters::default(),
        };
        simulation.open_market();
        simulation.await_outages();
        simulation.open_load();
        simulation.await_scrape();
        simulation.await_vpa_pass();
        simulation.adopt_start();
        simulation.fill_pools_at_start();
        simulation
    }

    /// When something is due next, if anything is.
    pub fn due(&mut self) -> Option<SimTime> {
        self.agenda.due()
    }

    /// Does what is due next. `false` when nothing is before the horizon, or no more is wanted.
    pub fn step(&mut self) -> bool {
        if self.stop.is_wanted() {
            return false;
        }
        let Some((at, event)) = self.agenda.pop_before(self.setup.horizon) else {
            return false;
        };
        self.world.advance_to(at);
        self.counters.events += 1;
        match event {
            Event::PriceChanges { offering, price } => self.price_changes(offering, price),
            Event::UsageChanges(workload) => self.workload_usage_changes(workload),
            Event::PodUsageChanges(pod) => self.pod_usage_changes(pod),
            Event::ContainerStarts { pod, container } => self.container_starts(pod, container),
            Event::KubeletSync(node) => self.kubelet_sync(node),
            Event::ConditionsHeard(node) => self.conditions_heard(node),
            Event::MarketMoves(offering) => self.market_moves(offering),
            Event::PodStops(pod) => self.pod_stops(pod),
            Event::PodFinishes(pod) => self.pod_finishes(pod),
            Event::NoticeGiven { node, deadline } => self.notice_given(node, deadline),
            Event::NodeShutsDown(node) => self.node_shuts_down(node),
            Event::CriticalPodsStop(node) => {
                self.apply_all(shutdown::critical(&self.world, node));
            }
            Event::NodeTaken(node) => self.node_taken(node),
            Event::NodeFails(node) => self.node_fails(node),
            Event::OutageBegins(number) => self.outage_begins(number),
            Event::OutageEnds(number) => self.outage_ends(number),
            Event::NodeBecomesUnreachable(node) => self.node_becomes_unreachable(node),
            Event::NodeIsDeleted(node) => self.node_is_deleted(node),
            Event::ZoneHealthSync => self.sync_zone_health(),
            Event::TolerationEnds(pod) => {
                if let Some(action) = self.taint_manager.delete(&self.world, pod) {
                    self.apply(action);
                }
            }
            Event::AutoscalerWakes(id) => self.ask(id, Occasion::Wake),
            Event::NodeRegisters(node) => self.node_registers(node),
            Event::VolumesAttach(pod) => self.volumes_attach(pod),
            Event::ImagePullEnds(node) => self.image_pull_ends(node),
            Event::PodBecomesReady(pod) => self.pod_becomes_ready(pod),
            Event::PodRejected(pod) => self.pod_rejected(pod),
            Event::PodBecomesAvailable(pod) => self.pod_becomes_available(pod),
            Event::LossNoticed(pod) => {
                if self.eviction_rate.gives_up(pod, at) {
                    let actions = self.controllers.loss_noticed(&self.world, pod);
                    self.watched.gone(&self.world, pod);
                    self.apply_all(actions);
                    self.forget_arrival(pod);
                }
            }
            Event::DrainGoesOn(node) => {
                let why = self.drained_because(node);
                let actions = drain::evictions(&self.world, node, why);
                self.drain(node, actions);
            }
            Event::WorkloadArrives(workload) => {
                if !self.controllers.has_adopted(workload) {
                    self.record(Fact::WorkloadCreated { workload });
                }
                self.load_begins(workload);
                self.hpas_begin(workload);
                let actions = self.controllers.workload_created(&self.world, workload);
                let controller = self.world.model().workloads[workload].controller;
                // The nodes of the start have been there for long, and so have their DaemonSets.
                if controller == Controller::DaemonSet && at == SimTime::ZERO {
                    self.place_daemons(actions);
                } else {
                    self.apply_all(actions);
                }
                self.deadline_tick(workload);
            }
            Event::MetricsScrape => self.metrics_scrape(),
            Event::HpaSync(id) => self.hpa_sync(id),
            Event::VpaPass => self.vpa_pass(),
            Event::ReplicasChange { workload, replicas } => {
                self.replicas_change(workload, replicas);
            }
            Event::RolloutBegins(workload) => {
                self.apply(Action::BeginRollout { workload });
            }
            Event::RolloutSync(workload) => {
                let actions = self.controllers.rollout_sync(&self.world, workload);
                self.apply_all(actions);
            }
            Event::PodAskedForAgain { workload, replica } => self.ask_again(workload, replica),
            Event::JobSync { workload, run } => {
                let actions = self.controllers.job_sync(&self.world, workload, run);
                self.apply_all(actions);
                self.settle_arrival(workload, run);
            }
            Event::JobIsDue(workload) => {
                let actions = self.controllers.job_due(&self.world, workload);
                self.apply_all(actions);
            }
            Event::Arrives(generator) => self.arrives(generator),
            Event::DeadlineTick(workload) => self.deadline_tick(workload),
            Event::SchedulerWakes => self.scheduler_wakes(),
            Event::QueueFlushes => {
                self.flush_is_due = false;
                if self.scheduler.flush(at) {
                    self.schedule_wake();
                }
                self.await_flush();
            }
        }
        self.settle_usage();
        self.ask_autoscalers();
        true
    }

    /// Closes the books at the horizon.
    pub fn finish(mut self) -> Run {
        self.world.advance_to(self.setup.horizon);
        self.gangs.close(&self.world);
        for pod in self.world.pods().ids() {
            self.tell_work(pod);
            let workload = self.world.pods().workload(pod);
            match self.world.pods().phase(pod) {
                Phase::Pending => {
                    let waited = self.world.now().since(self.world.pods().created_at(pod));
                    let refusal = *self.last_refusal.slot(pod);
                    self.record(Fact::StillPending { pod, workload, waited, refusal });
                }
                Phase::Running { .. } | Phase::Terminating { .. } => {
                    if self.world.model().workloads[workload].controller.work().is_some() {
                        let ran = self.world.ran(pod);
                        self.record(Fact::StillRunning { pod, workload, ran });
                    }
                }
                Phase::Starting { .. } | Phase::Ended(_) | Phase::Withdrawn => {}
            }
        }
        let unfinished: Vec<_> = self.deadlines.unfinished(self.world.now()).collect();
        for (workload, progress) in unfinished {
            self.record(Fact::DeadlineJobUnfinished { workload, progress });
        }
        self.counters.cycles = self.scheduler.cycles();
        self.counters.pods = self.world.pods().len() as u64;
        self.counters.nodes = self.world.nodes().len() as u64;
        Run {
            digest: self.digest.value(),
            counters: self.counters,
            refusals: self.world.refusals().clone(),
        }
    }

    /// Scales a workload between two steps, as `kubectl scale` does.
    ///
    /// # Panics
    /// As [`World::scale`].
    pub fn scale(&mut self, workload: WorkloadId, replicas: u32) {
        self.apply(Action::Scale { workload, replicas });
    }

    /// The world as it stands between two steps.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Writes a fact down, in the digest and in the sink.
    pub(crate) fn record(&mut self, fact: Fact) {
        let now = self.world.now();
        self.digest.fact(now, &fact);
        self.autoscalers.see(&fact, &self.world);
        self.sink.fact(now, &fact);
    }

    /// Places pod after pod; one after the other, if that takes time.
    fn scheduler_wakes(&mut self) {
        self.scheduler_is_awake = false;
        while !self.stop.is_wanted()
            && let Some((action, then)) = self.scheduler.next(&self.world)
        {
            self.apply(action);
            then.into_iter().for_each(|action| self.apply(action));
            let takes = self.setup.cycle_takes;
            if takes > Span::ZERO {
                self.scheduler_is_awake = true;
                self.agenda.schedule(self.world.now() + takes, Event::SchedulerWakes);
                return;
            }
        }
    }

    fn pod_stops(&mut self, pod: PodId) {
        if !matches!(self.world.pods().phase(pod), Phase::Terminating { .. }) {
            return;
        }
        let (spec, granted) = (self.world.spec_of(pod), self.granted(pod));
        let end = if spec.shutdown <= granted {
            End::Clean
        } else if self.graces.contains_key(&pod) {
            End::CutShort(Limit::NodePressure)
        } else if self.hurried.contains_key(&pod) {
            End::CutShort(Limit::Deadline)
        } else if granted < spec.grace {
            End::CutShort(Limit::NodeShutdown)
        } else {
            End::CutShort(Limit::Grace)
        };
        self.pod_leaves(pod, Exit::Ended(end));
    }

    fn pod_finishes(&mut self, pod: PodId) {
        let runs = matches!(self.world.pods().phase(pod), Phase::Running { .. });
        if runs && self.gangs.finishes(&self.world, pod) {
            self.pod_leaves(pod, Exit::Ended(End::Completed));
        }
    }

    pub(crate) fn pod_becomes_ready(&mut self, pod: PodId) {
        let now = self.world.now();
        let starts = matches!(self.world.pods().phase(pod), Phase::Starting { .. });
        if !starts || !self.restarts.lets_be_ready(pod, now) {
            return;
        }
        let fact = self.world.become_ready(pod);
        self.record(fact);
        self.watched.readiness_changes(&self.world, pod);
        self.restarts.ready(pod, now);
        self.readiness_changes(pod);
        let workload = &self.world.model().workloads[self.world.pods().workload(pod)];
        let controller = workload.controller;
        if let Some((takes, gang)) = self.gangs.pod_ready(&self.world, pod) {
            for member in gang {
                self.agenda.schedule(now + takes, Event::PodFinishes(member));
            }
        }
        if controller.desired_replicas().is_some() {
            self.agenda.schedule(now + controller.min_ready(), Event::PodBecomesAvailable(pod));
        }
        let actions = self.controllers.pod_ready(&self.world, pod);
        self.apply_all(actions);
    }

    pub(crate) fn pod_becomes_available(&mut self, pod: PodId) {
        let runs = matches!(self.world.pods().phase(pod), Phase::Running { .. });
        // A pod that was found running is available at once, and not again after `minReadySeconds`.
        let workload = self.world.pods().workload(pod);
        let min_ready = self.world.model().workloads[workload].controller.min_ready();
        let now = self.world.now();
        let is_due = self.restarts.lets_be_available(pod, now, min_ready);
        if runs && is_due && !self.world.pods().available(pod) {
            let fact = self.world.become_available(pod);
            self.record(fact);
            let actions = self.controllers.pod_available(&self.world, pod);
            self.apply_all(actions);
        }
    }

    /// A job with a deadline, if it is one, re-evaluates what to hold, now and again after its tick.
    fn deadline_tick(&mut self, workload: WorkloadId) {
        let Some(decision) = self.deadlines.decide(&self.world, workload) else { return };
        self.apply_all(decision.actions);
        match decision.again_in {
            Some(tick) => {
                let again_at = self.world.now() + tick;
                self.agenda.schedule(again_at, Event::DeadlineTick(workload));
            }
            None => self.record(Fact::DeadlineJobDone { workload }),
        }
    }
}
