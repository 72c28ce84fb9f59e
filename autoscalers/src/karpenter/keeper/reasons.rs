//! Why nodes stay: what keeps Karpenter from removing each, said again when it changes.
// Karpenter: pkg/controllers/disruption/events/events.go

use sim::action::{Action, Reason as Said};
use sim::model::budget::BudgetId;
use sim::model::catalog::CapacityType;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::workload::Controller;
use sim::world::World;
use sim::world::pods::Phase;

use super::Keeper;
use super::nodes::Stays;
use super::view::View;
use crate::karpenter::disruption::{Disrupted, Method};
use crate::karpenter::input::ConsolidationPolicy;

impl Keeper {
    /// Why nodes stay that were looked at and found no reason to go, where that has changed.
    pub(super) fn why_they_stay(
        &mut self,
        disrupted: &Disrupted,
        view: &View,
        world: &World,
    ) -> Vec<Action> {
        let nodes: Vec<NodeId> =
            self.nodes.iter().filter(|(_, kept)| !kept.deleting).map(|(node, _)| node).collect();
        let mut actions = Vec::new();
        for node in nodes {
            let Some(stays) = self.stays(node, disrupted, view, world) else { continue };
            let mut is_news = false;
            self.nodes.update(node, |kept| is_news = kept.stays.replace(stays) != Some(stays));
            if is_news {
                let Stays { why, pod, budget, until } = stays;
                actions.push(Action::Reason(Said::Refusal { node, why, pod, budget, until }));
            }
        }
        actions
    }

    fn stays(
        &self,
        node: NodeId,
        disrupted: &Disrupted,
        view: &View,
        world: &World,
    ) -> Option<Stays> {
        let kept = self.nodes.get(node)?;
        let number = view.number_of(node)?;
        let pool = self.pool_number(world.nodes().pool(node))?;
        kept.initialized_at?;
        if let Some(until) = kept.nominated_until.filter(|until| *until > world.now()) {
            return Some(Stays {
                until: Some(until),
                ..Stays::because("nominated for a pending pod")
            });
        }
        if self.is_not_to_be_disrupted(node, world) {
            let why = "the node is annotated with karpenter.sh/do-not-disrupt";
            return Some(Stays::because(why));
        }
        let settings = &self.pools[pool].disruption;
        let is_drifted = kept.drifted.is_some();
        if settings.consolidate_after.is_none() && !is_drifted {
            return Some(Stays::because("consolidateAfter is Never"));
        }
        // Of a drifted node that has a terminationGracePeriod, pods do not decide.
        let pods_decide = !is_drifted || self.pools[pool].termination_grace_period.is_none();
        if let Some(pod) = self.asks_to_stay(node, world).filter(|_| pods_decide) {
            let why = "a pod is annotated with karpenter.sh/do-not-disrupt";
            return Some(Stays { pod: Some(pod), ..Stays::because(why) });
        }
        if let Some((pod, budget)) = blocking(node, world).filter(|_| pods_decide) {
            let (pod, budget) = (Some(pod), Some(budget));
            return Some(Stays { pod, budget, ..Stays::because("Pdb prevents pod evictions") });
        }
        if is_drifted {
            let looked = disrupted.evaluated.iter().find(|it| it.method == Method::Drift)?;
            let has_room = looked.allowed.iter().any(|(of, left)| *of == pool && *left > 0);
            return Some(Stays::because(match has_room {
                true => "it has drifted, and what its pods need cannot be launched",
                false => "it has drifted, and a budget of its NodePool allows no disruption",
            }));
        }
        if !view.is_consolidatable(number) {
            let until = self.quiet_since(node, pool);
            return Some(Stays { until, ..Stays::because("consolidateAfter is not over") });
        }
        let is_empty = movable(node, world).next().is_none();
        if settings.policy == ConsolidationPolicy::WhenEmpty && !is_empty {
            return Some(Stays::because("its NodePool consolidates empty nodes only"));
        }
        let method = if is_empty { Method::Emptiness } else { Method::SingleNodeConsolidation };
        let looked = disrupted.evaluated.iter().find(|it| it.method == method)?;
        let allowed =
            looked.allowed.iter().find(|(of, _)| *of == pool).map(|(_, allowed)| *allowed);
        let catalog = &world.model().catalog;
        let is_spot =
            catalog.offerings[world.nodes().offering(node)].capacity_type == CapacityType::Spot;
        Some(match allowed {
            _ if is_spot && !self.settings.options.spot_to_spot && allowed != Some(0) => {
                Stays::because("its pods fit nowhere else, and SpotToSpotConsolidation is off")
            }
            Some(0) => Stays::because("no disruptions allowed by a budget of its NodePool"),
            _ => Stays::because("its pods fit nowhere else, and no cheaper node replaces it"),
        })
    }
}

impl Keeper {
    /// The first pod of a node that asks not to be disrupted.
    fn asks_to_stay(&self, node: NodeId, world: &World) -> Option<PodId> {
        if self.settings.do_not_disrupt.is_empty() {
            return None;
        }
        movable(node, world).find(|pod| self.keeps_its_node(*pod, world))
    }
}

/// Pods that would have to move.
fn movable(node: NodeId, world: &World) -> impl Iterator<Item = PodId> {
    let pods = world.placement().pods_on(node).iter().copied();
    pods.filter(|pod| {
        let workload = &world.model().workloads[world.pods().workload(*pod)];
        workload.controller != Controller::DaemonSet
            && !matches!(world.pods().phase(*pod), Phase::Terminating { .. })
    })
}

/// The first pod of a node that a budget keeps from being evicted.
fn blocking(node: NodeId, world: &World) -> Option<(PodId, BudgetId)> {
    if world.model().budgets.is_empty() {
        return None;
    }
    movable(node, world).find_map(|pod| Some((pod, world.may_be_evicted(pod).err()?)))
}
