//! The topology groups that a pod's constraints make.

use sim::model::labels::{Operator, Requirement};
use sim::names::NameId;

use super::group::{Identity, Kind, Wanted};
use super::node_filter::NodeFilter;
use crate::karpenter::input::{PodAffinity, PodSpec, PodTerm, Spread, WhenUnsatisfiable};
use crate::karpenter::selector::selects;
use crate::karpenter::snapshot::Snapshot;

/// All groups that decide where a pod may go, preferences among them.
// Karpenter: topology.go newForTopologies, newForAffinities
pub(super) fn all(spec: &PodSpec, snapshot: &Snapshot<'_>) -> Vec<Wanted> {
    let respect = snapshot.cluster.options.respect_preferences;
    let mut groups: Vec<Wanted> = spec
        .spread
        .iter()
        .filter(|spread| respect || spread.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule)
        .map(|spread| of_spread(spread, spec, snapshot))
        .collect();
    for (kind, terms) in
        [(Kind::Affinity, &spec.affinity), (Kind::AntiAffinity, &spec.anti_affinity)]
    {
        let terms = terms_of(terms, respect);
        groups.extend(terms.map(|term| of_term(kind, term, spec, snapshot)));
    }
    groups
}

fn terms_of(affinity: &PodAffinity, respect: bool) -> impl Iterator<Item = &PodTerm> {
    let preferred = affinity.preferred.iter().filter(move |_| respect).map(|(_, term)| term);
    affinity.required.iter().chain(preferred)
}

fn of_spread(spread: &Spread, spec: &PodSpec, snapshot: &Snapshot<'_>) -> Wanted {
    let mut selector = spread.selector.clone();
    if let Some(selector) = &mut selector {
        for key in &spread.match_label_keys {
            if let Some(value) = spec.labels.get(*key) {
                let own = Requirement { key: *key, operator: Operator::In(vec![value]) };
                if !selector.contains(&own) {
                    selector.push(own);
                }
            }
        }
    }
    let cluster = &snapshot.cluster;
    let filter = NodeFilter::of(spread, spec, cluster.keys, cluster.names);
    let identity = Identity {
        key: spread.key,
        kind: Kind::Spread,
        namespaces: vec![spec.namespace],
        selector,
        max_skew: spread.max_skew,
        filter: filter.identity(),
    };
    Wanted { identity, filter, min_domains: spread.min_domains }
}

/// The group of one term of affinity or anti-affinity.
pub(super) fn of_term(
    kind: Kind,
    term: &PodTerm,
    spec: &PodSpec,
    snapshot: &Snapshot<'_>,
) -> Wanted {
    let filter = NodeFilter::default();
    let identity = Identity {
        key: term.key,
        kind,
        namespaces: namespaces(term, spec, snapshot),
        selector: term.selector.clone(),
        max_skew: i32::MAX,
        filter: filter.identity(),
    };
    Wanted { identity, filter, min_domains: None }
}

// Karpenter: topology.go buildNamespaceList
fn namespaces(term: &PodTerm, spec: &PodSpec, snapshot: &Snapshot<'_>) -> Vec<NameId> {
    if term.namespaces.is_empty() && term.namespace_selector.is_none() {
        return vec![spec.namespace];
    }
    let names = snapshot.cluster.names;
    let selected = snapshot.cluster.namespaces.iter();
    let selected = selected.filter(|(_, labels)| selects(&term.namespace_selector, labels, names));
    let mut namespaces: Vec<NameId> =
        selected.map(|(name, _)| *name).chain(term.namespaces.iter().copied()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    namespaces
}
