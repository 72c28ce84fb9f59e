//! Rules about the pools of a scenario.

use super::input::{Place, ReviewInput};
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::file::Pool;

pub(super) const ONE_TYPE: Code = Code {
    id: "W0114",
    title: "a spot pool has one instance type",
    why: "When the provider runs out of that type, the whole pool is taken at once and cannot be \
          bought again: types have their own reclaims.",
    example: "pools:\n  - name: spot\n    count: 3\n    capacityType: spot\n    \
              instanceTypes: [m6i.large]\n    zones: [us-east-1a, us-east-1b]",
    fix: "Add types of the same size; `spotsim catalogue vcpu=2 memory=8Gi` lists them.",
};

pub(super) fn one_type(input: &ReviewInput, found: &mut Diagnostics) {
    for (pool, place) in spot_pools(input).filter(|(pool, _)| pool.instance_types.len() == 1) {
        let message = format!("spot pool `{}` has one instance type", pool.name);
        let warning = place.warn(ONE_TYPE.id, message, &["instanceTypes"]);
        found.push(warning.help(ONE_TYPE.help()));
    }
}

pub(super) const ONE_ZONE: Code = Code {
    id: "W0115",
    title: "a spot pool is in one zone",
    why: "Reclaims come in batches within one zone; another zone is the best protection there is.",
    example: "pools:\n  - name: spot\n    count: 3\n    capacityType: spot\n    \
              instanceTypes: [m6i.large, m6a.large]",
    fix: "Add zones; without any, the pool is in the region's first.",
};

pub(super) fn one_zone(input: &ReviewInput, found: &mut Diagnostics) {
    for (pool, place) in spot_pools(input).filter(|(pool, _)| pool.zones.len() < 2) {
        let message = format!("spot pool `{}` is in one zone", pool.name);
        let field = if pool.zones.is_empty() { "name" } else { "zones" };
        let warning = place.warn(ONE_ZONE.id, message, &[field]);
        found.push(warning.help(ONE_ZONE.help()));
    }
}

/// A pool of one node cannot be spread.
fn spot_pools(input: &ReviewInput) -> impl Iterator<Item = &(Pool, Place)> {
    input.pools.iter().filter(|(pool, _)| pool.buys_spot() && pool.nodes_at_start() > 1)
}
