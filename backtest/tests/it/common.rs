//! Histories to walk through.

use backtest::history::{Container, Name};
use backtest::{Plan, Walked, recommenders, walk};
use sim::Span;
use sim::autoscalers::vpa::sizing::Sizes;
use sim::model::vpa::{CpuMemory, Stated};

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const MIB: u64 = 1 << 20;

pub(crate) fn stated(cpu: u64, memory: u64) -> Stated {
    CpuMemory { cpu: Some(cpu), memory: Some(memory) }
}

/// A container of one pod that is sampled every `apart`, in millicores and MiB.
pub(crate) fn container(apart: i64, used: &[(u64, u64)]) -> Container {
    let mut container = Container::new(Name {
        namespace: "shop".into(),
        workload: "web".into(),
        container: "app".into(),
    });
    pod(&mut container, 0, (0, apart), used);
    container.sort();
    container
}

/// Adds a pod that is sampled from `start` on, every `apart`.
pub(crate) fn pod(
    container: &mut Container,
    pod: u32,
    (start, apart): (i64, i64),
    used: &[(u64, u64)],
) {
    let at = |index: usize| start + apart * i64::try_from(index).expect("few");
    let cpu = used.iter().enumerate().map(|(index, (cpu, _))| (at(index), *cpu as f64));
    let memory = used.iter().enumerate().map(|(index, (_, mib))| (at(index), (mib * MIB) as f64));
    container.record(pod, &CpuMemory { cpu: cpu.collect(), memory: memory.collect() });
}

pub(crate) fn requests(container: &mut Container, requests: Stated, limits: Stated) {
    container.stated = vec![(0, Sizes { requests, limits })];
}

/// A step and what is learned from before, in hours.
pub(crate) fn plan(step: u64, learn: u64) -> Plan {
    Plan { step: Span::from_hours(step), learn: Span::from_hours(learn), threshold_percent: 0 }
}

pub(crate) fn walked(container: &Container, id: &str, plan: &Plan) -> Walked {
    let rule = recommenders::rule(id).expect("a recommender");
    walk(container, &mut *(rule.begin)(container), plan)
}
