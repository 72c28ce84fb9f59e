//! What clouds charge besides instances: management fees of clusters, and disks by size.

use crate::file::contract::ControlPlane;

/// What a cluster costs whatever its nodes do.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fee {
    /// Whose it is.
    pub of: ControlPlane,
    /// Its name in full.
    pub name: &'static str,
    /// In dollars per hour.
    pub usd_per_hour: f64,
    /// Who says so, and of when that is.
    pub source: &'static str,
}

/// The management fees, list prices of clusters.
pub static FEES: [Fee; 6] = [
    Fee {
        of: ControlPlane::Eks,
        name: "EKS in standard support",
        usd_per_hour: 0.10,
        source: "infracost, aws/testdata/eks_cluster_test.golden: $73.00 for 730 h, 2026-11",
    },
    Fee {
        of: ControlPlane::EksExtended,
        name: "EKS in extended support",
        usd_per_hour: 0.60,
        source: "second-hand, 2026",
    },
    Fee {
        of: ControlPlane::Gke,
        name: "GKE",
        usd_per_hour: 0.10,
        source: "cloud.google.com/kubernetes-engine/pricing, 2026-11; a credit of $74.40 a month for \
                 one zonal or Autopilot cluster of a billing account is not taken off",
    },
    Fee {
        of: ControlPlane::AksFree,
        name: "AKS, tier Free",
        usd_per_hour: 0.0,
        source: "second-hand, 2026",
    },
    Fee {
        of: ControlPlane::AksStandard,
        name: "AKS, tier Standard",
        usd_per_hour: 0.10,
        source: "infracost, azure/testdata/kubernetes_cluster_test.golden: $73.00 for 730 h, 2026-11",
    },
    Fee {
        of: ControlPlane::AksPremium,
        name: "AKS, tier Premium",
        usd_per_hour: 0.60,
        source: "second-hand, 2026",
    },
];

/// A kind of disk that is paid by its size alone.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Disk {
    /// Who sells it, as in the catalogue.
    pub provider: &'static str,
    /// Where.
    pub region: &'static str,
    /// The `type` among the parameters of a StorageClass.
    pub kind: &'static str,
    /// In dollars per GiB and month of 730 h.
    pub usd_per_gib_month: f64,
}

/// Where the prices of [`DISKS`] are from.
pub const DISK_SOURCE: &str = "EBS in us-east-1: infracost, aws/testdata/ebs_volume_test.golden; \
    Persistent Disk in us-central1: the same, google/testdata/compute_disk_test.golden, and \
    pd-balanced second-hand of May 2025; all read in 2026-11. What IOPS and throughput cost beyond \
    what is included is not in them";

/// Disks whose price is by size alone. Not here: `io1`, `io2` and `pd-extreme`, whose IOPS are paid,
/// too, and Azure's managed disks, which are sold in sizes.
pub static DISKS: [Disk; 8] = [
    disk("aws", "us-east-1", "gp3", 0.08),
    disk("aws", "us-east-1", "gp2", 0.10),
    disk("aws", "us-east-1", "st1", 0.045),
    disk("aws", "us-east-1", "sc1", 0.015),
    disk("aws", "us-east-1", "standard", 0.05),
    disk("gcp", "us-central1", "pd-standard", 0.04),
    disk("gcp", "us-central1", "pd-balanced", 0.10),
    disk("gcp", "us-central1", "pd-ssd", 0.17),
];

/// Drivers, by the names of StorageClasses' provisioners: whose disks they make, and of which type if
/// the parameters say none.
// aws-ebs-csi-driver: docs/parameters.md; gcp-compute-persistent-disk-csi-driver: README.md; in-tree:
// kubernetes.io/docs/concepts/storage/storage-classes
const DRIVERS: [(&str, &str, &str); 4] = [
    ("ebs.csi.aws.com", "aws", "gp3"),
    ("kubernetes.io/aws-ebs", "aws", "gp2"),
    ("pd.csi.storage.gke.io", "gcp", "pd-standard"),
    ("kubernetes.io/gce-pd", "gcp", "pd-standard"),
];

const fn disk(
    provider: &'static str,
    region: &'static str,
    kind: &'static str,
    usd_per_gib_month: f64,
) -> Disk {
    Disk { provider, region, kind, usd_per_gib_month }
}

/// The fee of a control plane.
#[must_use]
pub fn fee(of: ControlPlane) -> Option<&'static Fee> {
    FEES.iter().find(|fee| fee.of == of)
}

/// The disk that a provisioner makes in a region, if it is listed there.
pub fn made_by<'p>(
    provisioner: &str,
    region: &str,
    parameter: impl Fn(&str) -> Option<&'p str>,
) -> Option<&'static Disk> {
    let (_, provider, usual) = DRIVERS.iter().find(|(driver, ..)| *driver == provisioner)?;
    // A regional disk is kept twice, and paid twice.
    if parameter("replication-type").is_some_and(|it| it != "none") {
        return None;
    }
    let kind = parameter("type").unwrap_or(usual);
    let here = |disk: &&Disk| disk.provider == *provider && disk.region == region;
    DISKS.iter().filter(here).find(|disk| disk.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_names_its_disk_or_takes_the_drivers_own() {
        let kind = |provisioner, region, of: Option<&'static str>| {
            let parameter = |key: &str| of.filter(|_| key == "type");
            made_by(provisioner, region, parameter).map(|disk| disk.kind)
        };
        assert_eq!(kind("ebs.csi.aws.com", "us-east-1", None), Some("gp3"));
        assert_eq!(kind("ebs.csi.aws.com", "us-east-1", Some("st1")), Some("st1"));
        assert_eq!(kind("kubernetes.io/aws-ebs", "us-east-1", None), Some("gp2"));
        assert_eq!(kind("ebs.csi.aws.com", "us-east-1", Some("io2")), None, "IOPS are paid, too");
        assert_eq!(kind("ebs.csi.aws.com", "eu-west-1", None), None, "not listed there");
        assert_eq!(kind("pd.csi.storage.gke.io", "us-central1", Some("pd-ssd")), Some("pd-ssd"));
        assert_eq!(kind("disk.csi.azure.com", "eastus", None), None, "sold in sizes");
        let regional = |key: &str| (key == "replication-type").then_some("regional-pd");
        assert_eq!(made_by("pd.csi.storage.gke.io", "us-central1", regional), None);
    }

    #[test]
    fn every_control_plane_has_a_fee_with_a_source() {
        for fee in &FEES {
            assert_eq!(super::fee(fee.of), Some(fee));
            assert!(fee.source.contains("202"), "{}: no date", fee.name);
        }
    }
}
