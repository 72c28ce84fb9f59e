//! A team tests rules of its own: against every sequence of faults that proptest can think of, at
//! every moment of a run. `docs/testing.md` explains this file.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::model::Model;
use sim::model::resources::Resources;
use sim::terms::rules::{Amount, Rule};
use sim::world::World;
use sim::{Root, Setup, Span};
use testing::faults::{Faults, faults};
use testing::moments::at_every_moment;
use testing::rules::{Broken, at_least, holds, never};

/// What the team runs: a database on nodes that are never taken, and an API on spot.
const SHOP: &str = "
apiVersion: spotsim/v1
name: shop
horizon: 12h
region: us-east-1
pools:
  - name: base
    count: 3
    capacityType: on-demand
    instanceTypes: [m6i.large]
    zones: [us-east-1a, us-east-1b, us-east-1c]
  - name: spot
    count: 3
    capacityType: spot
    instanceTypes: [m6i.large]
    zones: [us-east-1a, us-east-1b, us-east-1c]
workloads:
  - name: db
    kind: StatefulSet
    replicas: 3
    labels: {app: db}
    template:
      nodeSelector: {karpenter.sh/capacity-type: on-demand}
      containers: [{name: db, resources: {requests: {cpu: '1', memory: 4Gi}}}]
  - name: api
    replicas: 6
    labels: {app: api}
    template:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: {matchLabels: {app: api}}
      containers: [{name: api, resources: {requests: {cpu: 500m, memory: 1Gi}}}]
";

const ROOT: Root = Root { seed: 42, replication: 0 };

/// The shop as some faults meet it.
fn shop(faults: &Faults) -> Setup {
    let source = Source { file: "shop.yaml".into(), text: Arc::from(SHOP) };
    let mut setup = Scenario::parse(&source, None).expect("a sound scenario").setup;
    setup.change(|it| it.market.reclaims = Arc::new(faults.clone())).expect("sound");
    setup
}

/// Whether a rule holds in the shop whatever happens.
fn whatever_happens(faults: &Faults, rule: impl FnOnce(&mut Model) -> Rule) -> Result<(), Broken> {
    let mut setup = shop(faults);
    let rule = setup.change(|it| rule(Arc::make_mut(&mut it.model))).expect("sound");
    at_every_moment(&setup, ROOT, |world| holds(&rule, world))
}

proptest! {
    #![proptest_config(testing::cases(64))]

    /// The database stays off spot, wherever instances are lost and however often.
    #[test]
    fn the_database_is_never_on_spot(faults in faults(6, Span::from_hours(12))) {
        whatever_happens(&faults, |model| {
            never(model, "app=db", "karpenter.sh/capacity-type=spot")
        })?;
    }

    /// A rule that no list of rules has: written in Rust, about anything that a world knows.
    #[test]
    fn no_node_is_ever_asked_for_more_than_it_has(faults in faults(6, Span::from_hours(12))) {
        at_every_moment(&shop(&faults), ROOT, |world: &World| {
            let overfull = world.registered().iter().copied().find(|node| {
                let view = world.view(*node);
                !view.load().requested().fits(&Resources::ZERO, &view.shape().allocatable)
            });
            prop_assert_eq!(overfull, None);
            Ok(())
        })?;
    }
}

/// What does not hold is refuted, by as few faults as it takes: one.
#[test]
fn an_api_in_every_zone_is_too_much_to_ask() {
    let mut runner = TestRunner::deterministic();
    let claim = |faults: Faults| {
        let zone = "topology.kubernetes.io/zone";
        let rule = |model: &mut Model| at_least(model, Amount::Pods(1), "app=api", zone);
        Ok(whatever_happens(&faults, rule)?)
    };
    let refuted = runner.run(&faults(6, Span::from_hours(12)), claim);
    let Err(TestError::Fail(reason, Faults(shortest))) = refuted else {
        panic!("faults in one zone empty it, but none were found: {refuted:?}");
    };
    assert!(reason.message().contains("does not hold"), "{reason}");
    assert_eq!(shortest.len(), 1, "{shortest:?}");
}

/// What the page shows is what runs here.
#[test]
fn the_page_shows_this_file() {
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let here = squeezed(include_str!("own_rule.rs"));
    let page = include_str!("../../docs/testing.md");
    let blocks: Vec<&str> =
        page.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        assert!(here.contains(&squeezed(block)), "docs/testing.md shows other code:\n{block}");
    }
}
