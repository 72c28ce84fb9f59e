//! Rules of the updater of the Vertical Pod Autoscaler that no golden case meets.

use std::collections::BTreeMap;

use sim::Span;
use sim::autoscalers::vpa::recommender::PodNumber;
use sim::autoscalers::vpa::sizing::LimitRanges;
use sim::autoscalers::vpa::updater::subject::{
    Owner, Pod, Replicas, ResizeCondition, ResizeKind, ResizeReason, Subject, is_considered,
};
use sim::autoscalers::vpa::updater::{
    Api, Gates, RateLimit, Reason, Refusal, Resize, Updater, UpdaterConfig, Verdict,
};
use sim::autoscalers::vpa::{Recommendation, Recommended};
use sim::model::vpa::{Boost, CpuMemory, EvictionRequirement, StartupBoost, UpdateMode, VpaSpec};

use crate::vpa_pods::{self, NOW_MS, container, stated};

const MINUTE_MS: i64 = 60_000;

/// What the updater asked for, and when.
#[derive(Clone, PartialEq, Debug)]
enum Call {
    Evict(PodNumber, i64),
    Resize(PodNumber, Resize),
}

/// A cluster that writes down what it is asked, and refuses some of it.
#[derive(Default)]
struct Cluster {
    calls: Vec<Call>,
    refused: BTreeMap<PodNumber, Refusal>,
}

impl Api for Cluster {
    fn evict(&mut self, pod: PodNumber, at_ms: i64) -> bool {
        self.calls.push(Call::Evict(pod, at_ms));
        !self.refused.contains_key(&pod)
    }

    fn resize(&mut self, pod: PodNumber, resize: &Resize, _at_ms: i64) -> Result<(), Refusal> {
        self.calls.push(Call::Resize(pod, resize.clone()));
        self.refused.get(&pod).map_or(Ok(()), |refusal| Err(*refusal))
    }
}

impl Cluster {
    fn evicted(&self) -> Vec<PodNumber> {
        let evicted = |call: &Call| match call {
            Call::Evict(pod, _) => Some(*pod),
            Call::Resize(..) => None,
        };
        self.calls.iter().filter_map(evicted).collect()
    }

    fn resized(&self) -> Vec<PodNumber> {
        let resized = |call: &Call| match call {
            Call::Evict(..) => None,
            Call::Resize(pod, _) => Some(*pod),
        };
        self.calls.iter().filter_map(resized).collect()
    }
}

/// One autoscaler, what it recommends, and its pods.
struct Case {
    config: UpdaterConfig,
    spec: VpaSpec,
    recommended: Recommended,
    pods: Vec<Pod>,
}

impl Case {
    /// Pods of one owner that request 100 millicores, of which 200 are recommended.
    fn of(mode: UpdateMode, pods: u32) -> Case {
        let it = Recommendation {
            target: stated(200),
            lower: stated(150),
            upper: stated(300),
            uncapped: stated(200),
        };
        let owner = Owner { number: 7, replicas: Replicas::Configured(pods) };
        let pod = |number: u32| Pod {
            started_ms: Some(NOW_MS - 24 * 60 * MINUTE_MS),
            ready_since_ms: Some(NOW_MS - 10 * MINUTE_MS),
            ..vpa_pods::pod(number.into(), 100, owner)
        };
        Case {
            config: UpdaterConfig::default(),
            spec: VpaSpec { mode, ..VpaSpec::default() },
            recommended: Recommended::from([(container(), it)]),
            pods: (0..pods).map(pod).collect(),
        }
    }

