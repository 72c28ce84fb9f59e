//! kube-scheduler's own configuration does in the simulation what it does upstream: scores worked
//! by hand, profiles by name, and its mistakes at their places.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostics, Scenario};
use sim::model::workload::WorkloadId;
use sim::scheduler::framework::PodView;
use sim::scheduler::plain::{self, Evaluation, Walk};
use sim::table::Id;
use sim::world::World;
use sim::{Fact, Root, SimTime, Span};

/// Two zones with a node of 4 CPU and 16 GiB each, and pods of one CPU and 8 GiB.
const SHOP: &str = "
apiVersion: spotsim/v1
name: shop
horizon: 1d
provider: generic
region: r
pools:
  - name: p
    count: 2
    capacityType: on-demand
    instanceTypes: [{name: box, cpu: 4, memory: 16Gi, onDemandPrice: 0.2}]
    zones: [r-a, r-b]
workloads:
  - name: web
    replicas: 2
    labels: {app: web}
    template: {containers: [{name: app, resources: {requests: {cpu: 1, memory: 8Gi}}}]}
";

fn parse(scheduler: &str) -> Result<Scenario, Diagnostics> {
    let scheduler = scheduler.replace('\n', "\n  ");
    let head = "apiVersion: kubescheduler.config.k8s.io/v1\n  kind: KubeSchedulerConfiguration";
    let text = format!("{SHOP}scheduler:\n  {head}\n  {scheduler}\n");
    Scenario::parse(&Source { file: "shop.yaml".into(), text: Arc::from(text) }, None)
}

