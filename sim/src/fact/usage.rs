//! Facts about use: what pods use of their nodes, and what workloads are asked for.

macro_rules! of_usage {
    ($next:ident! { $($inner:tt)* } $($before:tt)*) => { $next! { $($inner)* $($before)*

    /// A pod uses this from now on.
    PodUses = 70 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// CPU in milli-cores.
        cpu: u64,
        /// Memory in bytes.
        memory: u64,
        /// Whether the next [`ReplicasUse`](Fact::ReplicasUse) of its workload is about it, too.
        follows: bool,
    }
    digest [pod; workload, node; cpu; memory; follows]
    columns { pod: pod, node: node, cpuMilli: cpu, memoryBytes: memory, follows: follows }
    says [pod, " uses ", cpu, "m CPU and ", memory >> 20, " MiB"]

    /// Every pod of a workload that follows it uses this from now on.
    ReplicasUse = 71 {
        workload: WorkloadId,
        /// How many pods that are.
        pods: u32,
        /// CPU of each in milli-cores.
        cpu: u64,
        /// Memory of each in bytes.
        memory: u64,
    }
    digest [workload; pods; cpu; memory]
    columns { workload: workload, pods: pods, cpuMilli: cpu, memoryBytes: memory }
    says [
        workload, " uses ", cpu, "m CPU and ", memory >> 20, " MiB in each of ", pods,
        if pods == 1 { " pod" } else { " pods" }
    ]

    /// A workload is asked for this many requests from now on, and its ready replicas serve some of
    /// them.
    LoadChanged = 72 {
        workload: WorkloadId,
        /// Ready replicas.
        ready: u32,
        /// Requests in 1 000 seconds.
        offered: u64,
        /// Those of them that are served.
        served: u64,
    }
    digest [workload; ready; offered; served]
    columns {
        workload: workload, ready: ready, offeredPer1000s: offered, servedPer1000s: served
    }
    says [
        workload, " serves ", Column::Thousandths(Some(served)),
        if served == offered { "" } else { " of " },
        Column::Thousandths((served != offered).then_some(offered)),
        " requests/s with ", ready, if ready == 1 { " ready replica" } else { " ready replicas" }
    ]

    /// A pod holds this of its node from now on, beside CPU and memory.
    PodHolds = 73 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// Bytes on the node's disk.
        disk: u64,
        /// Processes.
        processes: u64,
    }
    digest [pod; workload, node; disk; processes]
    columns { pod: pod, node: node, diskBytes: disk, processes: processes }
    says [
        pod, " has ", disk >> 20, " MiB on the disk of its node and runs ", processes,
        if processes == 1 { " process" } else { " processes" }
    ]

    } };
}

pub(super) use of_usage;
