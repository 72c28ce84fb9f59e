//! A provisioning pass: what Karpenter launches for pods that wait.
// Karpenter: pkg/controllers/provisioning/provisioner.go

use sim::action::{Action, Purpose, Reason};
use sim::model::catalog::OfferingId;
use sim::model::labels::LabelSet;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::names::Names;
use sim::time::{SimTime, Span};
use sim::world::World;

use super::nodes::Kept;
use super::settings::{NodePoolSettings, Settings};
use super::{Keeper, ids, launch};
use crate::karpenter::input::NodePool;
use crate::karpenter::provisioning::NewClaim;
use crate::karpenter::requirement::Expression;
use crate::karpenter::resources::{Limits, Resource};

/// How long a node on which a pass has placed pods is left alone.
// Karpenter: pkg/controllers/state/statenode.go nominationWindow
const NOMINATED_FOR: Span = Span::from_secs(20);

/// An instance that it asks for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// How many of the choices the provider has not refused yet.
    left: usize,
    /// For how many pods.
    pods: Vec<PodId>,
    /// The removal that waits for it.
    command: Option<u32>,
}

impl Keeper {
    /// One pass: launches for pods that wait and for pods of nodes that go.
    pub(super) fn provision(&mut self, world: &World) -> Vec<Action> {
        let now = world.now();
        self.catalogue.refresh(world, &mut self.unavailable);
        let (view, since) = self.look_around(world);
        let mut memory = std::mem::take(&mut self.memory);
        let solution = memory.provision(since, &view.cluster(self));
        self.memory = memory;
        for (number, _) in &solution.existing {
            self.nodes.update(view.node_ids[*number], |kept| {
                kept.nominated_until = Some(now + NOMINATED_FOR);
            });
        }
        let mut actions = Vec::new();
        for claim in &solution.claims {
            let pods = ids(&claim.pods, &view.pod_ids);
            let purpose = Purpose::Fill;
            let why = "provisionable pods";
            actions.extend(
                self.launch(claim, (pods, None), (purpose, why), world).into_iter().flatten(),
            );
        }
        self.view = view;
        actions
    }

    /// What is asked of the provider for a NodeClaim; nothing if there is no offering for it.
    pub(super) fn launch(
        &mut self,
        claim: &NewClaim,
        (pods, command): (Vec<PodId>, Option<u32>),
        (purpose, why): (Purpose, &'static str),
        world: &World,
    ) -> Option<[Action; 2]> {
        let pool = self.pools[claim.pool].pool;
        let known = (&self.catalogue, &self.unavailable, &self.keys);
        let choices = launch::choices(claim, pool, world, known);
        if choices.is_empty() {
            return None;
        }
        let number = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        let reason =
            Reason::Launch { pool, pods: number(pods.len()), choices: number(choices.len()), why };
        self.wanted.push_back(Wanted { left: choices.len(), pods, command });
        Some([Action::Reason(reason), Action::Launch { pool, choices, purpose }])
    }

    /// An instance of its own was launched.
    pub(super) fn launched(&mut self, node: NodeId, world: &World) {
        let mut kept = Kept::default();
        if let Some(wanted) = self.wanted.pop_front() {
            if !wanted.pods.is_empty() {
                kept.nominated_until = Some(world.now() + NOMINATED_FOR);
            }
            if let Some(command) = wanted.command {
                self.disruption.replaced(command, node);
            }
        }
        self.nodes.insert(node, kept);
        if !self.startup_taints(node, world).is_empty() {
            self.starting.insert(node);
        }
    }

    /// The provider had none of an offering. Whether that was the last one that it was asked for.
    pub(super) fn refused(&mut self, offering: OfferingId, now: SimTime) -> bool {
        self.unavailable.mark(offering, now);
        let Some(wanted) = self.wanted.front_mut() else { return false };
        wanted.left = wanted.left.saturating_sub(1);
        if wanted.left > 0 {
            return false;
        }
        if let Some(command) = self.wanted.pop_front().and_then(|it| it.command) {
            self.disruption.fails(command);
        }
        true
    }
}

/// A NodePool as passes see it.
pub(super) fn node_pool(
    of: &NodePoolSettings,
    instance_types: Vec<usize>,
    world: &World,
    settings: &Settings,
    names: &mut Names,
) -> NodePool {
    let pool = &world.model().pools[of.pool];
    let requirements = of.requirements.iter().map(|it| Expression {
        key: names.intern(&it.key),
        operator: it.operator,
        values: it.values.iter().map(|value| names.intern(value)).collect(),
        min_values: it.min_values,
    });
    let requirements = requirements.collect();
    let labels = of.labels.iter().map(|(key, value)| (names.intern(key), names.intern(value)));
    let labels: LabelSet = labels.collect();
    let limits = of.limits.iter().map(|(name, amount)| {
        let resource = match name.as_str() {
            "cpu" => Resource::Cpu,
            "memory" => Resource::Memory,
            "ephemeral-storage" => Resource::EphemeralStorage,
            "pods" => Resource::Pods,
            other => Resource::Extended(names.intern(other)),
        };
        (resource, *amount)
    });
    let limits = Limits { resources: limits.collect(), nodes: of.nodes };
    NodePool {
        name: pool.name,
        weight: of.weight,
        requirements,
        labels,
        node_class: (names.intern(&settings.node_class_label), names.intern("default")),
        taints: pool.templates.first().map(|it| it.shape.taints.clone()).unwrap_or_default(),
        limits,
        instance_types,
        is_static: false,
        disruption: of.disruption.clone(),
    }
}
