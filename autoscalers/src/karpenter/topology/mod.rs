//! Topology: spread constraints, affinity and anti-affinity between pods, counted by domain.

mod domains;
pub(crate) mod group;
mod groups_of;
mod node_filter;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use sim::model::taints::Taint;
use sim::names::NameId;

use self::domains::Domains;
use self::group::{Asked, Group, Identity, Kind, Next, Wanted};
use crate::karpenter::input::PodSpec;
use crate::karpenter::refusal::Refusal;
use crate::karpenter::requirements::{Requirements, Tightened, Undefined};
use crate::karpenter::snapshot::Snapshot;

/// The groups that one pod has to do with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Membership {
    /// Groups that decide where it may go, and whether each counts the pod itself.
    owned: Vec<(usize, bool)>,
    /// Groups of anti-affinity that it brings along.
    inverse_owned: Vec<usize>,
    /// Groups that count it, of those that have been looked at.
    counted: Vec<usize>,
    /// Groups of anti-affinity of other pods that keep it away, of those that have been looked at.
    kept_away: Vec<usize>,
    looked_at: usize,
    inverse_looked_at: usize,
}

/// How pods are spread, and which want to be near or far.
// Karpenter: topology.go Topology
#[derive(Debug)]
pub(crate) struct Topology<'a> {
    groups: IndexMap<Identity, Group, FxBuildHasher>,
    /// Anti-affinity works both ways: here the pods that have it are counted, and those that they do not
    /// want near are kept away.
    inverse: IndexMap<Identity, Group, FxBuildHasher>,
    domains: IndexMap<NameId, Domains<'a>, FxBuildHasher>,
    /// Pods that are being placed, and so are not counted where they were: by number, in order.
    placed: Vec<usize>,
    /// Nodes that are taken to be gone, beside those that go away: by number, in order.
    gone: Vec<usize>,
}

