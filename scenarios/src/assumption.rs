//! Assumptions: what is taken to be so because the scenario does not state it, each with an id and a source.
//!
//! A provider brings its own, in [`sim::providers`]; the rest are listed here.

mod machines;

use std::sync::LazyLock;

use sim::providers::PROVIDERS;
use sim::providers::citations::Sourced;

pub(crate) use machines::{COMPUTED_ALLOCATABLE, DRIFTED_NODES, UNKNOWN_BAND};

/// Something that was assumed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assumption {
    /// What `spotsim explain` knows it by.
    pub id: &'static str,
    /// What is taken to be so.
    pub text: String,
    /// Where that comes from.
    pub source: &'static str,
}

/// A kind of assumption, before it is known what exactly it is about.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What `spotsim explain` knows it by.
    pub id: &'static str,
    /// What is taken to be so; each `{}` is a value of the scenario at hand.
    pub text: &'static str,
    /// Where that comes from.
    pub source: &'static str,
}

/// Every kind that a scenario may give rise to, in the order in which they are listed.
pub static KINDS: &[Kind] = &[
    POOL_REPLACEMENT,
    DEPTH,
    DEEP_POOLS,
    WHEN_REFUSED,
    REACTION,
    WHEN_TAKEN,
    FALLBACK_TIMES,
    CONTENDED_RECLAIMS,
    MEMORYLESS_RECLAIMS,
    RECLAIMS_OF_2019,
    RECLAIMS_BY_SIZE_AND_ZONE,
    TRACE_END,
    TIME_OF_DAY,
    ZONES_CORRELATE,
    PRICES_AS_ON_AWS,
    PRICES_AS_ON_GCP,
    PRICES_AS_ON_AZURE,
    REPLAYED_PRICES,
    PRICE_GAPS,
    MISSING_PRICES,
    POD_STARTUP,
    PROBES,
    AUTOSCALED,
    HPA,
    VPA,
    VPA_HISTORY,
    VPA_BLIND,
    POD_SHUTDOWN,
    KUBELET_SHUTDOWN,
    UNKNOWN_BAND,
    DRIFTED_NODES,
    COMPUTED_ALLOCATABLE,
    JOB_DURATION,
    CHECKPOINT_OVERHEADS,
    JOB_RETRIES,
    JOB_EXIT_CODES,
    WORK_QUEUES,
    ACTIVE_DEADLINES,
    CALENDAR,
    ARRIVAL_CLOCK,
    ARRIVAL_TRACE,
    DRAWN_SIZES,
    REPLICA_CALENDAR,
    DEADLINE_JOBS,
    ZONAL_VOLUMES,
    LOCAL_VOLUMES,
    VOLUME_ATTACHMENT,
    IMAGE_PULLS,
    COMMITMENTS,
    NOT_COUNTED,
    MANAGEMENT_FEE,
    VOLUMES_BILLED,
    VOLUMES_NOT_BILLED,
    USAGE_CLOCK,
    USAGE_PARTIAL,
    USAGE_REPLAYED,
    LOAD_SERVED,
];

pub(crate) const POOL_REPLACEMENT: Kind = Kind {
    id: "pool-replacement",
    text: "a lost instance is replaced by one of the same type and zone, requested at the loss",
    source: "spotsim's pools, 2026-11: `allocation`, `refill` and `replaceAt` of a pool say \
             otherwise",
};

pub(crate) const DEPTH: Kind = Kind {
    id: "capacity-depth",
    text: "{}: there is most of what is ample now, then of what is contended and to be had, and among \
           equals of what is reclaimed least",
    source: "EC2 Fleet's capacity-optimized looks at how deep spot pools are, which AWS does not \
             publish; spotsim, 2026-11, takes what its own market knows",
};

pub(crate) const DEEP_POOLS: Kind = Kind {
    id: "deep-pools",
    text: "{}: there is much of what is as little short as anything it may buy, and reclaimed at most \
           twice as often as the best of that",
    source: "EC2 Fleet's price-capacity-optimized takes the cheapest of the deepest spot pools, and AWS \
             does not publish what it takes for deep; twice is an assumption of spotsim, 2026-11",
};

