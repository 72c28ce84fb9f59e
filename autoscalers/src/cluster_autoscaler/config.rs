//! The flags of the Cluster Autoscaler, by their names, with their defaults.
// Cluster Autoscaler: config/flags/flags.go, config/const.go

use sim::time::Span;

use super::expander::Priorities;

/// How the Cluster Autoscaler is configured. A field is the flag of that name.
#[derive(Clone, Debug)]
pub struct Flags {
    /// How often the cluster is looked at.
    pub scan_interval: Span,
    /// Whether it is looked at again as soon as there is something to do.
    pub frequent_loops_enabled: bool,
    /// How many nodes the cluster has at most; 0 is no limit.
    pub max_nodes_total: u32,
    /// How many cores the cluster has, at least and at most.
    pub cores_total: (u64, u64),
    /// How much memory the cluster has in GiB, at least and at most.
    pub memory_total: (u64, u64),

    /// By which the best option is chosen, one after the other.
    pub expander: Vec<String>,
    /// What the ConfigMap `cluster-autoscaler-priority-expander` says.
    pub priorities: Priorities,
    /// How many nodes one estimate adds at most.
    pub max_nodes_per_scaleup: u32,
    /// Whether the largest group of pods is extrapolated from what fits on one node.
    pub fastpath_binpacking_enabled: bool,
    /// Whether similar node groups are kept of one size.
    pub balance_similar_node_groups: bool,
    /// Further labels in which nodes of similar groups may differ.
    pub balancing_ignore_label: Vec<String>,
    /// By how much nodes of similar groups may differ.
    pub difference_ratios: DifferenceRatios,
    /// Whether a group that has no node may be scaled up.
    pub scale_up_from_zero: bool,
    /// Whether groups below their minimum are brought back to it.
    pub enforce_node_group_min_size: bool,
    /// How old a pending pod is before it counts.
    pub new_pod_scale_up_delay: Span,
    /// Pods of a priority below are not waited for, and are in no one's way.
    pub expendable_pods_priority_cutoff: i32,

    /// When a node that was asked for and is not there counts as failed.
    pub max_node_provision_time: Span,
    /// When a node that has registered and is not ready counts as unready.
    pub max_node_startup_time: Span,
    /// For how long a group is paused after its first failure.
    pub initial_node_group_backoff_duration: Span,
    /// For how long it is paused after many.
    pub max_node_group_backoff_duration: Span,
    /// How long after its last failure it starts anew.
    pub node_group_backoff_reset_timeout: Span,
    /// How much of the cluster may be unready, in percent, before nothing is done.
    pub max_total_unready_percentage: f64,
    /// How many nodes may be unready, whatever part of the cluster that is.
    pub ok_total_unready_count: u32,

    /// Whether nodes are removed at all.
    pub scale_down_enabled: bool,
    /// Whether nodes that are not ready are removed.
    pub scale_down_unready_enabled: bool,
    /// Below which utilization a node may be removed; equal is below.
    pub scale_down_utilization_threshold: f64,
    /// The same of nodes with GPUs.
    pub scale_down_gpu_utilization_threshold: f64,
    /// How long a node has to be unneeded.
    pub scale_down_unneeded_time: Span,
    /// How long one has to be that is not ready.
    pub scale_down_unready_time: Span,
    /// How long nothing is removed after nodes were added.
    pub scale_down_delay_after_add: Span,
    /// How long nothing is removed after a node was.
    pub scale_down_delay_after_delete: Span,
    /// How long nothing is removed after a removal has failed.
    pub scale_down_delay_after_failure: Span,
    /// How long a node that cannot be removed is not looked at again.
    pub unremovable_node_recheck_timeout: Span,
    /// How many nodes are removed at a time.
    pub max_scale_down_parallelism: usize,
    /// How many of them have pods that are evicted.
    pub max_drain_parallelism: usize,
    /// How many nodes get the soft taint, or lose it, in one loop.
    pub max_bulk_soft_taint_count: usize,
    /// How long a pod may take to stop at most.
    pub max_graceful_termination: Span,
    /// For how long an eviction that is refused is tried again.
    pub max_pod_eviction_time: Span,
    /// How long evictions wait after the taint.
    pub node_delete_delay_after_taint: Span,
    /// Whether a node that is removed is also cordoned.
    pub cordon_node_before_terminating: bool,
    /// Whether the pods of DaemonSets are evicted from a node that has others.
    pub daemonset_eviction_for_occupied_nodes: bool,
    /// Whether they are from one that has none.
    pub daemonset_eviction_for_empty_nodes: bool,
    /// Whether the pods of DaemonSets are left out of the utilization.
    pub ignore_daemonsets_utilization: bool,
    /// Whether mirror pods are.
    pub ignore_mirror_pods_utilization: bool,
    /// What keeps a node from being drained.
    pub drain: DrainFlags,
}

