//! A dump of a whole cluster: understood, simulated from where it stands, and drafted as a scenario.

#[path = "../support/dump/mod.rs"]
mod dump;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use scenarios::cluster::Cluster;
use scenarios::diagnostic::Source;
use scenarios::file::{Kind, ProviderName};
use scenarios::init::{Draft, Files, from_files};
use scenarios::load::{Loaded, Loader};
use scenarios::unmodelled::Tally;
use scenarios::{Diagnostics, Scenario};
use serde_json::{Value as Json, json};
use sim::model::workload::Controller;
use sim::{Fact, Root, SimTime};

const SMALL: dump::Size = dump::Size { nodes: 40, pods: 600, ballast: 0 };

fn dumped(size: dump::Size) -> String {
    let mut bytes = Vec::new();
    dump::write(size, &mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("JSON is text")
}

/// A dump without the objects of some kinds.
fn without(text: &str, kinds: &[&str]) -> String {
    let mut list: Json = serde_json::from_str(text).expect("a list");
    let items = list["items"].as_array_mut().expect("items");
    items.retain(|item| !kinds.contains(&item["kind"].as_str().expect("a kind")));
    list.to_string()
}

fn loaded(text: &str) -> Vec<Loaded> {
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let mut loader = Loader::new(&mut tally, &mut found);
    loader.text(&Source { file: "cluster.json".into(), text: Arc::from(text) });
    let (objects, _) = loader.into_objects();
    assert!(found.is_empty(), "{}", found.render(false));
    objects
}

fn understood(objects: &[Loaded]) -> Cluster<'_> {
    let mut found = Diagnostics::default();
    let cluster = Cluster::of(objects, &mut Tally::default(), &mut found);
    assert!(found.is_empty(), "{}", found.render(false));
    cluster
}