pub(crate) const WHEN_REFUSED: Kind = Kind {
    id: "when-refused",
    text: "{} {}",
    source: "karpenter-provider-aws, pkg/cache/cache.go: 3 min for each offering; Cluster Autoscaler, \
             FAQ.md: node groups back off; Compute Engine documentation, \"Spot VMs\": a managed \
             instance group keeps trying (read 2026-11-24)",
};

pub(crate) const REACTION: Kind = Kind {
    id: "provisioner-reaction",
    text: "{} {}",
    source: "Karpenter, pkg/controllers/provisioning/batcher.go: its batching window; Cluster \
             Autoscaler, FAQ.md: a scan every 10 s, 5 s on average below 100 nodes and 15 s below \
             1,000 (read 2026-11-24). No figure was found for groups of EC2 and Compute Engine",
};

pub(crate) const WHEN_TAKEN: Kind = Kind {
    id: "when-taken",
    text: "{} {}",
    source: "Karpenter, website/content/en/docs/concepts/disruption.md: a replacement is provisioned \
             while the node is drained (read 2026-11-24); `replaceAt` says otherwise",
};

pub(crate) const FALLBACK_TIMES: Kind = Kind {
    id: "fallback-times",
    text: "{} makes do with on-demand after {} without spot, and goes back when there has been some \
           for {}",
    source: "spotsim, 2026-11: no provider does so by itself, and these are round figures; `fallback` \
             says otherwise",
};

pub(crate) const CONTENDED_RECLAIMS: Kind = Kind {
    id: "contended-reclaims",
    text: "reclaims: in windows of contention, shared by related pools and in batches, as often as \
           from {}, times {}",
    source: "AWS Spot Advisor, 2025-06: a band is read as the share of the instances running in a \
             month of 730 h that are taken, successors included, and its middle used. What AWS \
             counts is not documented; per launched instance, rates would be 30 times higher, so \
             try `scale` 1, 10 and 100. What happens in a window is fitted to traces of p3.2xlarge and r5.16xlarge, 2023 (SkyPilot), \
             batches to fleets of 2020 to 2022 (Bamboo); that nine windows in ten end in ample \
             capacity, and when an instance is said to be at risk, is not published",
};

pub(crate) const RECLAIMS_OF_2019: Kind = Kind {
    id: "reclaims-of-2019",
    text: "reclaims: by age, as of preemptible VMs in 2019; spot VMs of today may differ",
    source: "lifetimes of 1,442 preemptible VMs of Google Cloud, 2019 (Kadupitiya, Jadhao and Sharma, \
             HPDC 2020, data under Apache-2.0), those stopped by their users censored; for ages \
             above a day the rate of the last hours is taken to go on",
};

pub(crate) const RECLAIMS_BY_SIZE_AND_ZONE: Kind = Kind {
    id: "reclaims-by-size",
    text: "reclaims: by age, more often of large machines and in us-central1-c, less often in us-east1-b \
           and us-west1-a, as of preemptible VMs in 2019",
    source: "lifetimes of 1,442 preemptible VMs of Google Cloud, 2019 (Kadupitiya, Jadhao and Sharma, \
             HPDC 2020, data under Apache-2.0), those stopped by their users censored: n1-highcpu of 2, \
             4, 8, 16 and 32 CPUs 0.63, 0.68, 0.83, 1.23 and 1.45 times as often as the mean, the zones \
             1.35, 0.69 and 0.60 times. That other families differ by their CPUs alike, other zones are \
             as the mean and both factors multiply are assumptions; for ages above a day the rate of \
             the last hours is taken to go on",
};

pub(crate) const TRACE_END: Kind = Kind {
    id: "trace-end",
    text: "the capacity of {} in {} stays what it is from {} on, where its trace ends",
    source: "the trace is shorter than the horizon; spotsim does not make up the rest, 2026-11",
};

pub(crate) const TIME_OF_DAY: Kind = Kind {
    id: "time-of-day",
    text: "T+0 is {} o'clock in the time of {}; contention begins more often in the afternoon there",
    source: "launch attempts of 45 days in us-east-1 and us-east-2, 2023: availability swings by 8 to \
             21 points a day, its lowest from 12 to 16 h; none in us-west-2. Google Cloud, 2019: by \
             eight hours 0.56, 1.45 and 1.15 times the mean",
};

