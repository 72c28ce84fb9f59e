//! Prices that no machine has: they are taken as they are, and said.

use super::{Examined, pool_path};
use crate::catalogue;
use crate::file::{Instance, Pool};
use crate::tree::Step;

/// Spot has cost between a twentieth of the on-demand price and, for a while, ten times as much: AWS
/// let it rise so far until 2017 ("the maximum Spot price is capped at ten times the On-Demand price",
/// EC2 User Guide of that time).
const SPOT: [f64; 2] = [1.0 / 100.0, 10.0];
/// Between regions and years, what a listed type costs differs by a factor of two.
const LISTED: [f64; 2] = [1.0 / 10.0, 10.0];

impl Examined<'_> {
    pub(super) fn prices(&mut self, index: usize, pool: &Pool) {
        let provider = self.file.provider.catalogue;
        for (number, instance) in pool.instance_types.iter().enumerate() {
            let Instance::Inline(inline) = instance else { continue };
            let name = &inline.name;
            let listed = catalogue::region(provider, &self.file.region).find(|it| it.name == *name);
            let listed = listed.map(|it| it.on_demand_micro_usd as f64 / 1e6);
            let own = inline.on_demand_price;
            for (field, price, reference, range, against) in [
                ("onDemandPrice", own, listed, LISTED, "it is listed at"),
                ("spotPrice", inline.spot_price, own.or(listed), SPOT, "on-demand it costs"),
            ] {
                let Some(price) = price else { continue };
                let why = match reference.filter(|reference| *reference > 0.0) {
                    // A price is kept in millionths of a dollar.
                    _ if price < 1e-6 => "it costs nothing".to_owned(),
                    Some(reference) if !within(price / reference, range) => {
                        format!("{against} {reference} $/h")
                    }
                    _ => continue,
                };
                let message = format!("`{field}` of `{name}` is {price} $/h, and {why}");
                let path = pool_path(index, &["instanceTypes"]);
                let path = [&path[..], &[Step::from(number), Step::from(field)]].concat();
                let help = "prices are in dollars per hour of one instance; a saving that is computed \
                            with this one says nothing";
                self.say("W0016", &path, message, help);
            }
        }
    }
}

fn within(ratio: f64, [least, most]: [f64; 2]) -> bool {
    (least..=most).contains(&ratio)
}