/// Writes a dump into a folder and drafts scenarios for it.
fn drafted(folder: &Path, text: &str) -> Draft {
    let file = folder.join("cluster.json");
    fs::write(&file, text).expect("a writable folder");
    let from = ["cluster.json".to_owned()];
    let path = |name: &str| folder.join(name).display().to_string();
    let (scenario, spot) = (path("scenario.yaml"), path("scenario-spot.yaml"));
    let names = Files { from: &from, scenario: &scenario, spot: &spot };
    from_files(&[file], names, ProviderName::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A draft reads less of a dump than a run does: what a run would refuse is refused before that.
#[test]
fn what_a_run_would_refuse_is_not_drafted() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cluster.yaml");
    let dump = include_str!("../../../fuzz/corpus/dump/budget-of-no-number");
    fs::write(&file, dump).expect("a writable folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let from = ["cluster.yaml".to_owned()];
    let (scenario, spot) = (path("scenario.yaml"), path("scenario-spot.yaml"));
    let names = Files { from: &from, scenario: &scenario, spot: &spot };
    let found = from_files(std::slice::from_ref(&file), names, ProviderName::default())
        .expect_err("its budget is no number");
    let place = found.iter().find_map(|it| it.place.as_ref()).expect("a place");
    assert_eq!(place.file, "cluster.yaml", "{found}");
    assert!(found.iter().any(|it| it.message.contains("maxUnavailable")), "{found}");
}

fn parsed(folder: &Path, text: &str) -> Scenario {
    let source = Source { file: "scenario.yaml".into(), text: Arc::from(text) };
    Scenario::parse(&source, Some(folder)).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The facts of an hour.
fn hour(folder: &Path, text: &str) -> (Vec<(SimTime, Fact)>, u64) {
    let scenario = parsed(folder, &text.replace("horizon: 7d", "horizon: 1h"));
    let mut facts = Vec::new();
    let run = sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
    (facts, run.digest)
}

#[test]
fn every_pod_belongs_to_a_workload_or_is_set_aside() {
    let objects = loaded(&dumped(SMALL));
    let cluster = understood(&objects);
    let pods = objects.iter().filter(|it| it.object.kind().name() == "Pod").count();
    let aside = cluster.aside;
    assert_eq!(cluster.pods.len() + aside.finished_pods + aside.mirror_pods, pods);
    assert!(aside.finished_pods > 0 && aside.mirror_pods > 0 && aside.finished_jobs > 0);
    let of_kind = |kind| cluster.workloads.iter().filter(|it| it.kind == kind).count();
    assert_eq!((of_kind(Kind::DaemonSet), of_kind(Kind::Pod)), (3, 1), "only `debug` is bare");
    for member in &cluster.pods {
        let workload = &cluster.workloads[member.workload];
        let name = workload.name.trim_end_matches(" (running)");
        assert!(member.pod.metadata.name.starts_with(name), "{}", member.origin);
    }
    // The cluster has node groups: Karpenter's objects are in dumps of their own.
    let kinds = scenarios::kube::ObjectKind::ALL.iter();
    for kind in kinds.filter(|kind| !kind.api_version().starts_with("karpenter.")) {
        assert!(objects.iter().any(|it| it.object.kind() == *kind), "no {kind:?} in the dump");
    }
}

#[test]
fn nodes_and_pods_alone_tell_the_same_workloads() {
    let text = dumped(SMALL);
    let controllers = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob"];
    let (all, alone) = (loaded(&text), loaded(&without(&text, &controllers)));
    let rows = |objects: &[Loaded]| {
        let cluster = understood(objects);
        let mut rows: Vec<String> = cluster
            .pods
            .iter()
            .map(|member| {
                let workload = &cluster.workloads[member.workload];
                let pod = &member.pod.metadata.name;
                let name = workload.name.trim_end_matches(" (running)");
                format!("{pod} of {:?} {}/{name}", workload.kind, workload.namespace)
            })
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(rows(&all), rows(&alone));
}

/// Jobs of a dump: which of them are still to be done, how many are set aside, and what is listed.
fn jobs_of(jobs: &[(&str, Json, Json)]) -> (Vec<String>, usize, Vec<String>) {
    let template = json!({"spec": {"containers": [{"name": "app"}], "restartPolicy": "Never"}});
    let job = |(name, spec, status): &(&str, Json, Json)| {
        let mut spec = spec.clone();
        spec["template"] = template.clone();
        json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
               "spec": spec, "status": status})
    };
    let items: Vec<Json> = jobs.iter().map(job).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let objects = loaded(&list.to_string());
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let cluster = Cluster::of(&objects, &mut tally, &mut found);
    let left = cluster.workloads.iter().map(|it| it.name.clone()).collect();
    let listed = tally.into_list().into_iter().map(|it| it.what).collect();
    (left, cluster.aside.finished_jobs, listed)
}

#[test]
fn jobs_that_have_failed_are_done() {
    let condition = |kind: &str, status: &str| json!({"type": kind, "status": status});
    let all = json!({"completions": 2, "parallelism": 2});
    let (left, finished, listed) = jobs_of(&[
        ("failed", all.clone(), json!({"failed": 7, "conditions": [condition("Failed", "True")]})),
        ("complete", all.clone(), json!({"conditions": [condition("Complete", "True")]})),
        ("successful", all.clone(), json!({"succeeded": 2})),
        ("resumed", all.clone(), json!({"conditions": [condition("Suspended", "False")]})),
        ("retrying", all, json!({"failed": 1, "conditions": [condition("Failed", "False")]})),
    ]);
    assert_eq!(left, ["resumed", "retrying"]);
    assert_eq!((finished, listed.len()), (3, 0));
}

#[test]
fn jobs_that_stand_still_are_listed_and_not_done() {
    let (left, finished, listed) = jobs_of(&[
        ("suspended", json!({"completions": 2, "suspend": true}), json!({"succeeded": 1})),
        ("paused", json!({"completions": 2, "parallelism": 0}), json!({})),
        ("queue", json!({"parallelism": 0}), json!({})),
    ]);
    assert!(left.is_empty() && finished == 0, "{left:?}");
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert!(listed.iter().any(|it| it.starts_with("suspend:")), "{listed:?}");
    assert!(listed.iter().any(|it| it.starts_with("spec.parallelism: 0")), "{listed:?}");
}

#[test]
fn jobs_that_run_have_another_name_than_their_cron_job() {
    let objects = loaded(&dumped(SMALL));
    let workloads = understood(&objects).workloads;
    let cron_job = workloads.iter().find(|it| it.kind == Kind::CronJob).expect("a CronJob");
    let running = format!("{} (running)", cron_job.name);
    let job = workloads.iter().find(|it| it.kind == Kind::Job && it.name == running);
    assert_eq!(job.expect("its Jobs").namespace, cron_job.namespace);
}

#[test]
fn a_kept_cluster_starts_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let draft = drafted(folder.path(), &dumped(SMALL));
    let objects = loaded(&dumped(SMALL));
    let cluster = understood(&objects);
    let (facts, _) = hour(folder.path(), &draft.scenario);
    let count = |wanted: fn(&Fact) -> bool| facts.iter().filter(|(_, f)| wanted(f)).count();
    let bound = cluster.pods.iter().filter(|member| member.node.is_some()).count();
    // Over-committed or not.
    assert_eq!(count(|f| matches!(f, Fact::PodFound { .. })), bound);
    let scenario = parsed(folder.path(), &draft.scenario);
    assert_eq!(scenario.setup.model.start.nodes.len(), cluster.nodes.len());
    assert_eq!(scenario.understood, cluster.understood());
}

/// How often containers were restarted before the run comes with their pods.
#[test]
fn restarts_of_a_dump_are_read() {
    let mut list: Json = serde_json::from_str(&dumped(SMALL)).expect("a list");
    let items = list["items"].as_array_mut().expect("items");
    let runs = |it: &&mut Json| it["kind"] == "Pod" && it["status"]["phase"] == "Running";
    let pod = items.iter_mut().find(runs).expect("a running pod");
    let name = pod["metadata"]["name"].as_str().expect("a name").to_owned();
    let container = pod["spec"]["containers"][0]["name"].clone();
    pod["status"]["containerStatuses"] = json!([{"name": container, "restartCount": 7}]);
    let folder = tempfile::tempdir().expect("a folder");
    let draft = drafted(folder.path(), &list.to_string());
    let scenario = parsed(folder.path(), &draft.scenario);
    let model = &scenario.setup.model;
    let found = model.start.pods.iter().find(|pod| model.names.text(pod.name) == name);
    assert_eq!(found.expect("it is taken over").restarts, [(0, 7)].into());
    assert!(model.start.pods.iter().any(|pod| pod.restarts.is_empty()));
}

#[test]
fn a_rescheduled_cluster_starts_with_empty_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let draft = drafted(folder.path(), &dumped(SMALL));
    let text = draft.scenario.replace("placement: keep", "placement: reschedule");
    let (facts, _) = hour(folder.path(), &text);
    let count = |wanted: fn(&Fact) -> bool| facts.iter().filter(|(_, f)| wanted(f)).count();
    assert_eq!(count(|f| matches!(f, Fact::PodFound { .. })), 0);
    assert!(count(|f| matches!(f, Fact::PodScheduled { .. })) > 500);
}

