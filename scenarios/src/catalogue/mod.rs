//! The instance catalogue: sizes, prices and interruption bands, with sources, in
//! `data/catalogue.csv`.

pub mod charges;
pub mod filter;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};

use sim::providers::reserved::{self, Allocatable};
use sim::providers::{self, Provider};

/// An instance type in a region.
#[derive(Clone, PartialEq, Debug)]
pub struct Listed {
    /// Who sells it.
    pub provider: String,
    /// Where.
    pub region: String,
    /// Its name.
    pub name: String,
    /// What it is a size of.
    pub family: String,
    /// `amd64` or `arm64`.
    pub arch: String,
    /// Virtual CPUs.
    pub vcpu: u64,
    /// Memory.
    pub memory_mib: u64,
    /// What its accelerators are, if it has any.
    pub gpu: Option<String>,
    /// How many accelerators.
    pub gpus: u64,
    /// Local disks.
    pub nvme_gib: Option<u64>,
    /// Network bandwidth.
    pub network_gbps: Option<f64>,
    /// How many pods it takes.
    pub max_pods: u64,
    /// What its pods can ask for.
    pub allocatable: Allocatable,
    /// Whether `max_pods` and `allocatable` are computed, since no source lists them.
    pub computed: bool,
    /// On-demand price, in micro-dollars per hour.
    pub on_demand_micro_usd: u64,
    /// Who says so, and of when that is.
    pub on_demand_source: &'static str,
    /// Typical spot price, in micro-dollars per hour.
    pub spot_micro_usd: Option<u64>,
    /// Who says so, and of when that is.
    pub spot_source: Option<&'static str>,
    /// AWS Spot Advisor's band of interruption frequency, 0 to 4.
    pub band: Option<usize>,
}

/// The bands of the AWS Spot Advisor, by the share of instances that are taken in a month.
pub const BANDS: [&str; 5] = ["<5 %", "5-10 %", "10-15 %", "15-20 %", ">20 %"];

/// Reclaims per instance-hour held that each band stands for: the middle of the band as a chance per
/// month of 730 h, -ln(1 - p) / 730 for p = 2.5, 7.5, 12.5, 17.5, 30 %.
pub const BAND_RECLAIMS_PER_HOUR: [f64; 5] = [3.5e-5, 1.07e-4, 1.83e-4, 2.64e-4, 4.9e-4];

static ALL: LazyLock<Vec<Listed>> = LazyLock::new(|| read(DATA));

const DATA: &str = include_str!("../../data/catalogue.csv");

/// Every type, in the order of the file.
#[must_use]
pub fn all() -> &'static [Listed] {
    &ALL
}

/// All types of a provider's region, in the order of the file.
pub fn region<'r>(
    provider: &'r str,
    region: &'r str,
) -> impl Iterator<Item = &'static Listed> + 'r {
    all().iter().filter(move |listed| listed.provider == provider && listed.region == region)
}

/// The regions of a provider that the catalogue knows, each once.
#[must_use]
pub fn regions(provider: &str) -> Vec<&'static str> {
    let listed = all().iter().filter(|listed| listed.provider == provider);
    let mut regions: Vec<&str> = listed.map(|listed| listed.region.as_str()).collect();
    regions.dedup();
    regions
}

impl Listed {
    /// The extended resource by which pods ask for its accelerators.
    #[must_use]
    pub fn gpu_resource(&self) -> &'static str {
        match self.gpu.as_deref() {
            Some("inferentia2" | "trainium") => "aws.amazon.com/neuron",
            _ => "nvidia.com/gpu",
        }
    }

    /// What spot saves of the on-demand price, in percent.
    #[must_use]
    pub fn saving_percent(&self) -> Option<f64> {
        self.spot_micro_usd
            .map(|spot| 100.0 - 100.0 * spot as f64 / self.on_demand_micro_usd as f64)
    }
}

/// A row of the file.
#[derive(Deserialize)]
struct Row {
    provider: String,
    region: String,
    #[serde(rename = "type")]
    name: String,
    family: String,
    arch: String,
    vcpu: u64,
    memory_mib: u64,
    #[serde(deserialize_with = "some")]
    gpu: Option<String>,
    gpus: Option<u64>,
    nvme_gib: Option<u64>,
    network_gbps: Option<f64>,
    max_pods: Option<u64>,
    allocatable_cpu_milli: Option<u64>,
    allocatable_memory_mib: Option<u64>,
    on_demand_micro_usd: u64,
    on_demand_from: String,
    spot_micro_usd: Option<u64>,
    spot_from: String,
    band: Option<usize>,
}

