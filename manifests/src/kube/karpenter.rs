//! Karpenter's objects: which nodes it may buy (NodePool, node classes), and what it has bought (NodeClaim).
//! `karpenter.sh/v1`, and what of `v1beta1` was called otherwise.

use super::{Condition, ObjectMeta, ResourceList, Taint};

object! {
    /// Which nodes Karpenter may buy, and when they may go.
    pub struct NodePool {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it wants.
        pub spec: NodePoolSpec,
    }

    /// What a NodePool wants.
    pub struct NodePoolSpec {
        /// What its nodes are.
        pub template: NodeClaimTemplate,
        /// When they may go.
        pub disruption: NodePoolDisruption,
        /// What they have at most in sum.
        pub limits: ResourceList,
        /// Greater ones are tried first.
        pub weight: Option<u32>,
        /// How many nodes a static NodePool has.
        pub replicas: Option<u32>,
    }

    /// What the nodes of a NodePool are.
    pub struct NodeClaimTemplate {
        /// Their labels.
        pub metadata: ObjectMeta,
        /// What they may be.
        pub spec: NodeClaimSpec,
    }

    /// What a node of Karpenter may be.
    pub struct NodeClaimSpec {
        /// What their labels must be.
        pub requirements: Vec<NodeRequirement>,
        /// Their taints.
        pub taints: Vec<Taint>,
        /// Taints that go once something on the node has removed them.
        pub startup_taints: Vec<Taint>,
        /// How the provider makes them.
        pub node_class_ref: Option<NodeClassRef>,
        /// How old they become.
        pub expire_after: Option<String>,
        /// How long they may take to be drained.
        pub termination_grace_period: Option<String>,
    }

    /// A requirement of a label.
    pub struct NodeRequirement {
        /// The label.
        pub key: String,
        /// How its value is compared.
        pub operator: String,
        /// With what.
        pub values: Vec<String>,
        /// How many distinct values there are to be.
        pub min_values: Option<u32>,
    }

    /// A node class.
    pub struct NodeClassRef {
        /// Its group.
        pub group: String,
        /// Its API version (`v1beta1`).
        pub api_version: String,
        /// Its kind.
        pub kind: String,
        /// Its name.
        pub name: String,
    }

    /// When nodes of a NodePool may go.
    pub struct NodePoolDisruption {
        /// Which nodes are consolidated.
        pub consolidation_policy: Option<String>,
        /// How long no pod may have come or gone.
        pub consolidate_after: Option<String>,
        /// How old they become (`v1beta1`).
        pub expire_after: Option<String>,
        /// How many may be disrupted at a time.
        pub budgets: Vec<NodePoolBudget>,
    }

    /// How many nodes may be disrupted at a time.
    pub struct NodePoolBudget {
        /// A number or a share.
        pub nodes: String,
        /// For which reasons.
        pub reasons: Vec<String>,
        /// From when on.
        pub schedule: Option<String>,
        /// For how long.
        pub duration: Option<String>,
    }

    /// A node that Karpenter has bought, or is about to.
    pub struct NodeClaim {
        /// Its name and labels.
        pub metadata: ObjectMeta,
        /// What it may be.
        pub spec: NodeClaimSpec,
        /// What has become of it.
        pub status: NodeClaimStatus,
    }

    /// What has become of a NodeClaim.
    pub struct NodeClaimStatus {
        /// The name of its node, once there is one.
        pub node_name: String,
        /// Its conditions, for example `Drifted`.
        pub conditions: Vec<Condition>,
    }

    /// How nodes are made on AWS.
    pub struct Ec2NodeClass {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What was found for it.
        pub status: Ec2NodeClassStatus,
    }

    /// What was found for a node class.
    pub struct Ec2NodeClassStatus {
        /// The subnets of its nodes.
        pub subnets: Vec<Ec2Subnet>,
    }

    /// A subnet.
    pub struct Ec2Subnet {
        /// Its zone.
        pub zone: String,
    }

    /// How nodes are made on Azure.
    pub struct AksNodeClass {
        /// Its name.
        pub metadata: ObjectMeta,
    }
}
