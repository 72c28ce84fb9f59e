//! Instance types that can stand in for each other: a spot pool of one type is taken at once and
//! cannot be bought again.

use crate::catalogue::{self, Listed};

/// How many types a proposed spot pool has.
const TYPES: usize = 3;
/// How far their on-demand prices are apart at most, in percent of the first.
const DEARER: u64 = 25;
/// Families whose CPU is rationed by credits: they are no match for those that are not.
// EC2 user guide, "Burstable performance instances"
const RATIONED: [&str; 4] = ["t2", "t3", "t3a", "t4g"];

/// The type itself, and others of the same size and architecture at about its price, those that are
/// interrupted least first.
pub(super) fn alike(one: &'static Listed) -> Vec<&'static Listed> {
    let close = |other: &Listed| {
        other.on_demand_micro_usd.abs_diff(one.on_demand_micro_usd) * 100
            <= one.on_demand_micro_usd * DEARER
    };
    let mut others: Vec<&Listed> = catalogue::region(&one.provider, &one.region)
        .filter(|it| it.name != one.name && it.family != one.family)
        .filter(|it| it.arch == one.arch && it.vcpu == one.vcpu && it.gpu == one.gpu)
        .filter(|it| it.gpus == one.gpus && it.spot_micro_usd.is_some() && close(it))
        .filter(|it| it.nvme_gib >= one.nvme_gib && it.max_pods >= one.max_pods)
        .filter(|it| it.allocatable.cpu_milli >= one.allocatable.cpu_milli)
        .filter(|it| it.allocatable.memory_mib >= one.allocatable.memory_mib)
        .filter(|it| is_rationed(it) == is_rationed(one))
        .collect();
    others.sort_by_key(|it| (it.band, it.spot_micro_usd, &it.name));
    std::iter::once(one).chain(others).take(TYPES).collect()
}

/// Whether its CPU cannot be had whole all the time.
// EC2 instance types guide, "Flex instances": full CPU for 95 % of the time; Azure, "Bsv2-series";
// Compute Engine, "Shared-core machine types": e2-medium
pub(super) fn is_rationed(listed: &Listed) -> bool {
    let (family, name) = (listed.family.as_str(), listed.name.as_str());
    RATIONED.contains(&family)
        || family.ends_with("-flex")
        || name.starts_with("Standard_B")
        || name == "e2-medium"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(provider: &str, region: &str, name: &str) -> Vec<&'static str> {
        let one = catalogue::region(provider, region).find(|it| it.name == name).unwrap();
        alike(one).into_iter().map(|it| it.name.as_str()).collect()
    }

    #[test]
    fn types_alike_are_of_one_size_and_about_one_price() {
        assert_eq!(
            names("aws", "us-east-1", "m6i.xlarge"),
            ["m6i.xlarge", "m5a.xlarge", "m7i.xlarge"]
        );
        for (provider, region, name) in
            [("gcp", "us-central1", "n2-standard-4"), ("azure", "eastus", "Standard_D8s_v5")]
        {
            assert!(names(provider, region, name).len() > 1, "{name}");
        }
    }
}
