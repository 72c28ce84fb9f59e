//! Expanders: which of several node groups is made larger. Each keeps the best options, and hands them
//! on to the next; when several are left in the end, chance decides.
// Cluster Autoscaler: expander/factory/chain.go

mod least_nodes;
mod least_waste;
mod most_pods;
mod price;
mod priority;
mod random;

use sim::model::pod::PodId;
use sim::world::World;

use super::node_group::{GroupId, NodeGroup};
use super::requests::Requests;

pub use price::{PodPrices, preferred_cpu};
pub use priority::Priorities;

/// A way to make room for pods.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpansionOption {
    /// The node group that grows.
    pub group: GroupId,
    /// By how many nodes.
    pub nodes: u32,
    /// The pods that find room then.
    pub pods: Vec<PodId>,
    /// The groups that may grow instead of it, or with it.
    pub similar: Vec<GroupId>,
}

/// What expanders know of the cluster.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// The cluster.
    pub world: &'a World,
    /// The node groups.
    pub groups: &'a [NodeGroup],
    /// What the priority expander is configured with.
    pub priorities: &'a Priorities,
    /// What the price expander takes a pod to cost.
    pub pod_prices: PodPrices,
    /// How many nodes the cluster has.
    pub nodes: usize,
    /// A number drawn for this decision.
    pub draw: u64,
}

/// Keeps the best options, in their order.
pub type Expander = for<'o> fn(Vec<&'o ExpansionOption>, &About<'_>) -> Vec<&'o ExpansionOption>;

/// Every expander, by the name that `--expander` gives it.
pub static EXPANDERS: &[(&str, Expander)] = &[
    ("random", random::best),
    ("most-pods", most_pods::best),
    ("least-waste", least_waste::best),
    ("price", price::best),
    ("priority", priority::best),
    ("least-nodes", least_nodes::best),
];

/// The options that a chain of expanders leaves, in their order. More than one is a tie, which chance
/// decides. An expander that there is not keeps all of them.
#[must_use]
pub fn survivors<'o>(
    chain: &[String],
    options: &'o [ExpansionOption],
    about: &About<'_>,
) -> Vec<&'o ExpansionOption> {
    let mut left: Vec<&ExpansionOption> = options.iter().collect();
    for name in chain {
        if left.len() <= 1 {
            break;
        }
        if let Some((_, best)) = EXPANDERS.iter().find(|(known, _)| known == name) {
            left = best(left, about);
        }
    }
    left
}

/// The option that a chain of expanders chooses.
#[must_use]
pub fn best<'o>(
    chain: &[String],
    options: &'o [ExpansionOption],
    about: &About<'_>,
) -> Option<&'o ExpansionOption> {
    random::best(survivors(chain, options, about), about).first().copied()
}

impl About<'_> {
    /// The node group of an option.
    fn group(&self, option: &ExpansionOption) -> &NodeGroup {
        &self.groups[option.group.0]
    }

    /// What the pods of an option request together.
    fn requests(&self, option: &ExpansionOption) -> Requests {
        let mut sum = Requests::default();
        for pod in &option.pods {
            let Requests { cpu, memory } = Requests::of(self.world.spec_of(*pod));
            sum.cpu += cpu;
            sum.memory += memory;
        }
        sum
    }
}

/// The options of the least score, in their order.
fn least_by<S: PartialOrd>(
    options: Vec<&ExpansionOption>,
    score: impl Fn(&ExpansionOption) -> S,
) -> Vec<&ExpansionOption> {
    let mut least: Option<S> = None;
    let mut best = Vec::new();
    for option in options {
        let score = score(option);
        match &least {
            Some(known) if score > *known => continue,
            Some(known) if score == *known => {}
            _ => {
                best.clear();
                least = Some(score);
            }
        }
        best.push(option);
    }
    best
}
