//! The Cluster Autoscaler as a scenario configures it: its flags, and what annotations say of pods.

use std::collections::BTreeMap;

use autoscalers::cluster_autoscaler::ClusterAutoscaler;
use autoscalers::cluster_autoscaler::config::Flags;
use autoscalers::cluster_autoscaler::expander::Priorities;
use autoscalers::cluster_autoscaler::program::Marks;
use autoscalers::cluster_autoscaler::scale_down::drain::SafeToEvict;
use autoscalers::cluster_autoscaler::similar::PROVIDER_IGNORED_LABELS;
use sim::Span;
use sim::model::pool::PoolId;
use sim::model::workload::WorkloadId;
use sim::names::Names;
use sim::providers::Provider;
use sim::table::Id;

use crate::file::node_autoscaler as written;
use crate::file::node_autoscaler::NodeAutoscaler;
use crate::node_autoscaler::flags::expanders;
use crate::workloads::Written;

/// The label by which spotsim's nodes name their pool.
const POOL_LABEL: &str = "spotsim/pool";
const SAFE_TO_EVICT: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict";
const SAFE_VOLUMES: &str = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";

/// The program that keeps these pools, with a provider's processors.
pub(super) fn program(
    (autoscaler, provider): (Option<&NodeAutoscaler>, &Provider),
    pools: Vec<PoolId>,
    workloads: &[Written],
    names: &mut Names,
) -> ClusterAutoscaler {
    let flags = match autoscaler {
        Some(NodeAutoscaler::Configured(configured)) => configured.cluster_autoscaler.as_ref(),
        Some(NodeAutoscaler::Named(_)) | None => None,
    };
    let mut flags = flags.map(self::flags).unwrap_or_default();
    flags.balancing_ignore_label.extend(ignored_labels(provider));
    let mut program = ClusterAutoscaler::new(flags, pools, names);
    let marks =
        workloads.iter().enumerate().map(|(index, it)| (WorkloadId::from_index(index), marks(it)));
    program.marks =
        marks.filter(|(_, marks)| *marks != Marks::default()).collect::<BTreeMap<_, _>>();
    program
}

/// Labels in which nodes of similar groups may differ: those that the provider's processor ignores, and the one
/// that spotsim gives each pool.
// Cluster Autoscaler: builder/autoscaler.go, the comparator by cloud provider
fn ignored_labels(provider: &Provider) -> impl Iterator<Item = String> {
    let of_provider = PROVIDER_IGNORED_LABELS.iter().find(|(of, _)| *of == provider.catalogue);
    let labels = of_provider.into_iter().flat_map(|(_, labels)| *labels).copied();
    labels.chain([POOL_LABEL]).map(str::to_owned)
}

fn marks(workload: &Written) -> Marks {
    let annotation = |key: &str| workload.annotations.get(key).map(String::as_str);
    let given_up: Vec<&str> =
        annotation(SAFE_VOLUMES).unwrap_or_default().split(',').map(str::trim).collect();
    let volumes = &workload.spec.template.spec.volumes;
    Marks {
        safe_to_evict: match annotation(SAFE_TO_EVICT) {
            Some("true") => Some(SafeToEvict::Yes),
            Some("false") => Some(SafeToEvict::No),
            Some("on-completion") => Some(SafeToEvict::OnCompletion),
            Some(_) | None => None,
        },
        // Cluster Autoscaler: simulator/drainability/rules/localstorage, isLocalVolume
        has_local_storage: volumes.iter().any(|volume| {
            let in_memory = volume.empty_dir.as_ref().is_some_and(|it| it.medium == "Memory");
            let is_local = volume.host_path.is_some() || volume.empty_dir.is_some() && !in_memory;
            is_local && !given_up.contains(&volume.name.as_str())
        }),
    }
}

