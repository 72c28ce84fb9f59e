//! Good input runs; bad input is refused at its place, all of it at once, and never panics.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostics, LIBRARY, Scenario};
use sim::model::resources::Lane;
use sim::{Fact, Root, SimTime};

fn parse(text: &str) -> Result<Scenario, Diagnostics> {
    Scenario::parse(&Source { file: "scenario.yaml".into(), text: Arc::from(text) }, None)
}

fn refused(text: &str) -> String {
    match parse(text) {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(diagnostics) => diagnostics.render(false),
    }
}

const GOOD: &str = "\
apiVersion: spotsim/v1
name: good
horizon: 1d
region: us-east-1
pools:
  - {name: a, count: 2, capacityType: spot, instanceTypes: [m6i.large]}
workloads:
  - name: web
    template: {containers: [{name: app, resources: {requests: {cpu: 100m}}}]}
";

#[test]
fn the_library_runs_and_everybody_finds_a_place() {
    for (name, text) in LIBRARY {
        assert!(text.starts_with("# yaml-language-server: $schema=../schema.json\n"), "{name}");
        let scenario = Scenario::library(name).unwrap_or_else(|errors| panic!("{errors}"));
        assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
        let mut facts: Vec<(SimTime, Fact)> = Vec::new();
        sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
        let waiting = facts.iter().filter(|(_, f)| matches!(f, Fact::StillPending { .. })).count();
        assert_eq!(waiting, 0, "{name}");
    }
}

#[test]
fn every_provider_runs() {
    for (provider, region, zone, machine) in [
        ("aws", "us-east-1", "us-east-1a", "m6i.large"),
        ("gcp", "us-central1", "us-central1-a", "n2-standard-4"),
        ("gcp-preemptible", "us-central1", "us-central1-a", "n2-standard-4"),
        ("azure", "eastus", "eastus-1", "Standard_D8ls_v5"),
        ("generic", "cellar", "cellar-a", INLINE),
    ] {
        let text = GOOD
            .replace("region: us-east-1", &format!("provider: {provider}\nregion: {region}"))
            .replace("m6i.large", machine);
        let scenario = parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(scenario.setup.provider.name, provider);
        let ids: Vec<&str> = scenario.assumptions.iter().map(|a| a.id).collect();
        assert!(ids.contains(&format!("{provider}-notice").as_str()), "{ids:?}");
        // AWS says, and preemptible VMs are taken by age.
        let unknown = !["aws", "gcp-preemptible"].contains(&provider);
        assert_eq!(ids.contains(&"unknown-band"), unknown, "{ids:?}");
        let computed = ["gcp", "gcp-preemptible", "azure"].contains(&provider);
        assert_eq!(ids.contains(&"computed-allocatable"), computed, "{ids:?}");
        let explained = ids.iter().filter(|id| scenarios::assumption::named(id).is_some());
        assert_eq!(explained.count(), ids.len(), "{ids:?}");
        let model = &scenario.setup.model;
        let offering = model.catalog.offerings.rows().next().expect("one offering");
        assert_eq!(model.names.text(offering.zone), zone);
        sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, ());
    }
}

const INLINE: &str = "{name: box, cpu: 4, memory: 16Gi, onDemandPrice: 0.2, spotPrice: 0.05}";

/// What is said in place replaces the listed figure and nothing else.
#[test]
fn single_figures_of_a_listed_type_can_be_replaced() {
    let bought = |machine: &str| {
        let scenario = parse(&GOOD.replace("[m6i.large]", &format!("[{machine}]")));
        let model = scenario.unwrap_or_else(|errors| panic!("{errors}")).setup.model.clone();
        let offering = model.catalog.offerings.rows().next().expect("one offering").clone();
        let machine = model.catalog.instance_types.rows().next().expect("one type").clone();
        (offering, machine)
    };
    let (offering, machine) = bought("m6i.large");
    let (cheap, same) = bought("{name: m6i.large, spotPrice: 0.01, reclaimsPerHour: 2}");
    assert_eq!((cheap.price.0, cheap.reclaims_per_hour), (10_000, 2.0));
    assert_eq!((cheap.key, same), (offering.key, machine.clone()));
    let (dear, smaller) = bought("{name: m6i.large, cpu: 1, pods: 8, onDemandPrice: 1}");
    assert_eq!((dear.price, dear.reclaims_per_hour), (offering.price, offering.reclaims_per_hour));
    assert_eq!(smaller.on_demand.0, 1_000_000);
    assert_eq!((smaller.allocatable[Lane::CPU], smaller.allocatable[Lane::PODS]), (1_000, 8));
    assert_eq!(smaller.allocatable[Lane::MEMORY], machine.allocatable[Lane::MEMORY]);
    assert_eq!(smaller.capacity[Lane::CPU], 2_000);
}

