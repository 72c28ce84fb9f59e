//! Facts: what did happen, in the order in which it happened. All that a report ever sees.

mod cause;
pub mod refusal;
mod words;

pub use cause::Why;

use crate::model::budget::BudgetId;
use crate::model::catalog::{Capacity, OfferingId};
use crate::model::disruption::Reason;
use crate::model::images::ImageId;
use crate::model::job::{Outcome, Worked};
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId, SpecId};
use crate::model::pool::PoolId;
use crate::model::workload::WorkloadId;
use crate::money::MicroUsdPerHour;
use crate::time::{SimTime, Span};
use refusal::RefusalId;

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
        /// Attempt number within the replica, from 0.
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
        /// Why it is terminating.
        why: Why,
        /// What Kubernetes says of it.
        reason: Option<Reason>,
    },
    /// The eviction API refused to evict a pod.
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
        /// Number of the Job, from 0.
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
