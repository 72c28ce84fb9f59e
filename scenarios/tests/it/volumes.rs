//! What placing a pod reserves of storage, and that a trial gives it back.

use std::sync::Arc;

use scenarios::kube::Object;
use scenarios::lower::snapshot::{Snapshot, snapshot};
use sim::Root;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::scheduler::framework::PodView;
use sim::scheduler::plain::{Walk, evaluate};
use sim::scheduler::profile::Profile;
use sim::scheduler::{Placed, Scheduler};
use sim::table::Id;
use sim::world::World;

/// Two nodes in two zones, two local volumes on the first, a class that makes volumes anywhere and
/// one that does not; pods `a` to `g` that use claims.
const CLUSTER: &str = r#"[
  {"kind": "Node", "metadata": {"name": "n1", "labels": {"kubernetes.io/hostname": "n1"}},
   "status": {"allocatable": {"pods": "10"}}},
  {"kind": "Node", "metadata": {"name": "n2", "labels": {"kubernetes.io/hostname": "n2"}},
   "status": {"allocatable": {"pods": "10"}}},
  {"kind": "CSINode", "metadata": {"name": "n2"},
   "spec": {"drivers": [{"name": "some.org/driver", "allocatable": {"count": 1}}]}},
  {"kind": "StorageClass", "metadata": {"name": "local"}, "provisioner": "kubernetes.io/no-provisioner",
   "volumeBindingMode": "WaitForFirstConsumer"},
  {"kind": "StorageClass", "metadata": {"name": "made"}, "provisioner": "some.org/driver",
   "volumeBindingMode": "WaitForFirstConsumer"},
  LOCAL(large, 20Gi), LOCAL(small, 10Gi),
  CLAIM(l1, local), CLAIM(l2, local), CLAIM(l3, local), CLAIM(m1, made), CLAIM(m2, made),
  POD(a, l1), POD(b, l2), POD(c, l3), POD(d, m1), POD(e, m1), POD(f, m2), POD(g, none)]"#;

struct Cluster {
    snapshot: Snapshot,
    world: World,
}

fn cluster() -> Cluster {
    let mut text = CLUSTER.to_owned();
    let forms = [
        (
            "LOCAL",
            r#"{"kind": "PersistentVolume", "metadata": {"name": "$1"}, "spec": {
                "capacity": {"storage": "$2"}, "accessModes": ["ReadWriteOnce"],
                "storageClassName": "local", "local": {"path": "/data"}, "nodeAffinity": {
                "required": {"nodeSelectorTerms": [{"matchExpressions": [
                    {"key": "kubernetes.io/hostname", "operator": "In", "values": ["n1"]}]}]}}},
                "status": {"phase": "Available"}}"#,
        ),
        (
            "CLAIM",
            r#"{"kind": "PersistentVolumeClaim", "metadata": {"name": "$1"}, "spec": {
                "accessModes": ["ReadWriteOnce"], "storageClassName": "$2",
                "resources": {"requests": {"storage": "5Gi"}}}}"#,
        ),
        (
            "POD",
            r#"{"kind": "Pod", "metadata": {"name": "$1"}, "spec": {"volumes": [
                {"name": "v", "persistentVolumeClaim": {"claimName": "$2"}}]}}"#,
        ),
    ];
    for (name, form) in forms {
        while let Some(at) = text.find(&format!("{name}(")) {
            let end = at + text[at..].find(')').expect("a closing parenthesis");
            let (one, two) =
                text[at + name.len() + 1..end].split_once(", ").expect("two arguments");
            text.replace_range(at..=end, &form.replace("$1", one).replace("$2", two));
        }
    }
    let objects: Vec<Object> = serde_json::from_str(&text).expect("objects");
    let mut snapshot = snapshot(&objects, &[]).expect("a cluster");
    let world = World::standing(&Arc::new(std::mem::take(&mut snapshot.model)));
    Cluster { snapshot, world }
}

impl Cluster {
    fn pod(&self, name: &str) -> PodId {
        PodId::from_index(self.snapshot.pods[&format!("default/{name}")])
    }

    fn node(&self, name: &str) -> NodeId {
        NodeId::from_index(self.snapshot.nodes[name])
    }

    /// On which nodes a pod may run.
    fn fits(&self, name: &str) -> Vec<String> {
        fits(self.pod(name), &self.world)
    }

    fn bind(&mut self, pod: &str, node: &str) {
        let (pod, node) = (self.pod(pod), self.node(node));
        let _ = self.world.bind(pod, node);
    }
}

fn fits(pod: PodId, world: &World) -> Vec<String> {
    let view = PodView::of(pod, world);
    let evaluation = evaluate(&Profile::default(), view, world, Walk::WHOLE);
    let passed = evaluation.verdicts.iter().filter(|(_, refused)| refused.is_none());
    passed.map(|(node, _)| world.node_name(*node)).collect()
}

#[test]
fn a_volume_that_was_chosen_is_taken() {
    let mut it = cluster();
    for pod in ["a", "b"] {
        assert_eq!(it.fits(pod), ["n1"], "its volume is there");
        it.bind(pod, "n1");
    }
    assert!(it.fits("c").is_empty(), "both volumes are taken");
    assert_eq!(it.world.check(), Ok(()));
}

#[test]
fn a_claim_whose_volume_is_being_made_keeps_others_to_its_node() {
    let mut it = cluster();
    assert_eq!(it.fits("d"), ["n1", "n2"]);
    assert!(it.world.spec_of(it.pod("d")).reads_shared_state());
    it.bind("d", "n2");
    assert_eq!(it.fits("e"), ["n2"], "the same claim, the same node");
    assert_eq!(it.fits("f"), ["n1"], "n2 takes one volume, and has it");
}

#[test]
fn a_pod_that_cannot_run_anywhere_hears_so_from_preemption_too() {
    let it = cluster();
    let mut scheduler = Scheduler::new(Profile::default(), Root { seed: 0, replication: 0 });
    let Placed::Nowhere { refusal, .. } = scheduler.place(it.pod("g"), &it.world) else {
        panic!("its claim is not there");
    };
    assert_eq!(
        refusal.message(it.world.model()),
        "0/2 nodes are available: persistentvolumeclaim \"none\" not found. no new claims to \
         deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for \
         scheduling."
    );
}

#[test]
fn a_trial_gives_everything_back() {
    let mut it = cluster();
    let before = it.world.clone();
    let (pods, other, node) = ([it.pod("a"), it.pod("d")], it.pod("e"), it.node("n1"));
    let mut trial = it.world.trial();
    for pod in pods {
        trial.bind(pod, node);
    }
    assert_eq!(fits(other, &trial), ["n1"]);
    drop(trial);
    assert!(it.world.same_state_as(&before));
    assert_eq!(it.fits("e"), ["n1", "n2"]);
}
