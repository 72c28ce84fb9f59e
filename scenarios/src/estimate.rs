//! What a scenario comes to, roughly, before any of it is simulated; and what is too much to begin
//! without being asked to.
//!
//! A number with three zeros too many is soon written: it would fill the memory, or run for years. The
//! estimate is made of counts that are read off the scenario and of what each took when it was
//! measured (docs/limits.md). It is the same on every machine, and decides nothing but whether to
//! begin.

mod samples;

use std::fmt::Write as _;
use std::ops::Range;

use sim::model::catalog::CapacityType;
use sim::model::pool::Pool;
use sim::model::resources::Lane;
use sim::model::schedule::Concurrency;
use sim::model::workload::{Controller, Workload, WorkloadId};
use sim::{Setup, Span};

use crate::diagnostic::{Diagnostic, Source};
use crate::limits::{RUN_BYTES, RUN_SECONDS};
use crate::tree::{Node, Step};
use crate::workloads::Written;

// Measured on 2026-11-28 with `run -n 1` and `check -n 1` of 5,000 nodes with 100,000 pods, 100,000
// nodes with 1,000,000, 1,000,000 empty nodes, and 100,000 pods on 4 nodes; rounded up.
const BYTES_PER_POD: u64 = 1_500;
const BYTES_PER_NODE: u64 = 2_200;
/// What is kept of a pod that has arrived, run and gone.
const BYTES_PER_ARRIVAL: u64 = 250;
/// What is kept of every simulation until the end.
const BYTES_PER_SIMULATION: u64 = 6_000;
const NS_PER_NODE: u64 = 2_000;
const NS_PER_POD: u64 = 5_000;
/// And more, the more nodes there are to choose from: a nanosecond for each of this number.
const NODES_PER_NS: u64 = 10;
/// What it takes to find again that a pod fits nowhere.
const NS_PER_TRY: u64 = 1_200;
const NS_PER_TICK: u64 = 1_000;
const NS_PER_DRAW: u64 = 40;
const NS_PER_SIMULATION: u64 = 500_000;

/// A pod that waits is tried again after five minutes, and when another ends: not more often than
/// its back-off lets.
// kube-scheduler: backend/queue DefaultPodMaxInUnschedulablePodsDuration, DefaultPodMaxBackoffDuration
const TRIED_EVERY: Span = Span::from_secs(300);
const TRIED_EVERY_WHERE_PODS_END: Span = Span::from_secs(10);

/// What one simulation comes to.
#[derive(Clone, Debug, Default)]
pub struct Estimate {
    /// Nodes launched.
    pub nodes: u64,
    /// Pods created.
    pub pods: u64,
    /// Pods that find no room.
    pub waiting: u64,
    bytes: u64,
    cpu_ns: u64,
    /// What takes most memory, and what most time.
    most: [Option<Diagnostic>; 2],
}

/// One pool or workload: what it has, and what that takes.
#[derive(Default)]
struct Part {
    nodes: u64,
    pods: u64,
    waiting: u64,
    bytes: u64,
    cpu_ns: u64,
}

/// Where the parts of a setup were written.
#[derive(Clone, Copy)]
pub(crate) struct Places<'p> {
    /// The scenario.
    pub(crate) scenario: (&'p Source, &'p Node),
    /// Its workloads, those of the scenario itself first.
    pub(crate) workloads: &'p [Written],
    /// How many are of the scenario itself.
    pub(crate) inline: usize,
}

