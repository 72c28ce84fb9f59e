//! InterPodAffinity: together with some pods, apart from others.

use super::Args;
use crate::model::selectors::{TermKind, TopologyKeyId};
use crate::scheduler::framework::{
    Around, Counted, Feasible, Filter, Include, PodView, Prepared, RelativeScore, Scope, Sum,
    Verdict,
};
use crate::world::World;

/// See the module.
pub struct InterPodAffinity {
    hard_weight: i64,
    ignore_existing: bool,
}

impl InterPodAffinity {
    /// The plugin with these arguments.
    #[must_use]
    pub fn new(args: &Args) -> Self {
        InterPodAffinity {
            hard_weight: args.hard_pod_affinity_weight,
            ignore_existing: args.ignore_preferred_terms_of_existing_pods,
        }
    }
}

/// Weighted counts, one list for each topology key in order of first use.
#[derive(Default)]
struct ByKey(Vec<(TopologyKeyId, Vec<(i64, Counted)>)>);

impl ByKey {
    fn add(&mut self, key: TopologyKeyId, weight: i64, counted: Counted) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, parts)) => parts.push((weight, counted)),
            None => self.0.push((key, vec![(weight, counted)])),
        }
    }

    fn into_sums(self) -> Vec<Sum> {
        let sum =
            |(key, parts)| Sum { scope: Scope::Domain(key), parts, include: Include::default() };
        self.0.into_iter().map(sum).collect()
    }
}

/// The terms of existing pods that keep this pod away.
fn kept_away_by(pod: PodView<'_>) -> ByKey {
    let mut by_key = ByKey::default();
    for (id, term) in pod.targeted_by() {
        if term.kind == TermKind::KeepsAway {
            by_key.add(term.key, 1, Counted::Borne(id));
        }
    }
    by_key
}

// kube-scheduler: plugins/interpodaffinity/filtering.go
impl Filter for InterPodAffinity {
    fn prepare(&self, pod: PodView<'_>, _: &World) -> Prepared {
        if Filter::sums(self, pod).is_empty() { Prepared::Skip } else { Prepared::Run }
    }

    /// First its own required terms, then what it keeps away from, then who keeps it away.
    fn sums(&self, pod: PodView<'_>) -> Vec<Sum> {
        let affinity = &pod.spec.pod_affinity;
        let mut sums = Vec::new();
        let mut sum = |key, counted| {
            let (scope, include) = (Scope::Domain(key), Include::default());
            sums.push(Sum { scope, parts: vec![(1, counted)], include });
        };
        for key in &affinity.required {
            let pods = affinity.required_pods.expect("required terms mean some pods");
            sum(*key, Counted::Matched(pods));
        }
        for term in &affinity.required_anti {
            sum(term.key, Counted::Matched(term.selector));
        }
        sums.extend(kept_away_by(pod).into_sums());
        sums
    }

    fn skips(&self, pod: PodView<'_>, around: Around<'_>) -> bool {
        let affinity = &pod.spec.pod_affinity;
        let own_terms = !affinity.required.is_empty() || !affinity.required_anti.is_empty();
        !own_terms && (0..around.len()).all(|sum| around.total(sum) == 0)
    }

    fn judge(&self, pod: PodView<'_>, around: Around<'_>) -> Verdict {
        let affinity = &pod.spec.pod_affinity;
        let (required, anti) = (affinity.required.len(), affinity.required_anti.len());
        if !satisfies_affinity(pod, around) {
            return Verdict::unresolvable("node(s) didn't match pod affinity rules");
        }
        let any = |mut sums: std::ops::Range<usize>| {
            sums.any(|sum| around.here(sum).is_some_and(|here| here > 0))
        };
        if any(required..required + anti) {
            return Verdict::unschedulable("node(s) didn't match pod anti-affinity rules");
        }
        if any(required + anti..around.len()) {
            return Verdict::unschedulable(
                "node(s) didn't satisfy existing pods anti-affinity rules",
            );
        }
        Verdict::Pass
    }
}

/// Whether a node's domains hold the pods that the pod must be near. The first of a kind that must
/// be near its own kind may go anywhere.
fn satisfies_affinity(pod: PodView<'_>, around: Around<'_>) -> bool {
    let affinity = &pod.spec.pod_affinity;
    let mut required = 0..affinity.required.len();
    let has_keys = required.clone().all(|sum| around.here(sum).is_some());
    let near = |sum: usize| around.here(sum).is_some_and(|here| here > 0);
    has_keys
        && (required.clone().all(near)
            || (affinity.required_of_itself && required.all(|sum| around.total(sum) == 0)))
}

// kube-scheduler: plugins/interpodaffinity/scoring.go
impl RelativeScore for InterPodAffinity {
    fn applies(&self, pod: PodView<'_>) -> bool {
        !RelativeScore::sums(self, pod).is_empty()
    }

    /// For each topology key the weights, and for each of them how many pods there are at all.
    fn sums(&self, pod: PodView<'_>) -> Vec<Sum> {
        let (mut weights, mut counts) = (ByKey::default(), ByKey::default());
        let mut add = |key, weight, counted| {
            weights.add(key, weight, counted);
            counts.add(key, 1, counted);
        };
        for (weight, term) in &pod.spec.pod_affinity.preferred {
            add(term.key, *weight, Counted::Matched(term.selector));
        }
        for (id, term) in pod.targeted_by() {
            let weight = match term.kind {
                TermKind::Preferred(weight) if !self.ignore_existing => weight,
                TermKind::Required => self.hard_weight,
                TermKind::Preferred(_) | TermKind::KeepsAway => 0,
            };
            if weight != 0 {
                add(term.key, weight, Counted::Borne(id));
            }
        }
        let mut sums = weights.into_sums();
        sums.extend(counts.into_sums());
        sums
    }

    /// No pod is there that it minds or that minds it.
    fn skips(&self, _: PodView<'_>, around: Around<'_>) -> bool {
        (around.len() / 2..around.len()).all(|sum| around.total(sum) == 0)
    }

    fn raw(&self, _: PodView<'_>, _: i64, around: Around<'_>, _: &Feasible) -> i64 {
        (0..around.len() / 2).filter_map(|sum| around.here(sum)).sum()
    }

    fn normalize(&self, raw: i64, min: i64, max: i64) -> i64 {
        if max == min {
            return 0;
        }
        // Between 0 and 100.
        #[allow(clippy::cast_possible_truncation)]
        let score = (100.0 * ((raw - min) as f64 / (max - min) as f64)) as i64;
        score
    }
}
