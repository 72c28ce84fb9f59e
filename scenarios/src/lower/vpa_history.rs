//! What is known of the pods of a workload from before the run.

use std::collections::BTreeMap;

use sim::model::Model;
use sim::model::containers::ContainerKind;
use sim::model::vpa::PastPod;
use sim::model::workload::WorkloadId;

use super::usage::owner;
use crate::usage::Past;

/// What each pod of a workload used before `T+0`, as far as it was recorded: those of its names, in order.
pub(super) fn of(model: &Model, workload: WorkloadId, past: &Past<'_>) -> Vec<PastPod> {
    let list = &model.specs[model.workloads[workload].spec].containers.list;
    let sized: Vec<usize> =
        (0..list.len()).filter(|place| list[*place].kind == ContainerKind::Regular).collect();
    let mut pods: BTreeMap<&str, PastPod> = BTreeMap::new();
    for place in &sized {
        for (pod, samples) in past.used_by(owner(model, workload, *place), sized.len()) {
            pods.entry(pod).or_default().push((list[*place].name, samples));
        }
    }
    pods.into_values().collect()
}