    /// Requests within the bounds, so that only age and difference count.
    fn within(mut self) -> Case {
        for it in self.recommended.values_mut() {
            (it.lower, it.upper) = (stated(50), stated(400));
        }
        self
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            spec: &self.spec,
            recommended: Some(&self.recommended),
            ranges: LimitRanges::default(),
            pods: &self.pods,
        }
    }

    fn updater(&self) -> Updater {
        Updater::new(self.config.clone())
    }

    /// One pass of an updater that is given.
    fn pass(
        &self,
        updater: &mut Updater,
        cluster: &mut Cluster,
        now_ms: i64,
    ) -> BTreeMap<PodNumber, Verdict> {
        let lives = |number| self.pods.iter().any(|pod| pod.number == number);
        updater.pass(&[self.subject()], &lives, now_ms, cluster).verdicts
    }

    /// One pass of a new updater.
    fn first(&self) -> (Cluster, BTreeMap<PodNumber, Verdict>) {
        let mut cluster = Cluster::default();
        let verdicts = self.pass(&mut self.updater(), &mut cluster, NOW_MS);
        (cluster, verdicts)
    }
}

fn condition(kind: ResizeKind, reason: Option<ResizeReason>) -> ResizeCondition {
    ResizeCondition { kind, holds: true, reason, has_message: false }
}

#[test]
fn modes_that_touch_no_pod_give_their_pods_to_others() {
    for (mode, considered) in [
        (UpdateMode::Off, false),
        (UpdateMode::Initial, false),
        (UpdateMode::Recreate, true),
        (UpdateMode::InPlaceOrRecreate, true),
        (UpdateMode::InPlace, true),
    ] {
        assert_eq!(is_considered(&Case::of(mode, 1).spec), considered, "{mode:?}");
    }
    let mut boosts = Case::of(UpdateMode::Off, 1).spec;
    boosts.boost = Some(StartupBoost { by: Boost::Factor(2), lasts: None });
    assert!(is_considered(&boosts));
}

#[test]
fn the_mode_in_place_does_nothing_without_its_gate() {
    let mut case = Case::of(UpdateMode::InPlace, 4);
    let (cluster, verdicts) = case.first();
    assert_eq!(cluster.calls, []);
    assert_eq!(verdicts[&0], Verdict::Left(Reason::Mode));
    case.config.gates.in_place = true;
    assert_eq!(case.first().0.resized(), [0, 1, 2, 3]);
}

#[test]
fn a_group_whose_owner_is_gone_or_wants_no_pods_is_left_alone() {
    let mut case = Case::of(UpdateMode::Recreate, 4);
    for owner in [None, Some(Owner { number: 7, replicas: Replicas::Configured(0) })] {
        case.pods.iter_mut().for_each(|pod| pod.owner = owner);
        let (cluster, verdicts) = case.first();
        assert_eq!(cluster.calls, []);
        assert!(verdicts.values().all(|it| *it == Verdict::Left(Reason::Group)));
    }
}

#[test]
fn each_owner_has_a_budget_of_its_own() {
    let mut case = Case::of(UpdateMode::Recreate, 8);
    for (pod, number) in case.pods.iter_mut().zip([1, 2].into_iter().cycle()) {
        pod.owner = Some(Owner { number, replicas: Replicas::Configured(4) });
    }
    assert_eq!(case.first().0.evicted(), [0, 1, 2, 3]);
}

#[test]
fn a_small_group_is_resized_if_budgets_are_skipped_and_never_evicted() {
    let mut case = Case::of(UpdateMode::InPlaceOrRecreate, 1);
    assert_eq!(case.first().1[&0], Verdict::Left(Reason::Group));
    case.config.in_place_skip_disruption_budget = true;
    assert_eq!(case.first().0.resized(), [0]);
    let mut refusing = Cluster { refused: [(0, Refusal::Other)].into(), ..Cluster::default() };
    let verdicts = case.pass(&mut case.updater(), &mut refusing, NOW_MS);
    assert_eq!(refusing.evicted(), [] as [PodNumber; 0]);
    assert_eq!(verdicts[&0], Verdict::ResizeRefused(Refusal::Other));
    // The mode that only evicts has nothing to skip.
    case.spec.mode = UpdateMode::Recreate;
    assert_eq!(case.first().1[&0], Verdict::Left(Reason::Group));
}

