//! Facts: what did happen, in the order in which it happened. All that a report ever sees.

mod cause;
mod columns;
mod declare;
pub mod refusal;
mod words;

pub use cause::Cause;
pub use columns::Column;

use crate::model::budget::BudgetId;
use crate::model::catalog::{Capacity, OfferingId};
use crate::model::disruption::DisruptionReason;
use crate::model::images::ImageId;
use crate::model::job::{Outcome, Worked};
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId, SpecId};
use crate::model::pool::PoolId;
use crate::model::workload::WorkloadId;
use crate::money::MicroUsdPerHour;
use crate::time::{SimTime, Span};
use declare::facts;
use refusal::RefusalId;
use words::{Word, flags};

facts! {
/// Something that happened. Facts carry every number a report may need, so that a report can fold
/// them as they come and keep nothing but its sums.
///
/// Each is declared once: its number and its words in a digest, the first of which is the number
/// with what the fact is about, and its columns in a file of facts. Two of a word are its upper and
/// its lower half. Numbers and words never change, but with every digest.
pub enum Fact {
    /// A workload was created; from now on its replicas are wanted.
    WorkloadCreated = 1 {
        workload: WorkloadId,
    }
    digest [workload]
    columns { workload: workload }

    /// A workload is to have another number of replicas from now on.
    WorkloadScaled = 45 {
        workload: WorkloadId,
        /// How many it was to have until now.
        before: u32,
        /// How many it is to have.
        replicas: u32,
    }
    digest [workload; before, replicas]
    columns { workload: workload, before: before, replicas: replicas }

    /// A pod requests something else from now on, in place.
    PodResized = 46 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// What it requested until now.
        before: SpecId,
        /// What it requests.
        spec: SpecId,
    }
    digest [pod; workload, node; before, spec]
    columns { pod: pod, node: node }

    /// A pod was created and waits for a node.
    PodCreated = 2 {
        pod: PodId,
        workload: WorkloadId,
        /// Which replica it is.
        replica: u32,
        /// Attempt number within the replica, from 0.
        attempt: u32,
    }
    digest [pod; workload, replica; attempt]
    columns { pod: pod, workload: workload, replica: replica, attempt: attempt }

    /// An admission plugin forbade a pod; its controller will ask again.
    PodForbidden = 47 {
        workload: WorkloadId,
        /// Which replica it is.
        replica: u32,
        /// Attempt number within the replica, from 0.
        attempt: u32,
        /// The plugin, by its name.
        by: &'static str,
    }
    digest [workload; replica, attempt; by]
    columns { workload: workload, replica: replica, attempt: attempt, by: by }

    /// A scheduling cycle found no node.
    PodUnschedulable = 3 {
        pod: PodId,
        workload: WorkloadId,
        /// What the nodes said.
        refusal: RefusalId,
    }
    digest [pod; workload, refusal]
    columns { pod: pod, message: refusal }

    /// A pod was bound to a node.
    PodScheduled = 4 {
        pod: PodId,
        workload: WorkloadId,
        /// What it asks for.
        spec: SpecId,
        node: NodeId,
        /// From its creation until now.
        waited: Span,
    }
    digest [pod; workload, node; spec; waited]
    columns { pod: pod, node: node, waitedMs: waited }

    /// A pod was on a node from the start.
    PodFound = 20 {
        pod: PodId,
        workload: WorkloadId,
        /// What it asks for.
        spec: SpecId,
        node: NodeId,
    }
    digest [pod; workload, node; spec]
    columns { pod: pod, node: node }

    /// The disks of a pod are attached to its node and mounted there.
    VolumesAttached = 34 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// From its binding until now.
        waited: Span,
    }
    digest [pod; workload, node; waited]
    columns { pod: pod, node: node, waitedMs: waited }

    /// A node has pulled an image, which it did not have.
    ImagePulled = 35 {
        node: NodeId,
        /// Which image.
        image: ImageId,
        /// How long it took, without waiting for other images.
        took: Span,
    }
    digest [node; image; took]
    columns { node: node, image: image, tookMs: took }

    /// A pod is ready.
    PodReady = 5 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
    }
    digest [pod; workload, node]
    columns { pod: pod, node: node }

    /// A pod has been ready for its workload's `minReadySeconds`.
    PodAvailable = 6 {
        pod: PodId,
        workload: WorkloadId,
    }
    digest [pod; workload]
    columns { pod: pod }

    /// A pod received SIGTERM.
    PodTerminating = 7 {
        pod: PodId,
        workload: WorkloadId,
        /// Whether it was ready until now.
        was_ready: bool,
        /// Whether it counted as available until now.
        was_available: bool,
        /// Why it is terminating.
        why: Cause,
        /// What Kubernetes says of it.
        reason: Option<DisruptionReason>,
    }
    digest [pod; workload, flags(was_ready, was_available) | (why.number() << 2); reason]
    columns {
        pod: pod, wasReady: was_ready, wasAvailable: was_available, why: why,
        disruptionTarget: reason
    }

    /// The eviction API refused to evict a pod.
    EvictionRefused = 24 {
        pod: PodId,
        workload: WorkloadId,
        /// The budget that it asked.
        budget: BudgetId,
    }
    digest [pod; workload, budget]
    columns { pod: pod, budget: budget }

    /// A pod ended for good.
    PodEnded = 8 {
        pod: PodId,
        workload: WorkloadId,
        /// What it asked for.
        spec: SpecId,
        /// The node it was on.
        node: NodeId,
        /// How it ended.
        end: End,
        /// What Kubernetes says of it, or will say once it is noticed.
        reason: Option<DisruptionReason>,
        /// Whether it was ready until now.
        was_ready: bool,
        /// Whether it counted as available until now.
        was_available: bool,
        /// How long it had been ready.
        ran: Span,
    }
    digest [pod; workload, node; end.number(), flags(was_ready, was_available); spec; ran; reason]
    columns {
        pod: pod, node: node, end: end, disruptionTarget: reason, wasReady: was_ready,
        wasAvailable: was_available, ranMs: ran
    }

    /// The provider accepted a launch; billing starts.
    NodeLaunched = 9 {
        node: NodeId,
        pool: PoolId,
        offering: OfferingId,
        /// At which price.
        price: MicroUsdPerHour,
    }
    digest [node; pool, offering; price]
    columns {
        node: node, pool: pool, instanceType: Column::InstanceType(offering),
        zone: Column::Zone(offering), capacityType: Column::CapacityType(offering),
        microUsdPerHour: price
    }

    /// A node takes pods.
    NodeReady = 10 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }

    /// The provider announced that it will take an instance.
    NoticeGiven = 11 {
        node: NodeId,
        /// How long it has left.
        lead: Span,
    }
    digest [node; lead]
    columns { node: node, leadMs: lead }

    /// A node takes no more pods.
    NodeCordoned = 12 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }

    /// A node takes pods again.
    NodeUncordoned = 17 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }

    /// A node's taints changed.
    NodeTainted = 18 {
        node: NodeId,
        /// How many taints it has now.
        taints: u32,
    }
    digest [node; taints]
    columns { node: node, taints: taints }

    /// Room is being made for a pod on a node, or no longer.
    PodNominated = 19 {
        pod: PodId,
        workload: WorkloadId,
        /// On which node; none when the nomination ends.
        node: Option<NodeId>,
    }
    digest [pod; workload, node.map_or(u32::MAX, NodeId::number)]
    columns { pod: pod, node: node }

    /// An instance is gone; billing ends.
    NodeGone = 13 {
        node: NodeId,
        /// Why.
        why: Cause,
        /// Whether it had been announced.
        announced: bool,
    }
    digest [node; why.number(), announced]
    columns { node: node, why: why, announced: announced }

    /// The kubelet of a node has been silent for so long that the node is taken to be lost.
    NodeUnreachable = 25 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }

    /// The object of a node whose instance is gone was deleted.
    NodeDeleted = 26 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }

    /// The price of an offering changed.
    PriceChanged = 14 {
        offering: OfferingId,
        /// The price from now on.
        price: MicroUsdPerHour,
    }
    digest [offering; price]
    columns {
        instanceType: Column::InstanceType(offering), zone: Column::Zone(offering),
        capacityType: Column::CapacityType(offering), microUsdPerHour: price
    }

    /// There is more or less spot capacity from now on.
    CapacityChanged = 21 {
        /// Of which offering.
        offering: OfferingId,
        /// How much.
        capacity: Capacity,
    }
    digest [offering; capacity]
    columns {
        instanceType: Column::InstanceType(offering), zone: Column::Zone(offering),
        capacity: capacity
    }

    /// The provider had no instance to give.
    LaunchRefused = 22 {
        pool: PoolId,
        /// Of which offering.
        offering: OfferingId,
        /// Whether it costs more than the pool pays; otherwise there was no capacity.
        outbid: bool,
    }
    digest [pool; offering, outbid]
    columns {
        pool: pool, instanceType: Column::InstanceType(offering), zone: Column::Zone(offering),
        capacityType: Column::CapacityType(offering), outbid: outbid
    }

    /// The provider said that an instance is at elevated risk of being taken.
    RebalanceRecommended = 23 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }

    /// A pool has been short of spot for so long that it launched an on-demand node instead.
    PoolFellBack = 27 {
        pool: PoolId,
        node: NodeId,
    }
    digest [pool; node]
    columns { pool: pool, node: node }

    /// A node was launched to take the place of another, which leaves when this one is ready.
    ReplacementLaunched = 28 {
        /// The new one.
        node: NodeId,
        /// The other.
        replaces: NodeId,
        /// Whether its pool goes back from on-demand to spot by that.
        back_to_spot: bool,
    }
    digest [node; replaces, back_to_spot]
    columns { node: node, replaces: replaces, backToSpot: back_to_spot }

    /// At the horizon: a pod that still waits for a node.
    StillPending = 15 {
        pod: PodId,
        workload: WorkloadId,
        /// How long it has waited.
        waited: Span,
        /// What the nodes said last, if it was tried.
        refusal: Option<RefusalId>,
    }
    digest [pod; workload, refusal.map_or(u32::MAX, RefusalId::number); waited]
    columns { pod: pod, waitedMs: waited, message: refusal }

    /// At the horizon: a pod of a workload that ends by itself and has not yet.
    StillRunning = 16 {
        pod: PodId,
        workload: WorkloadId,
        /// How long it has been ready.
        ran: Span,
    }
    digest [pod; workload; ran]
    columns { pod: pod, ranMs: ran }

    /// A pod that does work is about to end, or the horizon has come: what became of the time that it
    /// was ready.
    PodWorked = 33 {
        pod: PodId,
        workload: WorkloadId,
        /// What it asks for.
        spec: SpecId,
        node: NodeId,
        /// What became of its time.
        worked: Worked,
    }
    digest [pod; workload, node; spec; worked.useful; worked.lost; worked.saving; worked.waiting]
    columns {
        pod: pod, node: node, usefulMs: worked.useful, lostMs: worked.lost, savingMs: worked.saving,
        waitingMs: worked.waiting
    }

    /// A CronJob made a Job.
    JobCreated = 41 {
        /// The CronJob.
        workload: WorkloadId,
        /// Number of the Job, from 0.
        run: u32,
        /// When it was due.
        due: SimTime,
    }
    digest [workload; run; due]
    columns { job: Column::Job(workload, run), workload: workload, dueMs: due }

    /// A CronJob will not make a Job that was due: another one ran for too long.
    JobSkipped = 42 {
        /// The CronJob.
        workload: WorkloadId,
        /// When it was due.
        due: SimTime,
    }
    digest [workload; due]
    columns { workload: workload, dueMs: due }

    /// A Job is complete, has failed or was replaced. Of a Job that replaces its pods for ever only its
    /// pods tell.
    JobEnded = 43 {
        /// The Job, or the CronJob that made it.
        workload: WorkloadId,
        /// Which of the CronJob's Jobs; 0 for a Job.
        run: u32,
        /// What became of it.
        outcome: Outcome,
    }
    digest [workload; run, outcome as u32]
    columns { job: Column::Job(workload, run), outcome: outcome }

    /// A pod was deleted that had no node yet.
    PodWithdrawn = 44 {
        pod: PodId,
        workload: WorkloadId,
        /// How long it had waited.
        waited: Span,
    }
    digest [pod; workload; waited]
    columns { pod: pod, waitedMs: waited }

    /// A job with a deadline is done.
    DeadlineJobDone = 31 {
        workload: WorkloadId,
    }
    digest [workload]
    columns { workload: workload }

    /// At the horizon: a job with a deadline that is not done.
    DeadlineJobUnfinished = 32 {
        workload: WorkloadId,
        /// How much of its work it has done.
        progress: Span,
    }
    digest [workload; progress]
    columns { workload: workload, progressMs: progress }

    /// A pod uses this from now on.
    PodUses = 70 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// CPU in milli-cores.
        cpu: u64,
        /// Memory in bytes.
        memory: u64,
        /// Whether the next [`ReplicasUse`](Fact::ReplicasUse) of its workload is about it, too.
        follows: bool,
    }
    digest [pod; workload, node; cpu; memory; follows]
    columns { pod: pod, node: node, cpuMilli: cpu, memoryBytes: memory, follows: follows }

    /// Every pod of a workload that follows it uses this from now on.
    ReplicasUse = 71 {
        workload: WorkloadId,
        /// How many pods that are.
        pods: u32,
        /// CPU of each in milli-cores.
        cpu: u64,
        /// Memory of each in bytes.
        memory: u64,
    }
    digest [workload; pods; cpu; memory]
    columns { workload: workload, pods: pods, cpuMilli: cpu, memoryBytes: memory }

    /// A workload is asked for this many requests from now on, and its ready replicas serve so many of
    /// them.
    LoadChanged = 72 {
        workload: WorkloadId,
        /// Ready replicas.
        ready: u32,
        /// Requests in 1 000 seconds.
        offered: u64,
        /// Those of them that are served.
        served: u64,
    }
    digest [workload; ready; offered; served]
    columns {
        workload: workload, ready: ready, offeredPer1000s: offered, servedPer1000s: served
    }
}
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
