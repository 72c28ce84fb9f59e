//! Facts: what did happen, in the order in which it happened. All that a report ever sees.

use super::budget::BudgetId;
use super::catalog::{Capacity, OfferingId};
use super::disruption::Reason;
use super::images::ImageId;
use super::job::{Outcome, Worked};
use super::node::{NodeId, Why};
use super::pod::{End, Limit, PodId, SpecId};
use super::pool::PoolId;
use super::refusal::RefusalId;
use super::workload::WorkloadId;
use crate::digest::Digest;
use crate::money::MicroUsdPerHour;
use crate::time::{SimTime, Span};

/// Something that happened. Facts carry every number a report may need, so that a report can fold
/// them as they come and keep nothing but its sums.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fact {
    /// A workload was created; from now on its replicas are wanted.
    WorkloadCreated {
        /// Which one.
        workload: WorkloadId,
    },
    /// A pod was created and waits for a node.
    PodCreated {
        /// Which one.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// Which replica it is.
        replica: u32,
        /// The how-manieth pod of that replica it is, from 0.
        attempt: u32,
    },
    /// A scheduling cycle found no node.
    PodUnschedulable {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// What the nodes said.
        refusal: RefusalId,
    },
    /// A pod was bound to a node.
    PodScheduled {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// What it asks for.
        spec: SpecId,
        /// The node.
        node: NodeId,
        /// From its creation until now.
        waited: Span,
    },
    /// A pod was on a node from the start.
    PodFound {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// What it asks for.
        spec: SpecId,
        /// The node.
        node: NodeId,
    },
    /// The disks of a pod are attached to its node and mounted there.
    VolumesAttached {
        /// Whose.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// Its node.
        node: NodeId,
        /// From its binding until now.
        waited: Span,
    },
    /// A node has pulled an image, which it did not have.
    ImagePulled {
        /// Which node.
        node: NodeId,
        /// Which image.
        image: ImageId,
        /// How long it took, without waiting for other images.
        took: Span,
    },
    /// A pod is ready.
    PodReady {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// Its node.
        node: NodeId,
    },
    /// A pod has been ready for its workload's `minReadySeconds`.
    PodAvailable {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
    },
    /// A pod received SIGTERM.
    PodTerminating {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// Whether it was ready until now.
        was_ready: bool,
        /// Whether it counted as available until now.
        was_available: bool,
        /// Why it was told to stop.
        why: Why,
        /// What Kubernetes says of it.
        reason: Option<Reason>,
    },
    /// The eviction API kept a pod from being told to stop.
    EvictionRefused {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// The budget that it asked.
        budget: BudgetId,
    },
    /// A pod ended for good.
    PodEnded {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// What it asked for.
        spec: SpecId,
        /// The node it was on.
        node: NodeId,
        /// How it ended.
        end: End,
        /// What Kubernetes says of it, or will say once it is noticed.
        reason: Option<Reason>,
        /// Whether it was ready until now.
        was_ready: bool,
        /// Whether it counted as available until now.
        was_available: bool,
        /// How long it had been ready.
        ran: Span,
    },
    /// The provider accepted a launch; billing starts.
    NodeLaunched {
        /// Which node.
        node: NodeId,
        /// Its pool.
        pool: PoolId,
        /// What was bought.
        offering: OfferingId,
        /// At which price.
        price: MicroUsdPerHour,
    },
    /// A node takes pods.
    NodeReady {
        /// Which node.
        node: NodeId,
    },
    /// The provider announced that it will take an instance.
    NoticeGiven {
        /// Which node.
        node: NodeId,
        /// How long it has left.
        lead: Span,
    },
    /// A node takes no more pods.
    NodeCordoned {
        /// Which node.
        node: NodeId,
    },
    /// A node takes pods again.
    NodeUncordoned {
        /// Which node.
        node: NodeId,
    },
    /// A node's taints changed.
    NodeTainted {
        /// Which node.
        node: NodeId,
        /// How many taints it has now.
        taints: u32,
    },
    /// Room is being made for a pod on a node, or no longer.
    PodNominated {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// On which node; none when the nomination ends.
        node: Option<NodeId>,
    },
    /// An instance is gone; billing ends.
    NodeGone {
        /// Which node.
        node: NodeId,
        /// Why.
        why: Why,
        /// Whether it had been announced.
        announced: bool,
    },
    /// The kubelet of a node has been silent for so long that the node is taken to be lost.
    NodeUnreachable {
        /// Which node.
        node: NodeId,
    },
    /// The object of a node whose instance is gone was deleted.
    NodeDeleted {
        /// Which node.
        node: NodeId,
    },
    /// The price of an offering changed.
    PriceChanged {
        /// Which offering.
        offering: OfferingId,
        /// The price from now on.
        price: MicroUsdPerHour,
    },
    /// There is more or less spot capacity from now on.
    CapacityChanged {
        /// Of which offering.
        offering: OfferingId,
        /// How much.
        capacity: Capacity,
    },
    /// The provider had no instance to give.
    LaunchRefused {
        /// To which pool.
        pool: PoolId,
        /// Of which offering.
        offering: OfferingId,
        /// Whether it costs more than the pool pays; otherwise there was no capacity.
        outbid: bool,
    },
    /// The provider said that an instance is at elevated risk of being taken.
    RebalanceRecommended {
        /// Which node.
        node: NodeId,
    },
    /// A pool has been short of spot for so long that it launched an on-demand node instead.
    PoolFellBack {
        /// Which pool.
        pool: PoolId,
        /// The node.
        node: NodeId,
    },
    /// A node was launched to take the place of another, which leaves when this one is ready.
    ReplacementLaunched {
        /// The new one.
        node: NodeId,
        /// The other.
        replaces: NodeId,
        /// Whether its pool goes back from on-demand to spot by that.
        back_to_spot: bool,
    },
    /// At the horizon: a pod that still waits for a node.
    StillPending {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// How long it has waited.
        waited: Span,
        /// What the nodes said last, if it was tried.
        refusal: Option<RefusalId>,
    },
    /// At the horizon: a pod of a workload that ends by itself and has not yet.
    StillRunning {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// How long it has been ready.
        ran: Span,
    },
    /// A pod that does work is about to end, or the horizon has come: what became of the time that it
    /// was ready.
    PodWorked {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// What it asks for.
        spec: SpecId,
        /// Its node.
        node: NodeId,
        /// What became of its time.
        worked: Worked,
    },
    /// A CronJob made a Job.
    JobCreated {
        /// The CronJob.
        workload: WorkloadId,
        /// The how-manieth Job it is, from 0.
        run: u32,
        /// When it was due.
        due: SimTime,
    },
    /// A CronJob will not make a Job that was due: another one ran for too long.
    JobSkipped {
        /// The CronJob.
        workload: WorkloadId,
        /// When it was due.
        due: SimTime,
    },
    /// A Job is complete, has failed or was replaced. Of a Job that replaces its pods for ever only its
    /// pods tell.
    JobEnded {
        /// The Job, or the CronJob that made it.
        workload: WorkloadId,
        /// Which of the CronJob's Jobs; 0 for a Job.
        run: u32,
        /// What became of it.
        outcome: Outcome,
    },
    /// A pod was deleted that had no node yet.
    PodWithdrawn {
        /// Which pod.
        pod: PodId,
        /// Its workload.
        workload: WorkloadId,
        /// How long it had waited.
        waited: Span,
    },
    /// A job with a deadline is done.
    DeadlineJobDone {
        /// Which one.
        workload: WorkloadId,
    },
    /// At the horizon: a job with a deadline that is not done.
    DeadlineJobUnfinished {
        /// Which one.
        workload: WorkloadId,
        /// How much of its work it has done.
        progress: Span,
    },
}

/// Takes facts as they happen.
pub trait Sink {
    /// One fact, at its time. Times never fall.
    fn fact(&mut self, at: SimTime, fact: &Fact);
}

/// Keeps everything: for tests and for runs that are written out.
impl Sink for Vec<(SimTime, Fact)> {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.push((at, *fact));
    }
}

/// Keeps nothing.
impl Sink for () {
    fn fact(&mut self, _: SimTime, _: &Fact) {}
}

/// Gives each fact to both.
impl<A: Sink, B: Sink> Sink for (A, B) {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.0.fact(at, fact);
        self.1.fact(at, fact);
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        (**self).fact(at, fact);
    }
}

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
        }
    }
}
