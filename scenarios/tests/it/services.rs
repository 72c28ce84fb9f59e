//! Services that are drawn: what a population is, what is refused of it, and how one is fitted to a dump.

use std::fs;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use scenarios::file::ProviderName;
use scenarios::init;
use sim::model::resources::Lane;
use sim::model::vpa::UpdateMode;
use sim::model::workload::Controller;

const HEAD: &str = "apiVersion: spotsim/v1\nname: drawn\nhorizon: 1d\nregion: us-east-1\npools:\n  - \
                    {name: base, count: 9, capacityType: on-demand, instanceTypes: [m6i.2xlarge]}\n";
const SPOT: &str = "  - {name: spot, count: 9, capacityType: spot, instanceTypes: [m6i.2xlarge], taints: \
                    [{key: spot, value: 'yes', effect: NoSchedule}]}\n";

fn scenario(rest: &str) -> Result<Scenario, String> {
    let source = Source { file: "scenario.yaml".into(), text: Arc::from(format!("{HEAD}{rest}")) };
    Scenario::parse(&source, None).map_err(|errors| errors.render(false))
}

fn services(count: u32) -> String {
    format!(
        "{SPOT}services:\n  count: {count}\n  replicas: {{values: [1, 2, 3]}}\n  cpu: {{logNormal: {{median: \
         250m, p95: 1}}}}\n  memory: {{logNormal: {{median: 512Mi, p95: 2Gi}}}}\n  correlation: 0.5\n  share: \
         {{statefulSet: 0.2, pdb: 0.6, spread: 0.5, antiAffinity: 0.1, spot: 0.7}}\n"
    )
}

/// The name of each service, with its replicas and what a pod requests.
fn drawn(scenario: &Scenario) -> Vec<(String, u32, [u64; 2])> {
    let model = &scenario.setup.model;
    let each = model.workloads.rows().map(|it| {
        let requests = &model.specs[it.spec].requests;
        let size = [Lane::CPU, Lane::MEMORY].map(|lane| requests[lane]);
        (model.names.text(it.name).to_owned(), it.controller.desired_replicas().unwrap_or(0), size)
    });
    each.collect()
}

#[test]
fn services_are_drawn_as_their_shares_say() {
    let scenario = scenario(&services(300)).unwrap();
    let model = &scenario.setup.model;
    let rows = || model.workloads.rows();
    let share = |count: usize| count as f64 / 300.0;
    let near = |count: usize, expected: f64| (share(count) - expected).abs() < 0.1;
    let stateful = |it: &Controller| matches!(it, Controller::StatefulSet { .. });
    assert!(near(rows().filter(|it| stateful(&it.controller)).count(), 0.2));
    assert!(near(model.budgets.len(), 0.6), "{}", model.budgets.len());
    let specs = || rows().map(|it| &model.specs[it.spec]);
    assert!(near(specs().filter(|it| !it.spread.is_empty()).count(), 0.5));
    assert!(near(specs().filter(|it| !it.tolerations.is_empty()).count(), 0.7));
    let all = drawn(&scenario);
    assert_eq!((all.len(), all[7].0.as_str()), (300, "service-07"));
    assert!(all.iter().all(|it| (1..=3).contains(&it.1)));
    assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
}

#[test]
fn more_services_change_none_that_there_were() {
    let [few, many] = [20, 60].map(|count| drawn(&scenario(&services(count)).unwrap()));
    assert_eq!(few, many[..20]);
    let other = format!("seed: 7\n{}", services(20));
    let other = other.split_at("seed: 7\n".len());
    let other = scenario(&format!("{}{}", other.1, other.0)).unwrap();
    assert_ne!(drawn(&other), few);
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let cases = [
        (services(3).replace("250m", "none"), "`none` is no amount of CPU"),
        (services(3).replace("p95: 1}", "p95: 100m}"), "p95 is 100, below the median"),
        (
            services(3).replace(", taints: [{key: spot, value: 'yes', effect: NoSchedule}]", ""),
            "pool `spot` is on spot and has no taints",
        ),
        (format!("{}  name: Big\n", services(3)), "DNS-1123"),
        (format!("{}  template: {{containers: none}}\n", services(3)), "containers"),
    ];
    for (text, expected) in cases {
        let error = scenario(&text).err().unwrap_or_default();
        assert!(error.contains(expected), "{text}\n{error}");
    }
}

/// A generator that is fitted to a dump draws services of about its sizes.
#[test]
fn a_population_is_fitted_to_a_dump() {
    let items: Vec<String> = (0..80)
        .map(|index| {
            let (cpu, memory, replicas) = (50 + index * index, 100 + index * 40, 1 + index % 4);
            format!(
                r#"{{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {{"name": "app-{index}",
                "namespace": "shop"}}, "spec": {{"replicas": {replicas}, "selector": {{"matchLabels": {{"app":
                "app-{index}"}}}}, "template": {{"metadata": {{"labels": {{"app": "app-{index}"}}}}, "spec":
                {{"containers": [{{"name": "app", "image": "app", "resources": {{"requests": {{"cpu":
                "{cpu}m", "memory": "{memory}Mi"}}}}}}]}}}}}}}}"#
            )
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cluster.json");
    let list = format!(r#"{{"apiVersion": "v1", "kind": "List", "items": [{}]}}"#, items.join(","));
    fs::write(&path, list).unwrap();
    let provider: ProviderName = "gcp".parse().unwrap();
    let fitted = init::like(&[path], provider).unwrap_or_else(|error| panic!("{error}"));
    let source = Source { file: "scenario.yaml".into(), text: fitted.scenario.as_str().into() };
    let scenario = Scenario::parse(&source, None).unwrap_or_else(|error| panic!("{error}"));
    let mut cpu: Vec<u64> =
        drawn(&scenario).iter().filter(|it| it.1 > 0).map(|it| it.2[0]).collect();
    cpu.sort_unstable();
    assert_eq!(cpu.len(), 80);
    // The median of the dump is 1571m, its most 6291m.
    assert!((900..2_600).contains(&cpu[40]), "{cpu:?}");
    assert!(cpu[79] <= 6_300, "{cpu:?}");
    assert!(fitted.scenario.contains("correlation: 0.99"), "{}", fitted.scenario);
    assert_eq!(fitted.quantiles.len(), 4);
    assert!(fitted.quantiles[2].starts_with("cpu"), "{:?}", fitted.quantiles);
}

#[test]
fn services_have_autoscalers_as_workloads_do() {
    let usage = "usage: [{workload: service, constant: {cpu: 100m, memory: 200Mi}}]\n";
    let scalers = "  hpa: {min: 2, max: 9, cpu: 60%}\n  vpa: {mode: Initial, controlledResources: [memory]}\n";
    let all = scenario(&format!("{}{scalers}{usage}", services(12))).unwrap();
    let model = &all.setup.model;
    assert_eq!((model.hpas.len(), model.vpas.len()), (12, 12));
    let replicas = drawn(&all).into_iter().map(|(_, replicas, _)| replicas);
    assert!(replicas.into_iter().all(|it| (2..=3).contains(&it)), "bounds hold");
    assert!(model.vpas.rows().all(|it| it.spec.mode == UpdateMode::Initial));
    // What is wrong with one of them is said once, where it is written.
    let wrong = scalers.replace("60%", "a lot");
    let errors = scenario(&format!("{}{wrong}{usage}", services(12))).err().expect("a mistake");
    assert_eq!(errors.matches("`a lot` is neither a part nor an amount").count(), 1, "{errors}");
    assert!(errors.contains("hpa: {min: 2, max: 9, cpu: a lot}"), "{errors}");
}
