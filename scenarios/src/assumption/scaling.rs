//! Assumptions about what containers use, what they serve, and what autoscalers of workloads see of it.

use super::Kind;

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
