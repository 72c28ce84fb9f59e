//! Assumptions about what is billed, and what is not counted.

use super::Kind;

pub(crate) const COMMITMENTS: Kind = Kind {
    id: "commitments-moment",
    text: "commitments cover what runs at each moment: reserved instances first, then committed use, \
           then savings plans; all of them are for this cluster alone",
    source: "AWS Savings Plans User Guide, \"Understanding how Savings Plans apply to your AWS \
             usage\" (read 2026-11-26): after reserved instances, plans for a family first, then the \
             highest savings. Providers apply them within a clock hour, and reserved instances of \
             other sizes of a family; here each moment stands for itself, the cautious reading",
};

pub(crate) const NOT_COUNTED: Kind = Kind {
    id: "not-counted",
    text: "not counted, alike on both plans: {}",
    source: "spotsim, 2026-11: what runs the cluster differs too much to be assumed. `controlPlane` \
             knows the fees of EKS, GKE and AKS; `controlPlanePrice` and `bootVolume` take any price",
};

pub(crate) const MANAGEMENT_FEE: Kind = Kind {
    id: "management-fee",
    text: "the control plane is that of {}, at ${} an hour ({})",
    source: "list prices of clusters, each with its source and date; `controlPlanePrice` says otherwise",
};

pub(crate) const VOLUMES_BILLED: Kind = Kind {
    id: "volumes-billed",
    text: "persistent volumes are paid from the creation of what uses them to the end: {}",
    source: crate::catalogue::charges::DISK_SOURCE,
};

pub(crate) const VOLUMES_NOT_BILLED: Kind = Kind {
    id: "volumes-not-billed",
    text: "persistent volumes that are not billed, alike on both plans: {}",
    source: "spotsim, 2026-11: no StorageClass among the manifests describes a disk whose price is \
             listed for the region; `volumePrices` takes any price",
};
