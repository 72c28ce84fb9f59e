//! What must hold for whatever is launched.

use std::collections::BTreeSet;

use autoscalers::karpenter::provisioning::{NewClaim, provision};
use autoscalers::karpenter::requirements::Requirements;
use autoscalers::karpenter::resources::Resource;
use proptest::prelude::*;

use super::worlds::{World, worlds};

proptest! {
    #![proptest_config(testing::cases(256))]

    /// A NodeClaim is launched as a type, and by an offering, that its NodePool allows and that is there.
    #[test]
    fn no_offering_is_launched_that_its_pool_excludes(world in worlds()) {
        let cluster = world.cluster();
        for claim in provision(&cluster).claims {
            let pool = &world.node_pools[claim.pool];
            let of_pool = Requirements::of(&pool.requirements, &world.keys, &world.names);
            prop_assert!(!claim.instance_types.is_empty());
            for (number, price) in &claim.instance_types {
                prop_assert!(pool.instance_types.contains(number));
                let bought = offerings(&claim, *number, &world);
                prop_assert!(!bought.is_empty());
                let cheapest = bought.iter().map(|(price, _, _)| *price).min_by(f64::total_cmp);
                prop_assert_eq!(cheapest, Some(*price));
                for (_, zone, capacity_type) in bought {
                    let labels = [(world.keys.zone, zone), (world.keys.capacity_type, capacity_type)];
                    for (key, value) in labels {
                        let allowed = of_pool.get(key).is_none_or(|of| of.allows(value, &world.names));
                        prop_assert!(allowed);
                    }
                }
            }
        }
    }

    /// Whichever types are launched, no limit is exceeded.
    #[test]
    fn no_limit_is_exceeded(world in worlds()) {
        let solution = provision(&world.cluster());
        for (number, pool) in world.node_pools.iter().enumerate() {
            for (resource, limit) in &pool.limits.resources {
                let capacity = |of: &usize| world.instance_types[*of].capacity.get(*resource);
                let claims = solution.claims.iter().filter(|claim| claim.pool == number);
                let most = claims
                    .map(|claim| claim.instance_types.iter().map(|(of, _)| capacity(of)).max())
                    .map(Option::unwrap_or_default);
                let launched: Vec<i64> = most.collect();
                let there = world.nodes.iter().filter(|node| {
                    let labels = node.claim.as_ref().map(|claim| &claim.labels);
                    labels.and_then(|labels| labels.get(world.keys.node_pool)) == Some(pool.name)
                });
                let there: i64 = there
                    .filter_map(|node| Some(node.node.as_ref()?.capacity.get(*resource)))
                    .sum();
                let all = launched.iter().sum::<i64>() + there;
                prop_assert!(launched.is_empty() || all <= *limit, "{all} of {limit}");
            }
        }
    }

    /// Each pod that waits has one place or a reason; pods fit on each type that may be launched, and on
    /// nodes that exist.
    #[test]
    fn pods_fit_where_they_are_expected(world in worlds()) {
        let solution = provision(&world.cluster());
        let placed = solution.claims.iter().flat_map(|claim| &claim.pods);
        let placed = placed.chain(solution.existing.iter().flat_map(|(_, pods)| pods));
        let mut all: Vec<usize> =
            placed.chain(solution.errors.iter().map(|(pod, _)| pod)).copied().collect();
        let once: BTreeSet<usize> = all.iter().copied().collect();
        all.sort_unstable();
        prop_assert_eq!(&all, &once.iter().copied().collect::<Vec<_>>());
        let waits = |pod: &usize| world.pods[*pod].provisionable;
        prop_assert_eq!(all, (0..world.pods.len()).filter(waits).collect::<Vec<_>>());
        for claim in &solution.claims {
            let wanted: i64 = claim.pods.iter().map(|pod| millicores(*pod, &world)).sum();
            prop_assert_eq!(claim.requests.get(Resource::Cpu), wanted);
            for (number, _) in &claim.instance_types {
                prop_assert!(claim.requests.fits(&world.instance_types[*number].allocatable));
            }
        }
        for (node, pods) in &solution.existing {
            let there = (0..world.pods.len()).filter(|pod| world.pods[*pod].node == Some(*node));
            let wanted: i64 = there.chain(pods.iter().copied()).map(|it| millicores(it, &world)).sum();
            let node = world.nodes[*node].node.as_ref().expect("a node");
            prop_assert!(wanted <= node.allocatable.get(Resource::Cpu));
        }
    }

    /// The same cluster comes to the same.
    #[test]
    fn the_same_is_decided_again(world in worlds()) {
        prop_assert_eq!(provision(&world.cluster()), provision(&world.cluster()));
    }
}

fn millicores(pod: usize, world: &World) -> i64 {
    world.pods[pod].spec.requests.get(Resource::Cpu)
}

/// The offerings by which a NodeClaim may be launched as a type: price, zone, capacity type.
fn offerings(
    claim: &NewClaim,
    number: usize,
    world: &World,
) -> Vec<(f64, sim::names::NameId, sim::names::NameId)> {
    let requirements = claim.launch_requirements(&world.cluster());
    let allows = |key, value| requirements.get(key).is_none_or(|of| of.allows(value, &world.names));
    let offerings = world.instance_types[number].offerings.iter();
    offerings
        .filter(|offering| {
            offering.available
                && allows(world.keys.zone, offering.zone)
                && allows(world.keys.capacity_type, offering.capacity_type)
        })
        .map(|offering| (offering.price, offering.zone, offering.capacity_type))
        .collect()
}