#[test]
fn deadlines_of_jobs_that_run_begin_anew_and_that_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let dump = dumped(dump::Size { nodes: 8, pods: 120, ballast: 0 });
    let text = drafted(folder.path(), &dump).scenario;
    let assumed = |text: &str| {
        let listed = parsed(folder.path(), text).assumptions;
        listed.into_iter().find(|it| it.id == "active-deadlines").map(|it| it.text)
    };
    assert_eq!(assumed(&text), None);
    let mut ending: Json = serde_json::from_str(&dump).expect("a list");
    let items = ending["items"].as_array_mut().expect("items").iter_mut();
    for job in items.filter(|it| it["kind"] == "Job") {
        job["spec"]["activeDeadlineSeconds"] = json!(3_600);
    }
    fs::write(folder.path().join("cluster.json"), ending.to_string()).expect("a writable folder");
    for placement in ["placement: keep", "placement: reschedule"] {
        let said = assumed(&text.replace("placement: keep", placement)).expect("it is listed");
        assert!(said.contains("of the dump may take all of `activeDeadlineSeconds`"), "{said}");
    }
}

#[test]
fn drafts_are_whole_and_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let text = dumped(SMALL);
    let draft = drafted(folder.path(), &text);
    let again = drafted(folder.path(), &text);
    assert_eq!((&draft.scenario, &draft.spot), (&again.scenario, &again.spot));
    let spot = draft.spot.expect("the general pool can move");
    // The proposal compares itself with it.
    let today = draft.scenario.replace("horizon: 7d", "horizon: 1h");
    fs::write(folder.path().join("scenario.yaml"), today).expect("a writable folder");
    for text in [&draft.scenario, &spot] {
        let json = scenarios::tree::parse(text).unwrap()[0].to_json().to_string();
        let (_, digest) = hour(folder.path(), text);
        assert_eq!(digest, hour(folder.path(), text).1);
        assert_eq!(digest, hour(folder.path(), &json.replace("\"7d\"", "\"1h\"")).1);
    }
    assert_ne!(hour(folder.path(), &draft.scenario).1, hour(folder.path(), &spot).1);
}

