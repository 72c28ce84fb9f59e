//! Sums over domains: how many pods there are in a zone, on a host, in a rack.
//!
//! A sum adds up something that each node knows of itself, so one changed node changes one term of
//! it. That is all that scheduling ever needs to know of other nodes.

use crate::model::Model;
use crate::model::pod::{PodSpec, SpecId};
use crate::model::selectors::{SelectorId, TermId, TopologyKeyId};
use crate::model::storage::ClaimId;
use crate::table::Id;
use crate::world::load::NodeLoad;
use crate::world::topology::DomainId;
use crate::world::{NodeView, World};

/// What a plugin wants to have added up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sum {
    /// Over which nodes together.
    pub scope: Scope,
    /// What each node contributes: how many pods it counts, times a weight.
    pub parts: Vec<(i64, Counted)>,
    /// Which nodes contribute at all.
    pub include: Include,
}

/// Which nodes are added up together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Those that share a domain of this key.
    Domain(TopologyKeyId),
    /// None but the node itself, if it has this label.
    Host(TopologyKeyId),
    /// All of them.
    Cluster,
}

/// What a node counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Counted {
    /// Pods that a selector means, terminating ones included.
    Matched(SelectorId),
    /// Pods that a selector means and that are not terminating.
    Alive(SelectorId),
    /// Pods that bear a term, as often as they do.
    Borne(TermId),
    /// Pods that use a claim.
    Users(ClaimId),
}

/// Which nodes contribute to a sum.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Include {
    /// Only those with all of these labels.
    pub with_keys: Vec<TopologyKeyId>,
    /// Only those that the pod's node selector and affinity allow.
    pub affinity: bool,
    /// Only those whose taints the pod tolerates.
    pub taints: bool,
}

impl Include {
    fn admits(&self, pod: &PodSpec, node: NodeView<'_>) -> bool {
        self.with_keys.iter().all(|key| node.domain(*key).is_some())
            && (!self.affinity || node.is_required_by(pod))
            && (!self.taints || node.is_tolerated_by(pod))
    }
}

impl Scope {
    /// The domain of a node; none if it lacks the label.
    fn domain(self, node: NodeView<'_>) -> Option<DomainId> {
        match self {
            Scope::Domain(key) | Scope::Host(key) => node.domain(key),
            Scope::Cluster => Some(DomainId::from_index(0)),
        }
    }
}

impl Counted {
    fn on(self, load: &NodeLoad) -> i64 {
        i64::from(match self {
            Counted::Matched(selector) => load.matched(selector).all,
            Counted::Alive(selector) => load.matched(selector).alive,
            Counted::Borne(term) => load.borne(term),
            Counted::Users(claim) => load.users(claim),
        })
    }
}

/// What one node contributes to one sum, and where.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Share {
    /// Nothing: it lacks the label.
    Outside,
    /// Nothing: it has the label, and is not included.
    Excluded(DomainId),
    /// This much.
    Counted(DomainId, i64),
}

impl Sum {
    /// What `node` contributes to the sum of `pod`.
    pub fn share(&self, pod: &PodSpec, node: NodeView<'_>) -> Share {
        let Some(domain) = self.scope.domain(node) else { return Share::Outside };
        if !self.include.admits(pod, node) {
            return Share::Excluded(domain);
        }
        let load = node.load();
        let count = match *self.parts {
            [(1, what)] => what.on(load),
            ref parts => parts.iter().map(|(weight, what)| weight * what.on(load)).sum(),
        };
        Share::Counted(domain, count)
    }

    /// Whether pods of a spec of the model are among what is counted, of whatever size they are.
    pub fn counts(&self, spec: SpecId, model: &Model) -> bool {
        let matched_by = &model.related(spec).matched_by;
        let spec = &model.specs[spec];
        self.parts.iter().any(|(_, what)| match what {
            Counted::Matched(selector) | Counted::Alive(selector) => {
                matched_by.binary_search(selector).is_ok()
            }
            Counted::Borne(term) => spec.pod_affinity.borne.contains(term),
            Counted::Users(claim) => spec.volumes.claims.iter().any(|used| used.claim == *claim),
        })
    }

    /// Whether each node stands for itself in this sum.
    pub fn is_per_node(&self, world: &World) -> bool {
        match self.scope {
            Scope::Host(_) => true,
            Scope::Domain(key) => world.topology().is_per_node(key),
            Scope::Cluster => false,
        }
    }
}

/// How one sum stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    values: Values,
    /// The sum over all domains.
    total: i64,
    /// How many domains have an included node.
    domains: usize,
    /// The least sum of such a domain.
    least: Option<i64>,
}

/// What was added up.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Values {
    /// By domain: the sum, and how many nodes are included.
    Shared(Vec<(i64, u32)>),
    /// Every node is its own domain: how many nodes have which value, sorted by value.
    PerNode(Vec<(i64, u32)>),
}

