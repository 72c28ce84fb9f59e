//! Facts about workloads: what is wanted of them, and the Jobs that they make.

macro_rules! of_workloads {
    ($next:ident! { $($inner:tt)* } $($before:tt)*) => { $next! { $($inner)* $($before)*

    /// A workload was created; from now on its replicas are wanted.
    WorkloadCreated = 1 {
        workload: WorkloadId,
    }
    digest [workload]
    columns { workload: workload }
    says [workload, " is created"]

    /// A workload is to have another number of replicas from now on.
    WorkloadScaled = 45 {
        workload: WorkloadId,
        /// How many it was to have until now.
        before: u32,
        /// How many it is to have.
        replicas: u32,
    }
    digest [workload; before, replicas]
    columns { workload: workload, before: before, replicas: replicas }
    says [workload, " is scaled from ", before, " to ", replicas]

    /// A HorizontalPodAutoscaler changes the scale of its workload.
    HpaRescaled = 110 {
        workload: WorkloadId,
        /// How many replicas it was to have until now.
        before: u32,
        /// How many it is to have.
        replicas: u32,
        /// Why, in the controller's words.
        reason: NameId,
    }
    digest [workload; before, replicas; reason]
    columns { workload: workload, before: before, replicas: replicas, reason: reason }
    says [
        "the HorizontalPodAutoscaler of ", workload, " sets ", replicas, " replicas instead of ",
        before, ": ", reason
    ]

    /// A HorizontalPodAutoscaler has metrics to go by from now on, or none.
    HpaActive = 111 {
        workload: WorkloadId,
        /// Whether it has: the status of its condition `ScalingActive`.
        active: bool,
        /// The reason of that condition.
        reason: &'static str,
    }
    digest [workload; active; reason]
    columns { workload: workload, active: active, reason: reason }
    says [
        "the HorizontalPodAutoscaler of ", workload,
        if active { " reads its metrics: " } else { " does not scale: " }, reason
    ]

    /// A VerticalPodAutoscaler recommends something else for a container from now on.
    VpaRecommended = 112 {
        workload: WorkloadId,
        /// The container, by its place in its pods.
        container: u32,
        /// CPU in milli-cores; none is 0.
        cpu: u64,
        /// Memory in bytes; none is 0.
        memory: u64,
    }
    digest [workload; container; cpu; memory]
    columns {
        workload: workload, container: Column::Container(workload, container), cpuMilli: cpu,
        memoryBytes: memory
    }
    says [
        "the VerticalPodAutoscaler of ", workload, " recommends ", cpu, "m CPU and ", memory >> 20,
        " MiB for ", Column::Container(workload, container)
    ]

    /// A workload has another pod template from now on, and its pods are replaced.
    RolloutBegan = 61 {
        workload: WorkloadId,
        /// Number of the template, from 1; the first that it had is 0.
        revision: u32,
    }
    digest [workload; revision]
    columns { workload: workload, revision: revision }
    says [workload, " gets revision ", revision, " of its pod template"]

    /// Every pod of a workload that is to be of its new template is, and available.
    RolloutEnded = 62 {
        workload: WorkloadId,
        /// Number of the template.
        revision: u32,
        /// How long it took.
        took: Span,
    }
    digest [workload; revision; took]
    columns { workload: workload, revision: revision, tookMs: took }
    says [workload, " is all of revision ", revision, " after ", took]

    /// A rollout has made no progress for its `progressDeadlineSeconds`. It goes on nevertheless.
    RolloutStalled = 63 {
        workload: WorkloadId,
        /// Number of the template.
        revision: u32,
    }
    digest [workload; revision]
    columns { workload: workload, revision: revision }
    says ["the rollout of ", workload, " to revision ", revision, " makes no progress"]

    /// An admission plugin forbade a pod; its controller will ask again.
    PodForbidden = 47 {
        workload: WorkloadId,
        /// Which replica it is.
        replica: u32,
        /// Attempt number within the replica, from 0.
        attempt: u32,
        /// The plugin, by its name.
        by: &'static str,
        /// The ResourceQuota or LimitRange, by its name; of Pod Security the level, with what violates it.
        under: NameId,
        /// The bound that it breaks, if it is a matter of amounts.
        breach: Option<Breach>,
    }
    digest [workload; replica, attempt; by; under; breach; missing(breach)]
    columns {
        workload: workload, replica: replica, attempt: attempt, by: by, under: under,
        resource: breach.map(|it| it.what), bound: breach.map(|it| it.bound),
        missing: Column::Missing(breach)
    }
    says [
        by, " forbids replica ", replica, " of ", workload, ": ", under, breaks(breach),
        breach.map(|it| it.what), at_fault(breach), Column::Missing(breach)
    ]

    /// A CronJob made a Job.
    JobCreated = 41 {
        /// The CronJob.
        workload: WorkloadId,
        /// Number of the Job, from 0.
        run: u32,
        /// When it was due.
        due: SimTime,
    }
    digest [workload; run; due]
    columns { job: Column::Job(workload, run), workload: workload, dueMs: due }
    says [Column::Job(workload, run), " is made by its CronJob"]

    /// A Job or a bare pod arrived.
    Arrived = 60 {
        workload: WorkloadId,
        /// Which of what arrived of that.
        run: u32,
        /// How many pods it has.
        pods: u32,
        /// Their spec in the model.
        spec: SpecId,
        /// What each requests.
        requests: Requested,
        /// For how long each works.
        lasts: Span,
    }
    digest [workload; run, pods; requests, spec; lasts]
    columns {
        job: Column::Job(workload, run), workload: workload, pods: pods, lastsMs: lasts,
        cpuMilli: requests.cpu_milli(), memoryBytes: requests.memory()
    }
    says [Column::Job(workload, run), " arrives"]

    /// A CronJob will not make a Job that was due: another one ran for too long.
    JobSkipped = 42 {
        /// The CronJob.
        workload: WorkloadId,
        /// When it was due.
        due: SimTime,
    }
    digest [workload; due]
    columns { workload: workload, dueMs: due }
    says [workload, " makes no Job for ", due]

    /// A Job is complete, has failed or was replaced. Of a Job that replaces its pods for ever only its
    /// pods tell.
    JobEnded = 43 {
        /// The Job, or the CronJob that made it.
        workload: WorkloadId,
        /// Which of the CronJob's Jobs; 0 for a Job.
        run: u32,
        /// What became of it.
        outcome: Outcome,
    }
    digest [workload; run, outcome as u32]
    columns { job: Column::Job(workload, run), outcome: outcome }
    says [
        Column::Job(workload, run), became(outcome),
        if outcome.failed() { outcome.name() } else { "" }
    ]

    /// A job with a deadline is done.
    DeadlineJobDone = 31 {
        workload: WorkloadId,
    }
    digest [workload]
    columns { workload: workload }
    says [workload, " is done"]

    /// At the horizon: a job with a deadline that is not done.
    DeadlineJobUnfinished = 32 {
        workload: WorkloadId,
        /// How much of its work it has done.
        progress: Span,
    }
    digest [workload; progress]
    columns { workload: workload, progressMs: progress }
    says [workload, " has done ", progress, " of its work at the end"]

    } };
}

pub(super) use of_workloads;
