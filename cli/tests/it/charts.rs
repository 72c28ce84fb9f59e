//! The charts: their numbers are those of the summary, and those in `docs/` are still true.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::support;

fn spotsim(dir: &Path, args: &[&str]) {
    let output = support::spotsim(dir).args(args).arg("-q").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// What is written in a chart, one line a text.
fn texts(svg: &Path) -> String {
    let svg = fs::read_to_string(svg).unwrap();
    let texts = svg.split("<text").skip(1).filter_map(|part| part.split_once('>'));
    texts.map(|(_, rest)| rest.split('<').next().unwrap().trim().to_owned() + "\n").collect()
}

/// Dollars without cents, with thousands apart: how a planner reads them.
fn dollars(value: &Value) -> String {
    let digits = format!("{:.0}", value.as_f64().unwrap().abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("${text}")
}

/// A rate with as many decimals as it needs.
fn rate(value: f64) -> String {
    match value {
        0.0 => "0".into(),
        value if value < 0.1 => format!("{value:.3}"),
        value if value < 10.0 => format!("{value:.2}"),
        value => format!("{value:.1}"),
    }
}

#[test]
fn numbers_in_charts_are_those_of_the_summary() {
    let dir = tempfile::tempdir().unwrap();
    for scenario in ["web-on-spot", "batch-on-spot", "mixed-critical-and-spot"] {
        spotsim(dir.path(), &["demo", scenario, "-n", "30", "--out", scenario]);
        let run = dir.path().join(scenario);
        let summary = fs::read_to_string(run.join("summary.json")).unwrap();
        let summary: Value = serde_json::from_str(&summary).unwrap();
        let (plan, base) = (&summary["proposed"], &summary["onDemand"]);
        let saving = &summary["saving"]["onDemandPlan"];
        let says = |chart: &str, text: &str| {
            let all = texts(&run.join(format!("{chart}.svg")));
            assert!(all.contains(text), "{scenario}: {chart} does not say {text:?}:\n{all}");
        };
        let mean = |value: &Value| value["mean"].as_f64().unwrap();
        let percent = format!("{:.1} %", mean(&saving["percent"]));
        let saved = dollars(&saving["usdMonthly"]["mean"]);
        let [own, all] = [plan, base].map(|plan| dollars(&plan["costMonthly"]["mean"]));

        says("savings", &format!("Spot saves {saved} a month, {percent}"));
        let [reclaims, pods] =
            ["reclaimsPerDay", "podsDisruptedPerDay"].map(|key| rate(mean(&plan[key])));
        says("savings", &format!("and disrupts {pods} pods a day"));
        says("savings", &format!("Risk: {reclaims} reclaims and {pods} disrupted pods a day"));
        says("savings", &format!("{all} for the same workload on on-demand nodes"));
        let [low, high] = ["low", "high"].map(|end| saving["usdMonthly"][end].as_f64().unwrap());
        says("savings", &format!("95 % CI of the mean ${low:.2} to ${high:.2}"));
        says("cost", &format!("Spot cuts the bill by {percent}: {own} a month instead of {all}"));
        says("cost", &format!("${:.2}/h", mean(&plan["spotCostMonthly"]) / 730.0));
        says("cost", &format!("${:.2}/h", mean(&base["costMonthly"]) / 730.0));
        let nodes = format!(
            "{:.1} nodes on average and {} at most; never fewer than {} ready",
            mean(&plan["nodesMean"]),
            plan["nodesPeak"],
            plan["nodesReadyLeast"]
        );
        says("nodes", &nodes);
        says("disruption", &format!("{reclaims} reclaims a day disrupt {pods} pods"));
        says("disruption", &format!("Run {}/", summary["seed"]));
        let rows = summary["sensitivity"].as_array().unwrap();
        let savings = [&rows[0], &rows[rows.len() - 1]].map(|row| mean(&row["savingPercent"]));
        says("risk", &format!("spot saves {:.1} to {:.1} %", savings[0], savings[1]));
        rows.iter().for_each(|row| says("risk", &format!("×{}", row["scale"].as_f64().unwrap())));
        for row in plan["availability"].as_array().unwrap() {
            let name = row["workload"].as_str().unwrap().trim_start_matches("default/");
            says("availability", name);
        }
        let discount = mean(&summary["saving"]["discountPercent"]);
        says("prices", &format!("Spot costs {:.1} % of on-demand", 100.0 - discount));
        let longest = plan["pendingSecondsMax"]["seconds"].as_f64().unwrap();
        let wait = format!("{:.0} min", longest / 60.0);
        says("pending", if longest > 0.0 { &wait } else { "Every pod finds a node at once" });
    }
}

/// The pictures of `docs/charts.md` are made by the commands that are written there. If they have
/// changed on purpose: `just bless`.
#[test]
fn the_pictures_in_the_docs_are_still_true() {
    let page = fs::read_to_string(docs().join("charts.md")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let commands = page.lines().filter_map(|line| line.strip_prefix("spotsim "));
    commands.for_each(|line| spotsim(dir.path(), &line.split(' ').collect::<Vec<_>>()));
    let mut shown = 0;
    for picture in page.split("(img/").skip(1).filter_map(|part| part.split(')').next()) {
        let (run, file) = picture.split_once('-').unwrap();
        let made = fs::read(dir.path().join(run).join(file)).unwrap();
        let kept = docs().join("img").join(picture);
        if std::env::var_os("BLESS").is_some() {
            fs::create_dir_all(kept.parent().unwrap()).unwrap();
            fs::write(&kept, &made).unwrap();
        }
        assert!(fs::read(&kept).unwrap() == made, "docs/img/{picture} is out of date: just bless");
        shown += 1;
    }
    assert_eq!(shown, 18);
}

/// What a chart finds is said to those who do not see it.
#[test]
fn every_chart_has_a_title_for_readers() {
    let dir = tempfile::tempdir().unwrap();
    spotsim(dir.path(), &["demo", "-n", "1", "--out", "run"]);
    let mut charts = 0;
    for entry in fs::read_dir(dir.path().join("run")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "svg") {
            let svg = fs::read_to_string(&path).unwrap();
            let title = svg.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
            assert!(title.len() > 10 && svg.contains("role=\"img\""), "{}", path.display());
            charts += 1;
        }
    }
    assert_eq!(charts, 8);
}

/// Lanes are the places of a pool, also where a replacement is launched before its predecessor is
/// gone; and a chart of a run says which run it is of.
#[test]
fn a_pool_of_six_has_six_lanes() {
    let dir = tempfile::tempdir().unwrap();
    let scenario = "apiVersion: spotsim/v1\nname: kafka\nhorizon: 14d\nprovider: aws\n\
        region: us-east-1\nseed: 3\npools:\n- name: kafka\n  count: 6\n  capacityType: spot\n  \
        instanceTypes: [m6i.large, m5.large, m6a.large]\n  zones: [us-east-1a, us-east-1b]\n  \
        refill: {like: karpenter}\nmarket:\n  reclaims: {scale: 600}\nworkloads:\n- name: kafka\n  \
        replicas: 6\n  template:\n    containers:\n    - name: app\n      \
        resources: {requests: {cpu: 1, memory: 4Gi}}\n";
    fs::write(dir.path().join("kafka.yaml"), scenario).unwrap();
    spotsim(dir.path(), &["run", "kafka.yaml", "-n", "5", "--out", "run"]);
    let all = texts(&dir.path().join("run/disruption.svg"));
    assert!(all.lines().any(|line| line == "6 × kafka"), "{all}");
    assert!(all.contains("the median of 5 by pods disrupted"), "{all}");
}

/// A chart of waiting pods shows them where no pod ever stops to wait.
#[test]
fn pods_that_all_wait_are_seen_to_wait() {
    let dir = tempfile::tempdir().unwrap();
    let scenario = "apiVersion: spotsim/v1\nname: all-wait\nhorizon: 2d\nwarmUp: 1h\n\
        provider: aws\nregion: us-east-1\npools:\n- name: spot\n  count: 3\n  \
        capacityType: spot\n  instanceTypes: [m6i.large]\n  zones: [us-east-1a]\nworkloads:\n\
        - name: big\n  replicas: 4\n  template:\n    containers:\n    - name: app\n      \
        resources: {requests: {cpu: 6, memory: 1Gi}}\n";
    fs::write(dir.path().join("wait.yaml"), scenario).unwrap();
    spotsim(dir.path(), &["run", "wait.yaml", "-n", "2", "--out", "run"]);
    let all = texts(&dir.path().join("run/pending.svg"));
    assert!(all.contains("4 of 4 pods never run"), "{all}");
    assert!(!all.contains("No pod"), "{all}");
}

/// Pods that arrive are drawn also where nothing models usage, of which there is no chart then.
#[test]
fn what_arrives_is_drawn_without_usage() {
    let dir = tempfile::tempdir().unwrap();
    let scenario = "apiVersion: spotsim/v1\nname: hourly\nhorizon: 2d\nprovider: aws\n\
        region: us-east-1\npools:\n- {name: a, count: 1, capacityType: on-demand, instanceTypes: \
        [m6i.large]}\narrivals:\n- name: hourly\n  process: {at: {times: [30m], every: 1h}}\n  \
        classes: [{name: a, duration: 5m, template: {containers: [{name: a, resources: \
        {requests: {cpu: 100m}}}]}}]\n";
    fs::write(dir.path().join("hourly.yaml"), scenario).unwrap();
    spotsim(dir.path(), &["run", "hourly.yaml", "-n", "2", "--out", "run"]);
    let all = texts(&dir.path().join("run/arrivals.svg"));
    // A step is 12 minutes of 48 hours, so that one pod in a step is five an hour.
    assert!(all.contains("24 pods arrive a day, 5.00 an hour at most"), "{all}");
    assert!(all.contains("in steps of 12 min"), "{all}");
    assert!(all.contains("mean of 2 replications"), "{all}");
    for usage in ["cpu", "memory", "load", "heat"] {
        assert!(!dir.path().join(format!("run/{usage}.svg")).exists(), "{usage}");
    }
}

/// Autoscalers of pods are drawn with the numbers of the summary, and what is recommended can be pasted.
#[test]
fn autoscalers_of_pods_are_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let scenario = "
apiVersion: spotsim/v1
name: two-autoscalers
horizon: 1d
region: us-east-1
pools:
  - {name: a, count: 3, capacityType: on-demand, instanceTypes: [m6i.xlarge], zones: [us-east-1a]}
workloads:
  - name: large
    replicas: 2
    vpa: {mode: 'Off'}
    template:
      containers:
        - name: app
          resources: {requests: {cpu: 1, memory: 2Gi}, limits: {cpu: 2, memory: 2Gi}}
        - {name: proxy, resources: {requests: {cpu: 100m, memory: 64Mi}}}
  - name: leaky
    replicas: 1
    template: {containers: [{name: app, resources: {requests: {cpu: 100m, memory: 200Mi}, limits: {memory: 300Mi}}}]}
  - name: scaled
    replicas: 1
    hpa: {min: 1, max: 4, cpu: 50%}
    template: {containers: [{name: app, resources: {requests: {cpu: 200m, memory: 100Mi}}}]}
usage:
  - {workload: large, container: app, constant: {cpu: 300m, memory: 500Mi}}
  - {workload: large, container: proxy, constant: {cpu: 10m, memory: 20Mi}}
  - {workload: leaky, constant: {cpu: 50m, memory: 100Mi}, leak: {memory: 50Mi, per: 1h}}
  - {workload: scaled, constant: {cpu: 180m, memory: 80Mi}}
";
    fs::write(dir.path().join("scenario.yaml"), scenario).unwrap();
    spotsim(dir.path(), &["run", "scenario.yaml", "-n", "1", "--out", "run"]);
    let run = dir.path().join("run");
    let summary = fs::read_to_string(run.join("summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let fit = summary["proposed"]["fit"].as_array().unwrap();
    assert_eq!(fit.len(), 2, "{fit:?}");
    let mean = |row: &Value, key: &str| row[key]["mean"].as_f64().unwrap();
    let lanes: Vec<f64> = ["cpuSlackUsdMonthly", "memorySlackUsdMonthly"]
        .map(|key| fit.iter().map(|row| mean(row, key)).sum())
        .to_vec();
    let all: f64 = fit.iter().map(|row| mean(row, "slackUsdMonthly")).sum();
    assert!((lanes[0] + lanes[1] - all).abs() < 1e-6, "{lanes:?} {all}");
    let says = |chart: &str, text: &str| {
        let all = texts(&run.join(format!("{chart}.svg")));
        assert!(all.contains(text), "{chart} does not say {text:?}:\n{all}");
    };
    says("requests-cpu", &format!("${:.2} a month of CPU is requested", lanes[0]));
    says("requests-cpu", &format!("1000m to {:.0}m", mean(&fit[0], "cpuRecommendedMilli")));
    says("requests-memory", "large proxy");
    says("waste", &format!("${all:.2} a month, ${all:.2} of it large"));
    // From 100 to 300 MiB in four hours, again and again: the sixth is after the end.
    says("usage", "leaky: 5 OOM kills at up to 300Mi, while a pod requests 200Mi");
    says("replicas", "scaled: 1 to 4 replicas wanted");
    let yaml = fs::read_to_string(run.join("requests.yaml")).unwrap();
    let [patch, autoscaler] = ["kind: Deployment", "kind: VerticalPodAutoscaler"];
    assert!(yaml.contains(patch) && yaml.contains(autoscaler), "{yaml}");
    assert!(yaml.contains("- name: proxy") && yaml.contains("limits: {cpu: "), "{yaml}");
}

/// Of twelve spot prices one is paid: it alone is in the colour of spot, with its name.
#[test]
fn prices_that_are_not_paid_stay_in_the_background() {
    let dir = tempfile::tempdir().unwrap();
    let scenario = "
apiVersion: spotsim/v1
name: one-of-twelve
horizon: 2d
region: us-east-1
pools:
  - name: spot
    count: 1
    capacityType: spot
    instanceTypes: [m6i.xlarge, m6a.xlarge, m5.xlarge, m5a.xlarge]
    zones: [us-east-1a, us-east-1b, us-east-1c]
    allocation: lowest-price
market: {reclaims: {scale: 0}}
workloads:
  - {name: web, replicas: 1, template: {containers: [{name: a, resources: {requests: {cpu: 1}}}]}}
";
    fs::write(dir.path().join("scenario.yaml"), scenario).unwrap();
    spotsim(dir.path(), &["run", "scenario.yaml", "-n", "1", "--out", "run"]);
    let picture = dir.path().join("run/prices.svg");
    let written = texts(&picture);
    assert!(written.contains("Bought at 1 of 12 spot prices"), "{written}");
    assert!(written.contains("Grey: not bought"), "{written}");
    let names = written.lines().filter(|line| line.contains(".xlarge us-east-1")).count();
    assert_eq!(names, 1, "{written}");
    let svg = fs::read_to_string(&picture).unwrap();
    let lines = |color: &str| {
        let paths = svg.split("<polyline").skip(1).filter_map(|part| part.split_once('>'));
        paths.filter(|(path, _)| path.contains(&format!("stroke=\"{color}\""))).count()
    };
    assert_eq!((lines("#E69F00"), lines("#6B6B6B")), (1, 11), "{svg}");
}

/// Nodes that follow demand are drawn with the numbers of the summary.
#[test]
fn launches_removals_and_consolidations_are_drawn() {
    let dir = tempfile::tempdir().unwrap();
    let scenario = "
apiVersion: spotsim/v1
name: followed
horizon: 6h
region: us-east-1
autoscaler: karpenter
pools:
  - name: general
    capacityType: on-demand
    instanceTypes: [m6i.large, m6i.xlarge]
    disruption: {consolidateAfter: 30s, budgets: [{nodes: 100%}]}
workloads:
  - name: web
    replicas: 10
    template: {containers: [{name: app, resources: {requests: {cpu: 900m, memory: 1Gi}}}]}
replicaSchedules:
  - {workload: web, steps: [{at: 3h, replicas: 2}]}
";
    fs::write(dir.path().join("scenario.yaml"), scenario).unwrap();
    spotsim(dir.path(), &["run", "scenario.yaml", "-n", "1", "--out", "run"]);
    let run = dir.path().join("run");
    let summary = fs::read_to_string(run.join("summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let nodes = &summary["proposed"]["nodeAutoscaling"];
    // A quarter of a day.
    let count = |rates: &Value| {
        let means = rates.as_object().unwrap().values().map(|it| it["mean"].as_f64().unwrap());
        means.sum::<f64>() / 4.0
    };
    let launched = count(&nodes["launchesByReasonPerDay"]);
    let removed = count(&nodes["removalsByReasonPerDay"]);
    assert!(launched >= 2.0 && removed >= 1.0, "{nodes}");
    let says = |chart: &str, text: &str| {
        let all = texts(&run.join(format!("{chart}.svg")));
        assert!(all.contains(text), "{chart} does not say {text:?}:\n{all}");
    };
    says("scaling", &format!("{launched:.0} nodes launched and {removed:.0} gone"));
    says("types", "of all node hours");
    let consolidated = nodes["consolidationsPerDay"]["mean"].as_f64().unwrap() / 4.0;
    match nodes["consolidation"]["cpuRequestedPercentBefore"]["mean"].as_f64() {
        Some(before) => {
            says("packing", &format!("{consolidated:.0} consolidation"));
            says("packing", &format!("{before:.0} % of CPU is requested before"));
        }
        None => says("packing", "No node is consolidated"),
    }
}