impl Standing {
    /// Nothing added up yet.
    pub fn new(per_node: bool) -> Standing {
        let values =
            if per_node { Values::PerNode(Vec::new()) } else { Values::Shared(Vec::new()) };
        Standing { values, total: 0, domains: 0, least: None }
    }

    /// Whether every node is its own domain.
    pub fn is_per_node(&self) -> bool {
        matches!(self.values, Values::PerNode(_))
    }

    /// Adds a node's share.
    pub fn add(&mut self, share: Share) {
        self.change(share, 1);
    }

    /// Takes a node's share out again.
    ///
    /// # Panics
    /// If it is not in.
    pub fn take(&mut self, share: Share) {
        self.change(share, -1);
    }

    fn change(&mut self, share: Share, sign: i64) {
        let Share::Counted(domain, value) = share else { return };
        self.total += sign * value;
        match &mut self.values {
            Values::Shared(domains) => {
                if domains.len() <= domain.index() {
                    domains.resize(domain.index() + 1, (0, 0));
                }
                let slot = &mut domains[domain.index()];
                let before = *slot;
                slot.0 += sign * value;
                count(&mut slot.1, sign);
                let after = *slot;
                self.domains += usize::from(before.1 == 0);
                self.domains -= usize::from(after.1 == 0);
                let was_least = before.1 > 0 && Some(before.0) == self.least;
                if after.1 > 0 && self.least.is_none_or(|least| after.0 <= least) {
                    self.least = Some(after.0);
                } else if was_least {
                    let included = domains.iter().filter(|(_, nodes)| *nodes > 0);
                    self.least = included.map(|(sum, _)| *sum).min();
                }
            }
            Values::PerNode(values) => {
                let at = match values.binary_search_by_key(&value, |(value, _)| *value) {
                    Ok(at) => at,
                    Err(at) => {
                        values.insert(at, (value, 0));
                        at
                    }
                };
                count(&mut values[at].1, sign);
                if values[at].1 == 0 {
                    values.remove(at);
                }
                self.domains = self
                    .domains
                    .checked_add_signed(if sign > 0 { 1 } else { -1 })
                    .expect("no less than no domain");
                self.least = values.first().map(|(value, _)| *value);
            }
        }
    }

    fn of(&self, domain: DomainId) -> i64 {
        match &self.values {
            Values::Shared(domains) => domains.get(domain.index()).map_or(0, |(sum, _)| *sum),
            Values::PerNode(_) => 0,
        }
    }
}

fn count(nodes: &mut u32, sign: i64) {
    *nodes = nodes.checked_add_signed(if sign > 0 { 1 } else { -1 }).expect("no less than no node");
}

/// How the sums of one plugin stand around one node.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    standings: &'a [Standing],
    shares: &'a [Share],
}

impl<'a> Around<'a> {
    /// How `standings` look from a node with these shares of them.
    pub fn new(standings: &'a [Standing], shares: &'a [Share]) -> Around<'a> {
        Around { standings, shares }
    }

    /// How many sums the plugin reads.
    pub fn len(self) -> usize {
        self.standings.len()
    }

    /// Whether it reads none.
    pub fn is_empty(self) -> bool {
        self.standings.is_empty()
    }

    /// Sum number `sum` in the node's own domain; none if it lacks the label. A domain of which no
    /// node is included has nothing.
    pub fn here(self, sum: usize) -> Option<i64> {
        let standing = &self.standings[sum];
        match self.shares[sum] {
            Share::Outside => None,
            Share::Counted(_, value) if standing.is_per_node() => Some(value),
            Share::Excluded(domain) | Share::Counted(domain, _) => Some(standing.of(domain)),
        }
    }

    /// The least that sum number `sum` is in any domain with an included node.
    pub fn least(self, sum: usize) -> Option<i64> {
        self.standings[sum].least
    }

    /// In how many domains sum number `sum` has an included node.
    pub fn domains(self, sum: usize) -> usize {
        self.standings[sum].domains
    }

    /// Sum number `sum` over all domains.
    pub fn total(self, sum: usize) -> i64 {
        self.standings[sum].total
    }
}

impl Share {
    /// The share as far as a judgement depends on it, given how the sum stands: where every node
    /// stands for itself the value, else only the domain.
    #[must_use]
    pub fn trait_in(self, standing: &Standing) -> u64 {
        match (self, standing.is_per_node()) {
            (Share::Outside, _) => 0,
            (Share::Excluded(_), true) => 1,
            // A zigzag, so that small values of either sign stay small, and apart from the above.
            (Share::Counted(_, value), true) => {
                ((value << 1) ^ (value >> 63)).cast_unsigned().wrapping_add(2)
            }
            (Share::Excluded(domain) | Share::Counted(domain, _), false) => {
                1 + u64::from(domain.number())
            }
        }
    }

    /// The domain that the node is in.
    pub fn domain(self) -> Option<DomainId> {
        match self {
            Share::Outside => None,
            Share::Excluded(domain) | Share::Counted(domain, _) => Some(domain),
        }
    }
}