#[test]
fn a_pod_that_restarts_on_resize_asks_for_budget_even_if_it_is_skipped() {
    let mut case = Case::of(UpdateMode::InPlaceOrRecreate, 4);
    case.config.in_place_skip_disruption_budget = true;
    assert_eq!(case.first().0.resized(), [0, 1, 2, 3]);
    for pod in &mut case.pods {
        pod.containers[0].restarts_on_resize = true;
    }
    assert_eq!(case.first().0.resized(), [0, 1]);
}

#[test]
fn an_autoscaler_may_say_what_a_quick_kill_is_if_the_gate_is_on() {
    let mut case = Case::of(UpdateMode::Recreate, 4).within();
    for pod in &mut case.pods {
        pod.started_ms = Some(NOW_MS);
    }
    case.pods[1].containers[0].out_of_memory_after = Some(Span::from_secs(20 * 60));
    case.spec.evict_after_oom = Some(Span::from_secs(30 * 60));
    assert_eq!(case.first().1[&1], Verdict::Left(Reason::Young));
    case.config.gates.per_vpa_config = true;
    assert_eq!(case.first().0.evicted(), [1]);
    case.spec.evict_after_oom = Some(Span::from_secs(20 * 60));
    assert_eq!(case.first().1[&1], Verdict::Left(Reason::Young), "exactly as long is not soon");
}

#[test]
fn a_container_that_is_left_alone_is_never_killed_too_soon() {
    let mut case = Case::of(UpdateMode::Recreate, 4).within();
    for pod in &mut case.pods {
        pod.started_ms = Some(NOW_MS);
        pod.containers[0].out_of_memory_after = Some(Span::from_secs(1));
        pod.containers[0].is_observed = false;
    }
    assert_eq!(case.first().0.calls, []);
}

#[test]
fn a_pod_within_the_bounds_is_old_enough_at_twelve_hours() {
    let mut case = Case::of(UpdateMode::Recreate, 4).within();
    for (pod, more_ms) in case.pods.iter_mut().zip([0, 1]) {
        pod.started_ms = Some(NOW_MS - 12 * 60 * MINUTE_MS + more_ms);
    }
    case.pods[2].started_ms = None;
    let (_, verdicts) = case.first();
    assert_eq!(verdicts[&0], Verdict::Evicted);
    assert_eq!(verdicts[&1], Verdict::Left(Reason::Young));
    assert_eq!(verdicts[&2], Verdict::Left(Reason::NotStarted));
}

#[test]
fn a_policy_of_updates_demands_a_recommendation_for_some_container() {
    let mut case = Case::of(UpdateMode::Recreate, 4);
    case.recommended.clear();
    case.config.update_threshold = 0.0;
    assert_eq!(case.first().0.evicted(), [0, 1], "nothing is required");
    case.spec.requirements = Some(Vec::new());
    assert_eq!(case.first().1[&0], Verdict::Left(Reason::Requirements));
}

#[test]
fn what_requests_nothing_of_a_resource_meets_every_requirement() {
    let mut case = Case::of(UpdateMode::Recreate, 4);
    let resources = CpuMemory { cpu: true, memory: true };
    case.spec.requirements = Some(vec![EvictionRequirement { resources, higher: false }]);
    assert_eq!(case.first().1[&0], Verdict::Left(Reason::Requirements));
    case.pods[2].containers[0].actual.requests.memory = None;
    assert_eq!(case.first().0.evicted(), [2]);
}

#[test]
fn rate_limits_keep_calls_apart_and_end_a_pass_that_may_make_none() {
    let mut case = Case::of(UpdateMode::Recreate, 6);
    case.config.rate_limit = Some(RateLimit { per_second: 0.1, burst: 2 });
    let evicted = |pod, seconds: i64| Call::Evict(pod, NOW_MS + seconds * 1_000);
    assert_eq!(case.first().0.calls, [evicted(0, 0), evicted(1, 0), evicted(2, 10)]);
    let mut updater = case.updater();
    let mut cluster = Cluster::default();
    let passed = updater.pass(&[case.subject()], &|_| true, NOW_MS, &mut cluster);
    assert_eq!(passed.ended_ms, NOW_MS + 10_000);
    case.config.rate_limit = Some(RateLimit { per_second: 0.1, burst: 0 });
    assert_eq!(case.first().0.calls, []);
    case.config.rate_limit = Some(RateLimit { per_second: f64::MIN_POSITIVE, burst: 1 });
    assert_eq!(case.first().0.evicted(), [0, 1, 2]);
}

