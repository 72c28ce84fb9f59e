//! A topology group: how many pods that it selects are in each domain, and where the next may go.

use indexmap::IndexMap;
use indexmap::map::Entry;
use rustc_hash::FxBuildHasher;
use sim::model::labels::LabelSet;
use sim::names::{NameId, Names};

use super::node_filter::{FilterIdentity, NodeFilter};
use crate::karpenter::input::Selector;
use crate::karpenter::requirement::Requirement;
use crate::karpenter::selector::selects;

/// What a group does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Kind {
    Spread,
    Affinity,
    AntiAffinity,
}

/// What makes two groups one: all but how many domains there have to be.
// Karpenter: topologygroup.go Hash
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Identity {
    pub(crate) key: NameId,
    pub(crate) kind: Kind,
    /// Sorted.
    pub(crate) namespaces: Vec<NameId>,
    pub(crate) selector: Selector,
    pub(crate) max_skew: i32,
    pub(crate) filter: FilterIdentity,
}

/// A group that a pod asks for, before it is known whether there is one already.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) identity: Identity,
    pub(crate) filter: NodeFilter,
    pub(crate) min_domains: Option<i32>,
}

/// Pods that are counted by domain.
// Karpenter: topologygroup.go TopologyGroup
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) identity: Identity,
    pub(crate) filter: NodeFilter,
    /// Whether domains are nodes.
    by_host: bool,
    min_domains: Option<i32>,
    domains: IndexMap<NameId, i32, FxBuildHasher>,
    /// How many domains have no pod.
    empty: usize,
}

/// Where the next pod may go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    /// Nowhere.
    Nowhere,
    /// Into one domain.
    Only(NameId),
    /// Into any of these.
    Any(Vec<NameId>),
}

impl Next {
    fn of(mut domains: Vec<NameId>) -> Next {
        domains.dedup();
        match domains.as_slice() {
            [] => Next::Nowhere,
            [domain] => Next::Only(*domain),
            _ => Next::Any(domains),
        }
    }
}

/// What a pod and a node say about the domain; nothing is every domain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) of_pod: Option<&'a Requirement>,
    pub(crate) of_node: Option<&'a Requirement>,
    /// Whether the group counts the pod itself.
    pub(crate) selects: bool,
}

impl Asked<'_> {
    fn pod_allows(&self, domain: NameId, names: &Names) -> bool {
        self.of_pod.is_none_or(|requirement| requirement.allows(domain, names))
    }

    fn node_allows(&self, domain: NameId, names: &Names) -> bool {
        self.of_node.is_none_or(|requirement| requirement.allows(domain, names))
    }

    /// The domains of the node, if it names them.
    fn listed(&self) -> Option<&[NameId]> {
        self.of_node.filter(|requirement| requirement.is_list()).map(Requirement::values)
    }
}

impl Group {
    pub(crate) fn new(wanted: Wanted, by_host: bool) -> Group {
        let Wanted { identity, filter, min_domains } = wanted;
        Group { identity, filter, by_host, min_domains, domains: IndexMap::default(), empty: 0 }
    }

    /// Whether domains are nodes.
    pub(crate) fn is_by_host(&self) -> bool {
        self.by_host
    }

    /// Makes a domain known.
    pub(crate) fn register(&mut self, domain: NameId) {
        if let Entry::Vacant(entry) = self.domains.entry(domain) {
            entry.insert(0);
            self.empty += 1;
        }
    }

    /// Counts a pod in a domain.
    pub(crate) fn record(&mut self, domain: NameId) {
        self.register(domain);
        let count = self.domains.entry(domain).or_default();
        self.empty -= usize::from(*count == 0);
        *count += 1;
    }

    /// Whether the group counts pods of this namespace with these labels.
    pub(crate) fn selects(&self, namespace: NameId, labels: &LabelSet, names: &Names) -> bool {
        self.identity.namespaces.binary_search(&namespace).is_ok()
            && selects(&self.identity.selector, labels, names)
    }

    fn count(&self, domain: NameId) -> i32 {
        self.domains.get(&domain).copied().unwrap_or_default()
    }

    /// Whether no more pods may go to a host that has as many as it has.
    pub(crate) fn is_full_on(&self, host: NameId, selects: bool) -> bool {
        self.by_host
            && match self.identity.kind {
                Kind::Spread => self.count(host) + i32::from(selects) > self.identity.max_skew,
                Kind::Affinity => false,
                Kind::AntiAffinity => self.count(host) > 0,
            }
    }

    /// Where the next pod may go, given what it and the node say.
    pub(crate) fn next(&self, asked: Asked<'_>, names: &Names) -> Next {
        // A node that does not exist yet is no domain yet, and empty.
        if self.by_host
            && let Some([host]) = asked.of_node.map(Requirement::values)
        {
            return self.next_on(*host, asked, names);
        }
        match self.identity.kind {
            Kind::Spread => self.next_spread(asked, names),
            Kind::Affinity => self.next_affinity(asked, names),
            Kind::AntiAffinity => self.next_anti_affinity(asked, names),
        }
    }

