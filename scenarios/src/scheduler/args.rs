//! The arguments of plugins: each read as its own type, checked by upstream's rules, and lowered.
// kube-scheduler: apis/config/v1/defaults.go, apis/config/validation/validation_pluginargs.go

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use sim::model::Model;
use sim::model::resources::Lane;
use sim::scheduler::plugins::Args;
use sim::scheduler::plugins::args::{self, ScoringKind};

use super::Report;
use super::plugins::must_be_known;
use crate::check;
use crate::file::scheduler::{
    DefaultPreemptionArgs, DefaultingType, InterPodAffinityArgs, NodeAffinityArgs,
    NodeResourcesBalancedAllocationArgs, NodeResourcesFitArgs, PluginConfig, PodTopologySpreadArgs,
    RequestedToCapacityRatio, Resource, ScoringStrategy, ScoringType, WhenUnsatisfiable,
};
use crate::lower::labels::node_affinity;
use crate::tree::Step;

/// The arguments of a profile that stands at `at`.
pub(super) fn lower(
    configs: &[PluginConfig],
    at: &[Step],
    model: &mut Model,
    report: &mut Report<'_>,
) -> Args {
    let mut args = Args::default();
    let mut names = BTreeSet::new();
    for (index, config) in configs.iter().enumerate() {
        let mut path = at.to_vec();
        path.extend(["pluginConfig".into(), index.into()]);
        let field = |name: &str| [&path[..], &[name.into()]].concat();
        let name = config.name.as_str();
        if !must_be_known(name, &field("name"), report) {
            continue;
        }
        if !names.insert(name) {
            let message = format!("the arguments of `{name}` are there twice");
            report.say("E0203", &field("name"), message, None);
        }
        of_plugin(name, &field("args"), &mut args, model, report);
    }
    args
}

/// Reads the arguments of one plugin.
fn of_plugin(
    name: &str,
    path: &[Step],
    args: &mut Args,
    model: &mut Model,
    report: &mut Report<'_>,
) {
    match name {
        "NodeResourcesFit" => {
            if let Some(given) = typed::<NodeResourcesFitArgs>(name, path, report) {
                fit(&given, path, args, model, report);
            }
        }
        "NodeResourcesBalancedAllocation" => {
            let given = typed::<NodeResourcesBalancedAllocationArgs>(name, path, report);
            if let Some(given) = given.filter(|given| !given.resources.is_empty()) {
                balanced(&given.resources, path, args, model, report);
            }
        }
        "InterPodAffinity" => {
            if let Some(given) = typed::<InterPodAffinityArgs>(name, path, report) {
                args.hard_pod_affinity_weight = given.hard_pod_affinity_weight.unwrap_or(1);
                args.ignore_preferred_terms_of_existing_pods =
                    given.ignore_preferred_terms_of_existing_pods;
            }
        }
        "PodTopologySpread" => {
            if let Some(given) = typed::<PodTopologySpreadArgs>(name, path, report) {
                spread(&given, path, args, model, report);
            }
        }
        "NodeAffinity" => {
            if let Some(given) = typed::<NodeAffinityArgs>(name, path, report) {
                (args.added_affinity, args.added_preferred_affinity) =
                    node_affinity(&mut model.names, given.added_affinity.as_ref());
            }
        }
        "DefaultPreemption" => {
            if let Some(given) = typed::<DefaultPreemptionArgs>(name, path, report) {
                preemption(&given, path, report);
            }
        }
        "VolumeBinding" | "DynamicResources" => {
            report.not_simulated(path, &format!("the arguments of {name}"));
        }
        _ => {
            let message = format!("`{name}` takes no arguments");
            report.say("E0503", path, message, None);
        }
    }
}

/// What stands at a path, as the arguments of a plugin.
fn typed<T: JsonSchema + DeserializeOwned>(
    name: &str,
    path: &[Step],
    report: &mut Report<'_>,
) -> Option<T> {
    let node = report.root.at(path);
    let schema = schemars::schema_for!(T).to_value();
    let what = format!("the arguments of `{name}`");
    let explained = ["scheduler", "profiles", "pluginConfig"];
    let source = report.source;
    let sound = super::sound(report.found, |found| {
        check::check_part(&schema, node, (&what, &explained), source, found);
    });
    let kind = node.get("kind").map(|kind| kind.to_json());
    let expected = format!("{name}Args");
    if let Some(kind) = kind.as_ref().and_then(|kind| kind.as_str())
        && kind != expected
    {
        let message = format!("{what} are of kind `{expected}`, not `{kind}`");
        report.say("E0503", &[path, &["kind".into()]].concat(), message, None);
    }
    let json = node.to_json();
    if !sound {
        return None;
    }
    match serde_json::from_value(json) {
        Ok(typed) => Some(typed),
        Err(error) => {
            report.say("E0503", path, format!("{what}: {error}"), None);
            None
        }
    }
}

