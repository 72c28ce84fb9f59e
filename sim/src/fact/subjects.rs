//! Subjects: the pods, nodes and workloads that a fact is about, by the types of its fields.

use super::refusal::RefusalId;
use super::{Cause, Requested};
use crate::model::breach::Breach;
use crate::model::budget::BudgetId;
use crate::model::catalog::{Capacity, OfferingId};
use crate::model::disruption::DisruptionReason;
use crate::model::images::ImageId;
use crate::model::job::{Outcome, Worked};
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId, SpecId};
use crate::model::pool::PoolId;
use crate::model::pressure::Pressure;
use crate::model::workload::WorkloadId;
use crate::money::MicroUsdPerHour;
use crate::names::NameId;
use crate::time::{SimTime, Span};

/// What a fact is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Subjects {
    /// The pod.
    pub pod: Option<PodId>,
    /// The node; of two, the one that the fact is about first.
    pub node: Option<NodeId>,
    /// The workload.
    pub workload: Option<WorkloadId>,
}

/// A field of a fact: what it says of whom the fact is about.
pub(super) trait Subject: Copy {
    /// Adds itself, if it is a subject.
    fn join(self, _: &mut Subjects) {}
}

impl Subject for PodId {
    fn join(self, subjects: &mut Subjects) {
        subjects.pod.get_or_insert(self);
    }
}

impl Subject for NodeId {
    fn join(self, subjects: &mut Subjects) {
        subjects.node.get_or_insert(self);
    }
}

impl Subject for WorkloadId {
    fn join(self, subjects: &mut Subjects) {
        subjects.workload.get_or_insert(self);
    }
}

impl<S: Subject> Subject for Option<S> {
    fn join(self, subjects: &mut Subjects) {
        if let Some(subject) = self {
            subject.join(subjects);
        }
    }
}

macro_rules! no_subjects {
    ($($type:ty)+) => {$( impl Subject for $type {} )+};
}

no_subjects! {
    &'static str bool u32 u64 Breach BudgetId Capacity Cause DisruptionReason End ImageId MicroUsdPerHour
    NameId OfferingId Outcome PoolId Pressure RefusalId Requested SimTime Span SpecId Worked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Fact;
    use crate::table::Id;

    #[test]
    fn a_fact_is_about_what_its_fields_name() {
        let (pod, node, workload) =
            (PodId::from_index(3), NodeId::from_index(5), WorkloadId::from_index(7));
        let ready = Fact::PodReady { pod, workload, node }.subjects();
        let all = Subjects { pod: Some(pod), node: Some(node), workload: Some(workload) };
        assert_eq!(ready, all);
        let launched =
            Fact::ReplacementLaunched { node, replaces: NodeId::from_index(4), back_to_spot: true };
        assert_eq!(launched.subjects(), Subjects { node: Some(node), ..Subjects::default() });
        let freed = Fact::PodNominated { pod, workload, node: None }.subjects();
        assert_eq!(freed, Subjects { node: None, ..all });
    }
}
