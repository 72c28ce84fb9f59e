//! What the template of a NodePool gives its nodes: taints until they have started, and an annotation that keeps them.

use sim::model::node::NodeId;
use sim::model::workload::WorkloadId;
use sim::table::Id;
use sim::{Fact, SimTime, Span};

use super::karpenter_runs::{Happened, of_cluster, of_yesterday, run};

const STARTUP: &str = "    startupTaints: [{key: agent, effect: NoExecute}]\n";
const KEPT: &str = "    annotations: {karpenter.sh/do-not-disrupt: 'true'}\n";

/// A pod, a DaemonSet whose pods take 40 s to start, and one whose pods start at once and tolerate no taint.
fn starting(pool: &str) -> String {
    format!(
        "horizon: 1h\nautoscaler: karpenter\n{pool}workloads:\n  - name: web\n    replicas: 1\n    template:\n      \
         containers: [{{name: app, resources: {{requests: {{cpu: 700m, memory: 1Gi}}}}}}]\n  - name: agent\n    \
         kind: DaemonSet\n    annotations: {{spotsim/startup: 40s}}\n    template:\n      tolerations: \
         [{{operator: Exists}}]\n      containers: [{{name: app, resources: {{requests: {{cpu: 50m}}}}}}]\n  \
         - name: log\n    kind: DaemonSet\n    template:\n      containers: \
         [{{name: app, resources: {{requests: {{cpu: 50m}}}}}}]\n"
    )
}

fn general(fields: &str) -> String {
    format!(
        "pools:\n  - name: general\n    capacityType: on-demand\n    instanceTypes: [m6i.large]\n{fields}"
    )
}

impl Happened {
    /// How many milliseconds after a node is ready a pod of each workload is bound to it.
    fn bound_after(&self, node: NodeId) -> Vec<(String, u64)> {
        let ready = self.ready(node);
        let bound = self.facts.iter().filter_map(|(at, fact)| match fact {
            Fact::PodScheduled { workload, node: on, .. } if *on == node => {
                Some((self.workload(*workload), at.since(ready).as_ms()))
            }
            _ => None,
        });
        let mut bound: Vec<(String, u64)> = bound.collect();
        bound.sort();
        bound
    }

    fn workload(&self, id: WorkloadId) -> String {
        let model = &self.scenario.setup.model;
        model.names.text(model.workloads[id].name).to_owned()
    }

    fn ready(&self, of: NodeId) -> SimTime {
        let ready = self.facts.iter().find_map(|(at, fact)| {
            matches!(fact, Fact::NodeReady { node } if *node == of).then_some(*at)
        });
        ready.expect("the node joins")
    }

    /// How many taints a node has, each time that changes.
    fn taints(&self) -> Vec<u32> {
        let taints = self.facts.iter().filter_map(|(_, fact)| match fact {
            Fact::NodeTainted { taints, .. } => Some(*taints),
            _ => None,
        });
        taints.collect()
    }

    /// Why nodes are to be removed.
    fn removals(&self) -> Vec<&'static str> {
        let removals = self.facts.iter().filter_map(|(_, fact)| match fact {
            Fact::RemovalDecided { reason, .. } => Some(*reason),
            _ => None,
        });
        removals.collect()
    }
}

/// The pod waits for the DaemonSet that tolerates the taint, as does the DaemonSet that does not; meanwhile the node is
/// the pod's, and no other is launched.
#[test]
fn a_node_takes_pods_once_its_startup_taints_are_gone() {
    let of = |fields: &str| {
        let happened = run(&starting(&general(fields)), &[]);
        let launched = happened.launched();
        assert_eq!((launched.len(), happened.waiting()), (1, 0));
        (happened.bound_after(launched[0].0), happened.taints())
    };
    let bound = |agent, log, web| {
        [("agent", agent), ("log", log), ("web", web)].map(|(name, at)| (name.to_owned(), at))
    };
    assert_eq!(of(""), (bound(0, 0, 0).to_vec(), vec![]));
    assert_eq!(of(STARTUP), (bound(0, 40_000, 40_000).to_vec(), vec![1, 0]));
    let both = format!("{STARTUP}    taints: [{{key: soft, effect: PreferNoSchedule}}]\n");
    assert_eq!(of(&both), (bound(0, 40_000, 40_000).to_vec(), vec![2, 1]));
}

/// Where no DaemonSet has a pod on the node, there is nothing to wait for; and nodes of the start have started.
#[test]
fn startup_taints_of_a_node_without_daemons_are_gone_when_it_joins() {
    let (text, _) = starting(&general(STARTUP)).split_once("  - name: agent").map_or_else(
        || panic!("there is a DaemonSet"),
        |(head, tail)| (head.to_owned(), tail.to_owned()),
    );
    let happened = run(&text, &[]);
    let node = happened.launched()[0].0;
    assert_eq!(happened.bound_after(node), [("web".to_owned(), 0)]);
    let there = general(&format!("    count: 1\n{STARTUP}"));
    let happened = run(&starting(&there), &[]);
    assert_eq!((happened.waiting(), happened.taints()), (0, vec![]));
}

