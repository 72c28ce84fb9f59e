//! Karpenter in runs that are small enough to be worked out by hand: each shows one rule at work in the simulated
//! world.

use std::collections::BTreeMap;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::model::node::NodeId;
use sim::model::pod::{End, Limit};
use sim::table::Id;
use sim::{Fact, Root, SimTime};

const ROOT: Root = Root { seed: 1, replication: 0 };
const HEAD: &str = "apiVersion: spotsim/v1\nname: x\nregion: us-east-1\n";

/// A scenario, beside files that it names.
fn read(text: &str, files: &[(&str, &str)]) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("room for a file");
    }
    let source = Source { file: "x.yaml".into(), text: Arc::from(format!("{HEAD}{text}")) };
    Scenario::parse(&source, Some(folder.path())).map_err(|found| found.render(false))
}

/// What happens in a scenario.
pub(super) struct Happened {
    pub(super) scenario: Scenario,
    pub(super) facts: Vec<(SimTime, Fact)>,
}

pub(super) fn run(text: &str, files: &[(&str, &str)]) -> Happened {
    let scenario = read(text, files).unwrap_or_else(|wrong| panic!("{wrong}"));
    let mut facts = Vec::new();
    sim::run(&scenario.setup, ROOT, &mut facts);
    Happened { scenario, facts }
}

impl Happened {
    fn name(&self, of: sim::names::NameId) -> &str {
        self.scenario.setup.model.names.text(of)
    }

    /// Nodes that were not there before, each with when it was launched, its type and its zone.
    pub(super) fn launched(&self) -> Vec<(NodeId, SimTime, String, String)> {
        let model = &self.scenario.setup.model;
        let (catalog, found) = (&model.catalog, model.start.nodes.len());
        let launches = self.facts.iter().filter_map(|(at, fact)| match fact {
            Fact::NodeLaunched { node, offering, .. } if node.index() >= found => {
                let machine = self.name(catalog.instance_type(*offering).name).to_owned();
                let zone = self.name(catalog.offerings[*offering].zone).to_owned();
                Some((*node, *at, machine, zone))
            }
            _ => None,
        });
        launches.collect()
    }

    pub(super) fn count(&self, is: impl Fn(&Fact) -> bool) -> usize {
        self.facts.iter().filter(|(_, fact)| is(fact)).count()
    }

    /// How many pods wait at the end.
    pub(super) fn waiting(&self) -> usize {
        self.count(|fact| matches!(fact, Fact::StillPending { .. }))
    }
}

/// A claim whose disk is in the second of two zones, which cost the same.
const DISK: &str = r#"
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata: {name: data, namespace: default, annotations: {pv.kubernetes.io/bind-completed: "yes"}}
  spec: {accessModes: [ReadWriteOnce], volumeName: pv-1, resources: {requests: {storage: 10Gi}}}
  status: {phase: Bound}
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: pv-1}
  spec:
    capacity: {storage: 10Gi}
    accessModes: [ReadWriteOnce]
    claimRef: {namespace: default, name: data}
    csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}
    nodeAffinity:
      required:
        nodeSelectorTerms:
        - matchExpressions: [{key: topology.ebs.csi.aws.com/zone, operator: In, values: [us-east-1b]}]
  status: {phase: Bound}
- apiVersion: v1
  kind: Pod
  metadata: {name: db, namespace: default}
  spec:
    containers: [{name: db, image: db, resources: {requests: {cpu: "1", memory: 1Gi}}}]
    volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
- apiVersion: v1
  kind: Node
  metadata:
    name: small
    labels: {node.kubernetes.io/instance-type: m6i.large, topology.kubernetes.io/zone: us-east-1a, own: "yes"}
  spec: {providerID: "aws:///us-east-1a/i-1"}
  status: {allocatable: {cpu: 100m, memory: 1Gi, pods: "58"}, capacity: {cpu: "2", memory: 8Gi, pods: "58"}}
"#;

/// The disk is in the zone that would be asked for last: in the other one the pod could never run.
#[test]
fn a_node_is_launched_where_the_disk_of_its_pod_is() {
    let happened = run(
        "horizon: 1h\nautoscaler: karpenter\ncluster: {file: dump.yaml, placement: keep}\npools:\n  \
         - {name: own, count: 1, autoscaler: none, capacityType: on-demand, instanceTypes: [m6i.large], \
         zones: [us-east-1a], matchLabels: {own: 'yes'}}\n  \
         - {name: general, capacityType: on-demand, instanceTypes: [m6i.large], zones: [us-east-1a, us-east-1b]}\n",
        &[("dump.yaml", DISK)],
    );
    let launched = happened.launched();
    let zones: Vec<&str> = launched.iter().map(|(_, _, _, zone)| zone.as_str()).collect();
    assert_eq!(zones, ["us-east-1b"]);
    assert_eq!(happened.waiting(), 0);
}

