//! Pods as the updater of the Vertical Pod Autoscaler sees them.

use sim::autoscalers::vpa::sizing::Sizes;
use sim::autoscalers::vpa::updater::subject::{Container, Owner, Pod};
use sim::model::vpa::{CpuMemory, Stated};
use sim::names::{NameId, Names};

/// When the updater looks at them.
pub(crate) const NOW_MS: i64 = 1_767_225_600_000;

/// An amount of millicores, and the same of MiB.
pub(crate) fn stated(milli: u64) -> Stated {
    CpuMemory { cpu: Some(milli), memory: Some(milli << 20) }
}

/// The name of the container of each.
pub(crate) fn container() -> NameId {
    Names::default().intern("app")
}

/// A pod that requests this much, and neither runs nor waits for long.
pub(crate) fn pod(number: u64, milli: u64, owner: Owner) -> Pod {
    let sizes = Sizes { requests: stated(milli), limits: Stated::default() };
    Pod {
        number,
        name: number,
        owner: Some(owner),
        containers: vec![Container {
            name: container(),
            written: sizes,
            actual: sizes,
            is_observed: true,
            out_of_memory_after: None,
            restarts_on_resize: false,
            boosted_from: None,
        }],
        ..Pod::default()
    }
}