fn sound(scheduler: &str) -> Scenario {
    parse(scheduler).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What both empty nodes say to a pod, under the first profile.
fn evaluate(scenario: &Scenario) -> Evaluation {
    let model = scenario.setup.model.clone();
    let mut world = World::new(model.clone());
    for template in 0..2 {
        let (node, _) = world.launch(Id::from_index(0), template);
        let _ = world.register(node);
    }
    let spec = model.workloads[WorkloadId::from_index(0)].spec;
    let (_, profile) = &scenario.setup.scheduler.profiles[0];
    plain::evaluate(profile, PodView::of_spec(spec, &world), &world, Walk::WHOLE)
}

/// What one plugin gives the first node, times its weight.
fn score(scheduler: &str, plugin: &str) -> Option<i64> {
    let evaluation = evaluate(&sound(scheduler));
    let first = evaluation.scores.first().expect("a feasible node");
    first.by_plugin.iter().find(|(name, _)| *name == plugin).map(|(_, score)| *score)
}

fn fit(strategy: &str) -> i64 {
    let config = format!(
        "profiles:\n  - pluginConfig:\n      - name: NodeResourcesFit\n        \
         args: {{scoringStrategy: {strategy}}}"
    );
    score(&config, "NodeResourcesFit").expect("it scores")
}

/// A pod takes 1 of 4 CPU, 25 %, and 8 of 16 GiB, 50 %.
#[test]
fn what_makes_a_node_a_good_choice() {
    assert_eq!(score("profiles: []", "NodeResourcesFit"), Some(62), "(75 + 50) / 2, rounded down");
    assert_eq!(fit("{type: LeastAllocated}"), 62);
    assert_eq!(fit("{type: MostAllocated}"), 37, "(25 + 50) / 2, rounded down");
    let weighed = "resources: [{name: cpu, weight: 3}, {name: memory, weight: 1}]";
    assert_eq!(fit(&format!("{{type: MostAllocated, {weighed}}}")), 31, "(3 * 25 + 50) / 4");
    assert_eq!(fit("{type: MostAllocated, resources: [{name: memory}]}"), 50, "weight 0 is as 1");
    let line = "requestedToCapacityRatio: {shape: [{utilization: 0, score: 10}, \
                {utilization: 50, score: 4}, {utilization: 100, score: 0}]}";
    // At 25 %: 100 + (40 - 100) * 25 / 50 = 70; at 50 %: 40. The mean is 55.
    assert_eq!(fit(&format!("{{type: RequestedToCapacityRatio, {line}}}")), 55);
}

#[test]
fn weights_multiply() {
    let config = "profiles:\n  - plugins:\n      \
                  score: {enabled: [{name: NodeResourcesFit, weight: 7}]}";
    assert_eq!(score(config, "NodeResourcesFit"), Some(7 * 62));
    let config = "profiles:\n  - plugins:\n      multiPoint: {enabled: \
                  [{name: TaintToleration, weight: 2}, {name: NodeResourcesFit}]}";
    assert_eq!(score(config, "TaintToleration"), Some(2 * 100));
    assert_eq!(score(config, "NodeResourcesFit"), Some(62), "no weight is a weight of 1");
    let config = "profiles:\n  - plugins:\n      score: {disabled: [{name: TaintToleration}]}\n      \
                  preScore: {disabled: [{name: TaintToleration}]}";
    assert_eq!(score(config, "TaintToleration"), None);
}

#[test]
fn even_use_can_be_of_one_resource() {
    let config = |resources: &str| {
        format!(
            "profiles:\n  - pluginConfig:\n      - name: NodeResourcesBalancedAllocation\n        \
             args: {{resources: {resources}}}"
        )
    };
    // Both: f = 0.25 and 0.5, so B falls from 100 to 87: 50 + (50 + 87 - 100) / 2 = 68.
    let plugin = "NodeResourcesBalancedAllocation";
    assert_eq!(score(&config("[{name: cpu}, {name: memory, weight: 1}]"), plugin), Some(68));
    assert_eq!(score(&config("[{name: cpu}]"), plugin), Some(75), "one is always even");
}

#[test]
fn default_constraints_from_a_list() {
    let config = |kind: &str| {
        format!(
            "profiles:\n  - pluginConfig:\n      - name: PodTopologySpread\n        args:\n          \
             defaultingType: List\n          defaultConstraints:\n            \
             - {{maxSkew: 1, topologyKey: topology.kubernetes.io/rack, whenUnsatisfiable: {kind}}}"
        )
    };
    // Nodes without the label are ruled out by a constraint from a list, and only by one that rules
    // out.
    let ruled_out = evaluate(&sound(&config("DoNotSchedule")));
    assert!(ruled_out.scores.is_empty());
    let plugins: Vec<_> = ruled_out.rejections().filter_map(|r| r.plugin).collect();
    assert_eq!(plugins, ["PodTopologySpread", "PodTopologySpread"]);
    assert_eq!(score(&config("ScheduleAnyway"), "PodTopologySpread"), Some(0), "worst choice");
    let none = "profiles:\n  - pluginConfig:\n      - {name: PodTopologySpread, \
                args: {defaultingType: List}}";
    assert_eq!(score(none, "PodTopologySpread"), None);
}

#[test]
fn every_pod_has_the_added_affinity() {
    let config = |zone: &str| {
        format!(
            "profiles:\n  - pluginConfig:\n      - name: NodeAffinity\n        args:\n          \
             addedAffinity:\n            requiredDuringSchedulingIgnoredDuringExecution:\n              \
             nodeSelectorTerms: [{{matchExpressions: [{{key: topology.kubernetes.io/zone, \
             operator: In, values: [{zone}]}}]}}]"
        )
    };
    let evaluation = evaluate(&sound(&config("r-b")));
    assert_eq!(evaluation.scores.len(), 1);
    let message = evaluation.refusal().reasons.keys().next().copied().expect("a reason");
    let model = sound(&config("r-b")).setup.model.clone();
    assert_eq!(message.text(&model), "node(s) didn't match scheduler-enforced node affinity");
}

#[test]
fn figures_of_the_whole_scheduler() {
    let scheduler = sound(
        "percentageOfNodesToScore: 30\npodInitialBackoffSeconds: 2\npodMaxBackoffSeconds: 60\n\
         profiles:\n  - schedulerName: default-scheduler\n  - {schedulerName: all, \
         percentageOfNodesToScore: 100,\n     plugins: {postFilter: {disabled: [{name: '*'}]}}}",
    )
    .setup
    .scheduler
    .clone();
    let [(None, general), (Some(_), all)] = &scheduler.profiles[..] else { panic!("two profiles") };
    assert_eq!((general.nodes_to_find(1_000), all.nodes_to_find(1_000)), (300, 1_000));
    assert_eq!((general.preempts, all.preempts), (true, false));
    assert_eq!(scheduler.backoff.first, Span::from_secs(2));
    assert_eq!(scheduler.backoff.longest, Span::from_secs(60));
}

/// The same pods are spread by one profile and packed by the other.
#[test]
fn pods_choose_their_profile_by_name() {
    let config = "profiles:\n  - schedulerName: default-scheduler\n  - schedulerName: packing\n    \
                  plugins: {score: {disabled: [{name: '*'}], enabled: [{name: NodeResourcesFit}]},\n              \
                  preScore: {disabled: [{name: '*'}], enabled: [{name: NodeResourcesFit}]}}\n    \
                  pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: \
                  {type: MostAllocated}}}]";
    let nodes = |scheduler: &str| {
        let text =
            SHOP.replace("{containers", &format!("{{schedulerName: {scheduler}, containers"));
        let head = "apiVersion: kubescheduler.config.k8s.io/v1\n  kind: KubeSchedulerConfiguration";
        let text = format!("{text}scheduler:\n  {head}\n  {}\n", config.replace('\n', "\n  "));
        let source = Source { file: "shop.yaml".into(), text: Arc::from(text) };
        let scenario = Scenario::parse(&source, None).unwrap_or_else(|errors| panic!("{errors}"));
        let mut facts: Vec<(SimTime, Fact)> = Vec::new();
        sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, &mut facts);
        let mut nodes: Vec<_> = facts
            .iter()
            .filter_map(|(_, fact)| match fact {
                Fact::PodScheduled { node, .. } => Some(*node),
                _ => None,
            })
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        (nodes.len(), scenario.warnings.render(false))
    };
    assert_eq!(nodes("default-scheduler"), (2, String::new()));
    assert_eq!(nodes("packing"), (1, String::new()));
    let (spread, warning) = nodes("volcano");
    assert_eq!(spread, 2, "the first profile places it");
    assert!(warning.contains("warning[W0003]: 1 workload ask"), "{warning}");
}

