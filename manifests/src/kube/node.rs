//! Nodes: what they offer and whom they keep away.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Condition, Fault, ObjectMeta, Read, Reader, ResourceList};

object! {
    /// A node.
    pub struct Node {
        /// Its name and labels.
        pub metadata: ObjectMeta,
        /// Whom it keeps away.
        pub spec: NodeSpec,
        /// What it offers.
        pub status: NodeStatus,
    }

    /// Whom a node keeps away.
    pub struct NodeSpec {
        /// Its taints.
        pub taints: Vec<Taint>,
        /// Whether it is cordoned.
        pub unschedulable: bool,
        /// The instance behind it, as its cloud names it.
        #[serde(rename = "providerID")]
        pub provider_id: String,
    }

    /// What a node offers.
    pub struct NodeStatus {
        /// What pods can ask for.
        pub allocatable: ResourceList,
        /// What the machine has.
        pub capacity: ResourceList,
        /// Images that are already there.
        pub images: Vec<ContainerImage>,
        /// What it declares that it can do.
        pub declared_features: Vec<String>,
        /// What is and is not so, `Ready` above all.
        pub conditions: Vec<Condition>,
    }

    /// An image on a node.
    pub struct ContainerImage {
        /// Its names.
        pub names: Vec<String>,
        /// Its size.
        pub size_bytes: u64,
    }
}

/// A taint.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value.
    #[serde(skip_serializing_if = "super::is_absent")]
    pub value: String,
    /// What it does to pods that do not tolerate it.
    pub effect: Effect,
}

impl Read for Taint {
    fn read<'v>(value: &'v Value, reader: &mut Reader<'v>) -> Result<Taint, Fault> {
        let entries = reader.map(value)?;
        let mut own = String::new();
        for (key, value) in entries {
            match key.as_str() {
                "key" | "effect" => {}
                "value" => reader.field(key, value, &mut own)?,
                _ => reader.unknown(key),
            }
        }
        let key = reader.required("key", entries)?;
        Ok(Taint { key, value: own, effect: reader.required("effect", entries)? })
    }
}

from_value! { Taint }

/// What a taint does to pods that do not tolerate it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
pub enum Effect {
    /// Keeps new pods away.
    NoSchedule,
    /// Makes the node a worse choice.
    PreferNoSchedule,
    /// Keeps new pods away and evicts others.
    NoExecute,
}