#[test]
fn a_resize_is_given_up_by_when_it_was_first_seen() {
    let mut case = Case::of(UpdateMode::InPlaceOrRecreate, 4);
    case.pods.truncate(1);
    case.pods[0].owner = Some(Owner { number: 7, replicas: Replicas::Configured(1) });
    case.spec.min_replicas = Some(1);
    let deferred = condition(ResizeKind::Pending, Some(ResizeReason::Deferred));
    case.pods[0].resize_conditions = vec![deferred];
    let mut updater = case.updater();
    let mut cluster = Cluster::default();
    for minute in 0..=5 {
        case.pass(&mut updater, &mut cluster, NOW_MS + minute * MINUTE_MS);
        assert_eq!(cluster.calls, [], "exactly five minutes are not more than five");
    }
    case.pass(&mut updater, &mut cluster, NOW_MS + 5 * MINUTE_MS + 1);
    assert_eq!(cluster.evicted(), [0]);
    // A pod of the same name has no time of its own.
    case.pods[0].number = 1;
    case.pass(&mut updater, &mut cluster, NOW_MS + 6 * MINUTE_MS);
    assert_eq!(cluster.evicted(), [0, 1]);
}

#[test]
fn a_resize_in_progress_has_an_hour_unless_it_has_failed() {
    let mut case = Case::of(UpdateMode::InPlaceOrRecreate, 4);
    case.pods[0].resize_conditions = vec![condition(ResizeKind::InProgress, None)];
    case.pods[1].resize_conditions =
        vec![condition(ResizeKind::InProgress, Some(ResizeReason::Error))];
    let messaged = ResizeCondition { has_message: true, ..condition(ResizeKind::InProgress, None) };
    case.pods[2].resize_conditions = vec![messaged];
    let (cluster, verdicts) = case.first();
    assert_eq!(cluster.evicted(), [1], "the resize of another pod took the rest of the budget");
    assert_eq!(cluster.resized(), [3]);
    assert_eq!(verdicts[&0], Verdict::Left(Reason::Resizing));
    let mut updater = case.updater();
    case.pods.truncate(1);
    case.pods[0].owner = Some(Owner { number: 7, replicas: Replicas::Configured(1) });
    case.spec.min_replicas = Some(1);
    let mut cluster = Cluster::default();
    case.pass(&mut updater, &mut cluster, NOW_MS);
    case.pass(&mut updater, &mut cluster, NOW_MS + 60 * MINUTE_MS);
    assert_eq!(cluster.calls, []);
    case.pass(&mut updater, &mut cluster, NOW_MS + 60 * MINUTE_MS + 1);
    assert_eq!(cluster.evicted(), [0]);
}

#[test]
fn the_first_condition_decides_whether_a_pod_is_being_resized() {
    let mut case = Case::of(UpdateMode::InPlaceOrRecreate, 4);
    let over = ResizeCondition { holds: false, ..condition(ResizeKind::Pending, None) };
    case.pods[0].resize_conditions = vec![over, condition(ResizeKind::InProgress, None)];
    assert_eq!(case.first().0.resized(), [0, 1]);
}

