//! Relaxation: which preference of a pod gives way next.

use std::sync::Arc;

use super::pod_requirements::heaviest;
use crate::karpenter::input::{PodSpec, WhenUnsatisfiable};
use crate::karpenter::tolerance::PREFERENCES;

/// The pod with one preference less, or nothing if it has none left. Taints that are only preferences are
/// tolerated last, if any NodePool has one.
// Karpenter: preferences.go Relax
pub(crate) fn relaxed(spec: &PodSpec, preferred_taints: bool) -> Option<Arc<PodSpec>> {
    let mut spec = spec.clone();
    let relaxed = drop_alternative(&mut spec)
        || drop_heaviest(&mut spec.affinity.preferred)
        || drop_heaviest(&mut spec.anti_affinity.preferred)
        || drop_heaviest(&mut spec.preferred_node_affinity)
        || drop_spread(&mut spec)
        || (preferred_taints && tolerate_preferences(&mut spec));
    relaxed.then(|| Arc::new(spec))
}

/// Alternatives are tried one after the other; the last one must hold.
pub(super) fn drop_alternative(spec: &mut PodSpec) -> bool {
    let has_others = spec.required_node_affinity.len() > 1;
    if has_others {
        spec.required_node_affinity.remove(0);
    }
    has_others
}

fn drop_heaviest<T>(preferred: &mut Vec<(i32, T)>) -> bool {
    let heaviest = heaviest(preferred);
    if let Some(at) = heaviest {
        preferred.remove(at);
    }
    heaviest.is_some()
}

fn drop_spread(spec: &mut PodSpec) -> bool {
    let gives_way = |when| when == WhenUnsatisfiable::ScheduleAnyway;
    let at = spec.spread.iter().position(|spread| gives_way(spread.when_unsatisfiable));
    if let Some(at) = at {
        spec.spread.swap_remove(at);
    }
    at.is_some()
}

pub(super) fn tolerate_preferences(spec: &mut PodSpec) -> bool {
    let is_new = !spec.tolerations.contains(&PREFERENCES);
    if is_new {
        spec.tolerations.push(PREFERENCES);
    }
    is_new
}
