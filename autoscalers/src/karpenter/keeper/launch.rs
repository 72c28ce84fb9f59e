//! How a NodeClaim becomes an instance: which offerings the provider is asked for, in which order.
// Karpenter: aws:pkg/providers/instance/instance.go, filter/filter.go

use std::collections::BTreeSet;

use sim::autoscalers::fixed_size::allocation::{self, Candidate};
use sim::model::catalog::{CapacityType, OfferingId};
use sim::model::pool::{Allocation, PoolId};
use sim::world::World;

use super::catalogue::Catalogue;
use super::unavailable::Unavailable;
use crate::karpenter::keys::Keys;
use crate::karpenter::provisioning::NewClaim;

/// With how many instance types a fleet is asked for.
// Karpenter: aws:pkg/providers/instance/instance.go maxInstanceTypes
const MOST_TYPES: usize = 60;

/// One template that would do.
#[derive(Clone, Copy, Debug)]
struct Buyable {
    template: usize,
    offering: OfferingId,
    number: usize,
    capacity_type: CapacityType,
    price: f64,
}

/// The templates of a pool that the provider is asked for, the one that it prefers first. One capacity
/// type is asked for: spot where it may be, and on-demand otherwise.
pub(super) fn choices(
    claim: &NewClaim,
    pool: PoolId,
    world: &World,
    (catalogue, unavailable, keys): (&Catalogue, &Unavailable, &Keys),
) -> Vec<usize> {
    let mut options = compatible(claim, pool, world, (catalogue, unavailable, keys));
    if !claim.requirements.has_min_values() {
        drop_exotic(&mut options, world);
        drop_dear_spot(&mut options);
    }
    let cheapest: Vec<usize> =
        claim.instance_types.iter().map(|(number, _)| *number).take(MOST_TYPES).collect();
    let of_all = claim.instance_types.len() > MOST_TYPES;
    options.retain(|it| !of_all || cheapest.contains(&it.number));
    let spot = options.iter().any(|it| it.capacity_type == CapacityType::Spot);
    let wanted = if spot { CapacityType::Spot } else { CapacityType::OnDemand };
    options.retain(|it| it.capacity_type == wanted);
    match wanted {
        CapacityType::Spot => in_order_of_the_fleet(world, &options),
        CapacityType::OnDemand => {
            options.sort_by(|a, b| a.price.total_cmp(&b.price).then(a.template.cmp(&b.template)));
            options.iter().map(|it| it.template).collect()
        }
    }
}

/// Templates that a NodeClaim allows and that are thought to be there.
fn compatible(
    claim: &NewClaim,
    pool: PoolId,
    world: &World,
    (catalogue, unavailable, keys): (&Catalogue, &Unavailable, &Keys),
) -> Vec<Buyable> {
    let names = &world.model().names;
    let catalog = &world.model().catalog;
    let templates = world.model().pools[pool].templates.iter().enumerate();
    let mut seen = BTreeSet::new();
    let options = templates.filter_map(|(template, it)| {
        let offering = &catalog.offerings[it.offering];
        let number = catalogue.number(offering.instance_type)?;
        let is_listed = claim.instance_types.iter().any(|(listed, _)| *listed == number);
        let capacity_type = super::catalogue::capacity_type(it, world, keys);
        let allowed = [(keys.zone, offering.zone), (keys.capacity_type, capacity_type)];
        let allows = |(key, value): (_, _)| {
            claim.requirements.get(key).is_none_or(|wanted| wanted.allows(value, names))
        };
        // Templates of one offering differ in labels that are the NodePool's own; the first that will do is it.
        let own = it.shape.labels.iter().filter(|(key, _)| !keys.is_well_known(*key));
        let does = is_listed
            && unavailable.is_available(it.offering)
            && world.pays(pool, it.offering)
            && allowed.into_iter().chain(own).all(allows)
            && seen.insert(it.offering);
        does.then(|| Buyable {
            template,
            offering: it.offering,
            number,
            capacity_type: offering.capacity_type,
            price: catalogue.price(it.offering, world),
        })
    });
    options.collect()
}

/// Machines with accelerators go unless there are no others.
// Karpenter: aws:pkg/providers/instance/filter/filter.go ExoticInstanceTypeFilter
fn drop_exotic(options: &mut Vec<Buyable>, world: &World) {
    let catalog = &world.model().catalog;
    let is_plain = |it: &Buyable| !catalog.instance_type(it.offering).scarce;
    if options.iter().any(is_plain) {
        options.retain(is_plain);
    }
}

/// Spot that is dearer than the cheapest on-demand goes, where both may be.
// Karpenter: aws:pkg/providers/instance/filter/filter.go SpotInstanceFilter
fn drop_dear_spot(options: &mut Vec<Buyable>) {
    let on_demand = options.iter().filter(|it| it.capacity_type == CapacityType::OnDemand);
    let Some(least) = on_demand.map(|it| it.price).min_by(f64::total_cmp) else { return };
    options.retain(|it| it.capacity_type == CapacityType::OnDemand || it.price <= least);
}

/// As EC2 Fleet orders spot under `price-capacity-optimized`.
fn in_order_of_the_fleet(world: &World, options: &[Buyable]) -> Vec<usize> {
    let candidate = |it: &Buyable| Candidate {
        template: it.template,
        offering: it.offering,
        held: 0,
        held_in_zone: 0,
        held_of_type: 0,
    };
    let mut left: Vec<Candidate> = options.iter().map(candidate).collect();
    let mut order = Vec::new();
    while let Some(next) = allocation::first(world, Allocation::PriceCapacityOptimized, &left) {
        left.retain(|it| it.template != next);
        order.push(next);
    }
    order
}
