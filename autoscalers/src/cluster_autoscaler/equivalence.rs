//! Pod equivalence groups: pending pods of one controller that are alike to the scheduler.
// Cluster Autoscaler: core/scaleup/equivalence/groups.go

use std::collections::BTreeMap;

use sim::model::pod::PodId;

/// A pending pod, and which others it is alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PendingPod {
    /// Which pod.
    pub pod: PodId,
    /// Its controller; none of a bare pod, or of one of a DaemonSet.
    pub controller: Option<u64>,
    /// Its labels and its spec: equal numbers are equal pods.
    pub variant: u64,
}

/// Pods that are alike. There is at least one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PodGroup {
    /// Which pods, in their order.
    pub pods: Vec<PodId>,
}

/// How many groups a controller has. What is unlike all of them is a group by itself.
const MAX_GROUPS_BY_CONTROLLER: usize = 10;

/// Groups pods, in the order of each group's first pod.
#[must_use]
pub fn groups(pods: &[PendingPod]) -> Vec<PodGroup> {
    let mut groups: Vec<PodGroup> = Vec::new();
    // The variants of each controller that have a group, and which.
    let mut known: BTreeMap<u64, Vec<(u64, usize)>> = BTreeMap::new();
    for PendingPod { pod, controller, variant } in pods {
        if let Some(controller) = controller {
            let variants = known.entry(*controller).or_default();
            if let Some((_, group)) = variants.iter().find(|(known, _)| known == variant) {
                groups[*group].pods.push(*pod);
                continue;
            }
            if variants.len() < MAX_GROUPS_BY_CONTROLLER {
                variants.push((*variant, groups.len()));
            }
        }
        groups.push(PodGroup { pods: vec![*pod] });
    }
    groups
}

#[cfg(test)]
mod tests {
    use sim::table::Id;

    use super::*;

    #[test]
    fn bare_pods_and_the_eleventh_variant_are_groups_by_themselves() {
        let pod = |index, controller, variant| PendingPod {
            pod: PodId::from_index(index),
            controller,
            variant,
        };
        let mut pods = vec![pod(0, None, 7), pod(1, None, 7)];
        for round in 0..2 {
            let place = |variant: u64| 2 + usize::try_from(round * 12 + variant).unwrap();
            pods.extend((0..12).map(|variant| pod(place(variant), Some(1), variant)));
        }
        let sizes: Vec<usize> = groups(&pods).iter().map(|group| group.pods.len()).collect();
        assert_eq!(sizes, [1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1]);
    }
}
