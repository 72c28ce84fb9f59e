//! PodTopologySpread: keeps the pods of a kind apart, evenly over zones, hosts or other domains.

use super::args::{Args, DefaultConstraint};
use crate::scheduler::framework::{
    Around, Changes, Counted, Feasible, Filter, Include, PodView, Prepared, RelativeScore, Scope,
    Sum, Verdict,
};
use crate::world::World;
use crate::world::pod::SpreadConstraint;
use crate::world::selectors::TopologyKeyId;

/// See the module.
pub struct PodTopologySpread {
    defaults: Vec<DefaultConstraint>,
}

/// A constraint as it applies to one pod, its own or a default one.
struct Constraint<'p> {
    own: std::borrow::Cow<'p, SpreadConstraint>,
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
    fn constraints<'p>(&self, pod: PodView<'p>, required: bool) -> Vec<Constraint<'p>> {
        let spec = pod.spec;
        if !spec.spread.is_empty() {
            let own = spec.spread.iter().filter(|constraint| constraint.required == required);
            let constraint = |own| Constraint { own, needs_label: true };
            return own.map(std::borrow::Cow::Borrowed).map(constraint).collect();
        }
        let Some(selector) = spec.default_spread else { return Vec::new() };
        let defaults = self.defaults.iter().filter(|default| default.required == required);
        let constraint = |default: &DefaultConstraint| Constraint {
            own: std::borrow::Cow::Owned(SpreadConstraint {
                key: default.key,
                max_skew: default.max_skew,
                required,
                min_domains: 1,
                counted: Some(selector),
                counts_itself: pod.related.matched_by.binary_search(&selector).is_ok(),
                honors_affinity: true,
                honors_taints: false,
            }),
            needs_label: default.needs_label,
        };
        defaults.map(constraint).collect()
    }
}

/// The labels that a node must have to be counted.
fn needed(constraints: &[Constraint<'_>]) -> Vec<TopologyKeyId> {
    let needing = constraints.iter().filter(|constraint| constraint.needs_label);
    needing.map(|constraint| constraint.own.key).collect()
}

fn include(constraint: &SpreadConstraint, with_keys: &[TopologyKeyId]) -> Include {
    Include {
        with_keys: with_keys.to_vec(),
        affinity: constraint.honors_affinity,
        taints: constraint.honors_taints,
    }
}

fn counted(constraint: &SpreadConstraint) -> Vec<(i64, Counted)> {
    constraint.counted.map(|selector| (1, Counted::Alive(selector))).into_iter().collect()
}

impl Filter for PodTopologySpread {
    fn prepare(&self, pod: PodView<'_>, _: &World) -> Prepared {
        if self.constraints(pod, true).is_empty() { Prepared::Skip } else { Prepared::Run }
    }

    // kube-scheduler: plugins/podtopologyspread/filtering.go calPreFilterState
    fn sums(&self, pod: PodView<'_>) -> Vec<Sum> {
        let constraints = self.constraints(pod, true);
        let keys: Vec<_> = constraints.iter().map(|constraint| constraint.own.key).collect();
        let sum = |constraint: &Constraint<'_>| Sum {
            scope: Scope::Domain(constraint.own.key),
            parts: counted(&constraint.own),
            include: include(&constraint.own, &keys),
        };
        constraints.iter().map(sum).collect()
    }

    fn judge(&self, pod: PodView<'_>, around: Around<'_>) -> Verdict {
        for (sum, constraint) in self.constraints(pod, true).iter().enumerate() {
            let constraint = &constraint.own;
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

    fn woken_by(&self) -> Changes {
        Changes::NODE_ADDED.or(Changes::NODE_LEFT).or(Changes::POD_LEFT).or(Changes::POD_PLACED)
    }
}

// kube-scheduler: plugins/podtopologyspread/scoring.go
impl RelativeScore for PodTopologySpread {
    fn applies(&self, pod: PodView<'_>) -> bool {
        !self.constraints(pod, false).is_empty()
    }

    fn sums(&self, pod: PodView<'_>) -> Vec<Sum> {
        let constraints = self.constraints(pod, false);
        let keys = needed(&constraints);
        let sum = |constraint: &Constraint<'_>| {
            let key = constraint.own.key;
            // On a host, upstream counts the pods without asking who is included.
            if key == TopologyKeyId::HOSTNAME {
                let (scope, include) = (Scope::Host(key), Include::default());
                return Sum { scope, parts: counted(&constraint.own), include };
            }
            Sum {
                scope: Scope::Domain(key),
                parts: counted(&constraint.own),
                include: include(&constraint.own, &keys),
            }
        };
        constraints.iter().map(sum).collect()
    }

    fn ignores(&self, pod: PodView<'_>, around: Around<'_>) -> bool {
        let constraints = self.constraints(pod, false);
        let lacks = |(sum, constraint): (usize, &Constraint<'_>)| {
            constraint.needs_label && around.here(sum).is_none()
        };
        constraints.iter().enumerate().any(lacks)
    }

    /// The more pods are there already the higher, weighed by how many domains there are.
    fn raw(&self, pod: PodView<'_>, _: i64, around: Around<'_>, feasible: &Feasible) -> i64 {
        let mut score = 0.0;
        for (sum, constraint) in self.constraints(pod, false).iter().enumerate() {
            let Some(here) = around.here(sum) else { continue };
            let on_host = constraint.own.key == TopologyKeyId::HOSTNAME;
            let domains = if on_host { feasible.nodes } else { feasible.domains[sum] };
            let weight = libm::log((domains + 2) as f64);
            score += here as f64 * weight + f64::from(constraint.own.max_skew - 1);
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
