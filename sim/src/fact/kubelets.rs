//! Facts about what kubelets and kernels do when use is too much for a container or a node.

macro_rules! of_kubelets {
    ($next:ident! { $($inner:tt)* } $($before:tt)*) => { $next! { $($inner)* $($before)*

    /// A container was killed because memory was out.
    ContainerOomKilled = 80 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// Which of the pod's containers.
        container: u32,
        /// Its working set in bytes.
        used: u64,
        /// Whether the memory of the node was out, and not that of the container.
        of_node: bool,
    }
    digest [pod; workload, node; container, of_node; used]
    columns {
        pod: pod, node: node, container: Column::Container(workload, container),
        memoryBytes: used, nodeOutOfMemory: of_node
    }
    says [
        Column::Container(workload, container), " of ", pod, " is OOM-killed at ", used >> 20, " MiB",
        if of_node { ": its node has no more" } else { ": it may use no more" }
    ]

    /// A kubelet waits before it starts a container again: CrashLoopBackOff.
    ContainerBacksOff = 81 {
        pod: PodId,
        workload: WorkloadId,
        /// Which of the pod's containers.
        container: u32,
        /// How long after its exit it starts again.
        wait: Span,
    }
    digest [pod; workload, container; wait]
    columns { pod: pod, container: Column::Container(workload, container), waitMs: wait }
    says [Column::Container(workload, container), " of ", pod, " is in back-off for ", wait]

    /// A container was started again.
    ContainerRestarted = 82 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// Which of the pod's containers.
        container: u32,
        /// How many times it has been.
        restarts: u32,
    }
    digest [pod; workload, node; container, restarts]
    columns {
        pod: pod, node: node, container: Column::Container(workload, container),
        restarts: restarts
    }
    says [
        Column::Container(workload, container), " of ", pod, " is started again: restart ", restarts
    ]

    /// A pod is no longer ready, and stays on its node.
    PodUnready = 83 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// Whether it counted as available until now.
        was_available: bool,
    }
    digest [pod; workload, node; was_available]
    columns { pod: pod, node: node, wasAvailable: was_available }
    says [pod, " is no longer ready"]

    /// A kubelet says that its node is short of something, or no longer.
    NodeConditionChanged = 84 {
        node: NodeId,
        /// Which condition.
        condition: Pressure,
        /// Whether it holds from now on.
        status: bool,
    }
    digest [node; condition as u32, status]
    columns { node: node, condition: condition, status: status }
    says [node, if status { " is under " } else { " is no longer under " }, condition]

    /// A kubelet evicts a pod, because its node is short of something.
    PodEvicted = 85 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// What the node is short of.
        condition: Pressure,
    }
    digest [pod; workload, node; condition as u32]
    columns { pod: pod, node: node, condition: condition }
    says [pod, " is evicted by the kubelet of ", node, ": ", condition]

    /// A pod gets so much of the CPU that it would use, from now on. Pods of which nothing is said get all.
    CpuShared = 86 {
        pod: PodId,
        workload: WorkloadId,
        node: NodeId,
        /// What its containers would use, in milli-cores.
        demand: u64,
        /// What their limits let them.
        limited: u64,
        /// What they get on a node on which others want it, too.
        granted: u64,
    }
    digest [pod; workload, node; demand; limited; granted]
    columns {
        pod: pod, node: node, demandMilli: demand, limitedMilli: limited, grantedMilli: granted
    }
    says [pod, " gets ", granted, "m CPU of the ", demand, "m that it would use"]

    } };
}

pub(super) use of_kubelets;