fn fit(
    given: &NodeResourcesFitArgs,
    path: &[Step],
    args: &mut Args,
    model: &Model,
    report: &mut Report<'_>,
) {
    if !given.ignored_resources.is_empty() || !given.ignored_resource_groups.is_empty() {
        report.not_simulated(path, "ignoredResources of NodeResourcesFit; room is needed for all");
    }
    let Some(ScoringStrategy { kind, resources, requested_to_capacity_ratio: ratio }) =
        &given.scoring_strategy
    else {
        return;
    };
    let path = [path, &["scoringStrategy".into()]].concat();
    if !resources.is_empty() {
        args.scoring.resources = resources
            .iter()
            .filter_map(|Resource { name, weight }| Some((lane(name, model)?, (*weight).max(1))))
            .collect();
    }
    args.scoring.kind = match kind {
        ScoringType::LeastAllocated => ScoringKind::LeastAllocated,
        ScoringType::MostAllocated => ScoringKind::MostAllocated,
        ScoringType::RequestedToCapacityRatio => {
            let Some(ratio) = ratio else {
                let message = "RequestedToCapacityRatio needs `requestedToCapacityRatio`";
                let help = "for example {shape: [{utilization: 0, score: 0}, \
                            {utilization: 100, score: 10}]}";
                report.say("E0106", &path, message.into(), Some(help.into()));
                return;
            };
            ScoringKind::RequestedToCapacityRatio(line(ratio, &path, report))
        }
    };
}

/// The points of a line, with scores from 0 to 100.
fn line(
    RequestedToCapacityRatio { shape }: &RequestedToCapacityRatio,
    path: &[Step],
    report: &mut Report<'_>,
) -> Vec<(i64, i64)> {
    for (index, pair) in shape.windows(2).enumerate() {
        if pair[0].utilization >= pair[1].utilization {
            let point: [Step; 4] = [
                "requestedToCapacityRatio".into(),
                "shape".into(),
                (index + 1).into(),
                "utilization".into(),
            ];
            let message = "the points of a line go from left to right";
            let help = "each utilization is greater than the one before";
            report.say("E0503", &[path, &point].concat(), message.into(), Some(help.into()));
        }
    }
    // kube-scheduler: MaxNodeScore / MaxCustomPriorityScore
    shape.iter().map(|point| (point.utilization, point.score * 10)).collect()
}

fn balanced(
    resources: &[Resource],
    path: &[Step],
    args: &mut Args,
    model: &Model,
    report: &mut Report<'_>,
) {
    let mut names = BTreeSet::new();
    for (index, Resource { name, weight }) in resources.iter().enumerate() {
        let place = [path, &["resources".into(), index.into()]].concat();
        if !names.insert(name) {
            report.say("E0203", &place, format!("`{name}` is there twice"), None);
        }
        if *weight > 1 {
            let message = format!("the weight of `{name}` must be 1: all are used evenly");
            report.say("E0503", &place, message, None);
        }
    }
    args.balanced = resources.iter().filter_map(|resource| lane(&resource.name, model)).collect();
}

/// The lane of a resource; one that no pod asks for has none, and makes no difference.
fn lane(name: &str, model: &Model) -> Option<Lane> {
    model.known_lane(name)
}

fn spread(
    given: &PodTopologySpreadArgs,
    path: &[Step],
    args: &mut Args,
    model: &mut Model,
    report: &mut Report<'_>,
) {
    let constraints = &given.default_constraints;
    let place = |index: usize, field: &str| {
        [path, &["defaultConstraints".into(), index.into(), field.into()]].concat()
    };
    if given.defaulting_type == DefaultingType::System {
        if !constraints.is_empty() {
            let message = "default constraints need `defaultingType: List`";
            let path = [path, &["defaultConstraints".into()]].concat();
            report.say("E0503", &path, message.into(), None);
        }
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, constraint) in constraints.iter().enumerate() {
        if constraint.label_selector.is_some() {
            let message = "a default constraint has no selector of its own";
            let help = "each pod's Services and controller say which pods count";
            report.say("E0503", &place(index, "labelSelector"), message.into(), Some(help.into()));
        }
        if constraint.topology_key.is_empty() {
            let message = "a default constraint needs a `topologyKey`";
            report.say("E0503", &place(index, "topologyKey"), message.into(), None);
        }
        if !seen.insert((&constraint.topology_key, constraint.when_unsatisfiable)) {
            let message = format!("`{}` is constrained twice", constraint.topology_key);
            report.say("E0203", &place(index, "topologyKey"), message, None);
        }
    }
    args.default_constraints = constraints
        .iter()
        .map(|constraint| {
            let label = model.names.intern(&constraint.topology_key);
            args::DefaultConstraint {
                key: model.selectors.intern_key(label),
                max_skew: constraint.max_skew,
                required: constraint.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule,
                needs_label: true,
            }
        })
        .collect();
}

fn preemption(given: &DefaultPreemptionArgs, path: &[Step], report: &mut Report<'_>) {
    let percentage = given.min_candidate_nodes_percentage.unwrap_or(10);
    let absolute = given.min_candidate_nodes_absolute.unwrap_or(100);
    if (percentage, absolute) == (0, 0) {
        let message = "both 0 leaves no node to look at for victims";
        report.say("E0503", path, message.into(), None);
    }
    if (percentage, absolute) != (10, 100) {
        report.not_simulated(
            path,
            "how many nodes DefaultPreemption looks at: 10 % and at least 100",
        );
    }
}
