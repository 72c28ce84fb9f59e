//! How spot prices of AWS move, judged by pools that the model was not fitted to.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use sim::market::prices::Prices;
use sim::market::prices::aws::Aws;
use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, Kin, Offering, OfferingId};
use sim::model::resources::Resources;
use sim::table::Id;
use sim::{MicroUsdPerHour, Root, SimTime};

use crate::price_figures::{Path as PricePath, figures};
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "prices",
    about: "prices as on AWS for 90 days, beside pools of the history that were not fitted",
    run,
};

const FILE: &str = "prices_aws_useast1_2021.csv";
const MINUTES: f64 = 90.0 * 24.0 * 60.0;
/// How many panels are simulated.
const PANELS: u32 = 100;
/// A figure of as many pools in as many days misses its expectation by more than this many standard
/// deviations in one of a hundred panels.
const DEVIATIONS: f64 = 2.576;
/// Spot to on-demand in the history, the median: on-demand prices of 2021 are not in it, and only how
/// far a price may move depends on them.
const RATIO: f64 = 0.32;

/// A row of the history: since when a price holds.
#[derive(Deserialize)]
struct Change {
    instance_type: String,
    az: String,
    t_min: f64,
    usd_per_hour: f64,
}

/// Recorded pools, by type and zone.
type History = BTreeMap<(String, String), PricePath>;

/// What is expected is the figure of the recorded pools; what is got is the mean over simulated panels
/// of the same types and zones at the same first prices. The bounds are sampling error: how far the
/// figure of one panel lies from the mean of all, for the history is one panel too.
fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let mut history = History::new();
    for change in data::rows::<Change>(&folder.join(FILE))? {
        let pool = history.entry((change.instance_type, change.az)).or_default();
        pool.push((change.t_min, change.usd_per_hour));
    }
    history.retain(|(instance_type, zone), _| is_judged(&format!("{instance_type}/{zone}")));
    let types: Vec<&str> = history.keys().map(|(instance_type, _)| &**instance_type).collect();
    let recorded: Vec<PricePath> = history.values().cloned().collect();
    let model = model(&history);
    let panels: Vec<_> = (0..PANELS)
        .map(|replication| figures(&types, &panel(&model, Root { seed: 42, replication })))
        .collect();
    let rows = figures(&types, &recorded).into_iter().enumerate().map(|(index, figure)| {
        let got: Vec<f64> = panels.iter().map(|figures| figures[index].value).collect();
        let mean = got.iter().sum::<f64>() / f64::from(PANELS);
        let variance =
            got.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / f64::from(PANELS - 1);
        let digits = 10_f64.powi(i32::try_from(figure.decimals).unwrap_or_default() + 1);
        let bound = (DEVIATIONS * variance.sqrt() * digits).ceil() / digits;
        Row {
            what: figure.what.into(),
            expected: figure.value,
            got: mean,
            bound: Bound::Within(bound),
            decimals: figure.decimals,
        }
    });
    Ok(rows.collect())
}

/// Whether a pool, as `type/zone`, is one of those that judge; the model was fitted to the others. Bit
/// 32 of the 64-bit FNV-1a hash of its name says so, so that a split can be made again.
fn is_judged(name: &str) -> bool {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash >> 32 & 1 == 1
}

/// The same types and zones, listed at their first prices.
fn model(history: &History) -> Model {
    let mut model = Model::default();
    let mut types = BTreeMap::new();
    let usd = |usd: f64| MicroUsdPerHour::from_usd(usd).unwrap_or_default();
    for ((instance_type, zone), path) in history {
        let listed = path.first().map_or(0.0, |(_, price)| *price);
        let zone = model.names.intern(zone);
        let name = model.names.intern(instance_type);
        let id = *types.entry(instance_type).or_insert_with(|| {
            let of_type = history.iter().filter(|((it, _), _)| it == instance_type);
            let first = of_type.filter_map(|(_, path)| path.first()).map(|(_, price)| *price);
            let on_demand = usd(first.fold(0.0, f64::max) / RATIO);
            let machine = InstanceType::plain(name, Resources::one_pod(1_000, 1 << 30), on_demand);
            model.catalog.instance_types.push(machine)
        });
        let bought = Offering::on_demand(id, zone, usd(listed));
        let key = model.catalog.offerings.len() as u64;
        let kin = Kin { type_in_region: id.index() as u64, ..Kin::alone(key) };
        let capacity_type = CapacityType::Spot;
        model.catalog.offerings.push(Offering { capacity_type, key, kin, ..bought });
    }
    model
}

/// The prices of all offerings in one replication.
fn panel(model: &Model, root: Root) -> Vec<PricePath> {
    let mut prices = Aws.open(root, model);
    let one = |(offering, bought): (OfferingId, &Offering)| {
        let mut path = vec![(0.0, bought.price.as_usd_f64())];
        let mut now = SimTime::ZERO;
        while let Some((at, price)) = prices.next_price(offering, now) {
            let minutes = at.since(SimTime::ZERO).as_hours_f64() * 60.0;
            if minutes > MINUTES {
                break;
            }
            now = at;
            path.push((minutes, price.as_usd_f64()));
        }
        path
    };
    model.catalog.offerings.iter().map(one).collect()
}
