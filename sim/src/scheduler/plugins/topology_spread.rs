//! PodTopologySpread: keeps the pods of a kind apart, evenly over zones, hosts or other domains.

use super::args::{Args, DefaultConstraint};
use crate::model::selectors::{SelectorId, TopologyKeyId};
use crate::scheduler::framework::{
    Around, Counted, Feasible, Filter, Include, PodView, Prepared, RelativeScore, Scope, Sum,
    Verdict,
};
use crate::world::World;

/// See the module.
pub struct PodTopologySpread {
    defaults: Vec<DefaultConstraint>,
}

/// A constraint as it applies to one pod, its own or a default one.
#[derive(Clone, Copy)]
struct Constraint {
    key: TopologyKeyId,
    max_skew: u32,
    min_domains: u32,
    counted: Option<SelectorId>,
    counts_itself: bool,
    honors_affinity: bool,
    honors_taints: bool,
    needs_label: bool,
}

impl PodTopologySpread {
    /// The plugin with these arguments.
    #[must_use]
    pub fn new(args: &Args) -> Self {
        PodTopologySpread { defaults: args.default_constraints.clone() }
    }

    /// The constraints of one kind that apply to a pod. Default ones do only if it has none at all,
    /// of whatever kind.
    // kube-scheduler: plugins/podtopologyspread/common.go buildDefaultConstraints
    fn constraints<'p>(
        &'p self,
        pod: PodView<'p>,
        required: bool,
    ) -> impl Iterator<Item = Constraint> + 'p {
        let own = pod.spec.spread.iter().filter(move |own| own.required == required);
        let own = own.map(|own| Constraint {
            key: own.key,
            max_skew: own.max_skew,
            min_domains: own.min_domains,
            counted: own.counted,
            counts_itself: own.counts_itself,
            honors_affinity: own.honors_affinity,
            honors_taints: own.honors_taints,
            needs_label: true,
        });
        let selector = pod.spec.default_spread.filter(|_| pod.spec.spread.is_empty());
        let defaults = self.defaults.iter().filter(move |default| default.required == required);
        own.chain(selector.into_iter().flat_map(move |selector| {
            defaults.clone().map(move |default| Constraint {
                key: default.key,
                max_skew: default.max_skew,
                min_domains: 1,
                counted: Some(selector),
                counts_itself: pod.related.matched_by.binary_search(&selector).is_ok(),
                honors_affinity: true,
                honors_taints: false,
                needs_label: default.needs_label,
            })
        }))
    }
}

impl Constraint {
    fn sum(self, scope: Scope, include: Include) -> Sum {
        let parts = self.counted.map(|selector| (1, Counted::Alive(selector)));
        Sum { scope, parts: parts.into_iter().collect(), include }
    }

    /// Which nodes count. What holds of every node that is asked is not asked.
    fn include(self, pod: PodView<'_>, with_keys: &[TopologyKeyId]) -> Include {
        let other = |key: &TopologyKeyId| *key != self.key;
        Include {
            with_keys: with_keys.iter().copied().filter(other).collect(),
            affinity: self.honors_affinity && pod.spec.chooses_nodes(),
            taints: self.honors_taints,
        }
    }
}

impl Filter for PodTopologySpread {
    fn prepare(&self, pod: PodView<'_>, _: &World) -> Prepared {
        if self.constraints(pod, true).next().is_none() { Prepared::Skip } else { Prepared::Run }
    }

    // kube-scheduler: plugins/podtopologyspread/filtering.go calPreFilterState
    fn sums(&self, pod: PodView<'_>) -> Vec<Sum> {
        let keys: Vec<_> = self.constraints(pod, true).map(|constraint| constraint.key).collect();
        self.constraints(pod, true)
            .map(|constraint| {
                constraint.sum(Scope::Domain(constraint.key), constraint.include(pod, &keys))
            })
            .collect()
    }

    fn judge(&self, pod: PodView<'_>, around: Around<'_>) -> Verdict {
        for (sum, constraint) in self.constraints(pod, true).enumerate() {
            let Some(here) = around.here(sum) else {
                return Verdict::unresolvable(
                    "node(s) didn't match pod topology spread constraints (missing required label)",
                );
            };
            let enough = around.domains(sum) >= constraint.min_domains as usize;
            let least = if enough { around.least(sum).unwrap_or(0) } else { 0 };
            let skew = here + i64::from(constraint.counts_itself) - least;
            if skew > i64::from(constraint.max_skew) {
                return Verdict::unschedulable(
                    "node(s) didn't match pod topology spread constraints",
                );
            }
        }
        Verdict::Pass
    }
}

// kube-scheduler: plugins/podtopologyspread/scoring.go
impl RelativeScore for PodTopologySpread {
    fn applies(&self, pod: PodView<'_>) -> bool {
        self.constraints(pod, false).next().is_some()
    }

    fn sums(&self, pod: PodView<'_>) -> Vec<Sum> {
        let needed = self.constraints(pod, false).filter(|constraint| constraint.needs_label);
        let keys: Vec<_> = needed.map(|constraint| constraint.key).collect();
        self.constraints(pod, false)
            .map(|constraint| match constraint.key {
                // On a host, upstream counts the pods without asking who is included.
                TopologyKeyId::HOSTNAME => {
                    constraint.sum(Scope::Host(constraint.key), Include::default())
                }
                key => constraint.sum(Scope::Domain(key), constraint.include(pod, &keys)),
            })
            .collect()
    }

    fn ignores(&self, pod: PodView<'_>, around: Around<'_>) -> bool {
        self.constraints(pod, false)
            .enumerate()
            .any(|(sum, constraint)| constraint.needs_label && around.here(sum).is_none())
    }

    /// The more pods are there already the higher, weighed by how many domains there are.
    fn raw(&self, pod: PodView<'_>, _: i64, around: Around<'_>, feasible: &Feasible) -> i64 {
        let mut score = 0.0;
        for (sum, constraint) in self.constraints(pod, false).enumerate() {
            let Some(here) = around.here(sum) else { continue };
            let on_host = constraint.key == TopologyKeyId::HOSTNAME;
            let domains = if on_host { feasible.nodes } else { feasible.domains[sum] };
            let weight = libm::log((domains + 2) as f64);
            score += here as f64 * weight + (f64::from(constraint.max_skew) - 1.0);
        }
        // Go's math.Round: half away from zero, as libm's.
        #[allow(clippy::cast_possible_truncation)]
        let rounded = libm::round(score) as i64;
        rounded
    }

    fn normalize(&self, raw: i64, min: i64, max: i64) -> i64 {
        if max == 0 { 100 } else { 100 * (max + min - raw) / max }
    }
}
