//! Placement rules: what is to hold, at every moment, of which pods are where.
//!
//! That no run obeys them is what makes them worth stating. They are watched: by a report as facts
//! come, and by property tests in a world as it stands. Both count the pods of each domain in a
//! [`Census`], and both ask the same [`Rule`] about it.

use std::collections::BTreeMap;

pub use crate::model::budget::Amount;

use crate::model::Model;
use crate::model::catalog::OfferingId;
use crate::model::labels::{LabelSet, Requirement};
use crate::model::node::NodeId;
use crate::model::pod::{PodSpec, SpecId};
use crate::model::pool::PoolId;
use crate::model::workload::WorkloadId;
use crate::names::{NameId, Names};
use crate::table::Id;

/// A placement rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// What it is called.
    pub name: String,
    /// Which pods it is about.
    pub pods: Pods,
    /// What is to hold of them.
    pub kind: Kind,
}

/// Which pods a rule is about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pods {
    /// In which namespace; in all of them if none is named.
    pub namespace: Option<NameId>,
    /// What their labels must satisfy; nothing is satisfied by every pod.
    pub labels: Vec<Requirement>,
}

/// What is to hold of some pods.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// None is on a node whose labels satisfy all of these.
    Never {
        /// What makes it such a node.
        nodes: Vec<Requirement>,
    },
    /// Every domain holds at least a number.
    AtLeast {
        /// How many.
        amount: Amount,
        /// By which label nodes form domains.
        key: NameId,
    },
    /// No domain holds more than a number.
    AtMost {
        /// How many.
        amount: Amount,
        /// By which label nodes form domains.
        key: NameId,
    },
    /// No domain holds two.
    Apart {
        /// By which label nodes form domains.
        key: NameId,
    },
    /// One domain holds all that are on nodes.
    Together {
        /// By which label nodes form domains.
        key: NameId,
    },
}

/// Where pods are counted together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Domain {
    /// On the nodes with this value of a label.
    Label(NameId),
    /// On this node.
    Node(NodeId),
    /// On the nodes without the label.
    Outside,
}

/// A node, as far as rules look at it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'p> {
    /// Which node.
    pub node: NodeId,
    /// Its labels, but for the host name.
    pub labels: &'p LabelSet,
    /// The value of `kubernetes.io/hostname`, if it has that label.
    pub hostname: Option<NameId>,
}

/// How the pods of one rule are spread over domains. A pod counts from when it is bound until it is
/// terminating or ends.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Census {
    domains: BTreeMap<Domain, Count>,
    placed: u32,
    /// How many pods are wanted: the replicas of Deployments and StatefulSets, and of all else the
    /// pods that there are.
    pub wanted: u32,
}

/// What there is in a domain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Count {
    pods: u32,
    nodes: u32,
}

impl Pods {
    /// Whether a pod of this spec is meant.
    #[must_use]
    pub fn mean(&self, spec: &PodSpec, names: &Names) -> bool {
        self.namespace.is_none_or(|namespace| spec.namespace == Some(namespace))
            && self.labels.iter().all(|asked| asked.allows(spec.labels.get(asked.key), names))
    }
}

impl Amount {
    /// Whether `pods` of `wanted` are no more than this.
    fn allows(self, pods: u32, wanted: u32) -> bool {
        match self {
            Amount::Pods(most) => pods <= most,
            Amount::Percent(most) => 100 * u64::from(pods) <= u64::from(most) * u64::from(wanted),
        }
    }

    /// Whether `pods` of `wanted` are no less than this.
    fn asks_no_more_than(self, pods: u32, wanted: u32) -> bool {
        match self {
            Amount::Pods(least) => pods >= least,
            Amount::Percent(least) => 100 * u64::from(pods) >= u64::from(least) * u64::from(wanted),
        }
    }
}

impl<'p> Place<'p> {
    /// A node that was launched in a pool, or was there from the start.
    ///
    /// # Panics
    /// If the pool does not launch this.
    #[must_use]
    pub fn launched(
        node: NodeId,
        pool: PoolId,
        offering: OfferingId,
        model: &'p Model,
    ) -> Place<'p> {
        if let Some(start) = model.start.nodes.get(node.index()) {
            return Place { node, labels: &start.shape.labels, hostname: start.hostname };
        }
        let template = model.pools[pool].template_of(offering);
        Place::labelled(node, pool, template.expect("a pool launches its own templates"), model)
    }

    /// A node that was launched with the labels of one of its pool's templates.
    ///
    /// # Panics
    /// If the pool has no such template.
    #[must_use]
    pub fn labelled(node: NodeId, pool: PoolId, template: usize, model: &'p Model) -> Place<'p> {
        let labels = &model.pools[pool].templates[template].shape.labels;
        let name = model.names.find(&model.node_name(node, pool));
        Place { node, labels, hostname: Some(name.unwrap_or(model.unmentioned_host)) }
    }

    /// The value of a label, the host name included.
    fn label(&self, key: NameId, model: &Model) -> Option<NameId> {
        if key == model.hostname_key { self.hostname } else { self.labels.get(key) }
    }
}

