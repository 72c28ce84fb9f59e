//! Which pods other pods mean: label selectors with namespaces, and the terms that pods bear.
//!
//! Everything here is interned when a scenario is read, so that a run only ever counts by id.

use indexmap::IndexSet;

use super::labels::{LabelSet, Requirement};
use crate::names::{NameId, Names};
use crate::table::{Id, id};

id! {
    /// A distinct [`PodSelector`].
    SelectorId
    /// A node label by whose values nodes form domains: host, zone, rack.
    TopologyKeyId
    /// A distinct [`BorneTerm`].
    TermId
}

impl TopologyKeyId {
    /// `kubernetes.io/hostname`, which every model has.
    pub const HOSTNAME: TopologyKeyId = TopologyKeyId(0);
    /// `topology.kubernetes.io/zone`, which every model has.
    pub const ZONE: TopologyKeyId = TopologyKeyId(1);
}

/// Which pods are meant.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum PodSelector {
    /// Pods of these namespaces whose labels satisfy every requirement.
    Pods {
        /// Where to look.
        namespaces: Namespaces,
        /// What their labels must satisfy; nothing is satisfied by every pod.
        labels: Vec<Requirement>,
    },
    /// Pods that each of these selectors means.
    AllOf(Vec<SelectorId>),
}

/// In which namespaces pods are meant.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Namespaces {
    /// In all of them.
    Every,
    /// In these, sorted.
    Only(Vec<NameId>),
}

/// A term of a pod that looks at pods which come after it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BorneTerm {
    /// What it does to them.
    pub kind: TermKind,
    /// Which of them it means.
    pub selector: SelectorId,
    /// In which domains of the pod that bears it.
    pub key: TopologyKeyId,
}

/// What a term does to pods that come after the one that bears it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TermKind {
    /// Required anti-affinity: keeps them away.
    KeepsAway,
    /// Required affinity: makes the domain a better choice, as `hardPodAffinityWeight` says.
    Required,
    /// Preferred affinity, or anti-affinity where the weight is negative.
    Preferred(i64),
}

/// Every selector, term and topology key that occurs, once.
#[derive(Clone, Debug, Default)]
pub struct Selectors {
    selectors: IndexSet<PodSelector>,
    terms: IndexSet<BorneTerm>,
    keys: IndexSet<NameId>,
}

impl Selectors {
    /// The id of a selector, new or known.
    pub fn intern(&mut self, selector: PodSelector) -> SelectorId {
        SelectorId::from_index(self.selectors.insert_full(selector).0)
    }

    /// The selector behind an id.
    #[must_use]
    pub fn selector(&self, id: SelectorId) -> &PodSelector {
        &self.selectors[id.index()]
    }

    /// The id of a term, new or known.
    pub fn intern_term(&mut self, term: BorneTerm) -> TermId {
        TermId::from_index(self.terms.insert_full(term).0)
    }

    /// The id of a label by which nodes form domains, new or known.
    pub fn intern_key(&mut self, label: NameId) -> TopologyKeyId {
        TopologyKeyId::from_index(self.keys.insert_full(label).0)
    }

    /// The term behind an id.
    pub fn term(&self, id: TermId) -> &BorneTerm {
        &self.terms[id.index()]
    }

    /// The label behind a topology key.
    pub fn key(&self, id: TopologyKeyId) -> NameId {
        self.keys[id.index()]
    }

    /// All topology keys with their labels.
    pub fn keys(&self) -> impl Iterator<Item = (TopologyKeyId, NameId)> + '_ {
        self.keys
            .iter()
            .enumerate()
            .map(|(index, label)| (TopologyKeyId::from_index(index), *label))
    }

    /// All terms.
    pub fn terms(&self) -> impl Iterator<Item = (TermId, &BorneTerm)> {
        self.terms.iter().enumerate().map(|(index, term)| (TermId::from_index(index), term))
    }

    /// All selectors.
    pub fn ids(&self) -> impl Iterator<Item = SelectorId> + use<> {
        (0..self.selectors.len()).map(SelectorId::from_index)
    }

    /// Whether a selector means pods of this namespace with these labels.
    #[must_use]
    pub fn means(
        &self,
        id: SelectorId,
        namespace: Option<NameId>,
        labels: &LabelSet,
        names: &Names,
    ) -> bool {
        match &self.selectors[id.index()] {
            PodSelector::Pods { namespaces, labels: wanted } => {
                let there = match namespaces {
                    Namespaces::Every => true,
                    Namespaces::Only(list) => namespace.is_some_and(|ns| list.contains(&ns)),
                };
                there && wanted.iter().all(|r| r.allows(labels.get(r.key), names))
            }
            PodSelector::AllOf(ids) => {
                ids.iter().all(|id| self.means(*id, namespace, labels, names))
            }
        }
    }
}
