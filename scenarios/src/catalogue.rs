//! The instance catalogue: sizes, prices and interruption bands, with sources, in
//! `data/catalogue.csv`.

/// A row of the catalogue.
#[derive(Clone, PartialEq, Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// `amd64` or `arm64`.
    pub arch: String,
    /// Virtual CPUs.
    pub vcpu: u64,
    /// Memory.
    pub memory_mib: u64,
    /// GPUs or other accelerators.
    pub gpus: u64,
    /// How many pods it takes.
    pub max_pods: Option<u64>,
    /// CPU that pods can ask for, in millicores.
    pub allocatable_cpu_milli: Option<u64>,
    /// Memory that pods can ask for.
    pub allocatable_memory_mib: Option<u64>,
    /// On-demand price, in micro-dollars per hour.
    pub on_demand_micro_usd: u64,
    /// Typical spot price, in micro-dollars per hour.
    pub spot_micro_usd: Option<u64>,
    /// AWS Spot Advisor's band of interruption frequency, 0 to 4.
    pub band: Option<usize>,
}

const DATA: &str = include_str!("../data/catalogue.csv");

/// Reclaims per instance-hour that each band stands for, if reclaims had no memory: the middle of
/// the band as a chance per month of 730 h, -ln(1 - p) / 730 for p = 2.5, 7.5, 12.5, 17.5, 30 %.
pub const BAND_RECLAIMS_PER_HOUR: [f64; 5] = [3.5e-5, 1.07e-4, 1.83e-4, 2.64e-4, 4.9e-4];

/// All types of a provider's region, in the order of the file.
#[must_use]
pub fn region(provider: &str, region: &str) -> Vec<Listed> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(DATA.as_bytes());
    reader
        .records()
        .filter_map(Result::ok)
        .filter(|row| &row[0] == provider && &row[1] == region)
        .map(|row| {
            let number = |column: usize| row[column].parse::<u64>().ok();
            Listed {
                name: row[2].to_owned(),
                arch: row[3].to_owned(),
                vcpu: number(4).unwrap_or(0),
                memory_mib: number(5).unwrap_or(0),
                gpus: number(6).unwrap_or(0),
                max_pods: number(7),
                allocatable_cpu_milli: number(8),
                allocatable_memory_mib: number(9),
                on_demand_micro_usd: number(10).unwrap_or(0),
                spot_micro_usd: number(11),
                band: number(12).and_then(|band| usize::try_from(band).ok()),
            }
        })
        .collect()
}

/// The regions of a provider that the catalogue knows.
#[must_use]
pub fn regions(provider: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(DATA.as_bytes());
    let rows = reader.records().filter_map(Result::ok).filter(|row| &row[0] == provider);
    let mut regions: Vec<String> = rows.map(|row| row[1].to_owned()).collect();
    regions.sort();
    regions.dedup();
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_whole() {
        let aws = region("aws", "us-east-1");
        assert!(aws.len() > 300);
        let m6i = aws.iter().find(|listed| listed.name == "m6i.large").unwrap();
        assert_eq!((m6i.vcpu, m6i.memory_mib, m6i.on_demand_micro_usd), (2, 8_192, 96_000));
        assert!(aws.iter().all(|listed| listed.vcpu > 0 && listed.on_demand_micro_usd > 0));
        assert_eq!(regions("aws"), ["us-east-1"]);
    }
}