pub(crate) const ZONES_CORRELATE: Kind = Kind {
    id: "zones-correlate",
    text: "capacity of one type is short in two zones of a region at the same times: their states \
           correlate by {}",
    source: "launch attempts for p3.2xlarge, 2023 (SkyPilot): 0.25 to 0.59, mean 0.40; for \
             a3-highgpu-1g in three regions of Google Cloud, 2025-10 (SkyNomad): 0.12 to 0.37, mean \
             0.23. All of these types are scarce. Of ordinary types there are no data, so that for \
             them it is an assumption, and a cautious one: `contention.zoneCorrelation: 0` shows what \
             it makes",
};

pub(crate) const MEMORYLESS_RECLAIMS: Kind = Kind {
    id: "memoryless-reclaims",
    text: "reclaims: without memory, from {}, times {}; real ones come in batches",
    source: "AWS Spot Advisor, 2025-06: a band is read as the chance per month of 730 h that an \
             instance is taken, and its middle used. What AWS counts is not documented; per \
             launched instance, rates would be 30 times higher, so try `scale` 1, 10 and \
             100. Traces of 2020 to 2023 show batches and early losses in every large fleet",
};

pub(crate) const PRICES_AS_ON_AWS: Kind = Kind {
    id: "prices-as-on-aws",
    text: "spot prices begin as listed: a quarter of the types stay, others are revised every 6 h \
           and move by 0.7 % a day in the median",
    source: "AWS's price history of us-east-1, March to May 2021, Linux, half of 166 pools; judged by \
             the other half (`spotsim validate prices`). That prices are drawn back to where they \
             began, with a half-life of 80 days, is an estimate of 90 days, too short to tell it \
             from never",
};

pub(crate) const PRICES_AS_ON_GCP: Kind = Kind {
    id: "prices-as-on-gcp",
    text: "spot prices begin as listed, and 77 % of them go 5 % up or down every 14 days",
    source: "Google Cloud's published prices of 12,725 types in regions, May to August 2026; up and \
             down are held to be equally likely, while 63 % of those changes went up",
};

pub(crate) const PRICES_AS_ON_AZURE: Kind = Kind {
    id: "prices-as-on-azure",
    text: "spot prices begin as listed, and change with a chance of 16 % a month, by 10 %",
    source: "Azure's retail prices: 24 of 58 sizes changed within three months, at the first of a \
             month. How far is not known; 10 % up or down is an assumption of 2026-11",
};

pub(crate) const REPLAYED_PRICES: Kind = Kind {
    id: "replayed-prices",
    text: "spot prices are those of {}, and T+0 is {}",
    source: "the file; `start` says otherwise. By default T+0 is the first moment at which all that \
             the scenario buys on spot has a price",
};

pub(crate) const PRICE_GAPS: Kind = Kind {
    id: "price-gaps",
    text: "no price is recorded for more than 2 days, {} times, the longest for {}: the last one \
           holds, and before the first the first",
    source: "spotsim, 2026-11: AWS repeats an unchanged price about once a day; in a file that \
             has changes only, silence means that the price stays",
};

pub(crate) const MISSING_PRICES: Kind = Kind {
    id: "missing-prices",
    text: "the price history lacks {}: they cost what they are listed at",
    source: "the scenario asks for it with `ifMissing: listed-price`",
};

pub(crate) const POD_STARTUP: Kind = Kind {
    id: "pod-startup",
    text: "a pod is ready 5 s after it is bound (Kubernetes' start SLO, without image pull)",
    source: "kubernetes/community, sig-scalability, pod_startup_latency.md: 99 % of pods within \
             5 s (read 2026-11-24); the annotation `spotsim/startup` says otherwise, and \
             `imagePulls` adds the time to pull images",
};

pub(crate) const PROBES: Kind = Kind {
    id: "pod-probes",
    text: "a process answers its probes as soon as it has started (`spotsim/startup`, by default 5 s); \
           its pod is ready at the first readinessProbe that finds out, after the startupProbe if it \
           has one; probes begin initialDelaySeconds after the containers",
    source: "kubelet, pkg/kubelet/prober/worker.go (read 2026-11-28), whose own rhythm is set when it \
             takes the pod up: the real moment is up to periodSeconds later. Timeouts and liveness \
             are not modelled",
};