/// Each mistake has its code and its place, given as the text that is underlined.
#[test]
fn mistakes_have_their_places() {
    let args = |name: &str, args: &str| {
        format!("profiles:\n  - pluginConfig:\n      - name: {name}\n        args: {args}")
    };
    let plugins = |plugins: &str| format!("profiles:\n  - plugins: {plugins}");
    let shape = |shape: &str| {
        let strategy = format!(
            "{{scoringStrategy: {{type: RequestedToCapacityRatio, \
             requestedToCapacityRatio: {{shape: {shape}}}}}}}"
        );
        args("NodeResourcesFit", &strategy)
    };
    let constraint = |constraint: &str| {
        args(
            "PodTopologySpread",
            &format!("{{defaultingType: List, defaultConstraints: [{constraint}]}}"),
        )
    };
    let cases = [
        (plugins("{filter: {enabled: [{name: NodePort}]}}"), "E0501", "NodePort"),
        (plugins("{score: {enabled: [{name: NodePorts}]}}"), "E0502", "NodePorts"),
        (plugins("{score: {enabled: [{name: ImageLocality, weight: -1}]}}"), "E0103", "-1"),
        (
            plugins("{score: {enabled: [{name: ImageLocality, weight: 99999999999}]}}"),
            "E0103",
            "99999999999",
        ),
        (plugins("{queueSort: {disabled: [{name: '*'}]}}"), "E0502", "{queueSort"),
        (plugins("{bind: {disabled: [{name: DefaultBinder}]}}"), "E0502", "{bind"),
        (
            plugins("{filter: {disabled: [{name: NodeName}, {name: NodePorts}]}}"),
            "E0502",
            "{filter",
        ),
        (
            plugins(
                "{preFilter: {disabled: [{name: NodeResourcesFit}]}, \
                 filter: {disabled: [{name: NodeResourcesFit}]}}",
            ),
            "E0502",
            "{preFilter",
        ),
        (
            plugins("{multiPoint: {enabled: [{name: NodeName}, {name: NodeName}]}}"),
            "E0502",
            "NodeName",
        ),
        ("percentageOfNodesToScore: 101".into(), "E0103", "101"),
        ("podInitialBackoffSeconds: 0".into(), "E0103", "0"),
        ("podMaxBackoffSeconds: 5\npodInitialBackoffSeconds: 6".into(), "E0503", "5"),
        ("profiles: [{schedulerName: a}, {}]".into(), "E0503", "{}"),
        ("profiles: [{schedulerName: a}, {schedulerName: a}]".into(), "E0203", "a"),
        ("profile: []".into(), "E0107", "profile"),
        (args("NodeResourcesFits", "{}"), "E0501", "NodeResourcesFits"),
        (args("NodeName", "{a: 1}"), "E0503", "{a: 1}"),
        (args("NodeResourcesFit", "{scoringStrateg: {}}"), "E0107", "scoringStrateg"),
        (args("NodeResourcesFit", "{kind: NodeFitArgs}"), "E0503", "NodeFitArgs"),
        (args("NodeResourcesFit", "{scoringStrategy: {type: Least}}"), "E0102", "Least"),
        (
            args(
                "NodeResourcesFit",
                "{scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 101}]}}",
            ),
            "E0103",
            "101",
        ),
        (
            args("NodeResourcesFit", "{scoringStrategy: {type: RequestedToCapacityRatio}}"),
            "E0106",
            "{type: RequestedToCapacityRatio}",
        ),
        (shape("[]"), "E0106", "[]"),
        (shape("[{utilization: 0, score: 11}]"), "E0103", "11"),
        (shape("[{utilization: 9, score: 1}, {utilization: 8, score: 2}]"), "E0503", "8"),
        (
            args("NodeResourcesBalancedAllocation", "{resources: [{name: cpu, weight: 2}]}"),
            "E0503",
            "{name: cpu, weight: 2}",
        ),
        (args("InterPodAffinity", "{hardPodAffinityWeight: 101}"), "E0103", "101"),
        (
            args(
                "DefaultPreemption",
                "{minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0}",
            ),
            "E0503",
            "{minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0}",
        ),
        (
            constraint("{maxSkew: 0, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}"),
            "E0103",
            "0",
        ),
        (
            constraint(
                "{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway, \
                 labelSelector: {matchLabels: {a: b}}}",
            ),
            "E0503",
            "{matchLabels: {a: b}}",
        ),
        (
            args(
                "PodTopologySpread",
                "{defaultConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]}",
            ),
            "E0503",
            "[{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]",
        ),
    ];
    for (config, code, underlined) in cases {
        let Err(errors) = parse(&config) else { panic!("accepted:\n{config}") };
        let text = errors.render(false);
        let errors: Vec<_> = errors.iter().collect();
        assert_eq!(errors.len(), 1, "{config}\n{text}");
        assert_eq!(errors[0].code, code, "{text}");
        let place = errors[0].place.as_ref().expect("a place");
        let there = &place.text[place.span.clone()];
        assert!(there.starts_with(underlined), "{there:?} in\n{text}");
    }
}

