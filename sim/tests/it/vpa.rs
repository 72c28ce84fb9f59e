//! What the recommender of the Vertical Pod Autoscaler owes whatever containers use.

use proptest::prelude::*;
use sim::Span;
use sim::autoscalers::vpa::buckets::{self, Buckets};
use sim::autoscalers::vpa::recommender::{Checkpoint, GroupId, PodNumber, Recommender, Subject};
use sim::autoscalers::vpa::{Recommendation, RecommenderConfig};
use sim::model::vpa::{ContainerPolicy, CpuMemory, Learning, Stated, VpaSpec};
use sim::names::{NameId, Names};
use sim::table::Id;

/// The first of January 2026.
const START_MS: i64 = 1_767_225_600_000;
const HOUR_MS: i64 = 3_600_000;

/// A recommender, and one autoscaler of all pods.
struct Cluster {
    recommender: Recommender,
    container: NameId,
    groups: Vec<GroupId>,
}

impl Cluster {
    /// Pods of these groups.
    fn of(groups: &[usize]) -> Cluster {
        let mut names = Names::default();
        let container = names.intern("app");
        let mut recommender = Recommender::new(RecommenderConfig::default());
        for (pod, group) in groups.iter().enumerate() {
            let containers = [(container, Learning::default())];
            let group = GroupId::from_index(*group);
            recommender.pod_added(pod as PodNumber, group, containers, START_MS);
        }
        let most = groups.iter().max().map_or(0, |most| most + 1);
        Cluster { recommender, container, groups: (0..most).map(GroupId::from_index).collect() }
    }

    fn sample(&mut self, pod: usize, (milli, bytes): (u64, u64), at_ms: i64) {
        let used = CpuMemory { cpu: Some(milli), memory: Some(bytes) };
        self.recommender.sample(pod as PodNumber, self.container, used, at_ms);
    }

    fn recommend(&mut self, spec: &VpaSpec) -> Recommendation {
        let mut checkpoint = Checkpoint::default();
        let mut subject = Subject { spec, groups: &self.groups, checkpoint: &mut checkpoint };
        let found = self.recommender.recommend(&mut subject);
        assert_eq!(found.len(), 1);
        found[0].1
    }
}

/// What is recommended after samples that are ten minutes apart.
fn after(samples: &[(u64, u64)], spec: &VpaSpec) -> Recommendation {
    let mut cluster = Cluster::of(&[0]);
    for (used, at_ms) in samples.iter().zip((START_MS..).step_by(600_000)) {
        cluster.sample(0, *used, at_ms);
    }
    cluster.recommend(spec)
}

/// All that is recommended.
fn amounts(it: Recommendation) -> Vec<u64> {
    let all = [it.target, it.lower, it.upper, it.uncapped];
    all.into_iter().flat_map(Stated::each).map(|amount| amount.expect("an amount")).collect()
}

/// What is recommended for usage that is always in the bucket of an amount, without a least.
fn ladder(buckets: &Buckets, amount: u64) -> u64 {
    let below = buckets.table().take_while(|(from, _)| *from <= amount);
    let (_, reported) = below.last().expect("the first bucket begins at zero");
    reported + reported * 15 / 100
}

fn used() -> impl Strategy<Value = (u64, u64)> {
    (1_u64..20_000, 1_u64 << 20..16 << 30)
}

fn bounds() -> impl Strategy<Value = Stated> {
    let cpu = prop::option::of(0_u64..5_000);
    let memory = prop::option::of(0_u64..8 << 30);
    (cpu, memory).prop_map(|(cpu, memory)| CpuMemory { cpu, memory })
}

fn policy(min_allowed: Stated, max_allowed: Stated) -> VpaSpec {
    let policy = ContainerPolicy {
        container: None,
        off: false,
        min_allowed,
        max_allowed,
        controlled: CpuMemory { cpu: true, memory: true },
        requests_only: false,
        learning: Learning::default(),
        boost: None,
    };
    VpaSpec { policies: vec![policy], ..VpaSpec::default() }
}

