//! Clusters: nodes of a few sizes in a few zones, and the kinds of pods that could run on them.

use std::sync::Arc;

use proptest::prelude::*;
use sim::digest;
use sim::model::Model;
use sim::model::catalog::{InstanceType, Offering};
use sim::model::images::PodImages;
use sim::model::labels::LabelSet;
use sim::model::node::NodeShape;
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::resources::{Lane, Resources};
use sim::model::start::StartNode;
use sim::model::taints::{Effect, Taint};
use sim::model::workload::{Controller, Workload};
use sim::names::NameId;
use sim::world::World;
use sim::{MicroUsdPerHour, SimTime};

pub use crate::node_labels::{DISK, RACK};
use crate::pods::{PodPlan, pods};

/// Nodes, and the kinds of pods that may come.
#[derive(Clone, Debug)]
pub struct ClusterPlan {
    /// The nodes that are there, and then those that may join.
    pub nodes: Vec<NodePlan>,
    /// How many of them are there from the start.
    pub present: usize,
    /// Kinds of pods.
    pub pods: Vec<PodPlan>,
}

/// One node.
#[derive(Clone, Debug)]
pub struct NodePlan {
    /// Its zone, if it has that label.
    pub zone: Option<u8>,
    /// Its rack, if it has that label.
    pub rack: Option<u8>,
    /// The value of its host name label.
    pub host: Host,
    /// CPU in millicores.
    pub cpu_milli: u64,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// How many pods it takes.
    pub pods: u64,
    /// Which of the taints it has.
    pub taints: Vec<TaintPlan>,
    /// Its disk, if it has that label.
    pub disk: Option<u8>,
}

/// A node's host name label.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Host {
    /// Its own name.
    Own,
    /// None.
    Missing,
    /// One that other nodes have, too.
    Shared,
}

/// One of a few taints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TaintPlan {
    /// Which key.
    pub key: u8,
    /// What it does.
    pub effect: Effect,
}

/// Any small cluster.
pub fn clusters() -> impl Strategy<Value = ClusterPlan> {
    let nodes = prop::collection::vec(node(), 1..12);
    let kinds = prop::collection::vec(pods(), 1..6);
    (nodes, kinds, any::<prop::sample::Index>()).prop_map(|(nodes, pods, present)| {
        let present = present.index(nodes.len() + 1);
        ClusterPlan { nodes, present, pods }
    })
}

fn node() -> impl Strategy<Value = NodePlan> {
    let label = |values: u8| prop_oneof![1 => Just(None), 5 => (0..values).prop_map(Some)];
    let host = prop_oneof![8 => Just(Host::Own), 1 => Just(Host::Missing), 1 => Just(Host::Shared)];
    let size = (0_u64..6, 0_u64..6, 1_u64..8);
    let taints = prop::collection::vec(taint(), 0..3);
    (label(3), label(3), host, size, taints, label(2)).prop_map(
        |(zone, rack, host, (cpu, memory, pods), taints, disk)| NodePlan {
            zone,
            rack,
            host,
            cpu_milli: cpu * 1_000,
            memory_mib: memory * 1_024,
            pods,
            taints,
            disk,
        },
    )
}

/// Any taint.
pub fn taint() -> impl Strategy<Value = TaintPlan> {
    let effect = prop_oneof![
        1 => Just(Effect::NoSchedule),
        3 => Just(Effect::PreferNoSchedule),
        1 => Just(Effect::NoExecute)
    ];
    (0_u8..3, effect).prop_map(|(key, effect)| TaintPlan { key, effect })
}

impl TaintPlan {
    /// The taint in a model.
    #[must_use]
    pub fn of(self, model: &mut Model) -> Taint {
        let key = model.names.intern(&format!("taint-{}", self.key));
        Taint { key, value: model.empty, effect: self.effect }
    }
}

impl ClusterPlan {
    /// What never changes: one pool a node, one workload a kind of pod, and the nodes that are
    /// there from the start.
    #[must_use]
    pub fn model(&self) -> Model {
        let mut model = Model::default();
        for key in 0..3 {
            model.names.intern(&format!("taint-{key}"));
        }
        for (index, plan) in self.nodes.iter().enumerate() {
            let name = model.names.intern(&format!("node-{index}"));
            let template = plan.template(name, &mut model);
            let hostname = match plan.host {
                Host::Own => Some(name),
                Host::Missing => None,
                Host::Shared => Some(model.names.intern("shared-host")),
            };
            let (offering, shape) = (template.offering, template.shape.clone());
            let pool = model.pools.push(Pool {
                name,

                templates: vec![template],
                limits: Limits::default(),
                keeper: Keeper::of_size(0),
            });
            let node = StartNode { hostname, ..StartNode::named(name, pool, offering, shape) };
            model.start.nodes.push(node);
        }
        let images = [30 << 20, 400 << 20, 900 << 20].map(|bytes: u64| {
            let name = model.names.intern(&format!("image-{bytes}"));
            model.images.intern(name, bytes)
        });
        for (index, plan) in self.pods.iter().enumerate() {
            let name = model.names.intern(&format!("kind-{index}"));
            // What nodes say of other pods holds when nodes join and leave, so these are not all.
            let image = (index % 2 == 1).then(|| images[index / 2 % images.len()]);
            let images = image.map(|image| PodImages { known: vec![image], containers: 1 });
            let images = images.unwrap_or_default();
            let mut spec = plan.spec(&mut model);
            spec.images = images;
            let namespace = spec.namespace.expect("every pod has a namespace");
            let priority = spec.priority;
            let spec = model.specs.intern(spec);
            model.workloads.push(Workload {
                namespace,
                name,
                controller: Controller::Pod { duration: None },
                spec,
                volumes: None,
                created_at: SimTime::ZERO,
                key: digest::of_name(&format!("kind-{index}/{priority}")),
            });
        }
        model
    }

    /// The cluster at the start: its nodes are registered, and no pod is there.
    #[must_use]
    pub fn world(&self) -> World {
        self.world_of(self.model())
    }

    /// The same with a model that has been changed, but for its nodes.
    #[must_use]
    pub fn world_of(&self, model: Model) -> World {
        let mut world = World::new(Arc::new(model));
        for index in 0..self.present {
            let (node, _) = world.adopt_node(index);
            let _ = world.register(node);
        }
        world
    }
}

impl NodePlan {
    fn template(&self, name: NameId, model: &mut Model) -> NodeTemplate {
        let mut size = Resources::one_pod(self.cpu_milli, self.memory_mib << 20);
        size[Lane::PODS] = self.pods;
        let price = MicroUsdPerHour(100_000);
        let instance_type =
            model.catalog.instance_types.push(InstanceType::plain(name, size, price));
        let offering =
            model.catalog.offerings.push(Offering::on_demand(instance_type, name, price));
        let mut labels = LabelSet::default();
        let values =
            [("topology.kubernetes.io/zone", self.zone), (RACK, self.rack), (DISK, self.disk)];
        for (key, value) in values {
            if let Some(value) = value {
                let value = model.names.intern(&format!("{key}-{value}"));
                labels.set(model.names.intern(key), value);
            }
        }
        let taints = self.taints.iter().map(|taint| taint.of(model)).collect();
        NodeTemplate { offering, shape: NodeShape { labels, taints, ..NodeShape::plain(size) } }
    }
}