#[test]
fn what_a_node_had_no_room_for_is_tried_again_when_less_is_recommended() {
    let mut case = Case::of(UpdateMode::InPlace, 2);
    case.config.gates.in_place = true;
    let mut updater = case.updater();
    let mut cluster =
        Cluster { refused: [(0, Refusal::NodeCapacity)].into(), ..Cluster::default() };
    let verdicts = case.pass(&mut updater, &mut cluster, NOW_MS);
    assert_eq!(verdicts[&0], Verdict::ResizeRefused(Refusal::NodeCapacity));
    assert_eq!(cluster.evicted(), [] as [PodNumber; 0]);
    cluster.calls.clear();
    let verdicts = case.pass(&mut updater, &mut cluster, NOW_MS + MINUTE_MS);
    assert_eq!(verdicts[&0], Verdict::Left(Reason::Infeasible));
    assert_eq!(cluster.resized(), [1]);
    cluster.calls.clear();
    for it in case.recommended.values_mut() {
        it.target = CpuMemory { cpu: Some(500), memory: Some(190 << 20) };
    }
    case.pass(&mut updater, &mut cluster, NOW_MS + 2 * MINUTE_MS);
    assert_eq!(cluster.resized(), [0, 1], "one of two resources is lower");
    // A pod that is gone needs no memory.
    case.pods.remove(0);
    case.pass(&mut updater, &mut cluster, NOW_MS + 3 * MINUTE_MS);
    assert!(updater.memory().infeasible.is_empty());
}

/// Pods whose containers have 400 millicores to start with, instead of 100.
fn boosted(mode: UpdateMode) -> Case {
    let mut case = Case::of(mode, 4);
    case.config.gates = Gates { cpu_startup_boost: true, ..Gates::default() };
    let lasts = Some(Span::from_secs(300));
    case.spec.boost = Some(StartupBoost { by: Boost::Factor(4), lasts });
    for pod in &mut case.pods {
        let container = &mut pod.containers[0];
        container.boosted_from = Some(container.written);
        container.written.requests.cpu = Some(400);
        container.actual.requests.cpu = Some(400);
    }
    case
}

#[test]
fn a_boost_ends_in_place_some_time_after_the_pod_is_ready() {
    let mut case = boosted(UpdateMode::Recreate);
    case.pods[0].ready_since_ms = Some(NOW_MS - 300_000);
    case.pods[1].ready_since_ms = None;
    case.pods[2].resize_conditions = vec![condition(ResizeKind::InProgress, None)];
    let (cluster, verdicts) = case.first();
    assert_eq!(cluster.resized(), [3], "a boost of exactly five minutes is not over");
    assert_eq!(cluster.evicted(), [] as [PodNumber; 0]);
    assert_eq!(verdicts[&0], Verdict::Left(Reason::Boosted));
    let [Call::Resize(_, resize)] = cluster.calls.as_slice() else { panic!("one resize") };
    assert_eq!(resize.containers[0].1.requests, stated(200));
    assert_eq!(resize.unboosted, [container()]);
}

#[test]
fn in_the_mode_off_a_boost_ends_with_what_was_stated_before() {
    let (cluster, _) = boosted(UpdateMode::Off).first();
    assert_eq!(cluster.resized(), [0, 1], "as many as may be disrupted");
    let Call::Resize(_, resize) = &cluster.calls[0] else { panic!("a resize") };
    assert_eq!(resize.containers[0].1.requests, stated(100));
}

#[test]
fn a_boosted_pod_makes_a_group_large_enough() {
    let mut case = boosted(UpdateMode::Recreate);
    case.pods.truncate(1);
    case.pods[0].owner = Some(Owner { number: 7, replicas: Replicas::Configured(1) });
    assert_eq!(case.first().0.resized(), [0]);
}

#[test]
fn without_the_gate_a_boosted_pod_is_one_as_any() {
    let mut case = boosted(UpdateMode::Recreate);
    case.config.gates.cpu_startup_boost = false;
    assert_eq!(case.first().0.evicted(), [0, 1]);
}

#[test]
fn passes_wait_for_the_admission_controller() {
    let mut case = Case::of(UpdateMode::Recreate, 4);
    let updater = case.updater();
    assert!(updater.waits_for_admission(None, NOW_MS));
    assert!(updater.waits_for_admission(Some(NOW_MS - MINUTE_MS), NOW_MS));
    assert!(!updater.waits_for_admission(Some(NOW_MS - MINUTE_MS + 1), NOW_MS));
    case.config.use_admission_controller_status = false;
    assert!(!case.updater().waits_for_admission(None, NOW_MS));
}