proptest! {
    #![proptest_config(testing::cases(64))]

    #[test]
    fn more_usage_is_recommended_no_less(
        samples in prop::collection::vec((used(), 0_u64..500, 0_u64..1 << 28), 1..300),
    ) {
        let less: Vec<_> = samples.iter().map(|(used, ..)| *used).collect();
        let more: Vec<_> = samples
            .iter()
            .map(|((milli, bytes), cpu, memory)| (milli + cpu, bytes + memory))
            .collect();
        let spec = VpaSpec::default();
        let (less, more) = (amounts(after(&less, &spec)), amounts(after(&more, &spec)));
        for (less, more) in less.into_iter().zip(more) {
            prop_assert!(less <= more, "{less} for less, {more} for more");
        }
    }

    #[test]
    fn nothing_is_recommended_out_of_the_bounds_of_a_policy(
        samples in prop::collection::vec(used(), 0..50),
        least in bounds(),
        most in bounds(),
    ) {
        let it = after(&samples, &policy(least, most));
        for amounts in [it.target, it.lower, it.upper] {
            let pairs = amounts.zip(least.zip(most)).each();
            for (amount, (least, most)) in pairs {
                let amount = amount.expect("an amount");
                // The most wins over the least, and zero is no bound.
                let most = most.filter(|most| *most > 0).unwrap_or(u64::MAX);
                prop_assert!(amount <= most);
                prop_assert!(amount >= least.unwrap_or(0).min(most));
            }
        }
        prop_assert_eq!(it.uncapped, after(&samples, &VpaSpec::default()).target);
    }

    #[test]
    fn constant_usage_converges_to_its_bucket((milli, bytes) in used(), days in 2_usize..8) {
        let it = after(&vec![(milli, bytes); days * 144 + 1], &VpaSpec::default());
        let cpu = ladder(&buckets::CPU, milli).max(25);
        let memory = ladder(&buckets::MEMORY, bytes).max(250 << 20);
        prop_assert_eq!(it.target, CpuMemory { cpu: Some(cpu), memory: Some(memory) });
        // Samples ten minutes apart make it as sure as a tenth of the days.
        let sure = days as f64 / 10.0;
        let pairs = it.target.zip(it.lower.zip(it.upper)).each();
        for (target, (lower, upper)) in pairs {
            let target = target.expect("an amount") as f64;
            prop_assert!(lower.expect("an amount") as f64 >= target * (1.0 - 0.002 / sure) - 1.0);
            prop_assert!(upper.expect("an amount") as f64 <= target * (1.0 + 1.0 / sure) + 1.0);
        }
    }

    #[test]
    fn what_was_used_before_is_forgotten(before in 1_u64..20_000, now in 1_u64..20_000) {
        let mut samples = vec![(before, 1 << 20); 5 * 144];
        // After four half-lives a sixteenth is left of it, less than the tenth above the target.
        samples.extend(vec![(now, 1 << 20); 4 * 144]);
        let it = after(&samples, &VpaSpec::default());
        prop_assert_eq!(it.target.cpu, Some(ladder(&buckets::CPU, now).max(25)));
    }

    #[test]
    fn pods_that_share_labels_are_as_one_with_all_their_samples(
        samples in prop::collection::vec((used(), 0_usize..3), 1..200),
    ) {
        // Three pods of one group, and the same of three groups, which are merged.
        let (mut shared, mut apart) = (Cluster::of(&[0, 0, 0]), Cluster::of(&[0, 1, 2]));
        for ((used, pod), at_ms) in samples.iter().zip((START_MS..).step_by(600_000)) {
            shared.sample(*pod, *used, at_ms);
            apart.sample(*pod, *used, at_ms);
        }
        let spec = VpaSpec::default();
        let (shared, apart) = (shared.recommend(&spec), apart.recommend(&spec));
        // Sums that are made in another order differ in their last digits, which may decide a tie.
        let near = |one: u64, two: u64| one.abs_diff(two) * 20 <= one.max(two) + 20;
        for (one, two) in amounts(shared).into_iter().zip(amounts(apart)) {
            prop_assert!(near(one, two), "{one} of one group, {two} of three");
        }
    }
}

#[test]
fn a_container_that_is_known_has_a_recommendation_before_its_first_sample() {
    let it = Cluster::of(&[0]).recommend(&VpaSpec::default());
    let least = CpuMemory { cpu: Some(25), memory: Some(250 << 20) };
    assert_eq!(it.target, least);
    assert_eq!(it.upper, least);
}

#[test]
fn what_is_not_sampled_for_eight_days_is_forgotten() {
    let mut cluster = Cluster::of(&[0]);
    cluster.sample(0, (100, 1 << 30), START_MS);
    let spec = VpaSpec::default();
    cluster.recommender.collect_garbage(START_MS + 8 * 24 * HOUR_MS - 1);
    assert_eq!(cluster.recommend(&spec).target.cpu, Some(ladder(&buckets::CPU, 100)));
    cluster.recommender.collect_garbage(START_MS + 8 * 24 * HOUR_MS);
    let mut checkpoint = Checkpoint::default();
    let mut subject = Subject { spec: &spec, groups: &cluster.groups, checkpoint: &mut checkpoint };
    assert!(cluster.recommender.recommend(&mut subject).is_empty());
}

#[test]
fn a_pod_that_is_gone_leaves_what_it_has_taught() {
    let mut cluster = Cluster::of(&[0, 0, 1]);
    for pod in 0..3 {
        cluster.sample(pod, (500, 1 << 30), START_MS);
    }
    let spec = VpaSpec::default();
    let before = cluster.recommend(&spec);
    cluster.recommender.pod_removed(0);
    cluster.recommender.pod_removed(2);
    assert_eq!(cluster.recommend(&spec), before);
    // The pod that is left is sampled as before.
    cluster.sample(1, (900, 1 << 30), START_MS + HOUR_MS);
    cluster.sample(2, (9_000, 1 << 30), START_MS + HOUR_MS);
    let target = cluster.recommend(&spec).target.cpu;
    assert_eq!(target, Some(ladder(&buckets::CPU, 900)));
}

#[test]
fn hostile_flags_are_no_panic() {
    fn both<T: Copy>(of: T) -> CpuMemory<T> {
        CpuMemory { cpu: of, memory: of }
    }
    for span in [Span::ZERO, Span::from_ms(1), Span::from_ms(u64::MAX)] {
        for amount in [0, 1, u64::MAX] {
            let config = RecommenderConfig {
                min: both(amount),
                round: both(amount),
                confidence: both(span),
                half_life: both(span),
                memory_interval: span,
                memory_intervals: u32::MAX,
                oom_min_bump_up: amount,
                margin: f64::MAX,
                ..RecommenderConfig::default()
            };
            let mut cluster = Cluster::of(&[0]);
            cluster.recommender = Recommender::new(config);
            let containers = [(cluster.container, Learning::default())];
            cluster.recommender.pod_added(0, cluster.groups[0], containers, START_MS);
            for hour in 0..48 {
                let at_ms = START_MS + hour * HOUR_MS;
                cluster.sample(0, (amount, amount), at_ms);
                cluster.recommender.out_of_memory(0, cluster.container, amount, at_ms);
                cluster.recommend(&VpaSpec::default());
            }
            cluster.recommender.collect_garbage(START_MS + 48 * HOUR_MS);
        }
    }
}
