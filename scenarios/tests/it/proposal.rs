//! The proposal for a cluster follows our own review: several types, a base that is not taken, and
//! nothing on spot that cannot stand it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use scenarios::file::ProviderName;
use scenarios::init::{Draft, Files, from_files};
use scenarios::lint::review;
use scenarios::{Diagnostics, Scenario};
use serde_json::{Value, json};
use sim::model::catalog::CapacityType;
use sim::{Fact, Root, SimTime};

const NODES: usize = 8;
const WEBS: usize = 24;

/// One node group in two zones, a Deployment of 24 and one of a single pod on the fourth node.
fn dump() -> Value {
    let zone = |index: usize| ["us-east-1a", "us-east-1b"][index % 2];
    let node = |index: usize| {
        json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": format!("n{index}"), "labels": {
                "eks.amazonaws.com/nodegroup": "web",
                "eks.amazonaws.com/capacityType": "ON_DEMAND",
                "kubernetes.io/hostname": format!("n{index}"),
                "node.kubernetes.io/instance-type": "m6i.large",
                "topology.kubernetes.io/region": "us-east-1",
                "topology.kubernetes.io/zone": zone(index)}},
            "spec": {"providerID": format!("aws:///{}/i-{index}", zone(index))},
            "status": {"allocatable": {"cpu": "1930m", "memory": "7Gi", "pods": "29"}}
        })
    };
    let deployment = |name: &str, replicas: usize| {
        let containers =
            json!([{"name": "app", "resources": {"requests": {"cpu": "300m", "memory": "1Gi"}}}]);
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": name, "namespace": "shop", "uid": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}},
                "template": {"metadata": {"labels": {"app": name}},
                             "spec": {"containers": containers}}}
        })
    };
    let set = |name: &str| {
        json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {"name": format!("{name}-1"), "namespace": "shop", "ownerReferences":
                [{"kind": "Deployment", "name": name, "controller": true, "uid": name,
                  "apiVersion": "apps/v1"}]},
            "spec": {"replicas": 0, "selector": {"matchLabels": {"app": name}},
                "template": {"metadata": {"labels": {"app": name}},
                    "spec": {"containers": [{"name": "app"}]}}}
        })
    };
    let pod = |deployment: &Value, index: usize, node: usize| {
        let name = deployment["metadata"]["name"].as_str().expect("a name");
        let mut spec = deployment["spec"]["template"]["spec"].clone();
        spec["nodeName"] = format!("n{node}").into();
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": format!("{name}-1-{index}"), "namespace": "shop",
                "labels": {"app": name}, "ownerReferences":
                [{"kind": "ReplicaSet", "name": format!("{name}-1"), "controller": true,
                  "uid": name, "apiVersion": "apps/v1"}]},
            "spec": spec, "status": {"phase": "Running"}
        })
    };
    let (web, cart) = (deployment("web", WEBS), deployment("cart", 1));
    let mut items: Vec<Value> = (0..NODES).map(node).collect();
    items.extend((0..WEBS).map(|index| pod(&web, index, index % NODES)));
    items.push(pod(&cart, 0, 3));
    items.extend([set("web"), set("cart"), web, cart]);
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}

/// Both scenarios, written into a folder.
fn drafted(folder: &Path) -> Draft {
    let file = folder.join("cluster.json");
    fs::write(&file, dump().to_string()).expect("a writable folder");
    let from = ["cluster.json".to_owned()];
    let path = |name: &str| folder.join(name).display().to_string();
    let (scenario, spot) = (path("scenario.yaml"), path("scenario-spot.yaml"));
    let names = Files { from: &from, scenario: &scenario, spot: &spot };
    let draft = from_files(&[file], names, ProviderName::default());
    let draft = draft.unwrap_or_else(|errors| panic!("{errors}"));
    fs::write(folder.join("scenario.yaml"), &draft.scenario).expect("a writable folder");
    let spot = draft.spot.as_ref().expect("the pool can move");
    fs::write(folder.join("scenario-spot.yaml"), spot).expect("a writable folder");
    draft
}