impl Estimate {
    pub(crate) fn of(setup: &Setup, places: Places<'_>) -> Estimate {
        let model = &setup.model;
        let pools: Vec<u64> = model.pools.rows().map(|pool| launched(pool, setup)).collect();
        let nodes: u64 = pools.iter().fold(0, |sum, more| sum.saturating_add(*more));
        let mut whole = Estimate::default();
        let mut greatest = [0, 0];
        let mut add = |part: &Part, said: &dyn Fn() -> Diagnostic| {
            whole.nodes = whole.nodes.saturating_add(part.nodes);
            whole.pods = whole.pods.saturating_add(part.pods);
            whole.waiting = whole.waiting.saturating_add(part.waiting);
            whole.bytes = whole.bytes.saturating_add(part.bytes);
            whole.cpu_ns = whole.cpu_ns.saturating_add(part.cpu_ns);
            let measures = [part.bytes, part.cpu_ns];
            for ((most, greatest), it) in whole.most.iter_mut().zip(&mut greatest).zip(measures) {
                if it > *greatest {
                    (*greatest, *most) = (it, Some(said()));
                }
            }
        };
        for (index, nodes) in pools.iter().enumerate() {
            let part = Part {
                nodes: *nodes,
                bytes: nodes.saturating_mul(BYTES_PER_NODE),
                cpu_ns: nodes.saturating_mul(NS_PER_NODE),
                ..Part::default()
            };
            add(&part, &|| places.pool(index, *nodes));
        }
        let short = short_of(setup);
        let ends = model.workloads.rows().any(|it| it.controller.work().is_some());
        let every = if ends { TRIED_EVERY_WHERE_PODS_END } else { TRIED_EVERY };
        let tries = horizon(setup) / every.as_ms();
        for (index, (id, workload)) in model.workloads.iter().enumerate() {
            let pods = created((id, workload), setup, nodes);
            let waiting = short.of(at_most_at_once(workload, setup, pods));
            // Those that replace others wait no longer than they did.
            let pods = pods.saturating_add(planned(id, setup, pods));
            let per_pod = NS_PER_POD.saturating_add(nodes / NODES_PER_NS);
            let tried = waiting.saturating_mul(tries).saturating_mul(NS_PER_TRY);
            let ticks = ticks(workload, setup).saturating_mul(NS_PER_TICK);
            let draws = draws((id, workload), setup).saturating_mul(NS_PER_DRAW);
            let sampled = samples::ns(id, setup, pods, pod_ms(id, workload, setup, pods));
            let part = Part {
                pods,
                waiting,
                bytes: pods.saturating_mul(match workload.controller.generator() {
                    None => BYTES_PER_POD,
                    Some(_) => BYTES_PER_ARRIVAL,
                }),
                cpu_ns: [tried, ticks, draws, sampled]
                    .into_iter()
                    .fold(pods.saturating_mul(per_pod), u64::saturating_add),
                ..Part::default()
            };
            add(&part, &|| places.workload(index, workload, pods));
        }
        whole.cpu_ns = whole.cpu_ns.saturating_add(NS_PER_SIMULATION);
        whole
    }

    /// Why replications, of several simulations each, are not begun without consent;
    /// nothing if they may be.
    #[must_use]
    pub fn refusal(&self, replications: u32, simulations: u32) -> Option<Diagnostic> {
        let (bytes, cpu_ns) = self.takes(replications, simulations);
        let (much, long) = over(bytes, cpu_ns);
        if !much && !long {
            return None;
        }
        let mut message = format!(
            "this may be more than is meant: {} of {} and {}, about {} of memory and {} of CPU time",
            counted(replications.into(), "replication"),
            counted(self.nodes, "node"),
            counted(self.pods, "pod"),
            memory(bytes),
            time(cpu_ns),
        );
        if self.waiting > 0 {
            let _ = write!(message, "; {} find no room", counted(self.waiting, "pod"));
        }
        // If one replication were fine, it is their number; and if it were quick, nothing else.
        let (bytes, cpu_ns) = self.takes(1, simulations);
        let alone = over(bytes, cpu_ns) != (false, false);
        let heavy = alone || (long && over(0, cpu_ns.saturating_mul(1_000)).1);
        let driver = if much && alone { &self.most[0] } else { &self.most[1] };
        let mut refusal = Diagnostic::new("E0212", message);
        if let Some(driver) = driver.as_ref().filter(|_| heavy) {
            refusal.place.clone_from(&driver.place);
            refusal.label.clone_from(&driver.message);
        }
        let lifts = "or pass --large to begin all the same (docs/limits.md)";
        let help = match alone {
            true => format!("make it smaller, {lifts}"),
            false => format!("ask for fewer replications with -n, {lifts}"),
        };
        Some(refusal.help(help))
    }

    /// Bytes and nanoseconds.
    fn takes(&self, replications: u32, simulations: u32) -> (u64, u64) {
        let all = u64::from(replications).saturating_mul(u64::from(simulations));
        let kept = all.saturating_mul(BYTES_PER_SIMULATION);
        (self.bytes.saturating_add(kept), self.cpu_ns.saturating_mul(all))
    }
}

/// Whether memory and time are more than is taken without consent.
fn over(bytes: u64, cpu_ns: u64) -> (bool, bool) {
    let seconds = cpu_ns / 1_000_000_000;
    let many = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    (RUN_BYTES.exceeded(many(bytes)), RUN_SECONDS.exceeded(many(seconds)))
}

fn horizon(setup: &Setup) -> u64 {
    setup.horizon.as_ms()
}

