//! The quality-of-service class of a pod.

use super::pod::Pod;
use crate::model::containers::Amounts;
pub use crate::model::containers::QosClass;

/// The class of a pod. CPU and memory count, and only amounts above zero.
// kubernetes: pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS
#[must_use]
pub fn class_of(pod: &Pod) -> QosClass {
    let (requests, limits, all_limited) = if pod.has_own_resources {
        let limited = positive(&pod.limits);
        let names_any = pod.limits != Amounts::default();
        (positive(&pod.requests), limited, !names_any || limited.iter().all(|limit| *limit > 0))
    } else {
        let (mut requests, mut limits, mut all_limited) = ([0; 2], [0; 2], true);
        for container in &pod.containers {
            let limited = positive(&container.limits);
            all_limited &= limited.iter().all(|limit| *limit > 0);
            for (sum, more) in requests.iter_mut().zip(positive(&container.requests)) {
                *sum += more;
            }
            for (sum, more) in limits.iter_mut().zip(limited) {
                *sum += more;
            }
        }
        (requests, limits, all_limited)
    };
    if requests == [0; 2] && limits == [0; 2] {
        QosClass::BestEffort
    } else if all_limited && requests == limits {
        QosClass::Guaranteed
    } else {
        QosClass::Burstable
    }
}

/// CPU and memory, zero where none is named.
fn positive(amounts: &Amounts) -> [u128; 2] {
    [amounts.cpu, amounts.memory].map(|amount| u128::from(amount.unwrap_or(0)))
}
