//! The program that keeps the pools whose nodes follow demand, as a scenario configures it.

use std::sync::Arc;

use autoscalers::karpenter::disruption::Reason;
use autoscalers::karpenter::input::{
    self, Budget, ConsolidationPolicy, Disruption, DoNotDisrupt, NodesAllowed, Options,
};
use autoscalers::karpenter::keeper::Karpenter;
use autoscalers::karpenter::keeper::settings::{NodePoolSettings, Required, Settings};
use autoscalers::karpenter::requirement::Operator;
use sim::Span;
use sim::model::node::NodeId;
use sim::model::pool::PoolId;
use sim::model::workload::WorkloadId;
use sim::names::Names;
use sim::setup::Draft;
use sim::table::Id;

use super::drifted::known_nodes;
use super::{labels as lowered, node_groups};
use crate::cluster::Cluster;
use crate::file::node_autoscaler as written;
use crate::file::node_autoscaler::NodeAutoscaler;
use crate::file::{File, Keeper, Pool};
use crate::node_autoscaler::{DO_NOT_DISRUPT, never_or, requirements};
use crate::node_labels::ROWS;
use crate::quantity::Quantity;
use crate::workloads::Written;

/// How long a node lives by default.
// Karpenter: pkg/apis/v1/nodeclaim.go, the default of expireAfter
const EXPIRES_AFTER: Span = Span::from_hours(720);

