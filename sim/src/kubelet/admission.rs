//! Which pods a kubelet admits while its node is under pressure.

use super::pod::Pod;
use crate::model::containers::QosClass;
use crate::model::pressure::Pressure;

/// Whether a pod may start on a node under this pressure. One that may not fails there, as evicted.
// kubelet: pkg/kubelet/eviction/eviction_manager.go Admit
#[must_use]
pub fn admits(pod: &Pod, pressures: &[Pressure]) -> bool {
    if pressures.is_empty() || pod.is_critical() {
        return true;
    }
    pressures == [Pressure::Memory]
        && (pod.qos != QosClass::BestEffort || pod.tolerates_memory_pressure)
}
