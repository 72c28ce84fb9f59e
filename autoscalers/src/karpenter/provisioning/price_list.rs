//! Price lists: all types by the price of their cheapest offering, for each way to ask for offerings.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use sim::names::NameId;

use crate::karpenter::input::Cluster;
use crate::karpenter::requirement::Requirement;
use crate::karpenter::requirements::Requirements;

/// What offerings are asked for: by zone, capacity type and reservation.
type Asked = [Option<Requirement>; 3];

/// Price lists that have been asked for. Few NodeClaims differ in what they ask of offerings.
#[derive(Debug, Default)]
pub(super) struct PriceLists(IndexMap<Asked, Vec<(usize, f64)>, FxBuildHasher>);

impl PriceLists {
    /// The cheapest types first, as [`by_price`] has them.
    pub(super) fn cheapest(
        &mut self,
        types: &[usize],
        most: usize,
        requirements: &Requirements,
        cluster: &Cluster<'_>,
    ) -> Vec<(usize, f64)> {
        let keys = cluster.keys;
        let asked = |key: NameId| requirements.get(key).cloned();
        let list = self
            .0
            .entry([keys.zone, keys.capacity_type, keys.reservation_id].map(asked))
            .or_insert_with(|| by_price(0..cluster.instance_types.len(), requirements, cluster));
        let mut is_left = vec![false; cluster.instance_types.len()];
        types.iter().for_each(|number| is_left[*number] = true);
        list.iter().copied().filter(|(number, _)| is_left[*number]).take(most).collect()
    }
}

/// Types, the cheapest first, each with the price of its cheapest offering; of the same price, by name.
// Karpenter: pkg/cloudprovider/types.go OrderByPrice
pub(crate) fn by_price(
    types: impl IntoIterator<Item = usize>,
    requirements: &Requirements,
    cluster: &Cluster<'_>,
) -> Vec<(usize, f64)> {
    let price = |number: usize| {
        let cheapest = cluster.instance_types[number].cheapest(requirements, cluster);
        (number, cheapest.unwrap_or(f64::MAX))
    };
    let mut priced: Vec<(usize, f64)> = types.into_iter().map(price).collect();
    let name = |number: usize| cluster.names.text(cluster.instance_types[number].name);
    priced.sort_by(|one, two| one.1.total_cmp(&two.1).then_with(|| name(one.0).cmp(name(two.0))));
    priced
}
