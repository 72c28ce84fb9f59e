//! Autoscalers of pods in scenarios: short forms and objects, what they read, and what is none.

use std::fs;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::model::hpa::{Measured, Metric, ResourceTarget, Target};
use sim::{Fact, Root, Span};

const HEAD: &str = "apiVersion: spotsim/v1
name: scaled
horizon: 2h
region: us-east-1
pools: [{name: a, count: 4, capacityType: on-demand, instanceTypes: [m6i.xlarge]}]
";
const LOAD: &str = "load: [{workload: web, constant: 300, perRequest: {cpu: 4m}}]\n";

fn parse(tail: &str, files: &[(&str, &str)]) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("room for a file");
    }
    let text = Arc::from(format!("{HEAD}{tail}"));
    let source = Source { file: "scenario.yaml".into(), text };
    Scenario::parse(&source, Some(folder.path())).map_err(|errors| errors.render(false))
}

/// A scenario with one workload, which has an autoscaler of this short form.
fn short(hpa: &str, more: &str) -> Result<Scenario, String> {
    let workload = "workloads:
  - name: web
    replicas: 3
    template:
      containers: [{name: app, resources: {requests: {cpu: 500m, memory: 512Mi}}}]
";
    parse(&format!("{workload}    hpa: {hpa}\n{more}"), &[])
}

fn assumptions(scenario: &Scenario) -> String {
    let all = scenario.assumptions.iter().map(|it| format!("{}: {}\n", it.id, it.text));
    all.collect()
}

/// How many replicas the autoscalers of a run set last.
fn set(scenario: &Scenario) -> Option<u32> {
    let mut facts: Vec<(sim::SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, &mut facts);
    let mut set = facts.iter().filter_map(|(_, fact)| match fact {
        Fact::HpaRescaled { replicas, .. } => Some(*replicas),
        _ => None,
    });
    set.next_back()
}

#[test]
fn the_short_form_is_an_object_of_kubernetes() {
    let more = format!("{LOAD}externalMetrics: [{{name: queue, constant: 90}}]\n");
    let hpa = "{min: 2, max: 9, cpu: 60%, memory: 300Mi, external: {queue: 30}}";
    let scenario = short(hpa, &more).expect("it is sound");
    let model = &scenario.setup.model;
    let hpa = model.hpas.rows().next().expect("an autoscaler");
    assert_eq!((hpa.spec.min_replicas, hpa.spec.max_replicas), (2, 9));
    let cpu = ResourceTarget::Utilization(60);
    let memory = ResourceTarget::AverageValue(300 * (1 << 20) * 1_000);
    let of = |resource, target| Metric::Resource { resource, container: None, target };
    assert_eq!(hpa.spec.metrics[..2], [of(Measured::Cpu, cpu), of(Measured::Memory, memory)]);
    let Metric::External { name, target } = hpa.spec.metrics[2] else { panic!("an external one") };
    assert_eq!((model.names.text(name), target), ("queue", Target::AverageValue(30_000)));
    assert_eq!(model.metrics.server, Some(Span::from_secs(15)));
    // 300 requests a second of 4 ms are 1 200 milli-cores, of which a replica is to use 300.
    let scenario = short("{min: 2, max: 9, cpu: 60%}", LOAD).expect("it is sound");
    assert_eq!(set(&scenario), Some(4));
}

#[test]
fn an_autoscaler_without_a_metric_holds_its_bounds_and_says_why() {
    let without_usage = short("{min: 5, max: 9, cpu: 60%}", "").expect("it is sound");
    let model = &without_usage.setup.model;
    assert!(model.hpas.rows().next().is_none(), "nothing is looked at");
    assert_eq!(model.workloads.rows().next().and_then(|it| it.controller.at_once()), Some(5));
    assert!(assumptions(&without_usage).contains("`usage` and `load` say nothing of what"));
    let more = format!("{LOAD}metricsServer: {{installed: false}}\n");
    let without_server = short("{min: 2, max: 9, cpu: 60%}", &more).expect("it is sound");
    assert!(assumptions(&without_server).contains("the cluster has no metrics-server"));
    let without_figure = short("{max: 9, external: {queue: 30}}", LOAD).expect("it is sound");
    assert!(assumptions(&without_figure).contains("`externalMetrics` has none of their metrics"));
}

#[test]
fn objects_of_manifests_scale_what_they_name() {
    let manifest = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, resources: {requests: {cpu: 500m, memory: 512Mi}}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 9
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 40}}
";
    let tail = format!("manifests: [web.yaml]\n{LOAD}");
    let scenario = parse(&tail, &[("web.yaml", manifest)]).expect("it is sound");
    assert_eq!(set(&scenario), Some(6));
    let text = assumptions(&scenario);
    assert!(text.contains("metrics-server scrapes every 15s"), "{text}");
}

