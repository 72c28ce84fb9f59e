//! Autoscalers of nodes in a scenario: what is bought and given back, what a dump with Karpenter's objects
//! becomes, and what is refused, each at its place.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use scenarios::init::{Files, from_files};
use sim::fact::Cause;
use sim::{Fact, Root, SimTime};

const ROOT: Root = Root { seed: 1, replication: 0 };

fn parse(text: &str) -> Result<Scenario, String> {
    let head = "apiVersion: spotsim/v1\nname: x\nhorizon: 6h\nregion: us-east-1\n";
    let source = Source { file: "x.yaml".into(), text: Arc::from(format!("{head}{text}")) };
    Scenario::parse(&source, None).map_err(|found| found.render(false))
}

fn run(scenario: &Scenario) -> Vec<(SimTime, Fact)> {
    let mut facts = Vec::new();
    sim::run(&scenario.setup, ROOT, &mut facts);
    facts
}

/// Ten pods that are two after three hours, on whatever the program buys.
fn followed(autoscaler: &str) -> Scenario {
    let text = format!(
        "autoscaler: {autoscaler}\npools:\n  - name: general\n    capacityType: on-demand\n    \
         instanceTypes: [m6i.large, m6i.xlarge]\n    disruption: {{consolidateAfter: 30s, budgets: \
         [{{nodes: 100%}}]}}\nworkloads:\n  - name: web\n    replicas: 10\n    template:\n      \
         containers: [{{name: app, resources: {{requests: {{cpu: 900m, memory: 1Gi}}}}}}]\n\
         replicaSchedules:\n  - {{workload: web, steps: [{{at: 3h, replicas: 2}}]}}\n"
    );
    parse(&text).unwrap_or_else(|wrong| panic!("{wrong}"))
}

#[test]
fn both_programs_buy_what_pods_need_and_give_back_what_they_do_not() {
    for autoscaler in ["karpenter", "cluster-autoscaler"] {
        let scenario = followed(autoscaler);
        let facts = run(&scenario);
        let count = |is: fn(&Fact) -> bool| facts.iter().filter(|(_, fact)| is(fact)).count();
        let launched = count(|fact| matches!(fact, Fact::NodeLaunched { .. }));
        let gone = count(|fact| matches!(fact, Fact::NodeGone { why: Cause::Released, .. }));
        assert!(launched >= 3, "{autoscaler} launches {launched}");
        assert!(gone >= 2 && gone < launched, "{autoscaler}: {gone} of {launched} are given back");
        let waits = count(|fact| matches!(fact, Fact::StillPending { .. }));
        assert_eq!(waits, 0, "{autoscaler}");
        let decided = count(|fact| matches!(fact, Fact::LaunchDecided { .. }));
        assert!(decided > 0, "{autoscaler} says why it launches");
        assert!(count(|fact| matches!(fact, Fact::RemovalDecided { .. })) >= gone, "{autoscaler}");
    }
}

/// What holds of pools of a fixed size is not said of those that a program keeps.
#[test]
fn no_lost_instance_is_said_to_be_replaced_by_its_like() {
    let says = |it: &Scenario| it.assumptions.iter().any(|it| it.id == "pool-replacement");
    for autoscaler in ["karpenter", "cluster-autoscaler"] {
        assert!(!says(&followed(autoscaler)), "{autoscaler}");
    }
    let fixed = "pools: [{name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large]}]\n";
    assert!(says(&parse(fixed).unwrap_or_else(|wrong| panic!("{wrong}"))));
}

#[test]
fn a_run_is_the_same_again() {
    for autoscaler in ["karpenter", "cluster-autoscaler"] {
        let scenario = followed(autoscaler);
        assert_eq!(run(&scenario), run(&scenario), "{autoscaler}");
    }
}

/// Two nodes are each left with one pod, which would fit on the other.
#[test]
fn a_pod_that_is_not_to_be_disrupted_keeps_its_node() {
    let removed = |annotations: &str| {
        let workload = |name: &str| {
            format!(
                "  - name: {name}\n    replicas: 3\n    annotations: {annotations}\n    template:\n      \
                 containers: [{{name: app, resources: {{requests: {{cpu: 600m, memory: 1Gi}}}}}}]\n"
            )
        };
        let text = format!(
            "autoscaler: karpenter\npools:\n  - name: general\n    capacityType: on-demand\n    \
             instanceTypes: [m6i.large]\n    disruption: {{budgets: [{{nodes: 100%}}]}}\nworkloads:\n\
             {}{}replicaSchedules:\n  - {{workload: web, steps: [{{at: 30m, replicas: 1}}]}}\n  \
             - {{workload: api, steps: [{{at: 30m, replicas: 1}}]}}\n",
            workload("web"),
            workload("api"),
        );
        let scenario = parse(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
        let facts = run(&scenario);
        let moved = |fact: &Fact| matches!(fact, Fact::RemovalDecided { reason, .. } if *reason == "Underutilized");
        let kept = |fact: &Fact| matches!(fact, Fact::RemovalRefused { reason, .. } if reason.contains("do-not-disrupt"));
        let count = |is: &dyn Fn(&Fact) -> bool| facts.iter().filter(|(_, it)| is(it)).count();
        (count(&moved) > 0, count(&kept) > 0)
    };
    assert_eq!(removed("{}"), (true, false));
    assert_eq!(removed("{karpenter.sh/do-not-disrupt: 'true'}"), (false, true));
    assert_eq!(removed("{karpenter.sh/do-not-disrupt: 1h}"), (true, true));
}

/// A NodePool with a node and a Deployment that needs more.
const DUMP: &str = r#"
apiVersion: v1
kind: List
items:
- apiVersion: karpenter.sh/v1
  kind: NodePool
  metadata: {name: default}
  spec:
    weight: 10
    limits: {cpu: 1000}
    disruption:
      consolidationPolicy: WhenEmptyOrUnderutilized
      consolidateAfter: 1m
      budgets: [{nodes: 10%}, {nodes: "0", schedule: "0 9 * * mon-fri", duration: 8h, reasons: [Drifted]}]
    template:
      metadata: {labels: {team: web}}
      spec:
        expireAfter: Never
        nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
        requirements:
        - {key: karpenter.sh/capacity-type, operator: In, values: [spot, on-demand]}
        - {key: node.kubernetes.io/instance-type, operator: In, values: [m5.large, m5.xlarge, c5.xlarge]}
- apiVersion: karpenter.k8s.aws/v1
  kind: EC2NodeClass
  metadata: {name: default}
  spec: {role: nodes}
- apiVersion: v1
  kind: Node
  metadata:
    name: ip-1
    labels:
      karpenter.sh/nodepool: default
      karpenter.sh/capacity-type: spot
      node.kubernetes.io/instance-type: m5.xlarge
      topology.kubernetes.io/zone: us-east-1a
      topology.kubernetes.io/region: us-east-1
      team: web
  spec: {providerID: "aws:///us-east-1a/i-1"}
  status:
    allocatable: {cpu: 3920m, memory: 14Gi, pods: "58"}
    capacity: {cpu: "4", memory: 16Gi, pods: "58"}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: default}
  spec:
    replicas: 9
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        nodeSelector: {team: web}
        containers: [{name: app, image: web, resources: {requests: {cpu: 700m, memory: 1Gi}}}]
