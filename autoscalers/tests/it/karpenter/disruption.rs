//! What must hold for whatever is removed.

use autoscalers::karpenter::disruption::{Command, Reason, propose, validate};
use autoscalers::karpenter::input::NodesAllowed;
use autoscalers::karpenter::provisioning::provision;
use autoscalers::karpenter::resources::Resource;
use proptest::prelude::*;

use super::worlds::{World, worlds};

proptest! {
    #![proptest_config(testing::cases(256))]

    /// Pods of nodes that go have a place on what is left, and on what is launched.
    #[test]
    fn pods_of_removed_nodes_fit_elsewhere(world in worlds()) {
        let Some(command) = propose(&world.cluster()).command else { return Ok(()) };
        let mut world = world;
        let is_moved = |pod: usize| {
            world.pods[pod].node.is_some_and(|node| command.nodes.contains(&node))
        };
        let moved: Vec<usize> = (0..world.pods.len()).filter(|pod| is_moved(*pod)).collect();
        prop_assert!(room(&world, &command) >= cores(&moved, &world));
        // Empty nodes go whether pods wait or not.
        if command.reason == Reason::Empty {
            prop_assert_eq!(moved, Vec::<usize>::new());
            return Ok(());
        }
        for node in &command.nodes {
            world.nodes[*node].marked_for_deletion = true;
        }
        let solution = provision(&world.cluster());
        prop_assert!(solution.errors.iter().all(|(pod, _)| !moved.contains(pod)));
        prop_assert_eq!(solution.claims.len(), command.replacements.len());
    }

    /// What is launched to replace nodes is cheaper than they were. Types may be listed that cannot be
    /// had any more, now that only spot will do.
    #[test]
    fn replacements_are_cheaper(world in worlds()) {
        let Some(command) = propose(&world.cluster()).command else { return Ok(()) };
        let price = |node: &usize| {
            let labels = &world.nodes[*node].claim.as_ref().expect("a NodeClaim").labels;
            let is_type = labels.get(world.keys.instance_type);
            let of = world.instance_types.iter().find(|it| Some(it.name) == is_type);
            let offering = of.expect("a type").offerings.iter().find(|offering| {
                Some(offering.zone) == labels.get(world.keys.zone)
                    && Some(offering.capacity_type) == labels.get(world.keys.capacity_type)
            });
            offering.expect("an offering").price
        };
        let before: f64 = command.nodes.iter().map(price).sum();
        for claim in &command.replacements {
            let prices = claim.instance_types.iter().map(|(_, price)| *price);
            let mut offered = prices.filter(|price| *price < f64::MAX);
            prop_assert!(offered.all(|price| price < before));
        }
    }

    /// No budget is exceeded, with what is being removed already.
    #[test]
    fn budgets_hold(world in worlds(), going in prop::collection::vec(any::<bool>(), 7)) {
        let mut world = world;
        for (node, going) in world.nodes.iter_mut().zip(going) {
            node.marked_for_deletion = going;
        }
        let Some(command) = propose(&world.cluster()).command else { return Ok(()) };
        for (number, pool) in world.node_pools.iter().enumerate() {
            let of_pool = |node: &usize| pool_of(*node, &world) == number;
            let all: Vec<usize> = (0..world.nodes.len()).filter(of_pool).collect();
            let disrupted = all.iter().filter(|node| {
                let node = &world.nodes[**node];
                node.marked_for_deletion || node.node.as_ref().is_some_and(|node| !node.ready)
            });
            let removed = command.nodes.iter().filter(|node| of_pool(node)).count();
            for budget in &pool.disruption.budgets {
                if budget.reasons.is_empty() || budget.reasons.contains(&command.reason) {
                    let allowed = allowed(budget.nodes, all.len());
                    prop_assert!(removed == 0 || removed + disrupted.clone().count() <= allowed);
                }
            }
        }
    }

    /// Nodes stay whose pods ask for it, and a command holds for as long as nothing changes.
    #[test]
    fn commands_respect_pods_and_hold(world in worlds()) {
        let cluster = world.cluster();
        let Some(command) = propose(&cluster).command else { return Ok(()) };
        let asks = |pod: &autoscalers::karpenter::input::Pod| {
            pod.spec.do_not_disrupt.is_some()
                && pod.node.is_some_and(|node| command.nodes.contains(&node))
        };
        prop_assert!(!world.pods.iter().any(asks));
        prop_assert!(command.reason != Reason::Drifted);
        prop_assert_eq!(validate(&command, &cluster), Some(command));
    }
}

fn cores(pods: &[usize], world: &World) -> i64 {
    pods.iter().map(|pod| world.pods[*pod].spec.requests.get(Resource::Cpu)).sum()
}

/// How much is free when a command has been executed, at most.
fn room(world: &World, command: &Command) -> i64 {
    let stays = |node: &usize| !command.nodes.contains(node);
    let free = |node: usize| {
        let on_it = (0..world.pods.len()).filter(|pod| world.pods[*pod].node == Some(node));
        let there = world.nodes[node].node.as_ref().expect("a node").allocatable.get(Resource::Cpu);
        there - cores(&on_it.collect::<Vec<_>>(), world)
    };
    let launched = command.replacements.iter().filter_map(|claim| {
        let cores = |number: &usize| world.instance_types[*number].allocatable.get(Resource::Cpu);
        claim.instance_types.iter().map(|(number, _)| cores(number)).max()
    });
    (0..world.nodes.len()).filter(stays).map(free).sum::<i64>() + launched.sum::<i64>()
}

fn pool_of(node: usize, world: &World) -> usize {
    let labels = &world.nodes[node].claim.as_ref().expect("a NodeClaim").labels;
    let name = labels.get(world.keys.node_pool);
    world.node_pools.iter().position(|pool| Some(pool.name) == name).expect("a NodePool")
}

fn allowed(nodes: NodesAllowed, all: usize) -> usize {
    match nodes {
        NodesAllowed::Count(count) => count as usize,
        NodesAllowed::Percent(percent) => (percent as usize * all).div_ceil(100),
        NodesAllowed::Unreadable => 0,
    }
}
