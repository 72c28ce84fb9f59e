//! Facts about pods: from their creation to their end, and what the horizon finds of them.

macro_rules! of_pods {
    ($next:ident! { $($inner:tt)* } $($before:tt)*) => { $next! { $($inner)* $($before)*

    /// A pod requests something else from now on, in place.
    PodResized = 46 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// Its spec in the model.
        spec: SpecId,
        /// What it requested until now.
        before: Requested,
        /// What it requests.
        requests: Requested,
    }
    digest [pod; workload, node; spec; before, requests]
    columns { pod: pod, node: node, cpuMilli: requests.cpu_milli(), memoryBytes: requests.memory() }
    says [pod, " is resized in place"]

    /// A pod is to request something else in place, for which its node has no room.
    PodResizePending = 113 {
        pod: PodId,
        workload: WorkloadId,
        /// Whether the node never will have (`Infeasible`), or has not now (`Deferred`).
        infeasible: bool,
    }
    digest [pod; workload; infeasible]
    columns { pod: pod, infeasible: infeasible }
    says [
        "the resize of ", pod, if infeasible { " is infeasible" } else { " is deferred" },
        ": its node has no room"
    ]

    /// A pod was created and waits for a node.
    PodCreated = 2 {
        pod: PodId,
        workload: WorkloadId,
        /// Which replica it is.
        replica: u32,
        /// Attempt number within the replica, from 0.
        attempt: u32,
    }
    digest [pod; workload, replica; attempt]
    columns { pod: pod, workload: workload, replica: replica, attempt: attempt }
    says [pod, " is created"]

    /// The pod that was just created is of a later template than the first.
    PodRevised = 64 {
        pod: PodId,
        workload: WorkloadId,
        /// Number of the template.
        revision: u32,
    }
    digest [pod; workload, revision]
    columns { pod: pod, workload: workload, revision: revision }
    says [pod, " is of revision ", revision]

    /// A scheduling cycle found no node.
    PodUnschedulable = 3 {
        pod: PodId,
        workload: WorkloadId,
        /// What the nodes said.
        refusal: RefusalId,
    }
    digest [pod; workload, refusal]
    columns { pod: pod, message: refusal }
    says [pod, " finds no node: ", refusal]

    /// A pod was bound to a node.
    PodScheduled = 4 {
        pod: PodId,
        workload: WorkloadId,
        /// Its spec in the model.
        spec: SpecId,
        /// What it requests.
        requests: Requested,
        node: NodeId,
        /// From its creation until now.
        waited: Span,
    }
    digest [pod; workload, node; requests, spec; waited]
    columns {
        pod: pod, node: node, waitedMs: waited, cpuMilli: requests.cpu_milli(),
        memoryBytes: requests.memory()
    }
    says [
        pod, " is bound to ", node, if waited == Span::ZERO { " at once" } else { " after " },
        (waited != Span::ZERO).then_some(waited)
    ]

    /// A pod was on a node from the start.
    PodFound = 20 {
        pod: PodId,
        workload: WorkloadId,
        /// Its spec in the model.
        spec: SpecId,
        /// What it requests.
        requests: Requested,
        node: NodeId,
    }
    digest [pod; workload, node; requests, spec]
    columns { pod: pod, node: node, cpuMilli: requests.cpu_milli(), memoryBytes: requests.memory() }
    says [pod, " is on ", node, " from the start"]

    /// The disks of a pod are attached to its node and mounted there.
    VolumesAttached = 34 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// From its binding until now.
        waited: Span,
    }
    digest [pod; workload, node; waited]
    columns { pod: pod, node: node, waitedMs: waited }
    says ["the disks of ", pod, " are on ", node, " after ", waited]

    /// A pod is ready.
    PodReady = 5 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
    }
    digest [pod; workload, node]
    columns { pod: pod, node: node }
    says [pod, " is ready on ", node]

    /// A pod has been ready for its workload's `minReadySeconds`.
    PodAvailable = 6 {
        pod: PodId,
        workload: WorkloadId,
    }
    digest [pod; workload]
    columns { pod: pod }
    says [pod, " is available"]

    /// A pod received SIGTERM.
    PodTerminating = 7 {
        pod: PodId,
        workload: WorkloadId,
        /// Whether it was ready until now.
        was_ready: bool,
        /// Whether it counted as available until now.
        was_available: bool,
        /// Why it is terminating.
        why: Cause,
        /// What Kubernetes says of it.
        reason: Option<DisruptionReason>,
    }
    digest [pod; workload, flags(was_ready, was_available) | (why.number() << 2); reason]
    columns {
        pod: pod, wasReady: was_ready, wasAvailable: was_available, why: why,
        disruptionTarget: reason
    }
    says [pod, " begins to terminate", because(why)]

    /// The eviction API refused to evict a pod.
    EvictionRefused = 24 {
        pod: PodId,
        workload: WorkloadId,
        /// The budget that it asked.
        budget: BudgetId,
    }
    digest [pod; workload, budget]
    columns { pod: pod, budget: budget }
    says [pod, " may not be evicted: budget ", budget]

    /// A pod ended for good.
    PodEnded = 8 {
        pod: PodId,
        workload: WorkloadId,
        /// Its spec in the model.
        spec: SpecId,
        /// What it requested.
        requests: Requested,
        /// The node it was on.
        node: NodeId,
        /// How it ended.
        end: End,
        /// What Kubernetes says of it, or will say once it is noticed.
        reason: Option<DisruptionReason>,
        /// Whether it was ready until now.
        was_ready: bool,
        /// Whether it counted as available until now.
        was_available: bool,
        /// How long it had been ready.
        ran: Span,
    }
    digest [
        pod; workload, node; end.number(), flags(was_ready, was_available); requests, spec; ran; reason
    ]
    columns {
        pod: pod, node: node, end: end, disruptionTarget: reason, wasReady: was_ready,
        wasAvailable: was_available, ranMs: ran
    }
    says [pod, " ends on ", node, ": ", how(end)]

    /// Room is being made for a pod on a node, or no longer.
    PodNominated = 19 {
        pod: PodId,
        workload: WorkloadId,
        /// On which node; none when the nomination ends.
        node: Option<NodeId>,
    }
    digest [pod; workload, node.map_or(u32::MAX, NodeId::number)]
    columns { pod: pod, node: node }
    says [
        pod, if node.is_some() { " is nominated to " } else { " is no longer nominated" }, node
    ]

    /// At the horizon: a pod that still waits for a node.
    StillPending = 15 {
        pod: PodId,
        workload: WorkloadId,
        /// How long it has waited.
        waited: Span,
        /// What the nodes said last, if it was tried.
        refusal: Option<RefusalId>,
    }
    digest [pod; workload, refusal.map_or(u32::MAX, RefusalId::number); waited]
    columns { pod: pod, waitedMs: waited, message: refusal }
    says [
        pod, " has waited for ", waited, " at the end", if refusal.is_some() { ": " } else { "" },
        refusal
    ]

    /// At the horizon: a pod of a workload that ends by itself and has not yet.
    StillRunning = 16 {
        pod: PodId,
        workload: WorkloadId,
        /// How long it has been ready.
        ran: Span,
    }
    digest [pod; workload; ran]
    columns { pod: pod, ranMs: ran }
    says [pod, " has run for ", ran, " at the end"]

    /// A pod that does work is about to end, or the horizon has come: what became of the time that it
    /// was ready.
    PodWorked = 33 {
        pod: PodId,
        workload: WorkloadId,
        /// Its spec in the model.
        spec: SpecId,
        /// What it requests.
        requests: Requested,
        node: NodeId,
        /// What became of its time.
        worked: Worked,
    }
    digest [
        pod; workload, node; requests, spec; worked.useful; worked.lost; worked.saving;
        worked.waiting
    ]
    columns {
        pod: pod, node: node, usefulMs: worked.useful, lostMs: worked.lost, savingMs: worked.saving,
        waitingMs: worked.waiting
    }
    says [
        pod, " got ", worked.useful, " done, lost ", worked.lost, ", saved for ", worked.saving,
        ", waited for ", worked.waiting
    ]

    /// A pod was deleted that had no node yet.
    PodWithdrawn = 44 {
        pod: PodId,
        workload: WorkloadId,
        /// How long it had waited.
        waited: Span,
    }
    digest [pod; workload; waited]
    columns { pod: pod, waitedMs: waited }
    says [pod, " is deleted after ", waited, " without a node"]

    } };
}

pub(super) use of_pods;
