//! A glance of the updater against a pass that looks at each pod.

use proptest::prelude::*;
use sim::autoscalers::vpa::sizing::LimitRanges;
use sim::autoscalers::vpa::updater::subject::{Owner, Pod, Replicas, Subject};
use sim::autoscalers::vpa::updater::{Updater, UpdaterConfig};
use sim::autoscalers::vpa::{Recommendation, Recommended};
use sim::model::vpa::{CpuMemory, EvictionRequirement, UpdateMode, VpaSpec};

use crate::vpa_pods::{self, NOW_MS, container, stated};

const HOUR_MS: i64 = 3_600_000;

/// A pod that requests this much, and was started this many hours ago.
fn pod(number: u64, milli: u64, hours: i64, is_pending: bool) -> Pod {
    let started_ms = Some(NOW_MS - hours * HOUR_MS);
    let owner = Owner { number: 7, replicas: Replicas::Live };
    let pod = vpa_pods::pod(number, milli, owner);
    Pod { is_pending, started_ms, ready_since_ms: started_ms, ..pod }
}

/// Of pods that request the same, the one that was started first.
fn first_of_each_kind(pods: &[Pod]) -> Vec<Pod> {
    let mut first: Vec<Pod> = Vec::new();
    for pod in pods {
        match first.iter_mut().find(|it| it.containers == pod.containers) {
            Some(known) if pod.started_ms < known.started_ms => *known = pod.clone(),
            Some(_) => {}
            None => first.push(pod.clone()),
        }
    }
    first
}

proptest! {
    #![proptest_config(testing::cases(256))]

    /// Amounts are few and near each other, so that each of them is within the bounds, without and at them.
    #[test]
    fn what_a_glance_leaves_out_a_pass_leaves_alone(
        drawn in prop::collection::vec((90_u64..112, 0_i64..16, prop::bool::weighted(0.1)), 1..12),
        (lower, target, upper) in (85_u64..100, 95_u64..108, 100_u64..115),
        mode in prop::sample::select(vec![
            UpdateMode::Recreate, UpdateMode::InPlaceOrRecreate, UpdateMode::InPlace,
        ]),
        higher in prop::option::of(any::<bool>()),
        recommends in prop::bool::weighted(0.9),
    ) {
        let pods: Vec<Pod> = (0..)
            .zip(&drawn)
            .map(|(number, (milli, hours, pending))| pod(number, *milli, *hours, *pending))
            .collect();
        let resources = CpuMemory { cpu: true, memory: true };
        let requirements = higher.map(|higher| vec![EvictionRequirement { resources, higher }]);
        let spec = VpaSpec { mode, requirements, min_replicas: Some(1), ..VpaSpec::default() };
        let it = Recommendation {
            target: stated(target),
            lower: stated(lower),
            upper: stated(upper),
            uncapped: stated(target),
        };
        let recommended = Recommended::from([(container(), it)]);
        let subject = Subject {
            spec: &spec,
            recommended: recommends.then_some(&recommended),
            ranges: LimitRanges::default(),
            pods: &pods,
        };
        let mut config = UpdaterConfig::default();
        config.gates.in_place = true;
        let updater = Updater::new(config);
        let first = first_of_each_kind(&pods);
        let may = updater.may_touch(&Subject { pods: &[], ..subject }, &first, NOW_MS);
        prop_assert!(may || updater.is_idle(&subject, NOW_MS), "{drawn:?}");
        // All owners can spare a pod here, so that what speaks for touching one is enough where it runs.
        if drawn.iter().all(|(_, _, pending)| !pending) {
            prop_assert_eq!(may, !updater.is_idle(&subject, NOW_MS));
        }
    }
}