/// Adds the program, if a pool has one. `epoch_ms` is when `T+0` is, in milliseconds since 1970; `cluster`, what
/// is there before.
pub(crate) fn fill(
    file: &File,
    (workloads, cluster): (&[Written], Option<&Cluster<'_>>),
    epoch_ms: i64,
    draft: &mut Draft,
) {
    let kept = |by: Keeper| {
        let pools = file.pools.iter().enumerate().filter(move |(_, pool)| pool.keeper == by);
        pools.map(|(index, pool)| (PoolId::from_index(index), pool))
    };
    let names = &mut Arc::make_mut(&mut draft.model).names;
    let node_pools: Vec<NodePoolSettings> =
        kept(Keeper::Karpenter).map(|(id, pool)| node_pool(id, pool, names)).collect();
    if !node_pools.is_empty() {
        let mut settings = settings(file, epoch_ms);
        let marked = workloads.iter().enumerate();
        let marked = marked.filter_map(|(index, it)| Some((index, do_not_disrupt(it)?)));
        settings.do_not_disrupt =
            marked.map(|(index, it)| (WorkloadId::from_index(index), it)).collect();
        let found = cluster.into_iter().flat_map(known_nodes).enumerate();
        settings.found = found.map(|(index, it)| (NodeId::from_index(index), it)).collect();
        draft.programs.push(Arc::new(Karpenter::new(settings, node_pools)));
    }
    let groups: Vec<PoolId> = kept(Keeper::ClusterAutoscaler).map(|(id, _)| id).collect();
    if !groups.is_empty() {
        let names = &mut Arc::make_mut(&mut draft.model).names;
        let configured = (file.autoscaler.as_ref(), file.provider.provider());
        let program = node_groups::program(configured, groups, workloads, names);
        draft.programs.push(Arc::new(program));
    }
}

/// For how long pods of a workload keep their node.
// Karpenter: pkg/utils/pod/scheduling.go IsDisruptable
fn do_not_disrupt(workload: &Written) -> Option<DoNotDisrupt> {
    match workload.annotations.get(DO_NOT_DISRUPT)?.as_str() {
        "true" => Some(DoNotDisrupt::Always),
        text => Span::parse(text).ok().map(|span| DoNotDisrupt::For(millis(span))),
    }
}

fn settings(file: &File, epoch_ms: i64) -> Settings {
    let mut settings = Settings::new(epoch_ms);
    let of_provider = match file.provider.provider().catalogue {
        "azure" => "karpenter.azure.com/",
        _ => "karpenter.k8s.aws/",
    };
    let labels = ROWS.iter().filter(|row| row.key.starts_with(of_provider));
    settings.provider_labels = labels.map(|row| row.key.to_owned()).collect();
    if of_provider == "karpenter.azure.com/" {
        settings.node_class_label = "karpenter.azure.com/aksnodeclass".to_owned();
        settings.volume_zone_label = "topology.disk.csi.azure.com/zone".to_owned();
    }
    let Some(NodeAutoscaler::Configured(configured)) = &file.autoscaler else { return settings };
    let Some(karpenter) = &configured.karpenter else { return settings };
    let or = |text: &Option<String>, usual: Span| {
        text.as_deref().and_then(|text| Span::parse(text).ok()).unwrap_or(usual)
    };
    settings.batch_idle = or(&karpenter.batch_idle_duration, settings.batch_idle);
    settings.batch_max = or(&karpenter.batch_max_duration, settings.batch_max);
    let ignores = karpenter.preference_policy == Some(written::PreferencePolicy::Ignore);
    let relaxes = karpenter.min_values_policy == Some(written::MinValuesPolicy::BestEffort);
    settings.options = Options {
        respect_preferences: !ignores,
        relax_min_values: relaxes,
        spot_to_spot: karpenter.feature_gates.spot_to_spot_consolidation.unwrap_or(false),
        ..settings.options
    };
    settings
}

fn node_pool(id: PoolId, pool: &Pool, names: &mut Names) -> NodePoolSettings {
    // What cannot be read was refused.
    let expire_after = match pool.expire_after.as_deref().map(never_or) {
        Some(Ok(said)) => said,
        Some(Err(_)) | None => Some(EXPIRES_AFTER),
    };
    let grace = pool.termination_grace_period.as_deref();
    // What pods may select by: our own label as if the NodePool gave it, and of its requirements what has one
    // value. Of several values, a pod chooses.
    let mut labels = pool.labels.clone();
    labels.insert("spotsim/pool".to_owned(), pool.name.clone());
    let values = requirements::custom_values(pool).into_iter();
    labels.extend(
        values
            .filter(|(_, values)| values.len() == 1)
            .filter_map(|(key, values)| Some((key, values.into_iter().next()?))),
    );
    let mut wanted: Vec<Required> = requirements::of(pool).into_iter().map(required).collect();
    wanted.extend(how_bought(pool));
    let nodes = pool.limits.get("nodes").and_then(|it| Quantity::parse(&it.text()).ok());
    NodePoolSettings {
        pool: id,
        weight: i32::try_from(pool.weight.unwrap_or(0)).unwrap_or(i32::MAX),
        requirements: wanted,
        labels: labels.into_iter().collect(),
        startup_taints: lowered::taints(&pool.startup_taints, names),
        do_not_disrupt: pool.annotations.get(DO_NOT_DISRUPT).is_some_and(|it| it == "true"),
        limits: limits(pool),
        nodes: nodes.map(|it| i64::try_from(it.value()).unwrap_or(i64::MAX)),
        disruption: disruption(pool),
        expire_after,
        termination_grace_period: grace.and_then(|text| Span::parse(text).ok()),
    }
}

/// What `capacityType` and `zones` say, as the requirements that they are.
fn how_bought(pool: &Pool) -> Vec<Required> {
    let is_said = |key: &str| requirements::of(pool).iter().any(|it| it.key == key);
    let list = |key: &str, values: Vec<String>| {
        let wanted = !values.is_empty() && !is_said(key);
        wanted.then(|| Required {
            key: key.to_owned(),
            operator: Operator::In,
            values,
            min_values: None,
        })
    };
    let ways =
        [(pool.buys_spot(), "spot"), (pool.buys(crate::file::Capacity::OnDemand), "on-demand")];
    let ways = ways.iter().filter(|(buys, _)| *buys).map(|(_, name)| (*name).to_owned()).collect();
    let zones = list("topology.kubernetes.io/zone", pool.zones.clone());
    list("karpenter.sh/capacity-type", ways).into_iter().chain(zones).collect()
}

fn required(written: written::Requirement) -> Required {
    let written::Requirement { key, operator, values, min_values } = written;
    let operator = match operator {
        written::RequirementOperator::In => Operator::In,
        written::RequirementOperator::NotIn => Operator::NotIn,
        written::RequirementOperator::Exists => Operator::Exists,
        written::RequirementOperator::DoesNotExist => Operator::DoesNotExist,
        written::RequirementOperator::Gt => Operator::Gt,
        written::RequirementOperator::Lt => Operator::Lt,
        written::RequirementOperator::Gte => Operator::Gte,
        written::RequirementOperator::Lte => Operator::Lte,
    };
    Required { key, operator, values, min_values }
}

/// Limits of resources, in thousandths.
fn limits(pool: &Pool) -> Vec<(String, i64)> {
    let limits = pool.limits.iter().filter(|(resource, _)| *resource != "nodes");
    let limits = limits.filter_map(|(resource, amount)| {
        let thousandths = Quantity::parse(&amount.text()).ok()?.milli();
        Some((resource.clone(), i64::try_from(thousandths).unwrap_or(i64::MAX)))
    });
    limits.collect()
}

fn disruption(pool: &Pool) -> Disruption {
    let said = pool.disruption.as_ref();
    let policy = match said.and_then(|it| it.consolidation_policy) {
        Some(written::ConsolidationPolicy::WhenEmpty) => ConsolidationPolicy::WhenEmpty,
        Some(
            written::ConsolidationPolicy::WhenEmptyOrUnderutilized
            | written::ConsolidationPolicy::WhenUnderutilized,
        )
        | None => ConsolidationPolicy::WhenEmptyOrUnderutilized,
    };
    let consolidate_after = match said.and_then(|it| it.consolidate_after.as_deref()).map(never_or)
    {
        Some(Ok(said)) => said.map(millis),
        Some(Err(_)) | None => Some(0),
    };
    let budgets = said.and_then(|it| it.budgets.as_ref());
    // Karpenter: pkg/apis/v1/nodepool.go, the default of budgets
    let usual = || {
        let nodes = NodesAllowed::Percent(10);
        vec![Budget { nodes, reasons: Vec::new(), schedule: None, duration: None }]
    };
    let budgets = budgets.map_or_else(usual, |all| all.iter().map(budget).collect());
    Disruption { policy, consolidate_after, budgets }
}

fn budget(written: &written::Budget) -> Budget {
    let nodes = written.nodes.text();
    let number = |text: &str| text.parse::<u32>().ok();
    let nodes = match nodes.strip_suffix('%') {
        Some(share) => number(share).map(NodesAllowed::Percent),
        None => number(&nodes).map(NodesAllowed::Count),
    };
    let reasons = written.reasons.iter().map(|reason| match reason {
        written::DisruptionReason::Underutilized => Reason::Underutilized,
        written::DisruptionReason::Empty => Reason::Empty,
        written::DisruptionReason::Drifted => Reason::Drifted,
    });
    let duration = written.duration.as_deref().and_then(|text| Span::parse(text).ok());
    Budget {
        nodes: nodes.unwrap_or(NodesAllowed::Unreadable),
        reasons: reasons.collect(),
        schedule: written.schedule.clone(),
        duration: duration.map(millis),
    }
}

fn millis(span: Span) -> input::Duration {
    i64::try_from(span.as_ms()).unwrap_or(i64::MAX)
}