pub(crate) const AUTOSCALED: Kind = Kind {
    id: "autoscaled-workloads",
    text: "{} under a HorizontalPodAutoscaler without a metric to go by, because {}: as many pods run as are \
           written or were found, minReplicas at least and maxReplicas at most",
    source: "kube-controller-manager, podautoscaler/horizontal.go reconcileAutoscaler (read \
             2026-11-28): the bounds hold whatever the metrics say",
};

pub(crate) const HPA: Kind = Kind {
    id: "horizontal-autoscaling",
    text: "{} under a HorizontalPodAutoscaler, which looks every 15 s; {}, and serves at once what it has \
           seen",
    source: "kube-controller-manager, --horizontal-pod-autoscaler-sync-period; metrics-server, \
             --metric-resolution in its manifests (read 2026-11-28). In a cluster the two do not keep \
             step, so that metrics are up to a resolution older; `metricsServer` says how often it \
             scrapes",
};

pub(crate) const VPA: Kind = Kind {
    id: "vertical-autoscaling",
    text: "{} under a VerticalPodAutoscaler, which knows {} of them at the beginning, and looks every \
           minute",
    source: "VPA 1.8, recommender-interval and updater-interval, with the defaults of all flags (read \
             2026-11-28). A recommender that has run for long remembers eight days, which `vpaHistory` gives \
             it",
};

pub(crate) const VPA_HISTORY: Kind = Kind {
    id: "vertical-autoscaling-history",
    text: "the recommender begins with what {} records of {}: samples every {} for {}, of which the last is \
           `T+0`; {}",
    source: "VPA, recommender/input/history/history_provider.go (--storage=prometheus), as the scenario's own \
             file answers it: CPU as the mean of each step, memory as it was last. Pods of the record are none of \
             the run",
};

pub(crate) const VPA_BLIND: Kind = Kind {
    id: "vertical-autoscaling-blind",
    text: "{} under a VerticalPodAutoscaler that recommends nothing, because {}",
    source: "VPA, recommender/input/cluster_feeder.go LoadRealTimeMetrics: it learns from metrics-server \
             (read 2026-11-28)",
};

pub(crate) const POD_SHUTDOWN: Kind = Kind {
    id: "pod-shutdown",
    text: "a pod takes its whole grace period to stop, unless it says otherwise",
    source: "the cautious reading of terminationGracePeriodSeconds, 2026-11; the annotation \
             `spotsim/shutdown` says otherwise",
};

pub(crate) const KUBELET_SHUTDOWN: Kind = Kind {
    id: "kubelet-shutdown",
    text: "a kubelet begins to shut its node down {} before the end; it has {} for that, the last {} \
           of them for critical pods",
    source: "the scenario's `interruption`, and where it says nothing the provider's default: \
             `spotsim explain aws-shutdown`, `gcp-shutdown`, `azure-shutdown`, `generic-shutdown`",
};

pub(crate) const JOB_DURATION: Kind = Kind {
    id: "job-duration",
    text: "{} Jobs do not say how long their pods run: 10 min (annotation `spotsim/duration`)",
    source: "spotsim, 2026-11: an arbitrary figure, since manifests do not say",
};

pub(crate) const CHECKPOINT_OVERHEADS: Kind = Kind {
    id: "checkpoint-overheads",
    text: "{} Jobs save their progress and do not say how long saving it or taking it up again \
           takes: no time at all (annotations `spotsim/checkpoint-takes`, `spotsim/restart-takes`)",
    source: "spotsim, 2026-11: an optimistic figure, since manifests do not say",
};

pub(crate) const JOB_RETRIES: Kind = Kind {
    id: "job-retries",
    text: "{} Jobs written in the scenario replace pods at once and never give up (`backoffLimit`)",
    source: "spotsim, 2026-11, where a Job says neither `backoffLimit` nor `activeDeadlineSeconds` \
             nor `podFailurePolicy`. Kubernetes lets 6 pods fail, waits 10 s to 10 min between \
             them, and counts every pod that a reclaim takes: so are Jobs of manifests",
};

