//! The columns of a fact: what a file of facts says of it, and the parts of its sentence, before
//! anything has a name.

use super::Cause;
use super::refusal::RefusalId;
use crate::model::breach::{Bound, Breach};
use crate::model::budget::BudgetId;
use crate::model::catalog::{Capacity, OfferingId};
use crate::model::disruption::DisruptionReason;
use crate::model::images::ImageId;
use crate::model::job::Outcome;
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId};
use crate::model::pool::PoolId;
use crate::model::pressure::Pressure;
use crate::model::quota::Counted;
use crate::model::workload::WorkloadId;
use crate::money::MicroUsdPerHour;
use crate::names::NameId;
use crate::time::{SimTime, Span};

/// A value in a column, or a part of a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Column {
    /// A pod, if any.
    Pod(Option<PodId>),
    /// A node, if any.
    Node(Option<NodeId>),
    /// A workload.
    Workload(WorkloadId),
    /// A Job: its own workload, or the number of one that a CronJob made.
    Job(WorkloadId, u32),
    /// A budget, if any.
    Budget(Option<BudgetId>),
    /// An image.
    Image(ImageId),
    /// A pool.
    Pool(PoolId),
    /// All of an offering.
    Offering(OfferingId),
    /// The instance type of an offering.
    InstanceType(OfferingId),
    /// Its zone.
    Zone(OfferingId),
    /// Its capacity type.
    CapacityType(OfferingId),
    /// An amount of spot capacity.
    Capacity(Capacity),
    /// Why a pod or an instance had to go.
    Cause(Cause),
    /// How a pod ended.
    End(End),
    /// The reason of a pod's condition `DisruptionTarget`, if it has one.
    DisruptionReason(Option<DisruptionReason>),
    /// What became of a Job.
    Outcome(Outcome),
    /// The message of a refusal, if there was one.
    Refusal(Option<RefusalId>),
    /// A container of a workload's pods, by its place.
    Container(WorkloadId, u32),
    /// A name that the scenario gives.
    Name(NameId),
    /// What a quota counts of pods, if it is about that.
    Counted(Option<Counted>),
    /// What bounds an amount, if anything does.
    Bound(Option<Bound>),
    /// How much is missing of an amount or over its bound, if there is such.
    Missing(Option<Breach>),
    /// A node condition.
    Condition(Pressure),
    /// A number.
    Number(u64),
    /// A number of thousandths, if there is one.
    Thousandths(Option<u64>),
    /// A length of time, if there is one.
    Span(Option<Span>),
    /// An instant, if there is one.
    Time(Option<SimTime>),
    /// A price.
    Price(MicroUsdPerHour),
    /// Whether something holds.
    Flag(bool),
    /// A text that no scenario gives.
    Text(&'static str),
}

macro_rules! columns {
    ($($type:ty: $this:ident => $column:expr;)+) => {$(
        impl From<$type> for Column {
            fn from($this: $type) -> Column {
                $column
            }
        }
    )+};
}

columns! {
    PodId: it => Column::Pod(Some(it));
    Option<PodId>: it => Column::Pod(it);
    NodeId: it => Column::Node(Some(it));
    Option<NodeId>: it => Column::Node(it);
    WorkloadId: it => Column::Workload(it);
    BudgetId: it => Column::Budget(Some(it));
    Option<BudgetId>: it => Column::Budget(it);
    ImageId: it => Column::Image(it);
    PoolId: it => Column::Pool(it);
    Capacity: it => Column::Capacity(it);
    Cause: it => Column::Cause(it);
    End: it => Column::End(it);
    Option<DisruptionReason>: it => Column::DisruptionReason(it);
    Outcome: it => Column::Outcome(it);
    Pressure: it => Column::Condition(it);
    NameId: it => Column::Name(it);
    Option<Counted>: it => Column::Counted(it);
    Option<Bound>: it => Column::Bound(it);
    RefusalId: it => Column::Refusal(Some(it));
    Option<RefusalId>: it => Column::Refusal(it);
    u32: it => Column::Number(it.into());
    u64: it => Column::Number(it);
    Span: it => Column::Span(Some(it));
    Option<Span>: it => Column::Span(it);
    SimTime: it => Column::Time(Some(it));
    Option<SimTime>: it => Column::Time(it);
    MicroUsdPerHour: it => Column::Price(it);
    bool: it => Column::Flag(it);
    &'static str: it => Column::Text(it);
}