#[test]
fn the_proposal_says_what_moves_and_why_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let draft = drafted(folder.path(), &dumped(SMALL));
    let notes = draft.notes.join("\n");
    assert!(notes.contains("general: Moves to spot: "), "{notes}");
    assert!(notes.contains("data: Stays: "), "{notes}");
    assert!(notes.contains("system: Stays: ") && notes.contains("singleton"), "{notes}");
    assert!(notes.contains("batch: Stays: it is on spot already"), "{notes}");
    assert!(draft.gaps.is_empty(), "{:?}", draft.gaps);
}

#[test]
fn a_type_without_a_price_is_never_priced_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let text = dumped(SMALL).replace("m6i.2xlarge", "zz9.plural");
    let draft = drafted(folder.path(), &text);
    assert_eq!(
        draft.gaps,
        ["zz9.plural is not in the catalogue for us-east-1: write its `onDemandPrice` under pool \
          `general`"]
    );
    let source = Source { file: "scenario.yaml".into(), text: Arc::from(draft.scenario.as_str()) };
    let Err(errors) = Scenario::parse(&source, Some(folder.path())) else { panic!("no price") };
    let errors = errors.render(false);
    assert!(errors.contains("described without `onDemandPrice`"), "{errors}");
    let priced = draft.scenario.replace("onDemandPrice:", "onDemandPrice: 0.5");
    parsed(folder.path(), &priced);
}

#[test]
fn a_pod_on_a_node_that_is_not_there_is_an_error_at_its_place() {
    let mut list: Json = serde_json::from_str(&dumped(SMALL)).unwrap();
    let items = list["items"].as_array_mut().unwrap();
    items.push(json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lost", "namespace": "shop"},
        "spec": {"nodeName": "gone", "containers": [{"name": "app"}]},
    }));
    let text = list.to_string();
    let objects = loaded(&text);
    let mut found = Diagnostics::default();
    Cluster::of(&objects, &mut Tally::default(), &mut found);
    let errors = found.render(false);
    assert!(errors.contains("error[E0303]: Pod shop/lost runs on node gone"), "{errors}");
}