/// How many nodes a pool launches: those it is born with, and one for each that is taken or fails.
fn launched(pool: &Pool, setup: &Setup) -> u64 {
    let market = &setup.market;
    let rate = |offering: &sim::model::catalog::Offering| {
        let taken = match offering.capacity_type {
            CapacityType::Spot if market.reclaims.has_rates() => {
                offering.reclaims_per_hour * market.reclaim_scale
            }
            CapacityType::Spot | CapacityType::OnDemand => 0.0,
        };
        taken + market.failures.per_hour
    };
    let offerings = &setup.model.catalog.offerings;
    let rates = pool.templates.iter().map(|template| rate(&offerings[template.offering]));
    let rate = rates.fold(0.0, f64::max);
    // A node boots before it can be taken.
    let boots = setup.provider.boot.median.as_ms() as f64;
    let lives_ms = boots + 3_600_000.0 / rate.max(f64::MIN_POSITIVE);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates, as it should
    let lives = (horizon(setup) as f64 / lives_ms) as u64;
    u64::from(pool.initial_size()).saturating_mul(lives.saturating_add(1))
}

/// How many pods a workload creates.
fn created((id, workload): (WorkloadId, &Workload), setup: &Setup, nodes: u64) -> u64 {
    // What is done one after the other is done as often as there is time for.
    let in_turn = |at_once: u32, takes: Span| {
        u64::from(at_once).saturating_mul(horizon(setup) / takes.as_ms().max(1) + 1)
    };
    match workload.controller {
        Controller::Deployment { replicas, .. } | Controller::StatefulSet { replicas, .. } => {
            replicas.into()
        }
        Controller::DaemonSet => nodes,
        Controller::Pod { .. } => 1,
        Controller::DeadlineJob(_) => 0,
        Controller::ArrivingJobs { generator, .. } | Controller::ArrivingPods { generator } => {
            let (arrivals, _) = setup.load[generator].expected_of(id, setup.horizon);
            let pods = workload.controller.job().map_or(1, |job| job.completions);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
            let pods = (arrivals.ceil() as u64).saturating_mul(pods.into());
            pods
        }
        Controller::Job(job) => {
            in_turn(job.at_once(), job.work.duration).min(job.completions.into())
        }
        Controller::CronJob { job, schedule } => {
            let schedule = &setup.model.schedules[schedule];
            let all = (schedule.due.len() as u64).saturating_mul(job.completions.into());
            match schedule.concurrency {
                Concurrency::Forbid => all.min(in_turn(job.at_once(), job.work.duration)),
                Concurrency::Allow | Concurrency::Replace => all,
            }
        }
    }
}

/// For how many milliseconds pods of a workload are there, together.
fn pod_ms(id: WorkloadId, workload: &Workload, setup: &Setup, pods: u64) -> u128 {
    let length = horizon(setup).max(1);
    let runs = match workload.controller.generator() {
        Some(generator) => {
            let (_, seconds) = setup.load[generator].expected_of(id, setup.horizon);
            Span::from_secs_f64(seconds).as_ms()
        }
        None => workload.controller.work().map_or(length, |work| work.duration.as_ms()),
    };
    u128::from(pods).saturating_mul(runs.min(length).into())
}

/// How many more pods a workload creates when it is scaled up and rolled out, if it begins with this many.
fn planned(workload: WorkloadId, setup: &Setup, begins_with: u64) -> u64 {
    let planned = &setup.model.planned;
    let (mut replicas, mut most, mut more) = (begins_with, begins_with, 0_u64);
    for scale in planned.scales.iter().filter(|scale| scale.workload == workload) {
        let next = u64::from(scale.replicas);
        more = more.saturating_add(next.saturating_sub(replicas));
        (replicas, most) = (next, most.max(next));
    }
    let rollouts = planned.rollouts.get(&workload).map_or(0, Vec::len) as u64;
    more.saturating_add(most.saturating_mul(rollouts))
}

/// How many of a workload's pods may wait at a time: of a CronJob whose Jobs pile up, all of them.
fn at_most_at_once(workload: &Workload, setup: &Setup, created: u64) -> u64 {
    match workload.controller {
        Controller::Job(job) => job.at_once().into(),
        Controller::CronJob { job, schedule } => {
            match setup.model.schedules[schedule].concurrency {
                Concurrency::Allow => created,
                Concurrency::Forbid | Concurrency::Replace => job.at_once().into(),
            }
        }
        // Its pods are never more than there are nodes.
        Controller::DaemonSet => 0,
        _ => created,
    }
}

/// How often a job with a deadline re-evaluates what to hold.
fn ticks(workload: &Workload, setup: &Setup) -> u64 {
    match workload.controller {
        Controller::DeadlineJob(job) => horizon(setup) / job.tick.as_ms().max(1),
        _ => 0,
    }
}

/// How many draws its generator takes to find when something arrives; counted once if it has classes.
fn draws((id, workload): (WorkloadId, &Workload), setup: &Setup) -> u64 {
    let generator = workload.controller.generator().map(|generator| &setup.load[generator]);
    let draws = generator.filter(|it| it.workload() == id).map(|it| it.draws(setup.horizon));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    let draws = draws.unwrap_or(0.0) as u64;
    draws
}

