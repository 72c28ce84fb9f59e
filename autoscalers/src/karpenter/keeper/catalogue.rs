//! What can be bought, as Karpenter sees it: the templates of its pools, by instance type.
//!
//! Prices are those of the last refresh: what a spot price does in between is not seen.
// Karpenter: aws:pkg/providers/pricing/pricing.go, refreshed every 12 h

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sim::model::catalog::{CapacityType, InstanceTypeId, OfferingId};
use sim::model::pool::{NodeTemplate, PoolId};
use sim::names::{NameId, Names};
use sim::time::{SimTime, Span};
use sim::world::World;

use super::pods::resources;
use super::unavailable::Unavailable;
use crate::karpenter::input::{InstanceType, Offering};
use crate::karpenter::keys::Keys;
use crate::karpenter::requirement::Requirement;
use crate::karpenter::requirements::Requirements;

const PRICES_EVERY: Span = Span::from_hours(12);

/// All instance types of the NodePools.
#[derive(Clone, Debug)]
pub(super) struct Catalogue {
    /// As Karpenter numbers them.
    pub(super) types: Vec<Arc<InstanceType>>,
    /// The numbers of the types that each NodePool may buy.
    pub(super) of_pool: Vec<Vec<usize>>,
    /// The offerings of each type, in the order of its own, and as which capacity type they are labelled.
    offerings: Vec<Vec<(OfferingId, NameId)>>,
    number_of: BTreeMap<InstanceTypeId, usize>,
    next_prices: SimTime,
}

impl Catalogue {
    /// The types that pools have templates of.
    pub(super) fn of(pools: &[PoolId], world: &World, keys: &Keys, names: &mut Names) -> Catalogue {
        let model = world.model();
        let mut values: BTreeMap<InstanceTypeId, BTreeMap<NameId, BTreeSet<NameId>>> =
            BTreeMap::new();
        let mut offered: BTreeMap<InstanceTypeId, BTreeMap<OfferingId, NameId>> = BTreeMap::new();
        for pool in pools {
            for template in &model.pools[*pool].templates {
                let of = model.catalog.offerings[template.offering].instance_type;
                let capacity_type = capacity_type(template, world, keys);
                offered.entry(of).or_default().insert(template.offering, capacity_type);
                let of_type = values.entry(of).or_default();
                for (key, value) in template.shape.labels.iter() {
                    let key = keys.normalized(key);
                    if keys.is_well_known(key) && key != keys.node_pool {
                        of_type.entry(key).or_default().insert(value);
                    }
                }
            }
        }
        let every_key: BTreeSet<NameId> =
            values.values().flat_map(BTreeMap::keys).copied().collect();
        let number_of: BTreeMap<InstanceTypeId, usize> =
            values.keys().enumerate().map(|(number, id)| (*id, number)).collect();
        let mut types = Vec::new();
        for (id, labels) in &values {
            let machine = &model.catalog.instance_types[*id];
            let mut requirements = Requirements::default();
            for key in &every_key {
                let requirement = match labels.get(key) {
                    Some(values) => Requirement::one_of(values.iter().copied()),
                    None => Requirement::DOES_NOT_EXIST,
                };
                requirements.replace(*key, requirement);
            }
            types.push(Arc::new(InstanceType {
                name: machine.name,
                requirements,
                capacity: resources(&machine.capacity, world, names, true),
                allocatable: resources(&machine.allocatable, world, names, true),
                offerings: Vec::new(),
            }));
        }
        let of_pool = pools.iter().map(|pool| {
            let templates = model.pools[*pool].templates.iter();
            let of = templates.map(|it| model.catalog.offerings[it.offering].instance_type);
            let numbers: BTreeSet<usize> = of.map(|id| number_of[&id]).collect();
            numbers.into_iter().collect()
        });
        Catalogue {
            of_pool: of_pool.collect(),
            offerings: offered.into_values().map(|all| all.into_iter().collect()).collect(),
            types,
            number_of,
            next_prices: SimTime::ZERO,
        }
    }

    /// Refreshes prices where it is time, and says what is available.
    pub(super) fn refresh(&mut self, world: &World, unavailable: &mut Unavailable) {
        unavailable.forget(world.now());
        let prices = world.now() >= self.next_prices;
        if prices {
            self.next_prices = world.now() + PRICES_EVERY;
        }
        for (instance_type, ids) in self.types.iter_mut().zip(&self.offerings) {
            let changed = ids.iter().enumerate().any(|(place, (id, _))| {
                let known = instance_type.offerings.get(place);
                known.is_none_or(|it| it.available != unavailable.is_available(*id))
            });
            if !prices && !changed {
                continue;
            }
            let before = std::mem::take(&mut Arc::make_mut(instance_type).offerings);
            let offering = |(place, (id, capacity_type)): (usize, &(OfferingId, NameId))| {
                let offering = &world.model().catalog.offerings[*id];
                let price = match before.get(place).filter(|_| !prices) {
                    Some(known) => known.price,
                    None => world.price(*id).as_usd_f64(),
                };
                Offering {
                    zone: offering.zone,
                    capacity_type: *capacity_type,
                    price,
                    available: unavailable.is_available(*id),
                    reservation: None,
                }
            };
            let offerings = ids.iter().enumerate().map(offering).collect();
            Arc::make_mut(instance_type).offerings = offerings;
        }
    }

    /// The price of an offering, as it was last seen.
    pub(super) fn price(&self, offering: OfferingId, world: &World) -> f64 {
        let of = world.model().catalog.offerings[offering].instance_type;
        let known = self.number_of.get(&of).and_then(|number| {
            let place = self.offerings[*number].iter().position(|(id, _)| *id == offering)?;
            self.types[*number].offerings.get(place)
        });
        known.map_or_else(|| world.price(offering).as_usd_f64(), |known| known.price)
    }

    /// The number of an instance type.
    pub(super) fn number(&self, id: InstanceTypeId) -> Option<usize> {
        self.number_of.get(&id).copied()
    }
}

/// As which capacity type nodes of a template are labelled. On the plan on which all is on-demand, labels stay
/// what they are, and so does what NodePools and pods may ask for.
pub(super) fn capacity_type(template: &NodeTemplate, world: &World, keys: &Keys) -> NameId {
    let bought = match world.model().catalog.offerings[template.offering].capacity_type {
        CapacityType::Spot => keys.spot,
        CapacityType::OnDemand => keys.on_demand,
    };
    template.shape.labels.get(keys.capacity_type).unwrap_or(bought)
}