impl Rule {
    /// The label by which nodes form domains; none if each node is looked at for itself.
    #[must_use]
    pub fn key(&self) -> Option<NameId> {
        match &self.kind {
            Kind::Never { .. } => None,
            Kind::AtLeast { key, .. }
            | Kind::AtMost { key, .. }
            | Kind::Apart { key }
            | Kind::Together { key } => Some(*key),
        }
    }

    /// Where pods on a node are counted; none if the rule does not look at that node.
    #[must_use]
    pub fn domain(&self, place: Place<'_>, model: &Model) -> Option<Domain> {
        let domain = |key| match place.label(key, model)? {
            // Hosts that no selector mentions share a name, and yet each is a domain of its own.
            name if name == model.unmentioned_host => Some(Domain::Node(place.node)),
            name => Some(Domain::Label(name)),
        };
        match &self.kind {
            Kind::Never { nodes } => nodes
                .iter()
                .all(|asked| asked.allows(place.label(asked.key, model), &model.names))
                .then_some(Domain::Node(place.node)),
            Kind::AtLeast { key, .. } | Kind::AtMost { key, .. } | Kind::Apart { key } => {
                domain(*key)
            }
            Kind::Together { key } => Some(domain(*key).unwrap_or(Domain::Outside)),
        }
    }

    /// Whether one domain is as the rule wants it.
    #[must_use]
    pub fn allows(&self, census: &Census, domain: Domain) -> bool {
        let Some(here) = census.domains.get(&domain) else { return true };
        match &self.kind {
            Kind::Never { .. } => here.pods == 0,
            Kind::AtMost { amount, .. } => amount.allows(here.pods, census.wanted),
            Kind::Apart { .. } => here.pods <= 1,
            Kind::Together { .. } => here.pods == 0 || here.pods == census.placed,
            // Pods that are not wanted are not missed, nor are any where there is no node.
            Kind::AtLeast { amount, .. } => {
                census.wanted == 0
                    || here.nodes == 0
                    || amount.asks_no_more_than(here.pods, census.wanted)
            }
        }
    }

    /// Whether pods in one domain can break the rule in another.
    #[must_use]
    pub fn compares_domains(&self) -> bool {
        matches!(self.kind, Kind::Together { .. })
    }

    /// Whether it can be broken by a pod that goes.
    #[must_use]
    pub fn asks_for_a_least(&self) -> bool {
        matches!(self.kind, Kind::AtLeast { .. })
    }

    /// The domains that are not as the rule wants them.
    pub fn broken_in(&self, census: &Census) -> impl Iterator<Item = Domain> {
        census.domains.keys().copied().filter(|domain| !self.allows(census, *domain))
    }

    /// How many pods a workload is counted with among those wanted, whatever there are: none if
    /// that is the number of its pods.
    #[must_use]
    pub fn replicas(&self, workload: WorkloadId, model: &Model) -> Option<u32> {
        let workload = &model.workloads[workload];
        let means = self.means(workload.spec, model);
        workload.controller.desired_replicas().map(|replicas| if means { replicas } else { 0 })
    }

    /// Whether a pod of this spec is meant.
    #[must_use]
    pub fn means(&self, spec: SpecId, model: &Model) -> bool {
        self.pods.mean(&model.specs[spec], &model.names)
    }
}

impl Census {
    /// No pods yet. The values that a label has on the nodes a scenario can have are domains from
    /// the beginning to the end, so that a zone without nodes still counts as one without pods;
    /// hosts come and go.
    #[must_use]
    pub fn new(rule: &Rule, model: &Model) -> Census {
        let mut census = Census::default();
        if let Some(key) = rule.key().filter(|key| *key != model.hostname_key) {
            for labels in model.node_labels() {
                if let Some(value) = labels.get(key) {
                    census.domains.entry(Domain::Label(value)).or_default().nodes = 1;
                }
            }
        }
        census
    }

    /// How many pods a domain holds.
    #[must_use]
    pub fn pods(&self, domain: Domain) -> u32 {
        self.domains.get(&domain).map_or(0, |count| count.pods)
    }

    /// How many pods all domains hold.
    #[must_use]
    pub fn placed(&self) -> u32 {
        self.placed
    }

    /// The domains that hold pods.
    pub fn held(&self) -> impl Iterator<Item = Domain> + '_ {
        self.domains.iter().filter(|(_, count)| count.pods > 0).map(|(domain, _)| *domain)
    }

    /// A node is there.
    pub fn node_joins(&mut self, domain: Domain) {
        self.domains.entry(domain).or_default().nodes += 1;
    }

    /// A node is gone.
    ///
    /// # Panics
    /// If it never was there.
    pub fn node_leaves(&mut self, domain: Domain) {
        let count = self.domains.get_mut(&domain).expect("the node was there");
        count.nodes -= 1;
        if *count == Count::default() {
            self.domains.remove(&domain);
        }
    }

    /// A pod counts here.
    pub fn pod_comes(&mut self, domain: Domain) {
        self.domains.entry(domain).or_default().pods += 1;
        self.placed += 1;
    }

    /// A pod no longer counts here.
    ///
    /// # Panics
    /// If none did.
    pub fn pod_goes(&mut self, domain: Domain) {
        self.domains.get_mut(&domain).expect("the pod was there").pods -= 1;
        self.placed -= 1;
    }
}
