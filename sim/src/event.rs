//! Events: what will happen. A closed list, and the order in which simultaneous ones do.

use crate::money::MicroUsdPerHour;
use crate::time::SimTime;
use crate::world::catalog::OfferingId;
use crate::world::node::NodeId;
use crate::world::pod::PodId;
use crate::world::workload::WorkloadId;

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
    /// The provider takes an instance.
    NodeTaken(NodeId),
    /// A launched instance registers as a node.
    NodeRegisters(NodeId),
    /// A bound pod becomes ready.
    PodBecomesReady(PodId),
    /// A ready pod has been so for `minReadySeconds`.
    PodBecomesAvailable(PodId),
    /// The cluster notices that a pod was lost with its node.
    LossNoticed(PodId),
    /// A workload is created.
    WorkloadArrives(WorkloadId),
    /// The scheduler takes back pods that it set aside long ago.
    QueueFlushes,
    /// The scheduler looks at its queue.
    SchedulerWakes,
}

const _: () = assert!(size_of::<Event>() <= 16);

impl Event {
    /// Which of several events at one instant comes first. Read it from top to bottom: prices,
    /// then pods that got the time they needed, then what the provider does, then what grows,
    /// then who asks for room, and last who gives it out.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Event::PriceChanges { .. } => 0,
            Event::PodStops(_) => 1,
            Event::PodFinishes(_) => 2,
            Event::NoticeGiven { .. } => 3,
            Event::NodeTaken(_) => 4,
            Event::MarketMoves(_) => 5,
            Event::NodeRegisters(_) => 6,
            Event::PodBecomesReady(_) => 7,
            Event::PodBecomesAvailable(_) => 8,
            Event::LossNoticed(_) => 9,
            Event::WorkloadArrives(_) => 10,
            Event::QueueFlushes => 11,
            Event::SchedulerWakes => 12,
        }
    }
}