/// Four pods, each of which takes a node. Both pools offer the same machine, in another zone each: that pools are
/// called differently, and so are their nodes, is nothing in which groups differ.
#[test]
fn node_groups_of_one_kind_are_balanced_whatever_they_are_called() {
    let sizes = |flags: &str| {
        let happened = run(
            &format!(
                "horizon: 1h\nautoscaler: {{cluster-autoscaler: {{{flags}}}}}\npools:\n  \
                 - {{name: a, capacityType: on-demand, instanceTypes: [m6i.large], zones: [us-east-1a]}}\n  \
                 - {{name: b, capacityType: on-demand, instanceTypes: [m6i.large], zones: [us-east-1b]}}\n\
                 workloads:\n  - name: web\n    replicas: 4\n    template:\n      containers: \
                 [{{name: app, resources: {{requests: {{cpu: 1500m, memory: 1Gi}}}}}}]\n"
            ),
            &[],
        );
        let mut sizes = BTreeMap::new();
        for (_, _, _, zone) in happened.launched() {
            *sizes.entry(zone).or_insert(0) += 1;
        }
        sizes.into_values().collect::<Vec<u32>>()
    };
    assert_eq!(sizes("balance-similar-node-groups: true"), [2, 2]);
    assert_eq!(sizes("balance-similar-node-groups: false"), [4]);
}

/// A NodePool that buys m6i.large now, with a node of another type that is two hours old, and a pod on it.
pub(super) fn of_yesterday(annotations: &str, status: &str) -> String {
    format!(
        r#"
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Node
  metadata:
    name: ip-1
    creationTimestamp: "2026-06-01T08:00:00Z"
    annotations: {annotations}
    labels:
      karpenter.sh/nodepool: default
      karpenter.sh/capacity-type: on-demand
      node.kubernetes.io/instance-type: m5.xlarge
      topology.kubernetes.io/zone: us-east-1a
      topology.kubernetes.io/region: us-east-1
  spec: {{providerID: "aws:///us-east-1a/i-1"}}
  status:
    allocatable: {{cpu: 3920m, memory: 14Gi, pods: "58"}}
    capacity: {{cpu: "4", memory: 16Gi, pods: "58"}}
- apiVersion: karpenter.sh/v1
  kind: NodeClaim
  metadata: {{name: default-1, creationTimestamp: "2026-06-01T08:00:00Z", labels: {{karpenter.sh/nodepool: default}}}}
  status: {{nodeName: ip-1, conditions: [{status}]}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {{name: web, namespace: default}}
  spec:
    replicas: 1
    selector: {{matchLabels: {{app: web}}}}
    template: &template
      metadata: {{labels: {{app: web}}}}
      spec: {{containers: [{{name: app, image: web, resources: {{requests: {{cpu: 700m, memory: 1Gi}}}}}}]}}
- apiVersion: apps/v1
  kind: ReplicaSet
  metadata:
    name: web-1
    namespace: default
    ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: web, uid: d, controller: true}}]
  spec: {{replicas: 1, selector: {{matchLabels: {{app: web}}}}, template: *template}}
- apiVersion: v1
  kind: Pod
  metadata:
    name: web-1-a
    namespace: default
    labels: {{app: web}}
    ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r, controller: true}}]
  spec: {{nodeName: ip-1, containers: [{{name: app, image: web, resources: {{requests: {{cpu: 700m, memory: 1Gi}}}}}}]}}
  status: {{phase: Running, startTime: "2026-06-01T10:00:00Z"}}
"#
    )
}

/// A run of that cluster, with a pool of these fields.
pub(super) fn of_cluster(dump: &str, types: &str, fields: &str) -> Happened {
    let text = format!(
        "horizon: 2h\nautoscaler: karpenter\ncluster: {{file: dump.yaml, placement: keep}}\npools:\n  \
         - name: default\n    count: 1\n    matchLabels: {{karpenter.sh/nodepool: default}}\n    \
         capacityType: on-demand\n    instanceTypes: [{types}]\n    zones: [us-east-1a]\n{fields}"
    );
    run(&text, &[("dump.yaml", dump)])
}