#[test]
fn an_entry_that_means_no_machine_says_why() {
    for (entry, said) in [
        ("{name: box, cpu: 1}", "described without `memory`, `onDemandPrice`"),
        ("{name: box, cpu: lots, memory: 1Gi, onDemandPrice: 1}", "error[E0104]: `cpu`: "),
        ("m6i.lrage", "did you mean `m6i.large`?"),
        ("c8i.large", "give the price: {name: c8i.large, spotPrice: ...}"),
    ] {
        let text = refused(&GOOD.replace("[m6i.large]", &format!("[{entry}]")));
        assert!(text.contains(said), "{text}");
    }
    let elsewhere = refused(&GOOD.replace("us-east-1", "eu-west-1"));
    assert!(elsewhere.contains("the catalogue knows us-east-1 of aws"), "{elsewhere}");
    let cellar = GOOD.replace("region: us-east-1", "provider: generic\nregion: cellar");
    assert!(refused(&cellar).contains("describe the type in place"));
}

#[test]
fn json_is_as_good_as_yaml() {
    let json = scenarios::tree::parse(GOOD).unwrap()[0].to_json().to_string();
    let digest = |text: &str| {
        let scenario = parse(text).unwrap_or_else(|errors| panic!("{errors}"));
        sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, ()).digest
    };
    assert_eq!(digest(&json), digest(GOOD));
}

#[test]
fn all_mistakes_are_reported_at_once_with_their_places() {
    let text = GOOD.replace("horizon: 1d", "horizn: 1d").replace("count: 2", "count: -2");
    assert_eq!(
        refused(&text.replace("spot,", "spott,")),
        "\
error[E0107]: unknown field `horizn`
 --> scenario.yaml:3:1
  |
3 | horizn: 1d
  | ^^^^^^ not a field of the scenario
  |
  = help: did you mean `horizon`?

error[E0103]: `count` must be between 0 and 1000000, not -2
 --> scenario.yaml:6:22
  |
6 |   - {name: a, count: -2, capacityType: spott, instanceTypes: [m6i.large]}
  |                      ^^

error[E0102]: `capacityType` is `spott`, which is not one of on-demand, spot
 --> scenario.yaml:6:40
  |
6 |   - {name: a, count: -2, capacityType: spott, instanceTypes: [m6i.large]}
  |                                        ^^^^^
  |
  = help: did you mean `spot`?

error[E0106]: the scenario needs a field `horizon`
 --> scenario.yaml:1:1
  |
1 | apiVersion: spotsim/v1
  | ^^^^^^^^^^

error: 4 errors; nothing was simulated
"
    );
}

#[test]
fn each_kind_of_bad_input_is_an_error_with_a_place() {
    let nested = {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            text += &format!("a{level}: &a{level} [{aliases}]\n");
        }
        text
    };
    let cases = [
        ("broken YAML", "a: [1, 2\nb: 3".to_owned(), "E0002"),
        ("a tab", "a:\n\t- b".to_owned(), "E0002"),
        ("truncated JSON", "{\"apiVersion\": \"spotsim/v1\", \"pools\": [".to_owned(), "E0002"),
        ("an empty file", String::new(), "E0003"),
        ("only comments", "# nothing\n".to_owned(), "E0003"),
        ("two documents", format!("{GOOD}---\n{GOOD}"), "E0003"),
        ("a list", "- a\n- b\n".to_owned(), "E0101"),
        ("a key twice", format!("{GOOD}name: again\n"), "E0002"),
        ("aliases of aliases", nested, "E0004"),
        ("a deep list", "[".repeat(100_000), "E0004"),
        ("a negative count", GOOD.replace("count: 2", "count: -2"), "E0103"),
        ("a fraction of a node", GOOD.replace("count: 2", "count: 2.5"), "E0101"),
        ("a pool without a type", GOOD.replace("[m6i.large]", "[]"), "E0106"),
        ("no pools", format!("{}pools: []\n", GOOD.replace("pools:", "pool:")), "E0106"),
        ("an unknown type", GOOD.replace("m6i.large", "m6i.larg"), "E0201"),
        ("an unknown region", GOOD.replace("us-east-1", "mars-1"), "E0201"),
        ("a wrong quantity", GOOD.replace("100m", "100mm"), "E0301"),
        ("a negative quantity", GOOD.replace("100m", "-1"), "E0311"),
        ("a wrong duration", GOOD.replace("1d", "one day"), "E0104"),
        ("an endless horizon", GOOD.replace("1d", "4000d"), "E0104"),
        ("no time at all", GOOD.replace("1d", "0s"), "E0204"),
        ("another version", GOOD.replace("spotsim/v1", "spotsim/v9"), "E0102"),
        ("a missing manifest", format!("{GOOD}manifests: [nowhere.yaml]\n"), "E0001"),
        (
            "too many resources",
            GOOD.replace(
                "{requests: {cpu: 100m}}",
                "{requests: &all {a/1: 1, a/2: 1, a/3: 1, a/4: 1, a/5: 1}, limits: *all}",
            ),
            "E0301",
        ),
    ];
    for (what, text, code) in cases {
        let errors = refused(&text);
        assert!(errors.contains(&format!("error[{code}]")), "{what}:\n{errors}");
        assert!(errors.contains("--> scenario.yaml:"), "{what} has no place:\n{errors}");
        assert!(errors.ends_with("nothing was simulated\n"), "{what}:\n{errors}");
    }
}