    /// The same where domains are nodes, and this is the node.
    fn next_on(&self, host: NameId, asked: Asked<'_>, names: &Names) -> Next {
        let count = self.count(host);
        let fits = match self.identity.kind {
            // Another node can always be launched, so the least count is zero.
            Kind::Spread | Kind::AntiAffinity => !self.is_full_on(host, asked.selects),
            Kind::Affinity => {
                asked.pod_allows(host, names) && (count > 0 || self.may_begin(asked, names))
            }
        };
        if fits { Next::Only(host) } else { Next::Nowhere }
    }

    // Karpenter: topologygroup.go nextDomainTopologySpread
    fn next_spread(&self, asked: Asked<'_>, names: &Names) -> Next {
        let least = self.least(asked, names);
        let after = |count: i32| count + i32::from(asked.selects);
        let may = |count: i32| after(count).saturating_sub(least) <= self.identity.max_skew;
        let best = match asked.listed() {
            Some(listed) => listed
                .iter()
                .filter_map(|domain| Some((*domain, *self.domains.get(domain)?)))
                .filter(|(_, count)| may(*count))
                .min_by(|one, two| by_count_then_text(*one, *two, names)),
            None => self
                .domains
                .iter()
                .map(|(domain, count)| (*domain, *count))
                .filter(|(domain, count)| may(*count) && asked.node_allows(*domain, names))
                .min_by(|one, two| by_count_then_text(*one, *two, names)),
        };
        best.map_or(Next::Nowhere, |(domain, _)| Next::Only(domain))
    }

    /// The least count among the domains that the pod allows.
    // Karpenter: topologygroup.go domainMinCount
    fn least(&self, asked: Asked<'_>, names: &Names) -> i32 {
        if self.by_host {
            return 0;
        }
        let (mut least, mut supported) = (i32::MAX, 0);
        for (domain, count) in &self.domains {
            if asked.pod_allows(*domain, names) {
                supported += 1;
                least = least.min(*count);
            }
        }
        if self.min_domains.is_some_and(|wanted| supported < wanted) { 0 } else { least }
    }

    // Karpenter: topologygroup.go nextDomainAffinity
    fn next_affinity(&self, asked: Asked<'_>, names: &Names) -> Next {
        let with_pods = |domain: NameId| {
            asked.pod_allows(domain, names)
                && asked.node_allows(domain, names)
                && self.count(domain) > 0
        };
        let mut domains: Vec<NameId> = match asked.listed() {
            Some(listed) => listed.iter().copied().filter(|domain| with_pods(*domain)).collect(),
            None => self.domains.keys().copied().filter(|domain| with_pods(*domain)).collect(),
        };
        if domains.is_empty() && self.may_begin(asked, names) {
            let first = |allowed: &dyn Fn(NameId) -> bool| {
                let allowed = self.domains.keys().copied().filter(|domain| allowed(*domain));
                allowed.min_by(|one, two| names.text(*one).cmp(names.text(*two)))
            };
            let both = |domain| asked.pod_allows(domain, names) && asked.node_allows(domain, names);
            domains.extend(first(&both));
            domains.extend(first(&|domain| asked.pod_allows(domain, names)));
        }
        domains.sort_unstable();
        Next::of(domains)
    }

    /// Whether the pod may be the first of those that want to be near each other.
    fn may_begin(&self, asked: Asked<'_>, names: &Names) -> bool {
        let elsewhere =
            || self.domains.iter().any(|(domain, n)| *n > 0 && asked.pod_allows(*domain, names));
        asked.selects && (self.empty == self.domains.len() || !elsewhere())
    }

    // Karpenter: topologygroup.go nextDomainAntiAffinity
    fn next_anti_affinity(&self, asked: Asked<'_>, names: &Names) -> Next {
        if self.empty == 0 {
            return Next::Nowhere;
        }
        let is_empty = |domain: NameId| {
            self.domains.get(&domain) == Some(&0) && asked.pod_allows(domain, names)
        };
        let mut domains: Vec<NameId> = match asked.listed() {
            Some(listed) => listed.iter().copied().filter(|domain| is_empty(*domain)).collect(),
            None => {
                let allowed =
                    |domain: &NameId| is_empty(*domain) && asked.node_allows(*domain, names);
                self.domains.keys().copied().filter(allowed).collect()
            }
        };
        domains.sort_unstable();
        Next::of(domains)
    }
}

fn by_count_then_text(one: (NameId, i32), two: (NameId, i32), names: &Names) -> std::cmp::Ordering {
    one.1.cmp(&two.1).then_with(|| names.text(one.0).cmp(names.text(two.0)))
}