/// Flags: those that are said, and the defaults of the others.
fn flags(said: &written::ClusterAutoscaler) -> Flags {
    let usual = Flags::default();
    let span = |text: &Option<String>, usual: Span| {
        text.as_deref().and_then(|text| Span::parse(text).ok()).unwrap_or(usual)
    };
    let many = |number: Option<u32>, usual: usize| {
        number.and_then(|number| usize::try_from(number).ok()).unwrap_or(usual)
    };
    let rows = said.priorities.iter().flat_map(|(priority, patterns)| {
        let priority = priority.parse::<i64>().unwrap_or(0);
        patterns.iter().map(move |pattern| (priority, pattern.as_str()))
    });
    let mut flags = Flags {
        scan_interval: span(&said.scan_interval, usual.scan_interval),
        max_nodes_total: said.max_nodes_total.unwrap_or(usual.max_nodes_total),
        expander: expanders(said).into_iter().map(str::to_owned).collect(),
        priorities: Priorities::parse(rows).unwrap_or_default(),
        max_nodes_per_scaleup: said.max_nodes_per_scaleup.unwrap_or(usual.max_nodes_per_scaleup),
        balance_similar_node_groups: said
            .balance_similar_node_groups
            .unwrap_or(usual.balance_similar_node_groups),
        balancing_ignore_label: said.balancing_ignore_label.clone(),
        enforce_node_group_min_size: said
            .enforce_node_group_min_size
            .unwrap_or(usual.enforce_node_group_min_size),
        new_pod_scale_up_delay: span(&said.new_pod_scale_up_delay, usual.new_pod_scale_up_delay),
        expendable_pods_priority_cutoff: said
            .expendable_pods_priority_cutoff
            .unwrap_or(usual.expendable_pods_priority_cutoff),
        max_node_provision_time: span(&said.max_node_provision_time, usual.max_node_provision_time),
        initial_node_group_backoff_duration: span(
            &said.initial_node_group_backoff_duration,
            usual.initial_node_group_backoff_duration,
        ),
        max_node_group_backoff_duration: span(
            &said.max_node_group_backoff_duration,
            usual.max_node_group_backoff_duration,
        ),
        node_group_backoff_reset_timeout: span(
            &said.node_group_backoff_reset_timeout,
            usual.node_group_backoff_reset_timeout,
        ),
        ..usual.clone()
    };
    scale_down(said, &mut flags, span);
    flags.max_scale_down_parallelism =
        many(said.max_scale_down_parallelism, usual.max_scale_down_parallelism);
    flags.max_drain_parallelism = many(said.max_drain_parallelism, usual.max_drain_parallelism);
    flags
}

/// Flags about the removal of nodes.
fn scale_down(
    said: &written::ClusterAutoscaler,
    flags: &mut Flags,
    span: impl Fn(&Option<String>, Span) -> Span,
) {
    let set = |into: &mut bool, said: Option<bool>| *into = said.unwrap_or(*into);
    let time = |into: &mut Span, said: &Option<String>| *into = span(said, *into);
    let share = |into: &mut f64, said: Option<f64>| *into = said.unwrap_or(*into);
    set(&mut flags.scale_down_enabled, said.scale_down_enabled);
    share(&mut flags.scale_down_utilization_threshold, said.scale_down_utilization_threshold);
    share(
        &mut flags.scale_down_gpu_utilization_threshold,
        said.scale_down_gpu_utilization_threshold,
    );
    time(&mut flags.scale_down_unneeded_time, &said.scale_down_unneeded_time);
    time(&mut flags.scale_down_unready_time, &said.scale_down_unready_time);
    time(&mut flags.scale_down_delay_after_add, &said.scale_down_delay_after_add);
    time(&mut flags.scale_down_delay_after_delete, &said.scale_down_delay_after_delete);
    time(&mut flags.scale_down_delay_after_failure, &said.scale_down_delay_after_failure);
    time(&mut flags.unremovable_node_recheck_timeout, &said.unremovable_node_recheck_timeout);
    time(&mut flags.max_pod_eviction_time, &said.max_pod_eviction_time);
    time(&mut flags.node_delete_delay_after_taint, &said.node_delete_delay_after_taint);
    if let Some(seconds) = said.max_graceful_termination_sec {
        flags.max_graceful_termination = Span::from_secs(u64::from(seconds));
    }
    set(&mut flags.cordon_node_before_terminating, said.cordon_node_before_terminating);
    set(&mut flags.ignore_daemonsets_utilization, said.ignore_daemonsets_utilization);
    let drain = &mut flags.drain;
    set(&mut drain.skip_nodes_with_system_pods, said.skip_nodes_with_system_pods);
    set(&mut drain.skip_nodes_with_local_storage, said.skip_nodes_with_local_storage);
    set(
        &mut drain.skip_nodes_with_custom_controller_pods,
        said.skip_nodes_with_custom_controller_pods,
    );
    drain.min_replica_count = said.min_replica_count.map_or(drain.min_replica_count, i64::from);
}
