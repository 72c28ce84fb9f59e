//! Events: what will happen. A closed list, and the order in which simultaneous ones do.

use crate::autoscalers::AutoscalerId;
use crate::model::arrivals::GeneratorId;
use crate::model::catalog::OfferingId;
use crate::model::hpa::HpaId;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::model::workload::WorkloadId;
use crate::money::MicroUsdPerHour;
use crate::time::SimTime;

/// Something that will happen unless it has become pointless by then. An event is never cancelled;
/// its arm in the engine looks whether it still applies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// An offering gets another price.
    PriceChanges {
        /// Which offering.
        offering: OfferingId,
        /// The new price.
        price: MicroUsdPerHour,
    },
    /// What the replicas of a workload use, or the load that they share, changes.
    UsageChanges(WorkloadId),
    /// What a pod uses changes.
    PodUsageChanges(PodId),
    /// A kubelet starts a container again.
    ContainerStarts {
        /// Of which pod.
        pod: PodId,
        /// Which of its containers.
        container: u32,
    },
    /// A kubelet compares what is left on its node with its eviction thresholds.
    KubeletSync(NodeId),
    /// The cluster hears what conditions a kubelet reports.
    ConditionsHeard(NodeId),
    /// Something happens to an offering's capacity.
    MarketMoves(OfferingId),
    /// A terminating pod has stopped, or is killed because its grace period is over.
    PodStops(PodId),
    /// A pod's work is done.
    PodFinishes(PodId),
    /// The provider says that it will take an instance.
    NoticeGiven {
        /// Which instance.
        node: NodeId,
        /// When it will be gone.
        deadline: SimTime,
    },
    /// The machine of a node begins to shut down, and its kubelet hears it.
    NodeShutsDown(NodeId),
    /// A kubelet that shuts its node down comes to the critical pods.
    CriticalPodsStop(NodeId),
    /// The provider takes an instance.
    NodeTaken(NodeId),
    /// An instance fails.
    NodeFails(NodeId),
    /// Instances fail together, and others cannot be had.
    OutageBegins(u32),
    /// They can be had again.
    OutageEnds(u32),
    /// A kubelet has been silent for too long.
    NodeBecomesUnreachable(NodeId),
    /// The object of a node whose instance is gone is deleted.
    NodeIsDeleted(NodeId),
    /// The node lifecycle controller syncs the health of its zones, and taints unreachable nodes.
    ZoneHealthSync,
    /// A pod no longer tolerates its node's taints.
    TolerationEnds(PodId),
    /// An autoscaler decides again, as it wanted to.
    AutoscalerWakes(AutoscalerId),
    /// A launched instance registers as a node.
    NodeRegisters(NodeId),
    /// The disks of a bound pod are attached to its node.
    VolumesAttach(PodId),
    /// A node has pulled an image.
    ImagePullEnds(NodeId),
    /// A bound pod becomes ready.
    PodBecomesReady(PodId),
    /// The cluster hears that a kubelet has turned a pod away.
    PodRejected(PodId),
    /// A ready pod has been so for `minReadySeconds`.
    PodBecomesAvailable(PodId),
    /// The cluster gives up a pod that was lost with its node.
    LossNoticed(PodId),
    /// Evictions that were refused are asked for again.
    DrainGoesOn(NodeId),
    /// A workload is created.
    WorkloadArrives(WorkloadId),
    /// metrics-server scrapes the kubelets.
    MetricsScrape,
    /// A HorizontalPodAutoscaler looks at its workload.
    HpaSync(HpaId),
    /// The recommender of VerticalPodAutoscalers looks at pods, and the updater after it.
    VpaPass,
    /// A workload is scaled as planned.
    ReplicasChange {
        /// Which one.
        workload: WorkloadId,
        /// How many it is to have.
        replicas: u32,
    },
    /// A workload gets its next pod template as planned.
    RolloutBegins(WorkloadId),
    /// Pods of a rollout may have been ready for long enough, or its progress deadline is over.
    RolloutSync(WorkloadId),
    /// A controller asks again for a pod that was forbidden.
    PodAskedForAgain {
        /// Its workload.
        workload: WorkloadId,
        /// Which replica it is.
        replica: u32,
    },
    /// A Job's back-off or its `activeDeadlineSeconds` may be over.
    JobSync {
        /// The Job, or the CronJob that made it.
        workload: WorkloadId,
        /// Which of the CronJob's Jobs.
        run: u32,
    },
    /// A CronJob is to make a Job.
    JobIsDue(WorkloadId),
    /// A generator lets Jobs or pods arrive.
    Arrives(GeneratorId),
    /// A job with a deadline re-evaluates whether to hold spot, on-demand or nothing.
    DeadlineTick(WorkloadId),
    /// The scheduler takes back pods that it set aside long ago.
    QueueFlushes,
    /// The scheduler looks at its queue.
    SchedulerWakes,
}

const _: () = assert!(size_of::<Event>() <= 16);

impl Event {
    /// Which of several events at one instant comes first. Read it from top to bottom: prices
    /// and usage, then pods that got the time they needed, then what the provider does, then what grows,
    /// then who asks for room, and last who gives it out.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Event::PriceChanges { .. } | Event::UsageChanges(_) | Event::PodUsageChanges(_) => 0,
            Event::PodStops(_) => 1,
            Event::PodFinishes(_) => 2,
            Event::NoticeGiven { .. } => 3,
            Event::NodeShutsDown(_) => 4,
            Event::CriticalPodsStop(_) => 5,
            Event::NodeTaken(_) | Event::NodeFails(_) | Event::OutageBegins(_) => 6,
            Event::NodeBecomesUnreachable(_) => 7,
            Event::NodeIsDeleted(_) => 8,
            Event::ZoneHealthSync => 9,
            Event::TolerationEnds(_) | Event::KubeletSync(_) | Event::ConditionsHeard(_) => 10,
            Event::MarketMoves(_) | Event::OutageEnds(_) => 11,
            Event::AutoscalerWakes(_) => 12,
            Event::NodeRegisters(_) => 13,
            Event::VolumesAttach(_) => 14,
            Event::ImagePullEnds(_) | Event::ContainerStarts { .. } => 15,
            Event::PodBecomesReady(_) => 16,
            Event::PodRejected(_) => 17,
            Event::PodBecomesAvailable(_) => 18,
            Event::LossNoticed(_) => 19,
            Event::DrainGoesOn(_) => 20,
            Event::WorkloadArrives(_) => 21,
            // What has become ready is measured before an autoscaler looks.
            Event::MetricsScrape => 22,
            // What is planned for the moment in which a workload is created comes after that.
            Event::ReplicasChange { .. } | Event::RolloutBegins(_) | Event::RolloutSync(_) => 23,
            Event::HpaSync(_) | Event::VpaPass => 24,
            Event::PodAskedForAgain { .. } | Event::JobSync { .. } => 25,
            Event::JobIsDue(_) | Event::Arrives(_) => 26,
            Event::DeadlineTick(_) => 27,
            Event::QueueFlushes => 28,
            Event::SchedulerWakes => 29,
        }
    }
}