"#;

#[test]
fn a_dump_with_node_pools_runs_without_editing_under_either_program() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("dump.yaml");
    std::fs::write(&path, DUMP).expect("room for a file");
    let from = [path.display().to_string()];
    let files = Files { from: &from, scenario: "scenario.yaml", spot: "spot.yaml" };
    let draft = from_files(&[PathBuf::from(&path)], files, "aws".parse().expect("aws"))
        .unwrap_or_else(|found| panic!("{}", found.render(false)));
    assert!(draft.gaps.is_empty(), "{:?}", draft.gaps);
    let text = draft.scenario.replace("horizon: 7d", "horizon: 2h");
    let mut sizes = BTreeMap::new();
    for program in ["karpenter", "cluster-autoscaler"] {
        let line = format!("autoscaler: {program}");
        let text = text.replace("autoscaler: karpenter", &line);
        let source = Source { file: "scenario.yaml".into(), text: text.into() };
        let scenario = Scenario::parse(&source, Some(folder.path()))
            .unwrap_or_else(|found| panic!("{}", found.render(false)));
        let facts = run(&scenario);
        let count = |is: fn(&Fact) -> bool| facts.iter().filter(|(_, fact)| is(fact)).count();
        assert_eq!(count(|fact| matches!(fact, Fact::StillPending { .. })), 0, "{program}");
        sizes.insert(program, count(|fact| matches!(fact, Fact::NodeLaunched { .. })));
    }
    assert!(sizes.values().all(|launched| *launched >= 2), "{sizes:?}");
}

#[test]
fn what_cannot_be_meant_is_refused_at_its_place() {
    let pool = |fields: &str| format!("autoscaler: karpenter\npools:\n  - name: a\n    {fields}\n");
    let groups = |flags: &str| {
        format!(
            "autoscaler:\n  clusterAutoscaler: {flags}\npools:\n  - {{name: a, capacityType: spot, \
             instanceTypes: [m6i.large]}}\n"
        )
    };
    let cases = [
        (pool("weight: 101"), "E0103", "x.yaml:8:13"),
        (pool("requirements: {kubernetes.io/arch: mips}"), "E1202", "x.yaml:8:19"),
        (pool("expireAfter: never"), "E1202", "did you mean `Never`?"),
        (pool("disruption: {budgets: [{nodes: 110%}]}"), "E1203", "neither a number nor a share"),
        (
            pool("disruption: {budgets: [{nodes: 1, schedule: 0 25 * * *, duration: 1h}]}"),
            "E1203",
            "hour",
        ),
        (pool("disruption: {budgets: [{nodes: 1, schedule: 0 9 * * *}]}"), "E1203", "duration"),
        (pool("refill: {like: karpenter}"), "E1201", "x.yaml:8:13"),
        (pool("requirements: [{key: a, operator: In}]"), "E1202", "it lists no value"),
        (groups("{expander: cheapest}"), "E1204", "least-waste"),
        (groups("{expander: priority}"), "E1204", "priorities"),
        (groups("{max-empty-bulk-delete: 10}"), "E1204", "maxScaleDownParallelism"),
        (groups("{scaleDownUnneededTim: 10m}"), "E0107", "did you mean `scaleDownUnneededTime`?"),
        (
            "autoscaler: {karpenter: {}, clusterAutoscaler: {}}\npools: [{name: a}]\n".into(),
            "E1201",
            "two",
        ),
        (
            "pools: [{name: a, count: 1, capacityType: [spot], instanceTypes: [m6i.large]}]\n"
                .into(),
            "E1201",
            "one way",
        ),
    ];
    for (text, code, words) in cases {
        let wrong = parse(&text).err().unwrap_or_else(|| panic!("{text} is refused"));
        assert!(wrong.contains(code) && wrong.contains(words), "{text}\n{wrong}");
    }
}

#[test]
fn flags_may_be_spelled_as_on_the_command_line() {
    let text = "autoscaler: {cluster-autoscaler: {scale-down-unneeded-time: 5m, max-nodes-total: 9}}\n\
                pools: [{name: a, capacityType: spot, instanceTypes: [m6i.large]}]\n";
    parse(text).unwrap_or_else(|wrong| panic!("{wrong}"));
}
