//! Facts as 64-bit words: what the digest of a run is made of.

use super::Why;
use super::refusal::RefusalId;
use super::{Fact, Sink};
use crate::digest::Digest;
use crate::model::catalog::Capacity;
use crate::model::disruption::Reason;
use crate::model::job::Worked;
use crate::model::node::NodeId;
use crate::model::pod::{End, Limit};
use crate::time::SimTime;

/// The digest of a run: every word of every fact, in order.
impl Sink for Digest {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.mix(at.as_ms());
        fact.words(|word| self.mix(word));
    }
}

impl Fact {
    /// Writes the fact as 64-bit words, the kind first. This encoding is what digests are made of,
    /// so it changes only together with them.
    fn words(&self, mut put: impl FnMut(u64)) {
        let kind = |kind: u64, id: u32| (kind << 32) | u64::from(id);
        let pair = |high: u32, low: u32| (u64::from(high) << 32) | u64::from(low);
        let refusal_number = |id: RefusalId| id.number();
        let flags = |ready: bool, available: bool| (u32::from(ready) << 1) | u32::from(available);
        let number = |reason: Option<Reason>| reason.map_or(u64::MAX, |reason| reason as u64);
        match *self {
            Fact::WorkloadCreated { workload } => put(kind(1, workload.number())),
            Fact::PodCreated { pod, workload, replica, attempt } => {
                put(kind(2, pod.number()));
                put(pair(workload.number(), replica));
                put(u64::from(attempt));
            }
            Fact::PodUnschedulable { pod, workload, refusal } => {
                put(kind(3, pod.number()));
                put(pair(workload.number(), refusal_number(refusal)));
            }
            Fact::PodScheduled { pod, workload, spec, node, waited } => {
                put(kind(4, pod.number()));
                put(pair(workload.number(), node.number()));
                put(u64::from(spec.number()));
                put(waited.as_ms());
            }
            Fact::PodReady { pod, workload, node } => {
                put(kind(5, pod.number()));
                put(pair(workload.number(), node.number()));
            }
            Fact::PodAvailable { pod, workload } => {
                put(kind(6, pod.number()));
                put(u64::from(workload.number()));
            }
            Fact::PodTerminating { pod, workload, was_ready, was_available, why, reason } => {
                put(kind(7, pod.number()));
                put(pair(workload.number(), flags(was_ready, was_available) | (why.number() << 2)));
                put(number(reason));
            }
            Fact::PodEnded {
                pod,
                workload,
                spec,
                node,
                end,
                reason,
                was_ready,
                was_available,
                ran,
            } => {
                put(kind(8, pod.number()));
                put(pair(workload.number(), node.number()));
                put(pair(end.number(), flags(was_ready, was_available)));
                put(u64::from(spec.number()));
                put(ran.as_ms());
                put(number(reason));
            }
            Fact::EvictionRefused { pod, workload, budget } => {
                put(kind(24, pod.number()));
                put(pair(workload.number(), budget.number()));
            }
            Fact::NodeUnreachable { node } => put(kind(25, node.number())),
            Fact::NodeDeleted { node } => put(kind(26, node.number())),
            Fact::NodeLaunched { node, pool, offering, price } => {
                put(kind(9, node.number()));
                put(pair(pool.number(), offering.number()));
                put(price.0);
            }
            Fact::NodeReady { node } => put(kind(10, node.number())),
            Fact::NoticeGiven { node, lead } => {
                put(kind(11, node.number()));
                put(lead.as_ms());
            }
            Fact::NodeCordoned { node } => put(kind(12, node.number())),
            Fact::NodeGone { node, why, announced } => {
                put(kind(13, node.number()));
                put(pair(why.number(), u32::from(announced)));
            }
            Fact::PriceChanged { offering, price } => {
                put(kind(14, offering.number()));
                put(price.0);
            }
            Fact::CapacityChanged { offering, capacity } => {
                put(kind(21, offering.number()));
                put(capacity.word());
            }
            Fact::LaunchRefused { pool, offering, outbid } => {
                put(kind(22, pool.number()));
                put(pair(offering.number(), u32::from(outbid)));
            }
            Fact::RebalanceRecommended { node } => put(kind(23, node.number())),
            Fact::PoolFellBack { pool, node } => {
                put(kind(27, pool.number()));
                put(u64::from(node.number()));
            }
            Fact::ReplacementLaunched { node, replaces, back_to_spot } => {
                put(kind(28, node.number()));
                put(pair(replaces.number(), u32::from(back_to_spot)));
            }
            Fact::StillPending { pod, workload, waited, refusal } => {
                put(kind(15, pod.number()));
                put(pair(workload.number(), refusal.map_or(u32::MAX, refusal_number)));
                put(waited.as_ms());
            }
            Fact::PodFound { pod, workload, spec, node } => {
                put(kind(20, pod.number()));
                put(pair(workload.number(), node.number()));
                put(u64::from(spec.number()));
            }
            Fact::NodeUncordoned { node } => put(kind(17, node.number())),
            Fact::NodeTainted { node, taints } => {
                put(kind(18, node.number()));
                put(u64::from(taints));
            }
            Fact::PodNominated { pod, workload, node } => {
                put(kind(19, pod.number()));
                put(pair(workload.number(), node.map_or(u32::MAX, NodeId::number)));
            }
            Fact::PodWorked { pod, workload, spec, node, worked } => {
                put(kind(33, pod.number()));
                put(pair(workload.number(), node.number()));
                put(u64::from(spec.number()));
                let Worked { useful, lost, saving, waiting } = worked;
                [useful, lost, saving, waiting].into_iter().for_each(|span| put(span.as_ms()));
            }
            Fact::JobCreated { workload, run, due } => {
                put(kind(41, workload.number()));
                put(u64::from(run));
                put(due.as_ms());
            }
            Fact::JobSkipped { workload, due } => {
                put(kind(42, workload.number()));
                put(due.as_ms());
            }
            Fact::JobEnded { workload, run, outcome } => {
                put(kind(43, workload.number()));
                put(pair(run, outcome as u32));
            }
            Fact::PodWithdrawn { pod, workload, waited } => {
                put(kind(44, pod.number()));
                put(u64::from(workload.number()));
                put(waited.as_ms());
            }
            Fact::VolumesAttached { pod, workload, node, waited } => {
                put(kind(34, pod.number()));
                put(pair(workload.number(), node.number()));
                put(waited.as_ms());
            }
            Fact::ImagePulled { node, image, took } => {
                put(kind(35, node.number()));
                put(u64::from(image.number()));
                put(took.as_ms());
            }
            Fact::DeadlineJobDone { workload } => put(kind(31, workload.number())),
            Fact::DeadlineJobUnfinished { workload, progress } => {
                put(kind(32, workload.number()));
                put(progress.as_ms());
            }
            Fact::StillRunning { pod, workload, ran } => {
                put(kind(16, pod.number()));
                put(u64::from(workload.number()));
                put(ran.as_ms());
            }
        }
    }
}

impl End {
    /// The end as it is written into digests.
    fn number(self) -> u32 {
        match self {
            End::Completed => 0,
            End::Clean => 1,
            End::CutShort(Limit::Deadline) => 2,
            End::CutShort(Limit::Grace) => 3,
            End::KilledWithoutWarning => 4,
            End::CutShort(Limit::NodeShutdown) => 5,
            End::Rejected => 6,
        }
    }
}

impl Capacity {
    /// The capacity as it is written into digests.
    fn word(self) -> u64 {
        match self {
            Capacity::Ample => 0,
            Capacity::Contended { open: true } => 1,
            Capacity::Contended { open: false } => 2,
            Capacity::Exhausted => 3,
            Capacity::Holds(most) => (1 << 32) | u64::from(most),
        }
    }
}

impl Why {
    /// The reason as it is written into digests.
    fn number(self) -> u32 {
        match self {
            Why::Reclaimed => 0,
            Why::Found => 1,
            Why::Preempted => 2,
            Why::Tainted => 3,
            Why::Outbid => 4,
            Why::Released => 8,
            Why::JobOver => 9,
            Why::Drained => 10,
            Why::Failed => 11,
        }
    }
}
