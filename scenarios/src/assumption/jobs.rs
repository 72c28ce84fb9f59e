//! Assumptions about Jobs, and about what arrives by the clock.

use super::Kind;

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

pub(crate) const DEADLINE_JOBS: Kind = Kind {
    id: "deadline-jobs",
    text: "a job with a deadline loses no work when its instance is taken, only a changeover; it is \
           billed until the tick after it is done",
    source: "the rules of Can't Be Late (NSDI '24), as replayed on recorded capacity, 2026-11",
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