/// What keeps a node from being drained.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DrainFlags {
    /// `--skip-nodes-with-system-pods`: pods of `kube-system` that are in no budget.
    pub skip_nodes_with_system_pods: bool,
    /// `--blocking-system-pod-distruption-timeout`, as upstream spells it: how old such a pod is when it
    /// no longer does.
    pub blocking_system_pod_disruption_timeout: Span,
    /// `--skip-nodes-with-local-storage`: pods that store data on the node.
    pub skip_nodes_with_local_storage: bool,
    /// `--skip-nodes-with-custom-controller-pods`: pods of a controller that is none of Kubernetes'.
    pub skip_nodes_with_custom_controller_pods: bool,
    /// `--min-replica-count`: pods of a controller with fewer replicas.
    pub min_replica_count: i64,
}

/// By how much nodes of similar groups may differ, as a share of the larger.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct DifferenceRatios {
    /// `--max-allocatable-difference-ratio`.
    pub max_allocatable_difference_ratio: f64,
    /// `--max-free-difference-ratio`.
    pub max_free_difference_ratio: f64,
    /// `--memory-difference-ratio`.
    pub max_capacity_memory_difference_ratio: f64,
}

impl Default for DifferenceRatios {
    fn default() -> Self {
        DifferenceRatios {
            max_allocatable_difference_ratio: 0.05,
            max_free_difference_ratio: 0.05,
            max_capacity_memory_difference_ratio: 0.015,
        }
    }
}

impl Default for DrainFlags {
    fn default() -> Self {
        DrainFlags {
            skip_nodes_with_system_pods: true,
            blocking_system_pod_disruption_timeout: Span::from_hours(1),
            skip_nodes_with_local_storage: true,
            skip_nodes_with_custom_controller_pods: true,
            min_replica_count: 0,
        }
    }
}

impl Default for Flags {
    fn default() -> Self {
        let (seconds, minutes) = (Span::from_secs, |m: u64| Span::from_secs(60 * m));
        Flags {
            scan_interval: seconds(10),
            frequent_loops_enabled: true,
            max_nodes_total: 0,
            cores_total: (0, 320_000),
            memory_total: (0, 6_400_000),
            expander: vec!["least-waste".to_owned()],
            priorities: Priorities::default(),
            max_nodes_per_scaleup: 1_000,
            fastpath_binpacking_enabled: false,
            balance_similar_node_groups: false,
            balancing_ignore_label: Vec::new(),
            difference_ratios: DifferenceRatios::default(),
            scale_up_from_zero: true,
            enforce_node_group_min_size: false,
            new_pod_scale_up_delay: Span::ZERO,
            expendable_pods_priority_cutoff: -10,
            max_node_provision_time: minutes(15),
            max_node_startup_time: minutes(15),
            initial_node_group_backoff_duration: minutes(5),
            max_node_group_backoff_duration: minutes(30),
            node_group_backoff_reset_timeout: Span::from_hours(3),
            max_total_unready_percentage: 45.0,
            ok_total_unready_count: 3,
            scale_down_enabled: true,
            scale_down_unready_enabled: true,
            scale_down_utilization_threshold: 0.5,
            scale_down_gpu_utilization_threshold: 0.5,
            scale_down_unneeded_time: minutes(10),
            scale_down_unready_time: minutes(20),
            scale_down_delay_after_add: minutes(10),
            scale_down_delay_after_delete: Span::ZERO,
            scale_down_delay_after_failure: minutes(3),
            unremovable_node_recheck_timeout: minutes(5),
            max_scale_down_parallelism: 10,
            max_drain_parallelism: 1,
            max_bulk_soft_taint_count: 10,
            max_graceful_termination: seconds(600),
            max_pod_eviction_time: minutes(2),
            node_delete_delay_after_taint: seconds(5),
            cordon_node_before_terminating: true,
            daemonset_eviction_for_occupied_nodes: true,
            daemonset_eviction_for_empty_nodes: false,
            ignore_daemonsets_utilization: false,
            ignore_mirror_pods_utilization: false,
            drain: DrainFlags::default(),
        }
    }
}
