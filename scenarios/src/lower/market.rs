//! The market of a scenario: which models, with which parameters, and what is assumed of them.

use std::sync::Arc;

use sim::MicroUsdPerHour;
use sim::market::Market;
use sim::market::failures::Failures;
use sim::market::prices::{self, Prices};

use super::Lowering;
use crate::assumption;
use crate::bought::Bought;
use crate::file;
use crate::file::market::{PriceModel, ReclaimModel};
use crate::tree::Step;

impl Lowering<'_> {
    /// The market that the scenario describes.
    pub(super) fn market(&mut self) -> Market {
        let market = &self.file.market;
        let prices: Arc<dyn Prices> = match market.prices.model {
            PriceModel::Constant => Arc::new(prices::constant::Constant),
            // Filled from the file by `crate::prices`, once it is known what is bought.
            PriceModel::Replay => Arc::new(prices::replay::Replay::new()),
            PriceModel::Aws => Arc::new(prices::aws::Aws),
            PriceModel::Gcp => Arc::new(prices::gcp::GCP),
            PriceModel::Azure => Arc::new(prices::azure::AZURE),
        };
        let reclaims = self.reclaims();
        let reclaim_scale = market.reclaims.scale;
        let missed_notices = market.reclaims.missed_notices;
        let failures = Failures { per_hour: market.failures.per_hour, outages: self.outages() };
        Market { prices, reclaims, reclaim_scale, missed_notices, failures }
    }

    /// What a pool pays for spot at most, where its provider takes a maximum price.
    pub(super) fn max_price(
        &mut self,
        pool: &file::Pool,
        path: &[Step],
    ) -> Option<MicroUsdPerHour> {
        let max_price = pool.max_price?;
        let name = self.provider.name;
        let wrong = if !pool.buys_spot() {
            format!("pool `{}` buys at list price, and has a maximum price", pool.name)
        } else if !self.provider.takes_max_price {
            format!("{name} takes no maximum price for spot")
        } else {
            // Its range was checked against the schema.
            return MicroUsdPerHour::from_usd(max_price);
        };
        self.error("E0606", path, wrong, Some("leave `maxPrice` out".into()));
        None
    }

    /// Reclaims per hour of one of these on spot.
    pub(super) fn rate(&mut self, bought: &Bought) -> f64 {
        self.file.market.reclaims.per_hour.or(bought.rate).unwrap_or_else(|| {
            self.unknown_bands.insert(bought.name.clone());
            self.provider.reclaims_per_hour
        })
    }

    /// Says what is assumed of the market.
    pub(super) fn assume_of_market(&mut self) {
        let moving = match self.file.market.prices.model {
            // What is replayed is said where the file is known.
            PriceModel::Constant | PriceModel::Replay => None,
            PriceModel::Aws => Some(assumption::PRICES_AS_ON_AWS),
            PriceModel::Gcp => Some(assumption::PRICES_AS_ON_GCP),
            PriceModel::Azure => Some(assumption::PRICES_AS_ON_AZURE),
        };
        self.assumptions.extend(moving.map(|kind| kind.about(&[])));
        let reclaims = &self.file.market.reclaims;
        let rate = match (reclaims.per_hour, self.provider.bands) {
            (None, Some(bands)) => bands.to_owned(),
            (stated, _) => {
                let rate = stated.unwrap_or(self.provider.reclaims_per_hour);
                format!("{rate} reclaims per instance and hour")
            }
        };
        let scale = reclaims.scale.to_string();
        let kind = match self.reclaim_model() {
            ReclaimModel::Contention => assumption::CONTENDED_RECLAIMS,
            ReclaimModel::Constant => assumption::MEMORYLESS_RECLAIMS,
            ReclaimModel::ByAge if !reclaims.rates.is_empty() => return,
            ReclaimModel::ByAge if self.tells_by_size_and_zone() => {
                assumption::RECLAIMS_BY_SIZE_AND_ZONE
            }
            ReclaimModel::ByAge => assumption::RECLAIMS_OF_2019,
            ReclaimModel::Bathtub | ReclaimModel::Replay | ReclaimModel::None => return,
        };
        self.assumptions.push(kind.about(&[&rate, &scale]));
    }
}

#[cfg(test)]
mod tests {
    use crate::Scenario;
    use crate::diagnostic::Source;

    fn read(event: &str) -> Result<Scenario, String> {
        let text = format!(
            "apiVersion: spotsim/v1\nname: x\nhorizon: 7d\nregion: us-east-1\npools:\n  - {{name: a, \
             count: 6, capacityType: spot, instanceTypes: [m6i.large]}}\n  - {{name: b, count: 2, \
             capacityType: on-demand, instanceTypes: [m6i.large]}}\nmarket:\n  failures: {{perHour: \
             0.001}}\n  reclaims: {{events: [{{at: 1d, outage: 1h, {event}}}]}}\n"
        );
        let source = Source { file: "x.yaml".into(), text: text.into() };
        Scenario::parse(&source, None).map_err(|errors| errors.render(false))
    }

    /// A zone that goes takes spot and on-demand, and is no reclaim; an event on spot alone is one.
    #[test]
    fn an_event_on_demand_is_a_failure() {
        let failures = |event: &str| {
            let scenario = read(event).unwrap_or_else(|errors| panic!("{errors}"));
            scenario.setup.market.failures.clone()
        };
        let zone = failures("capacityTypes: [on-demand, spot], zones: [us-east-1a]");
        let hit: Vec<usize> = zone.outages.iter().map(|it| it.offerings.len()).collect();
        assert_eq!((hit, zone.per_hour.to_string()), (vec![2], "0.001".into()));
        assert_eq!(failures("share: 0.5").outages, []);
        let error = read("capacityTypes: [on-demand], notice: true").err().unwrap_or_default();
        assert!(error.contains("nothing announces that on-demand instances go"), "{error}");
    }
}
