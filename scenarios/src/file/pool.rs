//! A pool in a scenario: what nodes it has, how they are bought, and what bounds their number.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::node_autoscaler::{Disruption, Requirements};
use super::{Capacity, Instance, Quantity, Taint};

/// A group of nodes: of a fixed size, to which it goes back after every loss, or as many as the scenario's
/// `autoscaler` makes them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pool {
    /// What it is called.
    pub name: String,
    /// How many nodes it has; under an `autoscaler` at the start, which is none by default. Types and zones
    /// take turns.
    #[schemars(range(max = 1_000_000))]
    pub count: Option<u32>,
    /// How its nodes are bought: `spot` or `on-demand`. Under an `autoscaler` also both, `[spot, on-demand]`,
    /// which is the default there.
    pub capacity_type: Option<CapacityTypes>,
    /// Which instance types, by name or described here. Under an `autoscaler` by default all of the
    /// catalogue that its `requirements` allow.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub instance_types: Vec<Instance>,
    /// `none` if the scenario's `autoscaler` leaves it alone: it is of a fixed size.
    pub autoscaler: Option<NoAutoscaler>,
    /// What its nodes may be, under an `autoscaler`: requirements as a NodePool lists them, or labels with
    /// their values.
    pub requirements: Option<Requirements>,
    /// How many nodes it has at least, under the Cluster Autoscaler; by default none.
    #[schemars(range(max = 1_000_000))]
    pub min_size: Option<u32>,
    /// How many nodes it has at most, under the Cluster Autoscaler; 1000 by default.
    #[schemars(range(max = 1_000_000))]
    pub max_size: Option<u32>,
    /// Pools of a greater weight are tried first, under Karpenter.
    #[schemars(range(min = 1, max = 100))]
    pub weight: Option<u32>,
    /// What its nodes have at most in sum, under Karpenter: `cpu`, `memory`, `nodes` and the like.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Quantity>")]
    pub limits: BTreeMap<String, Quantity>,
    /// When its nodes are removed, under Karpenter.
    pub disruption: Option<Disruption>,
    /// How old its nodes become, under Karpenter: `720h`, the default, or `Never`.
    pub expire_after: Option<String>,
    /// How long a node of it may take to be drained, under Karpenter; by default as long as it takes.
    #[schemars(extend("format" = "duration"), with = "Option<String>")]
    pub termination_grace_period: Option<String>,
    /// Who keeps it, once all is read.
    #[serde(skip)]
    pub keeper: Keeper,
    /// Whether it names no instance type, and may have any.
    #[serde(skip)]
    pub any_type: bool,
    /// What it pays for spot at most, in dollars per hour; by default whatever spot costs. While the
    /// price is above, the pool is given nothing and loses what it has.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub max_price: Option<f64>,
    /// Which of its types it launches, after its zones take turns; by default those take turns, too,
    /// or as Karpenter does if the pool is refilled like that.
    pub allocation: Option<super::refill::Allocation>,
    /// How it is refilled; by default its request stays open until there is capacity.
    pub refill: Option<super::refill::Refill>,
    /// The part of a spot pool that is bought on-demand.
    pub on_demand: Option<super::refill::OnDemandPart>,
    /// When a spot pool makes do with on-demand nodes; by default never. It goes back to spot.
    pub fallback: Option<super::refill::Fallback>,
    /// When it asks for a replacement for a node that is taken; by default at the loss, or at
    /// the notice if it is refilled like Karpenter's.
    pub replace_at: Option<super::refill::ReplaceAt>,
    /// How the kubelets of its nodes are configured: this alone, whatever the scenario's `kubelet` says.
    pub kubelet: Option<super::kubelet::Kubelet>,
    /// Which zones; by default the region's first, for example `us-east-1a`.
    #[serde(default)]
    pub zones: Vec<String>,
    /// Labels of its nodes.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Taints of its nodes.
    #[serde(default)]
    pub taints: Vec<Taint>,
    /// Taints that its nodes have until they have started, under Karpenter: until the pods of DaemonSets that
    /// tolerate them run.
    #[serde(default)]
    pub startup_taints: Vec<Taint>,
    /// Annotations of its nodes, under Karpenter: `karpenter.sh/do-not-disrupt: "true"` keeps them from being
    /// disrupted voluntarily.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Which nodes of the `cluster` are its own: those with all these labels. The first pool that
    /// fits a node takes it.
    pub match_labels: Option<BTreeMap<String, String>>,
    /// Nodes of the `cluster` that are its own whatever their labels are, by name.
    #[serde(default)]
    pub nodes: Vec<String>,
}

/// In which ways nodes are bought.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CapacityTypes {
    /// In each of these.
    Several(Vec<Capacity>),
    /// In one.
    One(Capacity),
}

/// That no program keeps a pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoAutoscaler {
    /// None does.
    None,
}

/// Who keeps a pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Keeper {
    /// It is of a fixed size.
    #[default]
    FixedSize,
    /// It is a NodePool of Karpenter.
    Karpenter,
    /// It is a node group of the Cluster Autoscaler.
    ClusterAutoscaler,
}

impl CapacityTypes {
    /// Whether nodes are bought in this way.
    #[must_use]
    pub fn has(&self, capacity: Capacity) -> bool {
        match self {
            CapacityTypes::Several(all) => all.contains(&capacity),
            CapacityTypes::One(one) => *one == capacity,
        }
    }
}

impl Pool {
    /// Whether it buys spot nodes.
    #[must_use]
    pub fn buys_spot(&self) -> bool {
        self.buys(Capacity::Spot)
    }

    /// Whether `capacityType` says that it buys nodes like that; one that follows demand buys both unless
    /// it says otherwise.
    #[must_use]
    pub fn buys(&self, capacity: Capacity) -> bool {
        match &self.capacity_type {
            Some(types) => types.has(capacity),
            None => self.follows_demand(),
        }
    }

    /// Whether it buys both spot and on-demand.
    pub(crate) fn buys_both(&self) -> bool {
        match self.follows_demand() {
            true => self.buys_spot() && self.buys(Capacity::OnDemand),
            false => self.buys_spot() && (self.on_demand.is_some() || self.fallback.is_some()),
        }
    }

    /// How many nodes it has at the start.
    #[must_use]
    pub fn nodes_at_start(&self) -> u32 {
        self.count.unwrap_or(0)
    }

    /// Whether an autoscaler decides how many nodes it has.
    #[must_use]
    pub fn follows_demand(&self) -> bool {
        match self.keeper {
            Keeper::FixedSize => false,
            Keeper::Karpenter | Keeper::ClusterAutoscaler => true,
        }
    }
}