/// The scenario of a dump of one node with the given objects beside it.
fn beside(objects: &[Json]) -> Scenario {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let labels = json!({"a": "b", "node.kubernetes.io/instance-type": "m6i.large",
                        "topology.kubernetes.io/zone": "us-east-1a"});
    let node = json!({"apiVersion": "v1", "kind": "Node",
                      "metadata": {"name": "n1", "labels": labels},
                      "status": {"allocatable": {"cpu": "2", "memory": "7Gi", "pods": "29"}}});
    let template = json!({"metadata": {"labels": {"app": "web"}},
                          "spec": {"containers": [{"name": "a"}]}});
    let web = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
                     "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template}});
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"},
                     "spec": {"nodeName": "n1", "containers": [{"name": "a"}]}});
    let items: Vec<Json> = [node, web, pod].iter().chain(objects).cloned().collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    fs::write(folder.path().join("cluster.json"), list.to_string()).expect("a writable folder");
    parsed(
        folder.path(),
        "apiVersion: spotsim/v1\nname: dump\nhorizon: 1h\nregion: us-east-1\npools:\n  - {name: a, \
         count: 1, capacityType: spot, instanceTypes: [m6i.large], zones: [us-east-1a], \
         matchLabels: {a: b}}\ncluster: {file: cluster.json}\n",
    )
}

fn listed(scenario: &Scenario) -> Vec<String> {
    let what = scenario.unmodelled.iter().map(|it| it.what.clone());
    what.filter(|what| !what.starts_with("fields without bearing")).collect()
}

#[test]
fn volumes_that_are_used_are_not_listed_as_not_modelled() {
    let volume = |name: &str| {
        json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
               "spec": {"capacity": {"storage": "8Gi"}, "accessModes": ["ReadWriteOnce"],
                        "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": name}}})
    };
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
                       "metadata": {"name": "data"},
                       "spec": {"volumeName": "used", "accessModes": ["ReadWriteOnce"],
                                "resources": {"requests": {"storage": "8Gi"}}}});
    let class = json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
                       "metadata": {"name": "gp3"}, "provisioner": "ebs.csi.aws.com"});
    let used = [volume("used"), claim.clone(), class];
    assert_eq!(listed(&beside(&used)), [""; 0]);
    assert_eq!(
        listed(&beside(&[volume("used"), volume("left-over"), claim])),
        ["kind PersistentVolume"]
    );
}

#[test]
fn a_dump_without_a_budget_says_so() {
    let budget = json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
                        "metadata": {"name": "web"},
                        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "web"}}}});
    let says = |scenario: &Scenario| {
        scenario.understood.iter().any(|line| line.contains("no PodDisruptionBudget"))
    };
    assert!(says(&beside(&[])));
    assert!(!says(&beside(&[budget])));
}

#[test]
fn an_autoscaler_keeps_its_workload_within_its_bounds() {
    let scaler = |target: &str, least: Json, most: u32| {
        json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
               "metadata": {"name": "web"},
               "spec": {"minReplicas": least, "maxReplicas": most,
                        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment",
                                           "name": target}}})
    };
    let replicas = |objects: &[Json]| {
        let scenario = beside(objects);
        let assumed = scenario.assumptions.iter().any(|it| it.id == "autoscaled-workloads");
        let model = &scenario.setup.model;
        let web = model.workloads.rows().find(|it| model.names.text(it.name) == "web");
        let Controller::Deployment { replicas, .. } = web.expect("a workload").controller else {
            panic!("it is a Deployment")
        };
        (replicas, assumed, listed(&scenario))
    };
    assert_eq!(replicas(&[]), (1, false, vec![]));
    assert_eq!(replicas(&[scaler("web", json!(3), 9)]), (3, true, vec![]));
    assert_eq!(replicas(&[scaler("web", Json::Null, 9)]), (1, true, vec![]));
    let other = "kind HorizontalPodAutoscaler: nothing that it scales is simulated";
    assert_eq!(replicas(&[scaler("api", json!(3), 9)]), (1, false, vec![other.to_owned()]));
}