impl Happened {
    /// When the node that was there from the start was to be removed, why, and when it was gone.
    pub(super) fn removed(&self) -> (Option<(SimTime, &'static str)>, Option<SimTime>) {
        let first = NodeId::from_index(0);
        let decided = self.facts.iter().find_map(|(at, fact)| match fact {
            Fact::RemovalDecided { node, reason, .. } if *node == first => Some((*at, *reason)),
            _ => None,
        });
        let gone = self.facts.iter().find_map(|(at, fact)| {
            matches!(fact, Fact::NodeGone { node, .. } if *node == first).then_some(*at)
        });
        (decided, gone)
    }

    fn assumes(&self, id: &str) -> bool {
        self.scenario.assumptions.iter().any(|it| it.id == id)
    }
}

/// Its replacement is launched first, and the node goes once that is ready and its pod has moved.
#[test]
fn a_node_that_its_node_pool_would_not_launch_is_replaced() {
    let happened = of_cluster(&of_yesterday("{}", ""), "m6i.large", "");
    let (decided, gone) = happened.removed();
    assert_eq!(decided, Some((SimTime::ZERO, "Drifted")));
    let launched = happened.launched();
    let types: Vec<&str> = launched.iter().map(|(_, _, machine, _)| machine.as_str()).collect();
    assert_eq!(types, ["m6i.large"]);
    let others = happened.facts.iter().filter_map(|(at, fact)| match fact {
        Fact::NodeReady { node } if node.index() > 0 => Some(*at),
        _ => None,
    });
    let ready: Vec<SimTime> = others.collect();
    assert_eq!(ready.len(), 1, "one replacement");
    assert!(ready[0] > SimTime::ZERO && gone.is_some_and(|gone| gone > ready[0]));
    assert_eq!(happened.waiting(), 0);
    assert!(happened.assumes("drifted-nodes"));
}

/// What decides is the NodePool, and what the dump says of the NodeClaim; of a budget of none nothing goes.
#[test]
fn drift_needs_a_reason_and_a_budget() {
    let dump = |status: &str| of_yesterday("{}", status);
    let said = "{type: Drifted, status: 'True', lastTransitionTime: '2026-06-01T09:00:00Z'}";
    let with = |dump: &str, types: &str, fields: &str| {
        let happened = of_cluster(dump, types, fields);
        let stays = |fact: &Fact| matches!(fact, Fact::RemovalRefused { reason, .. } if reason.contains("drifted"));
        let count = happened.count(stays);
        (happened.removed().0.map(|(_, why)| why), count, happened.assumes("drifted-nodes"))
    };
    let quiet = "    disruption: {consolidateAfter: Never}\n";
    assert_eq!(with(&dump(""), "m5.xlarge", quiet), (None, 0, false));
    assert_eq!(with(&dump(said), "m5.xlarge", quiet), (Some("Drifted"), 0, true));
    let none =
        "    disruption: {consolidateAfter: Never, budgets: [{nodes: '0', reasons: [Drifted]}]}\n";
    assert_eq!(with(&dump(said), "m5.xlarge", none), (None, 1, true));
    let labels = "    labels: {team: web}\n    disruption: {consolidateAfter: Never}\n";
    assert_eq!(with(&dump(""), "m5.xlarge", labels), (Some("Drifted"), 0, true));
    let annotated = of_yesterday("{karpenter.sh/do-not-disrupt: 'true'}", said);
    assert_eq!(with(&annotated, "m5.xlarge", quiet), (None, 0, true));
}

/// It is two hours old at `T+0`, and goes half an hour later.
#[test]
fn a_node_of_a_dump_expires_by_its_age_there() {
    let fields = "    expireAfter: 150m\n    disruption: {consolidateAfter: Never}\n";
    let happened = of_cluster(&of_yesterday("{}", ""), "m5.xlarge", fields);
    let at = SimTime::ZERO + sim::Span::from_secs(1_800);
    assert_eq!(happened.removed().0, Some((at, "Expired")));
}

/// One pod on a node that expires an hour after its launch: when the pod begins to stop, and how it ends and when,
/// each as time after the expiry.
fn of_expired(fields: &str, annotations: &str, pod: &str) -> (Option<u64>, Option<(u64, End)>) {
    let text = format!(
        "horizon: 3h\nautoscaler: karpenter\npools:\n  - {{name: general, capacityType: on-demand, \
         instanceTypes: [m6i.large], expireAfter: 1h{fields}}}\nworkloads:\n  - name: web\n    replicas: 1\n    \
         labels: {{app: web}}\n    annotations: {annotations}\n    template:\n      {pod}\n      \
         containers: [{{name: app, resources: {{requests: {{cpu: 700m, memory: 1Gi}}}}}}]\n\
         manifests: [budget.yaml]\n"
    );
    let budget = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {maxUnavailable: 0, \
                  selector: {matchLabels: {app: web}}}\n";
    let happened = run(&text, &[("budget.yaml", budget)]);
    let (_, launched, _, _) = happened.launched()[0];
    let after = |at: SimTime| at.since(launched + sim::Span::from_hours(1)).as_ms() / 1_000;
    let stops = happened
        .facts
        .iter()
        .find_map(|(at, fact)| matches!(fact, Fact::PodTerminating { .. }).then(|| after(*at)));
    let ended = happened.facts.iter().find_map(|(at, fact)| match fact {
        Fact::PodEnded { end, .. } => Some((after(*at), *end)),
        _ => None,
    });
    (stops, ended)
}

/// A budget that allows nothing, or an annotation, keeps the pod for ever; with a `terminationGracePeriod` of ten
/// minutes it begins to stop when what is left is its own grace period, and one that wants an hour is cut short.
#[test]
fn a_termination_grace_period_is_the_end_of_what_keeps_a_node() {
    let (none, grace) = ("", ", terminationGracePeriod: 10m");
    let plain = "terminationGracePeriodSeconds: 30";
    assert_eq!(of_expired(none, "{spotsim/shutdown: 5s}", plain), (None, None));
    let stops = (Some(570), Some((575, End::Clean)));
    assert_eq!(of_expired(grace, "{spotsim/shutdown: 5s}", plain), stops);
    let long = "terminationGracePeriodSeconds: 3600";
    let cut = (Some(0), Some((600, End::CutShort(Limit::Deadline))));
    assert_eq!(of_expired(grace, "{spotsim/shutdown: 50m}", long), cut);
}

/// NodePools of manifests are the pools of a scenario that lists none.
#[test]
fn node_pools_in_manifests_are_pools_enough() {
    let objects = "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: general}\nspec:\n  template:\n    \
                   spec:\n      requirements:\n      - {key: node.kubernetes.io/instance-type, operator: In, values: \
                   [m6i.large]}\n      - {key: karpenter.sh/capacity-type, operator: In, values: [on-demand]}\n---\n\
                   apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: \
                   {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: \
                   [{name: app, image: web, resources: {requests: {cpu: 1500m, memory: 1Gi}}}]}\n";
    let files = [("objects.yaml", objects)];
    let happened = run("horizon: 1h\nautoscaler: karpenter\nmanifests: [objects.yaml]\n", &files);
    assert_eq!(happened.launched().len(), 2, "a node has room for one of them");
    assert_eq!(happened.waiting(), 0);
    for (text, wants) in [
        ("horizon: 1h\nmanifests: [objects.yaml]\n", "write `autoscaler: karpenter`: then"),
        ("horizon: 1h\nautoscaler: karpenter\n", "name files with NodePools"),
    ] {
        let wrong = read(text, &files).err().expect("there are no pools");
        assert!(wrong.contains("E0106") && wrong.contains(wants), "{wrong}");
    }
}

/// A NodePool that gives its nodes one of two values, and a pod that asks for the second: which of them its node has
/// is written down, because its offering does not tell.
#[test]
fn the_value_of_a_label_that_a_pod_asks_for_is_written_down() {
    let labelled = |value: &str| {
        let happened = run(
            &format!(
                "horizon: 1h\nautoscaler: karpenter\npools:\n  - name: general\n    capacityType: on-demand\n    \
                 instanceTypes: [m6i.large]\n    requirements: [{{key: stage, operator: In, values: [a, b]}}]\n\
                 workloads:\n  - name: web\n    replicas: 1\n    template:\n      nodeSelector: {{stage: {value}}}\n      \
                 containers: [{{name: app, resources: {{requests: {{cpu: 700m, memory: 1Gi}}}}}}]\n"
            ),
            &[],
        );
        assert_eq!(happened.launched().len(), 1);
        assert_eq!(happened.waiting(), 0);
        let model = &happened.scenario.setup.model;
        let stage = model.names.find("stage").expect("a label of nodes");
        let value_of = |fact: &Fact| match *fact {
            Fact::NodeLabelled { pool, template, .. } => {
                let template = usize::try_from(template).expect("few templates");
                let value = model.pools[pool].templates[template].shape.labels.get(stage)?;
                Some(happened.name(value).to_owned())
            }
            _ => None,
        };
        happened.facts.iter().find_map(|(_, fact)| value_of(fact))
    };
    assert_eq!(labelled("b").as_deref(), Some("b"));
    assert_eq!(labelled("a"), None, "it is the first");
}