/// A NodePool of a manifest gives its nodes the same as a pool that says so.
#[test]
fn templates_of_manifests_give_nodes_the_same() {
    let node_pool = "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: general}\nspec:\n  disruption: \
                     {consolidateAfter: 0s}\n  template:\n    metadata: {annotations: \
                     {karpenter.sh/do-not-disrupt: 'true', note: x}}\n    spec:\n      startupTaints: \
                     [{key: agent, effect: NoExecute}]\n      requirements:\n      \
                     - {key: node.kubernetes.io/instance-type, operator: In, values: [m6i.large]}\n      \
                     - {key: karpenter.sh/capacity-type, operator: In, values: [on-demand]}\n";
    let text = format!("{}manifests: [pool.yaml]\n", starting(""));
    let of_manifest = run(&text, &[("pool.yaml", node_pool)]);
    let of_pool = run(&starting(&general(&format!("{STARTUP}{KEPT}"))), &[]);
    assert_eq!(of_manifest.taints(), [1, 0]);
    let count = |of: &Happened| of.count(|fact| matches!(fact, Fact::RemovalRefused { .. }));
    assert!(count(&of_manifest) > 0);
    assert_eq!(count(&of_manifest), count(&of_pool));
    let node = of_pool.launched()[0].0;
    assert_eq!(of_manifest.bound_after(node), of_pool.bound_after(node));
}

/// A node of a dump may have been there for a moment only: its startup taint is gone at `T+0`, evicts no pod, and is no
/// drift.
#[test]
fn nodes_of_a_dump_have_started() {
    let (plain, tainted) =
        ("spec: {providerID", "spec: {taints: [{key: agent, effect: NoExecute}], providerID");
    let dump = of_yesterday("{}", "").replace(plain, tainted);
    let quiet = "    disruption: {consolidateAfter: Never}\n";
    let ended = |fields: &str| {
        let happened = of_cluster(&dump, "m5.xlarge", fields);
        let ended = happened.count(|fact| matches!(fact, Fact::PodTerminating { .. }));
        (ended, happened.removed().0, happened.waiting())
    };
    assert_eq!(ended(&format!("{quiet}{STARTUP}")), (0, None, 0));
    assert_eq!(ended(quiet).0, 1, "a taint that nothing takes off evicts the pod");
}

/// What is replaced stays until the replacement has started, and not only joined.
#[test]
fn replacements_have_to_start_before_a_node_is_drained() {
    let fields = format!("{STARTUP}    disruption: {{consolidateAfter: Never}}\n");
    let tolerates = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\nspec:\n  selector: \
                     {matchLabels: {app: agent}}\n  template:\n    metadata: {labels: {app: agent}, annotations: \
                     {spotsim/startup: 40s}}\n    spec:\n      tolerations: [{operator: Exists}]\n      \
                     containers: [{name: app, image: agent, resources: {requests: {cpu: 50m}}}]\n";
    let dump = format!("{}---\n{tolerates}", of_yesterday("{}", ""));
    let happened = of_cluster(&dump, "m6i.large", &fields);
    assert_eq!(happened.removed().0, Some((SimTime::ZERO, "Drifted")));
    let replacement = happened.launched()[0].0;
    let first = NodeId::from_index(0);
    let drained = happened.facts.iter().find_map(|(at, fact)| match fact {
        Fact::PodTerminating { workload, .. } if happened.workload(*workload) == "web" => Some(*at),
        _ => None,
    });
    assert_eq!(drained, Some(happened.ready(replacement) + Span::from_secs(40)));
    assert!(happened.removed().1.is_some(), "{first:?} is gone");
}

/// Of two nodes one becomes empty. With the annotation it stays, until it is too old.
#[test]
fn nodes_of_an_annotated_template_go_only_when_they_have_to() {
    let of = |fields: &str| {
        let text = format!(
            "horizon: 6h\nautoscaler: karpenter\n{}workloads:\n  - name: web\n    replicas: 2\n    template:\n      \
             containers: [{{name: app, resources: {{requests: {{cpu: 1500m, memory: 1Gi}}}}}}]\nreplicaSchedules:\n  \
             - {{workload: web, steps: [{{at: 1h, replicas: 1}}]}}\n",
            general(fields)
        );
        let happened = run(&text, &[]);
        let kept = happened.count(
            |fact| matches!(fact, Fact::RemovalRefused { reason, .. } if reason.contains("do-not-disrupt")),
        );
        (happened.removals(), kept > 0)
    };
    assert_eq!(of(""), (vec!["Empty"], false));
    assert_eq!(of(KEPT), (vec![], true));
    let not = "    annotations: {karpenter.sh/do-not-disrupt: 'false'}\n";
    assert_eq!(of(not), (vec!["Empty"], false));
    let (removals, _) = of(&format!("{KEPT}    expireAfter: 4h\n"));
    assert!(!removals.is_empty() && removals.iter().all(|why| *why == "Expired"), "{removals:?}");
}
