//! Waiting pods: those that the scheduler has found no node for, as the status of a pod says it.
//!
//! `PodScheduled` is `False` with the reason `Unschedulable`: an autoscaler of nodes acts on no pod
//! before that.
// Karpenter: pkg/utils/pod/scheduling.go FailedToSchedule; Cluster Autoscaler: utils/kubernetes/
// listers.go UnschedulablePodLister

use std::collections::BTreeMap;

use crate::fact::Fact;
use crate::model::pod::PodId;
use crate::time::SimTime;
use crate::world::World;

/// The pods whose status says that no node takes them, and since when it has said so.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Waiting(BTreeMap<PodId, SimTime>);

impl Waiting {
    /// Takes note of a fact about a pod. Whether it is now one more that waits.
    pub fn sees(&mut self, fact: &Fact, world: &World) -> bool {
        match *fact {
            Fact::PodUnschedulable { pod, .. } if !is_held_back(pod, world) => {
                let before = self.0.len();
                self.0.entry(pod).or_insert_with(|| world.now());
                self.0.len() > before
            }
            Fact::PodScheduled { pod, .. } | Fact::PodWithdrawn { pod, .. } => {
                self.0.remove(&pod);
                false
            }
            _ => false,
        }
    }

    /// All of them in the order of their creation, each with since when it waits.
    pub fn iter(&self) -> impl Iterator<Item = (PodId, SimTime)> {
        self.0.iter().map(|(pod, since)| (*pod, *since))
    }

    /// Whether a pod is one of them.
    #[must_use]
    pub fn has(&self, pod: PodId) -> bool {
        self.0.contains_key(&pod)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether a pod is not even tried, for its scheduling gates or a device: another reason than
/// `Unschedulable`.
fn is_held_back(pod: PodId, world: &World) -> bool {
    let traits = &world.spec_of(pod).traits;
    !traits.gates.is_empty() || traits.awaits_device.is_some()
}
