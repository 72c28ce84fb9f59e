//! Which instance types a NodeClaim can still become.

use std::collections::BTreeMap;

use sim::names::NameId;

use crate::karpenter::input::{Cluster, InstanceType, Offering};
use crate::karpenter::keys::Keys;
use crate::karpenter::refusal::Refusal;
use crate::karpenter::requirement::Requirement;
use crate::karpenter::requirements::{Requirements, Tightened};
use crate::karpenter::resources::Resources;

use sim::names::Names;

/// What a requirement of a label is looked up in.
pub(crate) trait Labels {
    /// The requirement of a label, if there is one.
    fn of(&self, key: NameId) -> Option<&Requirement>;
}

impl Labels for Requirements {
    fn of(&self, key: NameId) -> Option<&Requirement> {
        self.get(key)
    }
}

impl Labels for Tightened<'_> {
    fn of(&self, key: NameId) -> Option<&Requirement> {
        self.get(key)
    }
}

impl Offering {
    /// Whether a node of these labels can be bought this way. Labels that are not required may be anything.
    pub(crate) fn is_compatible(&self, labels: &impl Labels, keys: &Keys, names: &Names) -> bool {
        let may_be = |key: NameId, value: NameId| {
            labels.of(key).is_none_or(|requirement| requirement.allows(value, names))
        };
        let reservation = match (self.reservation, labels.of(keys.reservation_id)) {
            (_, None) => true,
            (Some(reservation), Some(asked)) => asked.allows(reservation.id, names),
            (None, Some(asked)) => asked.is_negative(),
        };
        reservation
            && may_be(keys.zone, self.zone)
            && may_be(keys.capacity_type, self.capacity_type)
    }
}

impl InstanceType {
    /// The offerings that can be had for a node of these labels.
    pub(crate) fn available<'a>(
        &'a self,
        labels: &'a impl Labels,
        cluster: &Cluster<'a>,
    ) -> impl Iterator<Item = &'a Offering> + 'a {
        let (keys, names) = (cluster.keys, cluster.names);
        self.offerings.iter().filter(move |offering| {
            offering.available && offering.is_compatible(labels, keys, names)
        })
    }

    /// The price of the cheapest of them.
    pub(crate) fn cheapest(&self, labels: &impl Labels, cluster: &Cluster<'_>) -> Option<f64> {
        self.available(labels, cluster).map(|offering| offering.price).min_by(f64::total_cmp)
    }
}

/// The types that meet what is required, are large enough, and are offered: of `types`, all of which met
/// what was required before it `changed`.
// Karpenter: nodeclaim.go filterInstanceTypesByRequirements
pub(crate) fn filtered(
    types: &[usize],
    labels: &Tightened<'_>,
    changed: &Requirements,
    requests: &Resources,
    cluster: &Cluster<'_>,
) -> Vec<usize> {
    let keys = cluster.keys;
    let of_offerings = [keys.zone, keys.capacity_type, keys.reservation_id];
    let moves_offerings = of_offerings.iter().any(|key| changed.get(*key).is_some());
    let stays = |number: &usize| {
        let instance_type = &cluster.instance_types[*number];
        requests.fits(&instance_type.allocatable)
            && instance_type.requirements.intersects(changed, cluster.names)
            && (!moves_offerings || instance_type.available(labels, cluster).next().is_some())
    };
    types.iter().copied().filter(stays).collect()
}

/// How many distinct values types have between them, of labels that do not have as many as are wanted; and
/// how many of the types it takes, if there are enough.
// Karpenter: pkg/cloudprovider/types.go SatisfiesMinValues
pub(crate) fn missing_values(
    types: &[usize],
    labels: &impl MinValues,
    cluster: &Cluster<'_>,
) -> Result<usize, BTreeMap<NameId, u32>> {
    let wanted = labels.wanted();
    if wanted.is_empty() {
        return Ok(0);
    }
    let mut seen: BTreeMap<NameId, std::collections::BTreeSet<NameId>> = BTreeMap::new();
    for (place, number) in types.iter().enumerate() {
        let of_type = &cluster.instance_types[*number].requirements;
        for (key, _) in &wanted {
            let values = of_type.get(*key).map(Requirement::values).unwrap_or_default();
            seen.entry(*key).or_default().extend(values);
        }
        let is_met = |(key, least): &(NameId, u32)| number_of(seen.get(key)) >= *least;
        if wanted.iter().all(is_met) {
            return Ok(place + 1);
        }
    }
    let missing = wanted.iter().map(|(key, least)| (*key, *least, number_of(seen.get(key))));
    Err(missing.filter(|(_, least, n)| n < least).map(|(key, _, n)| (key, n)).collect())
}

fn number_of(values: Option<&std::collections::BTreeSet<NameId>>) -> u32 {
    values.map_or(0, |values| u32::try_from(values.len()).unwrap_or(u32::MAX))
}

/// Labels of which distinct values are wanted.
pub(crate) trait MinValues {
    /// Each such label with how many.
    fn wanted(&self) -> Vec<(NameId, u32)>;
}

impl MinValues for Requirements {
    fn wanted(&self) -> Vec<(NameId, u32)> {
        self.iter()
            .filter_map(|(key, requirement)| Some((key, requirement.min_values()?)))
            .collect()
    }
}

impl MinValues for Tightened<'_> {
    fn wanted(&self) -> Vec<(NameId, u32)> {
        if self.has_min_values() { self.whole().wanted() } else { Vec::new() }
    }
}

/// Types with enough distinct values between them. Where values may be fewer, those that are wanted
/// become fewer.
pub(crate) fn with_min_values(
    types: Vec<usize>,
    labels: &mut Tightened<'_>,
    relax: bool,
    cluster: &Cluster<'_>,
) -> Result<(Vec<usize>, bool), Refusal> {
    if types.is_empty() {
        return Err(Refusal::InstanceTypes);
    }
    match missing_values(&types, labels, cluster) {
        Ok(_) => Ok((types, false)),
        Err(_) if !relax => Err(Refusal::MinValues),
        Err(missing) => {
            labels.lower_min_values(&missing);
            Ok((types, true))
        }
    }
}