#[test]
fn what_is_no_autoscaler_is_refused_at_its_place() {
    let wrong = |hpa: &str, more: &str| short(hpa, more).map(|_| ()).expect_err("it is refused");
    let bounds = wrong("{min: 9, max: 2}", LOAD);
    assert!(bounds.contains("must be at least `minReplicas`, 9, and is 2"), "{bounds}");
    assert!(bounds.contains("hpa: {min: 9, max: 2}"), "at its place: {bounds}");
    let amount = wrong("{max: 2, cpu: 6x%}", LOAD);
    assert!(amount.contains("`6x%` is neither a part nor an amount"), "{amount}");
    let none = wrong("{max: 2, cpu: 0%}", LOAD);
    assert!(none.contains("would take any number of replicas"), "{none}");
    let policy =
        "{max: 2, behavior: {scaleDown: {policies: [{type: Pod, value: 1, periodSeconds: 60}]}}}";
    let policy = wrong(policy, LOAD);
    assert!(policy.contains("did you mean `Pods`?"), "{policy}");
    let twice = "externalMetrics: [{name: q, constant: 1}, {name: q, constant: 2}]\n";
    let twice = wrong("{max: 2}", &format!("{LOAD}{twice}"));
    assert!(twice.contains("the metric `q` is there twice"), "{twice}");
    let nothing = wrong("{max: 2}", &format!("{LOAD}externalMetrics: [{{name: q}}]\n"));
    assert!(nothing.contains("the metric `q` says nothing"), "{nothing}");
    let often = wrong("{max: 2}", &format!("{LOAD}metricsServer: {{resolution: 1s}}\n"));
    assert!(often.contains("no more often than every 10s"), "{often}");
}

const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, resources: {requests: {cpu: 500m, memory: 512Mi}}}]}
---
";

/// What comes of an autoscaler of this version with this spec: what is listed, or what is wrong.
fn object(kind: &str, version: &str, spec: &str) -> Result<Vec<String>, String> {
    let object =
        format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: own}}\nspec: {spec}\n");
    let tail = format!("manifests: [web.yaml]\n{LOAD}");
    let scenario = parse(&tail, &[("web.yaml", &format!("{DEPLOYMENT}{object}"))])?;
    Ok(scenario.unmodelled.iter().map(ToString::to_string).collect())
}

#[test]
fn versions_that_no_server_serves_are_listed_with_their_place() {
    let target = "apiVersion: apps/v1, kind: Deployment, name: web";
    let (hpa, vpa) = ("HorizontalPodAutoscaler", "VerticalPodAutoscaler");
    let scales = format!("{{maxReplicas: 4, scaleTargetRef: {{{target}}}}}");
    let sizes = format!("{{targetRef: {{{target}}}}}");
    for (kind, version, spec, served) in [
        (hpa, "autoscaling/v2", &scales, true),
        (hpa, "autoscaling/v1", &scales, true),
        (hpa, "autoscaling/v2beta2", &scales, false),
        (hpa, "autoscaling/v3", &scales, false),
        (vpa, "autoscaling.k8s.io/v1", &sizes, true),
        (vpa, "autoscaling.k8s.io/v1beta2", &sizes, true),
        (vpa, "autoscaling.k8s.io/v1beta1", &sizes, false),
    ] {
        let listed = object(kind, version, spec).expect("it is read");
        let expected = format!("{kind}: version {version} is not served, and read as");
        let found = listed.iter().find(|it| it.starts_with(&expected));
        assert_eq!(found.is_none(), served, "{version}: {listed:?}");
        assert!(found.is_none_or(|it| it.contains("web.yaml:")), "{listed:?}");
    }
    // Another group has such a kind of its own, which creates no pods here.
    let listed = object(hpa, "example.com/v1", "{}").expect("it is left out");
    assert!(listed[0].starts_with("kind HorizontalPodAutoscaler of example.com"), "{listed:?}");
}

#[test]
fn fields_behind_gates_are_listed_unless_the_gate_is_on() {
    let target = "{apiVersion: apps/v1, kind: Deployment, name: web}";
    let of = |gates: &str, more: &str| {
        let object = format!(
            "apiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\nmetadata: {{name: own}}\n\
             spec: {{targetRef: {target}, {more}}}\n"
        );
        let tail =
            format!("manifests: [web.yaml]\n{LOAD}vpaFlags: {{featureGates: {{{gates}}}}}\n");
        let parsed = parse(&tail, &[("web.yaml", &format!("{DEPLOYMENT}{object}"))]);
        let listed = parsed.expect("it is read").unmodelled;
        listed.iter().any(|it| it.to_string().contains("feature gate"))
    };
    let policy = "resourcePolicy: {containerPolicies: [{containerName: app, oomMinBumpUp: 10Mi}]}";
    let boost = "startupBoost: {cpu: {type: Factor, factor: 2}}";
    for (gate, more) in [
        ("PerVPAConfig", policy),
        ("PerVPAConfig", "updatePolicy: {evictAfterOOMSeconds: 60}"),
        ("CPUStartupBoost", boost),
    ] {
        assert!(of("", more), "{more}");
        assert!(!of(&format!("{gate}: true"), more), "{more}");
    }
}