/// Any prefix and any single lost byte of a configuration with rules is answered, not crashed on.
#[test]
fn no_mutilation_panics() {
    let config = "profiles:
  - schedulerName: packing
    plugins: {multiPoint: {disabled: [{name: '*'}], enabled: [{name: NodeResourcesFit, weight: 3}]}}
    pluginConfig:
      - name: NodeResourcesFit
        args: {scoringStrategy: {type: RequestedToCapacityRatio, requestedToCapacityRatio: {shape: [{utilization: 1, score: 1}]}}}
      - name: PodTopologySpread
        args: {defaultingType: List, defaultConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]}
";
    let rules = "
rules:
  - {name: a, podSelector: {matchLabels: {app: web}}, atMost: {pods: 60%, topologyKey: kubernetes.io/hostname}}
  - {name: b, never: {nodeSelector: {matchExpressions: [{key: a, operator: In, values: [b]}]}}}
";
    let both = format!("{config}{}", rules.replace('\n', "\n "));
    for at in 0..both.len() {
        let _ = parse(&both[..at]);
        let _ = parse(&format!("{}{}", &both[..at], &both[at + 1..]));
    }
    for at in 0..rules.len() {
        for text in [rules[..at].to_owned(), format!("{}{}", &rules[..at], &rules[at + 1..])] {
            let source = Source { file: "shop.yaml".into(), text: format!("{SHOP}{text}").into() };
            let _ = Scenario::parse(&source, None);
        }
    }
}