#[test]
fn it_has_several_types_and_a_base() {
    let folder = tempfile::tempdir().expect("a folder");
    let draft = drafted(folder.path());
    let spot = draft.spot.as_deref().unwrap_or_default();
    for line in [
        "  - name: web-base\n    nodes: [n0, n3]\n    count: 2\n    capacityType: on-demand\n",
        "    count: 6\n    capacityType: spot\n",
        "    instanceTypes: [m6i.large, ",
        "  onDemandOnly:\n    - shop/cart\n",
        "\ntoday: scenario.yaml\n",
    ] {
        assert!(spot.contains(line), "{line}\n{spot}");
    }
    assert!(draft.notes.join("\n").contains("2 of 8 nodes stay on-demand"), "{:?}", draft.notes);
    // What stands now is as it was.
    assert!(draft.scenario.contains("count: 8\n    capacityType: on-demand\n"));
    assert!(!draft.scenario.contains("onDemandOnly"), "{}", draft.scenario);
    let aws = sim::providers::named("aws").expect("aws is modelled");
    let found = review(&[folder.path().join("scenario-spot.yaml")], aws);
    for code in ["W0110", "W0112", "W0114", "W0115"] {
        assert!(found.iter().all(|it| it.code != code), "{}", found.render(false));
    }
}

#[test]
fn what_cannot_stand_it_is_never_on_spot() {
    let folder = tempfile::tempdir().expect("a folder");
    drafted(folder.path());
    let path = folder.path().join("scenario-spot.yaml");
    // Every spot node is taken many times over.
    let stormy = "reclaims: {model: constant, perHour: 0.2}";
    let text = fs::read_to_string(&path).expect("it was written");
    fs::write(&path, format!("{text}\nmarket: {{{stormy}}}\n")).expect("a writable folder");
    let scenario = Scenario::load(&path).unwrap_or_else(|errors| panic!("{errors}"));
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 7, replication: 0 }, &mut facts);
    let model = &scenario.setup.model;
    let offerings = &model.catalog.offerings;
    let (mut spot, mut all, mut reclaims, mut carts) = (BTreeSet::new(), BTreeMap::new(), 0, 0);
    for (_, fact) in &facts {
        match *fact {
            Fact::NodeLaunched { node, offering, .. } => {
                all.insert(node, offering);
                if offerings[offering].capacity_type == CapacityType::Spot {
                    spot.insert(node);
                }
            }
            Fact::NodeGone { .. } => reclaims += 1,
            Fact::PodScheduled { workload, node, .. } | Fact::PodFound { workload, node, .. }
                if model.names.text(model.workloads[workload].name) == "cart" =>
            {
                carts += 1;
                assert!(!spot.contains(&node), "{node:?}");
            }
            _ => {}
        }
    }
    assert!(reclaims > 20 && spot.len() > 20 && carts >= 1, "{reclaims} {} {carts}", spot.len());
    let types: BTreeSet<_> = all.values().map(|it| offerings[*it].instance_type).collect();
    assert!(types.len() > 1, "{types:?}");
}

#[test]
fn names_that_are_not_there_are_errors_at_their_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let spot = drafted(folder.path()).spot.unwrap_or_default();
    for (from, to, message, help) in [
        ("nodes: [n0, n3]", "nodes: [n0, n33]", "names node `n33`", "take the name out"),
        ("- shop/cart", "- shop/card", "names `shop/card`", "did you mean `shop/cart`?"),
    ] {
        let path = folder.path().join("scenario-spot.yaml");
        fs::write(&path, spot.replace(from, to)).expect("a writable folder");
        let errors: Diagnostics = Scenario::load(&path).err().expect("it is wrong");
        let text = errors.render(false);
        assert!(text.contains(message) && text.contains(help), "{text}");
        assert!(text.contains("scenario-spot.yaml:"), "{text}");
    }
}