/// An empty field is no text.
fn some<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Reads the file, which is ours and whole.
fn read(text: &'static str) -> Vec<Listed> {
    let sources = sources(text);
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let rows = reader.deserialize().map(|row| row.expect("a test reads the whole catalogue"));
    rows.map(|row: Row| listed(row, &sources)).collect()
}

/// The lines `# [key] source` at the head of the file.
fn sources(text: &'static str) -> BTreeMap<&'static str, &'static str> {
    let lines = text.lines().take_while(|line| line.starts_with('#'));
    lines.filter_map(|line| line.strip_prefix("# [")?.split_once("] ")).collect()
}

impl Listed {
    /// What a node leaves that takes another number of pods, by the platform's formula.
    pub(crate) fn left_with(&self, pods: u64) -> Allocatable {
        let Listed { provider, name, vcpu, memory_mib, .. } = self;
        reserved::allocatable(of(provider).reserve, name, *vcpu, *memory_mib, pods)
    }
}

/// The provider of this name; what is not modelled keeps nothing of a node.
fn of(name: &str) -> &'static Provider {
    providers::named(name).unwrap_or(&providers::generic::GENERIC)
}

fn listed(row: Row, sources: &BTreeMap<&'static str, &'static str>) -> Listed {
    let provider = of(&row.provider);
    let pods = row.max_pods.unwrap_or(provider.max_pods);
    let stated = row.allocatable_cpu_milli.zip(row.allocatable_memory_mib);
    let allocatable = stated.map_or_else(
        || reserved::allocatable(provider.reserve, &row.name, row.vcpu, row.memory_mib, pods),
        |(cpu_milli, memory_mib)| Allocatable { cpu_milli, memory_mib },
    );
    Listed {
        max_pods: pods,
        allocatable,
        computed: stated.is_none(),
        on_demand_source: sources.get(row.on_demand_from.as_str()).copied().unwrap_or_default(),
        spot_source: sources.get(row.spot_from.as_str()).copied(),
        provider: row.provider,
        region: row.region,
        name: row.name,
        family: row.family,
        arch: row.arch,
        vcpu: row.vcpu,
        memory_mib: row.memory_mib,
        gpu: row.gpu,
        gpus: row.gpus.unwrap_or(0),
        nvme_gib: row.nvme_gib,
        network_gbps: row.network_gbps,
        on_demand_micro_usd: row.on_demand_micro_usd,
        spot_micro_usd: row.spot_micro_usd,
        band: row.band,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_whole() {
        assert_eq!(all().len(), 465);
        let m6i = region("aws", "us-east-1").find(|listed| listed.name == "m6i.large").unwrap();
        assert_eq!((m6i.vcpu, m6i.memory_mib, m6i.on_demand_micro_usd), (2, 8_192, 96_000));
        assert_eq!((m6i.gpu.as_deref(), m6i.computed), (None, false));
        let regions = ["aws", "gcp", "azure", "generic"].map(regions);
        assert_eq!(regions, [vec!["us-east-1"], vec!["us-central1"], vec!["eastus"], vec![]]);
    }

    #[test]
    fn every_figure_makes_sense_and_has_its_source() {
        for listed in all() {
            let name = &listed.name;
            let Listed { vcpu, memory_mib, allocatable, .. } = *listed;
            assert!(vcpu > 0 && memory_mib > 0 && listed.max_pods > 0, "{name}");
            assert!(allocatable.cpu_milli > 0 && allocatable.cpu_milli <= vcpu * 1_000, "{name}");
            assert!(allocatable.memory_mib > 0 && allocatable.memory_mib < memory_mib, "{name}");
            assert!(listed.on_demand_micro_usd > 0 && listed.on_demand_source.contains(", 20"));
            assert_eq!(listed.spot_micro_usd.is_some(), listed.spot_source.is_some(), "{name}");
            assert!(listed.spot_micro_usd.is_none_or(|spot| spot <= listed.on_demand_micro_usd));
            assert_eq!(listed.gpu.is_some(), listed.gpus > 0, "{name}");
            assert!(listed.band.is_none_or(|band| band < BANDS.len()), "{name}");
        }
    }
}