#[test]
fn a_pod_that_fits_nowhere_is_a_warning_with_its_figures() {
    let scenario = parse(&GOOD.replace("100m", "64")).unwrap_or_else(|errors| panic!("{errors}"));
    let warnings = scenario.warnings.render(false);
    assert!(warnings.contains("warning[W0001]") && warnings.contains("64000m CPU"), "{warnings}");
}

#[test]
fn what_is_not_modelled_is_counted() {
    let text = GOOD
        .replace("{containers:", "{activeDeadlineSeconds: 60, restartPolicy: Never, containers:")
        .replace("- name: web", "- name: web\n    kind: Job");
    let scenario = parse(&text).unwrap_or_else(|errors| panic!("{errors}"));
    let listed: Vec<String> = scenario.unmodelled.iter().map(|row| row.what.clone()).collect();
    assert!(listed.contains(&"activeDeadlineSeconds".to_owned()), "{listed:?}");
}

/// Any prefix and any single lost byte of a good file is answered, not crashed on.
#[test]
fn no_mutilation_panics() {
    for at in 0..GOOD.len() {
        let _ = parse(&GOOD[..at]);
        let _ = parse(&format!("{}{}", &GOOD[..at], &GOOD[at + 1..]));
        let _ = parse(&format!("{}\u{0}é{}", &GOOD[..at], &GOOD[at..]));
    }
}

/// `volumeClaimTemplates` of the scenario itself, and claims of manifests.
#[test]
fn claims_on_disks_hold_pods_to_a_zone() {
    use sim::model::zonal::Whose;
    let folder = tempfile::tempdir().unwrap();
    let claim = |name: &str, mode: &str| {
        format!(
            "kind: PersistentVolumeClaim\nmetadata: {{name: {name}}}\nspec: {{accessModes: \
             [{mode}], resources: {{requests: {{storage: 1Gi}}}}}}\n---\n"
        )
    };
    let pod = "selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {volumes: [{name: v, persistentVolumeClaim: {claimName: CLAIM}}], \
               containers: [{name: app}]}}";
    let deployment = |name: &str| {
        let pod = pod.replace("CLAIM", name);
        format!("kind: Deployment\nmetadata: {{name: {name}}}\nspec: {{{pod}}}\n---\n")
    };
    let objects = claim("disk", "ReadWriteOnce")
        + &claim("files", "ReadWriteMany")
        + &["disk", "files", "unknown"].map(deployment).concat();
    std::fs::write(folder.path().join("objects.yaml"), objects).unwrap();
    let set = "  - name: db
    kind: StatefulSet
    volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
    template: {containers: [{name: app}]}
";
    let text = format!("{GOOD}{set}manifests: [objects.yaml]\n");
    let source = Source { file: "scenario.yaml".into(), text: text.clone().into() };
    let scenario = Scenario::parse(&source, Some(folder.path())).unwrap_or_else(|e| panic!("{e}"));
    let model = &scenario.setup.model;
    let whose: Vec<_> = model
        .workloads
        .rows()
        .filter_map(|it| Some((model.names.text(it.name), it.volumes.as_ref()?.whose)))
        .collect();
    let disk = model.names.find("default/disk").unwrap();
    assert_eq!(whose, [("db", Whose::EachReplica), ("disk", Whose::Claim(disk))]);
    let unmodelled: Vec<String> = scenario.unmodelled.iter().map(ToString::to_string).collect();
    let claims: Vec<&String> = unmodelled.iter().filter(|it| it.contains("Claim")).collect();
    let [unknown] = claims[..] else { panic!("{unmodelled:?}") };
    assert!(unknown.contains("objects.yaml:") && unknown.contains("default/unknown"), "{unknown}");
    let wrong = refused(&text.replace("kind: StatefulSet", "kind: Deployment"));
    assert!(wrong.contains("only a StatefulSet makes claims"), "{wrong}");
}
