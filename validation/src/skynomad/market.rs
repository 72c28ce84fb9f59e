//! The market of a run: which zone offers spot in which tick, at what price, and what moving data costs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::DataError;
use crate::data::{self, Pool};

/// The recordings that runs are of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Recording {
    /// Nodes of eight H100 on GCP, October 2025.
    H100,
    /// One V100 on AWS, February 2023.
    V100,
}

/// Every zone of both recordings.
pub struct Archive {
    zones: BTreeMap<(Recording, String), Zone>,
}

/// A zone with all that was recorded of it.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// Whether spot is offered, sample by sample.
    offers: Vec<bool>,
    /// Dollars an hour on spot, each from a sample on; the first from the first.
    spot: Vec<(usize, f64)>,
    /// Dollars an hour on-demand.
    pub on_demand: f64,
}

impl Recording {
    /// The recording of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Recording> {
        match name {
            "h100" => Some(Recording::H100),
            "v100" => Some(Recording::V100),
            _ => None,
        }
    }

    /// The length of a tick in seconds.
    #[must_use]
    pub fn tick(self) -> f64 {
        match self {
            Recording::H100 => 600.0,
            Recording::V100 => 195.0,
        }
    }

    /// How many ticks there are to the deadline.
    #[must_use]
    pub fn ticks(self) -> usize {
        match self {
            Recording::H100 => 311,
            Recording::V100 => 1_106,
        }
    }
}

impl Zone {
    /// Whether spot is offered at a sample.
    #[must_use]
    pub fn offers(&self, sample: usize) -> bool {
        self.offers.get(sample).copied().unwrap_or(false)
    }

    /// For how many samples from this one on spot is offered without a gap, to the end of the recording.
    #[must_use]
    pub fn offered_for(&self, sample: usize) -> usize {
        self.offers.iter().skip(sample).take_while(|it| **it).count()
    }

    /// Dollars an hour on spot at a sample.
    #[must_use]
    pub fn spot(&self, sample: usize) -> f64 {
        let next = self.spot.partition_point(|(from, _)| *from <= sample);
        self.spot[next.saturating_sub(1)].1
    }

    /// The region it is in: AWS names a zone by a letter behind it, GCP by a hyphen and a letter.
    #[must_use]
    pub fn region(&self) -> &str {
        let region = &self.name[..self.name.len().saturating_sub(1)];
        region.strip_suffix('-').unwrap_or(region)
    }
}

/// Dollars for moving a checkpoint of `gb` from one zone to another.
#[must_use]
pub fn egress(from: &Zone, to: &Zone, gb: f64) -> f64 {
    const NEAR: [&str; 2] = ["us-east-1", "us-east-2"];
    match [from.region(), to.region()] {
        [one, other] if one == other => 0.0,
        regions if regions.iter().all(|it| NEAR.contains(it)) => gb * 0.01,
        _ => gb * 0.02,
    }
}

#[derive(Deserialize)]
struct RegionPrice {
    region: String,
    on_demand_usd_per_hour: f64,
    spot_usd_per_hour: f64,
}

#[derive(Deserialize)]
struct PriceChange {
    zone: String,
    t_s: u64,
    usd_per_hour: f64,
}

/// On-demand, a p3.2xlarge in every region that was recorded.
const V100_ON_DEMAND: f64 = 3.06;

impl Archive {
    /// Reads both recordings from a folder of traces.
    ///
    /// # Errors
    /// If a file is missing or is not what it should be.
    pub fn read(folder: &Path) -> Result<Archive, DataError> {
        let mut zones = BTreeMap::new();
        let between = |pool: &Pool, begin: &str, end: &str| {
            let name = pool.pool_id.strip_prefix(begin)?.strip_suffix(end)?;
            Some(name.to_owned())
        };
        let path = folder.join("skynomad_prices_gcp_2025.csv");
        let prices: Vec<RegionPrice> = data::rows(&path)?;
        for pool in data::pools_of(folder, "skynomad_")? {
            let name = between(&pool, "skynomad-merged-gcp-10-04-2025-", "-h100x1-any");
            let Some(name) = name else { continue };
            let mut zone = zone(name, &pool, Recording::H100);
            let price = prices.iter().find(|it| it.region == zone.region());
            let Some(price) = price else { return Err(no_price(path, &zone.name)) };
            zone.spot = vec![(0, price.spot_usd_per_hour)];
            zone.on_demand = price.on_demand_usd_per_hour;
            zones.insert((Recording::H100, zone.name.clone()), zone);
        }
        let path = folder.join("skynomad_prices_aws_v100_2023.csv");
        let changes: Vec<PriceChange> = data::rows(&path)?;
        for pool in data::pools(folder)? {
            let name = between(&pool, "sky-probe-aws-02-15-2023-", "-v100x1-n1");
            let Some(name) = name else { continue };
            let mut zone = zone(name, &pool, Recording::V100);
            let own = changes.iter().filter(|it| it.zone == zone.name);
            let sample =
                |seconds: u64| usize::try_from(seconds.div_ceil(195)).unwrap_or(usize::MAX);
            zone.spot = own.map(|it| (sample(it.t_s), it.usd_per_hour)).collect();
            if zone.spot.is_empty() {
                return Err(no_price(path, &zone.name));
            }
            zone.on_demand = V100_ON_DEMAND;
            zones.insert((Recording::V100, zone.name.clone()), zone);
        }
        Ok(Archive { zones })
    }

    /// Zones by their names, in the order in which they are listed; the first that is not there else.
    ///
    /// # Errors
    /// The name of a zone that was not recorded.
    pub fn zones(&self, of: Recording, names: &[String]) -> Result<Vec<Zone>, String> {
        let zone = |name: &String| self.zones.get(&(of, name.clone())).cloned().ok_or(name.clone());
        names.iter().map(zone).collect()
    }
}

/// A zone without its prices.
fn zone(name: String, pool: &Pool, recording: Recording) -> Zone {
    let tick_ms = match recording {
        Recording::H100 => 600_000,
        Recording::V100 => 195_000,
    };
    let samples = pool.duration().as_ms() / tick_ms;
    let offers = (0..samples).map(|sample| {
        let at = sim::SimTime::ZERO + sim::Span::from_ms(sample * tick_ms);
        let next = pool.trace.partition_point(|(from, _)| *from <= at);
        next > 0 && pool.trace[next - 1].1 >= 1
    });
    Zone { name, offers: offers.collect(), spot: Vec::new(), on_demand: 0.0 }
}

fn no_price(path: PathBuf, zone: &str) -> DataError {
    DataError::Nonsense { path, what: format!("{zone} has no price") }
}