pub(crate) const JOB_EXIT_CODES: Kind = Kind {
    id: "job-exit-codes",
    text: "pods of {} Jobs fail by disruptions alone: with 143 if they stop when asked to, 137 if killed",
    source: "spotsim, 2026-11: 128 and the number of the signal, SIGTERM or SIGKILL. A program that \
             exits with 0 on SIGTERM has succeeded to Kubernetes, and one may fail by itself; a pod \
             that is lost with its node has no exit code",
};

pub(crate) const WORK_QUEUES: Kind = Kind {
    id: "job-work-queues",
    text: "{} Jobs without `completions` are done when as many pods have completed as `parallelism` says, \
           and replace those that fail until then",
    source: "spotsim, 2026-11: a cautious reading. Kubernetes takes such a Job for a work queue: once a pod \
             has succeeded no more are created, and it is done when the others have ended too",
};

pub(crate) const ACTIVE_DEADLINES: Kind = Kind {
    id: "active-deadlines",
    text: "{} of the dump may take all of `activeDeadlineSeconds` from T+0 on",
    source: "spotsim, 2026-11, which does not know at what moment a dump was made: an optimistic reading. \
             Kubernetes counts from `status.startTime` of the Job, or from when it was last resumed",
};

pub(crate) const CALENDAR: Kind = Kind {
    id: "cron-calendar",
    text: "CronJobs: T+0 is {}; their clock is UTC unless `timeZone` says otherwise",
    source: "`startTime` of the scenario; by default that of a dated price history, else a Monday that \
             begins a month. The controllers of EKS, GKE and AKS go by UTC. Where contention follows \
             the hour of the day, T+0 is midnight in the region unless `startTime` is given",
};

pub(crate) const ARRIVAL_CLOCK: Kind = Kind {
    id: "arrival-clock",
    text: "arrivals that follow the clock: T+0 is {}; their clock is UTC unless `timeZone` says otherwise",
    source: "`startTime` of the scenario; by default that of a dated price history, else a Monday that \
             begins a month",
};

pub(crate) const ARRIVAL_TRACE: Kind = Kind {
    id: "arrival-trace",
    text: "{}",
    source: "the file: columns by their headers, units by what headers end with (docs/load.md); `map` \
             says otherwise",
};

pub(crate) const DRAWN_SIZES: Kind = Kind {
    id: "drawn-sizes",
    text: "requests that are drawn are rounded to two digits, in whole millicores and MiB",
    source: "spotsim, 2026-11: as people write requests. A pod is at most 5 % larger or smaller than \
             what was drawn",
};

pub(crate) const REPLICA_CALENDAR: Kind = Kind {
    id: "replica-calendar",
    text: "replicas over time: T+0 is {}; the clock of schedules is UTC unless `timeZone` says otherwise",
    source: "`startTime` of the scenario; by default that of a dated price history, else a Monday that \
             begins a month. The line of a schedule that was due last before T+0 holds at T+0",
};

pub(crate) const DEADLINE_JOBS: Kind = Kind {
    id: "deadline-jobs",
    text: "a job with a deadline loses no work when its instance is taken, only a changeover; it is \
           billed until the tick after it is done",
    source: "the rules of Can't Be Late (NSDI '24), as replayed on recorded capacity, 2026-11",
};

pub(crate) const ZONAL_VOLUMES: Kind = Kind {
    id: "zonal-volumes",
    text: "volumes of {}: made in the zone where a pod is first placed, and reached from there alone",
    source: "the default classes of EKS (gp2, gp3) and GKE (standard-rwo): volumeBindingMode \
             WaitForFirstConsumer, disks of one zone. Claims that several nodes may use at a time \
             (ReadWriteMany, ReadOnlyMany) are held to be on file systems in the network. Disks \
             over several zones, Azure's ZRS and Google's regional ones, bind no pod: leave their \
             claims out",
};

pub(crate) const LOCAL_VOLUMES: Kind = Kind {
    id: "local-volumes",
    text: "claims of {} on local volumes are deleted and made anew when their node is gone, as an \
           operator would; by itself Kubernetes leaves the pod Pending",
    source: "a claim stays bound to the volume of a node that is gone, and the pod is scheduled there \
             for good (README of sig-storage-local-static-provisioner, read 2026-11-26; its \
             node-cleanup controller deletes such claims)",
};

