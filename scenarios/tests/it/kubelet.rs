//! `kubelet` in scenarios: what kubelets are configured with, and what no configuration is.

use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::Span;
use sim::kubelet::config::KubeletConfigs;
use sim::kubelet::signals::Signal;
use sim::kubelet::thresholds::{Amount, EvictionConfig};
use sim::model::pool::PoolId;
use sim::table::Id;

const HEAD: &str = "apiVersion: spotsim/v1
name: kubelets
horizon: 1d
region: us-east-1
workloads: [{name: web, template: {containers: [{name: app}]}}]
";

fn parse(kubelet: &str, of_pool: &str) -> Result<KubeletConfigs, String> {
    let pool = "count: 1, capacityType: on-demand, instanceTypes: [m6i.large]";
    let pools = format!("pools: [{{name: a, {pool}}}, {{name: b, {pool}{of_pool}}}]\n");
    let source =
        Source { file: "scenario.yaml".into(), text: Arc::from(format!("{HEAD}{pools}{kubelet}")) };
    let scenario = Scenario::parse(&source, None).map_err(|errors| errors.render(false))?;
    Ok(scenario.setup.kubelets.clone())
}

#[test]
fn kubelets_are_as_they_come_unless_a_scenario_says_otherwise() {
    assert_eq!(parse("", "").expect("a sound scenario"), KubeletConfigs::default());
}

#[test]
fn a_pool_has_a_configuration_of_its_own() {
    let kubelet = "kubelet:
  evictionHard: {memory.available: 500Mi}
  evictionSoft: {memory.available: 10%}
  evictionSoftGracePeriod: {memory.available: 1m30s}
  evictionMinimumReclaim: {memory.available: 200Mi}
  evictionPressureTransitionPeriod: 2m
  evictionMaxPodGracePeriod: 30
  crashLoopBackOff: {maxContainerRestartPeriod: 5s}
";
    let of_pool = ", kubelet: {evictionHard: {memory.available: 0%}}";
    let configs = parse(kubelet, of_pool).expect("a sound scenario");
    let cluster = configs.of(PoolId::from_index(0));
    let EvictionConfig { thresholds, transition, max_pod_grace, .. } = &cluster.eviction;
    let signals: Vec<Signal> = thresholds.iter().map(|threshold| threshold.signal).collect();
    assert_eq!(
        signals,
        [Signal::MemoryAvailable, Signal::MemoryAvailable, Signal::AllocatableMemoryAvailable],
        "a hard threshold replaces all that there are by default"
    );
    assert_eq!(thresholds[0].value, Amount::Quantity(500 << 20));
    assert_eq!(thresholds[0].min_reclaim, Some(Amount::Quantity(200 << 20)));
    assert_eq!(
        (thresholds[1].value, thresholds[1].grace),
        (Amount::percent(10.0), Span::from_secs(90))
    );
    assert_eq!((*transition, *max_pod_grace), (Span::from_secs(120), Span::from_secs(30)));
    assert_eq!(cluster.back_off.initial, Span::from_secs(5));
    let pool = configs.of(PoolId::from_index(1));
    assert!(pool.eviction.thresholds.is_empty(), "0 % switches a signal off");
    assert_eq!(pool.eviction.transition, Span::from_secs(300), "it stands alone");
}

#[test]
fn what_is_no_configuration_is_said_at_its_place() {
    let wrong =
        |kubelet: &str| parse(&format!("kubelet: {kubelet}\n"), "").expect_err("it is wrong");
    let signal = wrong("{evictionHard: {memory.availabel: 1Gi}}");
    assert!(
        signal.contains("E0104") && signal.contains("did you mean `memory.available`?"),
        "{signal}"
    );
    let percent = wrong("{evictionHard: {memory.available: 120%}}");
    assert!(percent.contains("E0103") && percent.contains("from 0% to 100%"), "{percent}");
    let amount = wrong("{evictionHard: {memory.available: lots}}");
    assert!(amount.contains("E0104"), "{amount}");
    let grace = wrong("{evictionSoft: {memory.available: 1Gi}}");
    assert!(grace.contains("E0204") && grace.contains("has no grace period"), "{grace}");
    let period = wrong("{crashLoopBackOff: {maxContainerRestartPeriod: 10m}}");
    assert!(period.contains("E0103") && period.contains("from 1s to 5m"), "{period}");
}