#[test]
fn targets_that_are_not_there_are_listed_with_their_place() {
    let target = "apiVersion: apps/v1, kind: Deployment, name: missing";
    let scales = format!("{{maxReplicas: 4, scaleTargetRef: {{{target}}}}}");
    let listed = object("HorizontalPodAutoscaler", "autoscaling/v2", &scales).expect("it is read");
    let expected = "kind HorizontalPodAutoscaler: nothing that it scales is simulated";
    assert!(listed[0].starts_with(expected) && listed[0].contains("web.yaml:"), "{listed:?}");
    let sizes = format!("{{targetRef: {{{target}}}}}");
    let listed = object("VerticalPodAutoscaler", "autoscaling.k8s.io/v1", &sizes);
    let listed = listed.expect("it is read");
    let expected = "kind VerticalPodAutoscaler: no pods that it sizes are simulated";
    assert!(listed[0].starts_with(expected) && listed[0].contains("web.yaml:"), "{listed:?}");
    // A kind that has no scale.
    let node = "{maxReplicas: 4, scaleTargetRef: {apiVersion: v1, kind: Node, name: web}}";
    let listed = object("HorizontalPodAutoscaler", "autoscaling/v2", node).expect("it is read");
    assert!(listed.iter().any(|it| it.contains("HorizontalPodAutoscaler")), "{listed:?}");
}

#[test]
fn bounds_that_no_value_keeps_to_are_refused_at_their_place() {
    let target = "{apiVersion: apps/v1, kind: Deployment, name: web}";
    let scales = format!("{{minReplicas: 5, maxReplicas: 4, scaleTargetRef: {target}}}");
    let wrong = object("HorizontalPodAutoscaler", "autoscaling/v2", &scales).expect_err("refused");
    assert!(wrong.contains("E0314") && wrong.contains("web.yaml:15"), "{wrong}");
    assert!(wrong.contains("must be at least `minReplicas`, 5, and is 4"), "{wrong}");
    for resource in ["cpu: 2", "memory: 2Gi"] {
        let least = resource;
        let most = resource.replace('2', "1");
        let policy =
            format!("{{containerName: app, minAllowed: {{{least}}}, maxAllowed: {{{most}}}}}");
        let sizes =
            format!("{{targetRef: {target}, resourcePolicy: {{containerPolicies: [{policy}]}}}}");
        let wrong = object("VerticalPodAutoscaler", "autoscaling.k8s.io/v1", &sizes);
        let wrong = wrong.expect_err("refused");
        assert!(wrong.contains("E0314") && wrong.contains("web.yaml:15"), "{wrong}");
        assert!(wrong.contains("must not be less than `minAllowed`"), "{wrong}");
    }
}

#[test]
fn flags_of_autoscalers_are_those_of_their_programs() {
    let flags = "vpaFlags: {targetCpuPercentile: 0.99, recommendationMarginFraction: 0.3, \
                 podRecommendationMinMemoryMb: 64, memoryHistogramDecayHalfLife: 6h, oomBumpUpRatio: 1.5, \
                 minReplicas: 1, evictionTolerance: 0.25, podLifetimeUpdateThreshold: 1h}\n\
                 hpaFlags: {tolerance: 0.05, downscaleStabilization: 1m}\n";
    let scenario = short("{max: 9, cpu: 40%}", &format!("{LOAD}{flags}")).expect("it is sound");
    let (vpa, hpa) = (&scenario.setup.vpa, &scenario.setup.hpa);
    let close = |one: f64, other: f64| (one - other).abs() < 1e-12;
    assert!(close(vpa.recommender.target.cpu, 0.99) && close(vpa.recommender.target.memory, 0.9));
    assert!(close(vpa.recommender.margin, 0.3) && close(vpa.recommender.oom_bump_up_ratio, 1.5));
    assert_eq!(vpa.recommender.min.memory, 64 << 20);
    assert_eq!(vpa.recommender.half_life.memory, sim::Span::from_hours(6));
    assert_eq!(
        (vpa.updater.min_replicas, vpa.updater.lifetime_threshold),
        (1, sim::Span::from_hours(1))
    );
    assert!(
        close(vpa.updater.eviction_tolerance, 0.25) && close(vpa.updater.update_threshold, 0.1)
    );
    assert!(close(hpa.tolerance, 0.05));
    assert_eq!(hpa.downscale_stabilization, sim::Span::from_secs(60));
    let wrong = short("{max: 9}", &format!("{LOAD}vpaFlags: {{targetCpuPercentile: 90}}\n"));
    let wrong = wrong.map(|_| ()).expect_err("it is refused");
    assert!(wrong.contains("targetCpuPercentile") || wrong.contains("90"), "{wrong}");
}
