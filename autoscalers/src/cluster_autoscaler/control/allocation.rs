//! Which instances a node group asks its provider for: zones are kept even, and in a zone the cheapest of
//! those come first of which there is much. That is the provider's choice, and none of the program's.
// Amazon EC2 Auto Scaling User Guide, "Allocation strategies": price-capacity-optimized is recommended
// (read 2026-11-28)

use sim::autoscalers::fixed_size::allocation::{Candidate, first, in_emptiest_zones};
use sim::model::pool::Allocation;
use sim::world::World;

use crate::cluster_autoscaler::node_group::NodeGroup;

/// For each of several instances the templates to ask for, in order.
pub(super) fn orders(group: &NodeGroup, nodes: u32, world: &World) -> Vec<Vec<usize>> {
    let mut candidates = candidates(group, world);
    (0..nodes)
        .map(|_| {
            let order = order(&candidates, world);
            if let Some(chosen) = order.first() {
                hold(&mut candidates, *chosen, world);
            }
            order
        })
        .collect()
}

/// The templates of a group, with the nodes that it has.
fn candidates(group: &NodeGroup, world: &World) -> Vec<Candidate> {
    let templates = world.model().pools[group.pool].templates.iter().enumerate();
    let mut candidates: Vec<Candidate> = templates
        .map(|(template, it)| Candidate {
            template,
            offering: it.offering,
            held: 0,
            held_in_zone: 0,
            held_of_type: 0,
        })
        .collect();
    for node in world.nodes().alive() {
        if world.nodes().pool(*node) == group.pool {
            let offering = world.nodes().offering(*node);
            if let Some(template) = world.model().pools[group.pool].template_of(offering) {
                hold(&mut candidates, template, world);
            }
        }
    }
    candidates
}

/// One more node of a template.
fn hold(candidates: &mut [Candidate], template: usize, world: &World) {
    let offerings = &world.model().catalog.offerings;
    let one = &offerings[candidates[template].offering];
    for it in candidates {
        let other = &offerings[it.offering];
        it.held += u32::from(it.template == template);
        it.held_in_zone += u32::from(other.zone == one.zone);
        it.held_of_type += u32::from(other.instance_type == one.instance_type);
    }
}

/// All templates: those of the emptiest zone first, and in a zone the best first.
fn order(candidates: &[Candidate], world: &World) -> Vec<usize> {
    let mut left = candidates.to_vec();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let zone = in_emptiest_zones(left.clone());
        let Some(best) = first(world, Allocation::PriceCapacityOptimized, &zone) else { break };
        order.push(best);
        left.retain(|it| it.template != best);
    }
    order
}