/// What is asked for, and how much of it is there, of what there is least of.
struct Short {
    asked: u128,
    there: u128,
}

impl Short {
    /// How many of a number of pods find no room.
    fn of(&self, pods: u64) -> u64 {
        let over = self.asked.saturating_sub(self.there);
        let short = u128::from(pods).saturating_mul(over) / self.asked.max(1);
        u64::try_from(short).unwrap_or(u64::MAX)
    }
}

/// By sums of requests over time, as if everything fitted beside everything.
fn short_of(setup: &Setup) -> Short {
    let model = &setup.model;
    let length = horizon(setup).max(1);
    let lane = |lane: Lane| {
        let there = model.pools.rows().filter_map(|pool| {
            let template = pool.templates.first()?;
            Some(u128::from(pool.initial_size()) * u128::from(template.shape.allocatable[lane]))
        });
        let asked = model.workloads.iter().map(|(id, it)| {
            let pods = match it.controller {
                Controller::DaemonSet => 0,
                _ => created((id, it), setup, 0),
            };
            let each = u128::from(model.specs[it.spec].requests[lane]);
            pod_ms(id, it, setup, pods).saturating_mul(each) / u128::from(length)
        });
        Short { asked: asked.sum(), there: there.sum() }
    };
    let lanes = [Lane::CPU, Lane::MEMORY, Lane::PODS].map(lane);
    let most = |short: &Short| short.of(1_000_000_000);
    lanes.into_iter().max_by_key(most).unwrap_or(Short { asked: 0, there: 0 })
}

impl Places<'_> {
    fn pool(&self, index: usize, nodes: u64) -> Diagnostic {
        self.field(&["pools".into(), index.into(), "count".into()], counted(nodes, "node"))
    }

    fn workload(&self, index: usize, workload: &Workload, pods: u64) -> Diagnostic {
        let (field, what) = match workload.controller {
            Controller::Deployment { .. } | Controller::StatefulSet { .. } => {
                ("replicas", counted(pods, "pod"))
            }
            Controller::Job(_) => ("completions", counted(pods, "pod")),
            Controller::CronJob { .. } => ("schedule", counted(pods, "pod")),
            Controller::DaemonSet
            | Controller::Pod { .. }
            | Controller::ArrivingJobs { .. }
            | Controller::ArrivingPods { .. } => ("name", counted(pods, "pod")),
            Controller::DeadlineJob(_) => ("tick", "very many ticks".into()),
        };
        match self.workloads.get(index) {
            Some(_) if index < self.inline => {
                self.field(&["workloads".into(), index.into(), field.into()], what)
            }
            Some(written) => {
                Diagnostic::new("E0212", what).at(&written.source, value_of(field, written))
            }
            None => {
                let number = index - self.workloads.len();
                self.field(&["deadlineJobs".into(), number.into(), field.into()], what)
            }
        }
    }

    fn field(&self, path: &[Step], what: String) -> Diagnostic {
        let (source, tree) = self.scenario;
        Diagnostic::new("E0212", what).at(source, tree.at(path).span.clone())
    }
}

/// Where an object that was read from a file gives a field, else where it stands: its tree is gone, so
/// that the first of this name in its text is taken.
pub(crate) fn value_of(field: &str, written: &Written) -> Range<usize> {
    let Range { start, end } = written.span;
    let object = written.source.text.get(start..end).unwrap_or_default();
    let found = ["", "\""].into_iter().find_map(|quote| {
        let key = format!("{quote}{field}{quote}:");
        object.find(&key).map(|at| at + key.len())
    });
    let Some(after) = found else { return written.span.clone() };
    let value = object[after..].trim_start();
    let from = end - value.len();
    let length = value.find(['\n', ',', '}']).unwrap_or(value.len());
    from..from + value[..length].trim_end().len()
}

/// `1,000 pods`.
fn counted(count: u64, noun: &str) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text} {noun}{}", if count == 1 { "" } else { "s" })
}

fn memory(bytes: u64) -> String {
    const GIB: u64 = 1 << 30;
    match bytes {
        0..GIB => "less than 1 GiB".into(),
        _ => format!("{} GiB", bytes.div_ceil(GIB)),
    }
}

fn time(ns: u64) -> String {
    const MINUTE: u64 = 60_000_000_000;
    match ns / MINUTE {
        0 => "less than a minute".into(),
        minutes @ 1..120 => counted(minutes, "minute"),
        minutes @ 120..2_880 => counted(minutes / 60, "hour"),
        minutes @ 2_880..1_051_200 => counted(minutes / 1_440, "day"),
        minutes => counted(minutes / 525_600, "year"),
    }
}