impl<'a> Topology<'a> {
    /// What is known before pods are placed: the nodes that stay, and pods with anti-affinity on nodes.
    pub(crate) fn new(snapshot: &Snapshot<'a>, placed: &[usize], gone: &[usize]) -> Topology<'a> {
        let sorted = |numbers: &[usize]| {
            let mut numbers = numbers.to_vec();
            numbers.sort_unstable();
            numbers
        };
        let mut topology = Topology {
            groups: IndexMap::default(),
            inverse: IndexMap::default(),
            domains: IndexMap::default(),
            placed: sorted(placed),
            gone: sorted(gone),
        };
        topology.count_anti_affinity(snapshot);
        topology
    }

    /// Pods on nodes whose anti-affinity must hold.
    // Karpenter: topology.go updateInverseAffinities
    fn count_anti_affinity(&mut self, snapshot: &Snapshot<'a>) {
        let with_terms =
            snapshot.bound.iter().filter(|bound| !bound.spec.anti_affinity.required.is_empty());
        for bound in with_terms {
            for (pod, node) in &bound.pods {
                let Some(labels) = snapshot.nodes[*node].joined_labels.as_ref() else { continue };
                if self.is_placed(*pod) {
                    continue;
                }
                for number in self.add_inverse(&bound.spec, snapshot) {
                    let group = &mut self.inverse[number];
                    if let Some(domain) = labels.get(group.identity.key) {
                        group.record(domain);
                    }
                }
            }
        }
    }

    /// Makes the groups of a pod known, and says what it has to do with which.
    // Karpenter: topology.go Update
    pub(crate) fn join(&mut self, spec: &PodSpec, snapshot: &Snapshot<'a>) -> Membership {
        let inverse_owned = self.add_inverse(spec, snapshot);
        let mut owned = Vec::new();
        for wanted in groups_of::all(spec, snapshot) {
            let number = match self.groups.get_index_of(&wanted.identity) {
                Some(number) => number,
                None => {
                    let mut group = self.group(wanted, snapshot);
                    self.count(&mut group, snapshot);
                    self.groups.insert_full(group.identity.clone(), group).0
                }
            };
            if owned.iter().all(|(there, _)| *there != number) {
                let names = snapshot.cluster.names;
                let selects = self.groups[number].selects(spec.namespace, &spec.labels, names);
                owned.push((number, selects));
            }
        }
        Membership { owned, inverse_owned, ..Membership::default() }
    }

    /// The groups of a pod's required anti-affinity, seen from other pods.
    fn add_inverse(&mut self, spec: &PodSpec, snapshot: &Snapshot<'a>) -> Vec<usize> {
        let terms = spec.anti_affinity.required.iter();
        let numbers = terms.map(|term| {
            let wanted = groups_of::of_term(Kind::AntiAffinity, term, spec, snapshot);
            match self.inverse.get_index_of(&wanted.identity) {
                Some(number) => number,
                None => {
                    let group = self.group(wanted, snapshot);
                    self.inverse.insert_full(group.identity.clone(), group).0
                }
            }
        });
        numbers.collect()
    }

    /// A group without pods.
    fn group(&mut self, wanted: Wanted, snapshot: &Snapshot<'a>) -> Group {
        let cluster = &snapshot.cluster;
        let key = wanted.identity.key;
        let mut group = Group::new(wanted, key == cluster.keys.hostname);
        let domains =
            self.domains.entry(key).or_insert_with(|| Domains::of(key, cluster, &snapshot.pools));
        let counted: Vec<NameId> = domains.counted(&group.filter).collect();
        counted.into_iter().for_each(|domain| group.register(domain));
        group
    }

    /// Counts the pods that are on nodes.
    // Karpenter: topology.go countDomains
    fn count(&self, group: &mut Group, snapshot: &Snapshot<'a>) {
        let names = snapshot.cluster.names;
        let key = group.identity.key;
        let filter = group.filter.clone();
        let counts = |node: usize| {
            let node = &snapshot.nodes[node];
            let labels = node.joined_labels.as_ref()?;
            let counts = filter.counts(
                &node.joined_taints,
                &node.joined_requirements,
                Undefined::None,
                names,
            );
            counts.then_some((node, labels))
        };
        // A domain of nodes that are there is one, even without any pod.
        for number in snapshot.in_order.iter().filter(|number| self.stays(**number, snapshot)) {
            if counts(*number).is_some()
                && let Some(domain) = snapshot.nodes[*number].labels.get(key)
            {
                group.register(domain);
            }
        }
        for bound in &snapshot.bound {
            if !group.selects(bound.spec.namespace, &bound.spec.labels, names) {
                continue;
            }
            for (pod, number) in &bound.pods {
                if self.is_placed(*pod) || snapshot.cluster.pods[*pod].terminating {
                    continue;
                }
                let Some((node, labels)) = counts(*number) else { continue };
                let by_host = key == snapshot.cluster.keys.hostname;
                let domain = labels.get(key).or(node.joined_name.filter(|_| by_host));
                if let Some(domain) = domain {
                    group.record(domain);
                }
            }
        }
    }

    /// Whether a node is there for good.
    pub(crate) fn stays(&self, node: usize, snapshot: &Snapshot<'_>) -> bool {
        snapshot.stays[node] && self.gone.binary_search(&node).is_err()
    }

    fn is_placed(&self, pod: usize) -> bool {
        self.placed.binary_search(&pod).is_ok()
    }

    /// Whether any group has a label's values as its domains.
    pub(crate) fn is_about(&self, key: NameId) -> bool {
        self.groups.keys().chain(self.inverse.keys()).any(|identity| identity.key == key)
    }

    /// Makes nodes that stay known to groups whose domains are nodes.
    pub(crate) fn register_hosts(&mut self, snapshot: &Snapshot<'a>) {
        if !self.is_about(snapshot.cluster.keys.hostname) {
            return;
        }
        for number in &snapshot.in_order {
            let host = snapshot.nodes[*number].host;
            if let Some(host) = host.filter(|_| self.stays(*number, snapshot)) {
                self.register_host(host);
            }
        }
    }

    /// Makes a node known to groups whose domains are nodes.
    pub(crate) fn register_host(&mut self, host: NameId) {
        let groups = self.groups.values_mut().chain(self.inverse.values_mut());
        groups.filter(|group| group.is_by_host()).for_each(|group| group.register(host));
    }

    /// Looks at groups that have come up since, and whether they mean the pod.
    fn look(&self, member: &mut Membership, spec: &PodSpec, snapshot: &Snapshot<'a>) {
        let names = snapshot.cluster.names;
        let selects = |group: &Group| group.selects(spec.namespace, &spec.labels, names);
        for number in member.looked_at..self.groups.len() {
            if selects(&self.groups[number]) {
                member.counted.push(number);
            }
        }
        for number in member.inverse_looked_at..self.inverse.len() {
            if selects(&self.inverse[number]) {
                member.kept_away.push(number);
            }
        }
        member.looked_at = self.groups.len();
        member.inverse_looked_at = self.inverse.len();
    }

    /// Whether a pod cannot go to a host because of pods that are there: more of them never help.
    pub(crate) fn is_kept_off(&self, member: &Membership, host: NameId) -> bool {
        let is_full =
            |(number, selects): &(usize, bool)| self.groups[*number].is_full_on(host, *selects);
        member.owned.iter().any(is_full)
            || member.kept_away.iter().any(|number| self.inverse[*number].is_full_on(host, true))
    }

    /// Tightens what a node will be by where the pod may go, or says what is in the way.
    // Karpenter: topology.go AddRequirements
    pub(crate) fn tighten(
        &self,
        member: &mut Membership,
        spec: &PodSpec,
        strict: &Requirements,
        node: &mut Tightened<'_>,
        undefined: Undefined<'_>,
        snapshot: &Snapshot<'a>,
    ) -> Result<(), Refusal> {
        self.look(member, spec, snapshot);
        let names = snapshot.cluster.names;
        let owned = member.owned.iter().map(|(number, selects)| (&self.groups[*number], *selects));
        let kept_away = member.kept_away.iter().map(|number| (&self.inverse[*number], true));
        let mut pinned = Requirements::default();
        for (group, selects) in owned.chain(kept_away) {
            let key = group.identity.key;
            let of_node = node.get(key);
            let asked = Asked { of_pod: strict.get(key), of_node, selects };
            let requirement = match group.next(asked, names) {
                Next::Nowhere => return Err(refusal(group.identity.kind)),
                // What the node is already is no news.
                Next::Only(domain)
                    if of_node.is_some_and(|there| there.single() == Some(domain)) =>
                {
                    continue;
                }
                Next::Only(domain) => super::requirement::Requirement::only(domain),
                Next::Any(domains) => super::requirement::Requirement::one_of(domains),
            };
            pinned.add(key, &std::sync::Arc::new(requirement), names);
        }
        for (key, requirement) in pinned.iter() {
            if !node.compatible_with(key, requirement, undefined, names) {
                return Err(Refusal::Requirements);
            }
        }
        node.add_all(&pinned, names);
        Ok(())
    }

    /// Counts a pod that has been placed.
    // Karpenter: topology.go Record
    pub(crate) fn record(
        &mut self,
        member: &mut Membership,
        spec: &PodSpec,
        taints: &[Taint],
        node: &Requirements,
        undefined: Undefined<'_>,
        snapshot: &Snapshot<'a>,
    ) {
        self.look(member, spec, snapshot);
        let names = snapshot.cluster.names;
        for number in &member.counted {
            let group = &mut self.groups[*number];
            let Some(requirement) = node.get(group.identity.key) else { continue };
            if !group.filter.counts(taints, node, undefined, names) {
                continue;
            }
            match group.identity.kind {
                // Every domain that the pod may land in is taken.
                Kind::AntiAffinity => {
                    requirement.values().iter().for_each(|domain| group.record(*domain));
                }
                // Only a domain that is certain counts.
                Kind::Spread | Kind::Affinity => {
                    requirement.single().into_iter().for_each(|domain| group.record(domain));
                }
            }
        }
        for number in &member.inverse_owned {
            let group = &mut self.inverse[*number];
            if let Some(requirement) = node.get(group.identity.key) {
                requirement.values().iter().for_each(|domain| group.record(*domain));
            }
        }
    }
}

fn refusal(kind: Kind) -> Refusal {
    match kind {
        Kind::Spread => Refusal::TopologySpread,
        Kind::Affinity => Refusal::PodAffinity,
        Kind::AntiAffinity => Refusal::PodAntiAffinity,
    }
}