pub(crate) const VOLUME_ATTACHMENT: Kind = Kind {
    id: "volume-attachment",
    text: "a disk takes {} to be attached and {} to be detached; of a node that is lost with the pod \
           still on it, it is detached by force, {} after the pod is deleted",
    source: "kube-controller-manager, attachdetach: maxWaitForUnmountDuration is 6 min, also when the \
             Node object is deleted (kubernetes/kubernetes pull request 136029, open in June 2026; \
             AWS EBS CSI driver, FAQ, read 2026-11-26). 10 s to attach and to detach are an \
             assumption of 2026-11 without a source; `volumes` says otherwise",
};

pub(crate) const IMAGE_PULLS: Kind = Kind {
    id: "image-pulls",
    text: "a node pulls one image at a time, {} in a second, and each image once; an image is {} large \
           unless the scenario or a node says otherwise, shares no layer with another, and is on no \
           node that a pool launches",
    source: "kubelet: serializeImagePulls is true by default \
             (kubernetes.io, kubelet configuration v1beta1, read 2026-11-26); rate and sizes are the \
             scenario's own: `imagePulls`",
};

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

pub(crate) const USAGE_CLOCK: Kind = Kind {
    id: "usage-clock",
    text: "daily curves of usage and load go by a clock on which T+0 is {}, and by it the whole run long",
    source: "spotsim, 2026-11: `startTime` says otherwise; summer time that begins or ends meanwhile is \
             not followed",
};

pub(crate) const USAGE_PARTIAL: Kind = Kind {
    id: "usage-partial",
    text: "what is not stated is not used: the pods of {} use nothing",
    source: "spotsim, 2026-11: `usage` and `load` say what containers use; requests are no measure of it",
};

pub(crate) const USAGE_REPLAYED: Kind = Kind {
    id: "usage-replayed",
    text: "the usage of {} is replayed from {}: {}, which replicas take in turn; {}",
    source: "the scenario's own file; `map`, `cpuUnit`, `memoryUnit`, `start` and `repeat` say otherwise",
};

pub(crate) const LOAD_SERVED: Kind = Kind {
    id: "load-served",
    text: "a ready replica of {} serves {} requests a second at most: what {} pays for; more are not \
           served, and none waits",
    source: "spotsim, 2026-11: no queue is modelled; `serves` says otherwise",
};

impl Kind {
    /// The assumption about these values, one for each `{}`.
    #[must_use]
    pub fn about(&self, values: &[&str]) -> Assumption {
        let mut parts = self.text.split("{}");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (value, part) in values.iter().zip(parts) {
            text += value;
            text += part;
        }
        Assumption { id: self.id, text, source: self.source }
    }
}

impl From<Sourced> for Assumption {
    fn from(Sourced { id, text, source, .. }: Sourced) -> Assumption {
        Assumption { id, text, source }
    }
}

/// The providers' defaults, whose sentences are made once and live as long as those of [`KINDS`].
static DEFAULTS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let defaults = PROVIDERS.iter().flat_map(|provider| provider.defaults());
    defaults
        .map(|Sourced { id, text, source, .. }| Kind { id, text: text.leak(), source })
        .collect()
});

/// The kind of assumption with this id, a provider's defaults included.
#[must_use]
pub fn named(id: &str) -> Option<Kind> {
    all().find(|kind| kind.id == id)
}

/// Every kind of assumption, the providers' defaults first.
pub fn all() -> impl Iterator<Item = Kind> {
    DEFAULTS.iter().chain(KINDS).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_no_words_of_a_scenario() {
        let ids: Vec<&str> = all().map(|kind| kind.id).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        // A dash sets them apart from the fields of a scenario.
        assert!(ids.iter().all(|id| id.contains('-')), "{ids:?}");
    }

    #[test]
    fn values_take_their_places() {
        let text = MEMORYLESS_RECLAIMS.about(&["a band", "30"]).text;
        assert_eq!(
            text,
            "reclaims: without memory, from a band, times 30; real ones come in batches"
        );
        assert_eq!(POD_STARTUP.about(&[]).text, POD_STARTUP.text);
    }
}
