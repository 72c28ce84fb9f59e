//! Facts in words: the parts of which a fact is made, under the names of the cluster.

use serde_json::Value;
use sim::fact::refusal::Refusals;
use sim::fact::{Column, Fact};
use sim::model::breach::{Bound, Breach};
use sim::model::catalog::Capacity;
use sim::model::disruption::DisruptionReason;
use sim::model::quota::Counted;
use sim::model::resources::Lane;

use crate::names::{Namer, end, reason};

/// A fact as a short sentence; names are those that facts have introduced so far.
#[must_use]
pub fn of(fact: &Fact, namer: &Namer<'_>, refusals: &Refusals) -> String {
    let mut sentence = String::new();
    fact.says(|part| sentence += &text(part, namer, refusals));
    sentence
}

/// A part of a sentence.
fn text(part: Column, namer: &Namer<'_>, refusals: &Refusals) -> String {
    match part {
        Column::Span(span) => span.map_or_else(String::new, |span| span.to_string()),
        Column::Time(at) => at.map_or_else(String::new, |at| at.to_string()),
        Column::Thousandths(number) => {
            number.map_or_else(String::new, |number| (number as f64 / 1_000.0).to_string())
        }
        Column::Price(price) => format!("${}/h", price.0 as f64 / 1e6),
        Column::Missing(breach) => breach.map_or_else(String::new, missing),
        part => match value(part, namer, refusals) {
            Value::String(text) => text,
            Value::Null => String::new(),
            value => value.to_string(),
        },
    }
}

/// What stands in a column: times in milliseconds, prices in micro-dollars an hour.
#[must_use]
pub fn value(column: Column, namer: &Namer<'_>, refusals: &Refusals) -> Value {
    match column {
        Column::Pod(pod) => pod.map(|pod| namer.pod(pod)).into(),
        Column::Node(node) => node.map(|node| namer.node(node)).into(),
        Column::Workload(workload) => namer.workload(workload).into(),
        Column::Job(workload, run) => namer.job(workload, run).into(),
        Column::Budget(budget) => budget.map(|budget| namer.budget(budget)).into(),
        Column::Image(image) => namer.image(image).into(),
        Column::Pool(pool) => namer.pool(pool).into(),
        Column::Offering(offering) => namer.offering(offering).join(", ").into(),
        Column::InstanceType(offering) => namer.offering(offering)[0].into(),
        Column::Zone(offering) => namer.offering(offering)[1].into(),
        Column::CapacityType(offering) => namer.offering(offering)[2].into(),
        Column::Capacity(capacity) => amount(capacity).into(),
        Column::Cause(why) => reason(why).into(),
        Column::End(how) => end(how).into(),
        Column::DisruptionReason(target) => target.map(DisruptionReason::name).into(),
        Column::Outcome(outcome) => outcome.name().into(),
        Column::Container(workload, place) => namer.container(workload, place).into(),
        Column::Name(name) => namer.text(name).into(),
        Column::Counted(what) => what.map(|what| namer.counted(what)).into(),
        Column::Bound(bound) => bound.map(Bound::name).into(),
        Column::Missing(breach) => {
            breach.filter(|it| it.bound != Bound::Stated).map(|it| it.by).into()
        }
        Column::Condition(condition) => condition.condition().into(),
        Column::Refusal(id) => id.map(|id| namer.refusal(&refusals[id])).into(),
        Column::Number(number) => number.into(),
        Column::Thousandths(number) => number.into(),
        Column::Span(span) => span.map(|span| span.as_ms()).into(),
        Column::Time(at) => at.map(|at| at.as_ms()).into(),
        Column::Price(price) => price.0.into(),
        Column::Flag(flag) => flag.into(),
        Column::Text(text) => text.into(),
    }
}

/// Whether a fact is left out of stories, which are of where pods are and of what keeps nodes: it
/// follows from others, or says how far something has come.
#[must_use]
pub fn is_detail(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::PodAvailable { .. }
            | Fact::PodResized { .. }
            | Fact::PodResizePending { .. }
            | Fact::PodUses { .. }
            | Fact::CpuShared { .. }
            | Fact::PodWorked { .. }
            | Fact::StillPending { .. }
            | Fact::StillRunning { .. }
            | Fact::VolumesAttached { .. }
            | Fact::ImagePulled { .. }
            | Fact::RebalanceRecommended { .. }
            | Fact::ReplacementLaunched { .. }
            | Fact::PoolFellBack { .. }
    )
}

/// How much capacity there is.
fn amount(capacity: Capacity) -> String {
    match capacity {
        Capacity::Ample => "ample".into(),
        Capacity::Contended { open: true } => "contended".into(),
        Capacity::Contended { open: false } => "contended, none left".into(),
        Capacity::Exhausted => "exhausted".into(),
        Capacity::Holds(most) => format!("{most} at most"),
    }
}

/// How much is missing, as Kubernetes writes it.
fn missing(breach: Breach) -> String {
    let Breach { what, bound, by } = breach;
    match what {
        _ if bound == Bound::Stated => String::new(),
        Counted::Requests(Lane::CPU) | Counted::Limits(Lane::CPU) => format!("{by}m"),
        Counted::Requests(Lane::MEMORY | Lane::EPHEMERAL_STORAGE)
        | Counted::Limits(Lane::MEMORY | Lane::EPHEMERAL_STORAGE) => {
            let units = [(30, "Gi"), (20, "Mi"), (10, "Ki")];
            let whole = units.into_iter().find(|(bits, _)| by % (1 << bits) == 0);
            whole.map_or_else(|| by.to_string(), |(bits, unit)| format!("{}{unit}", by >> bits))
        }
        Counted::Pods | Counted::Requests(_) | Counted::Limits(_) => by.to_string(),
    }
}
