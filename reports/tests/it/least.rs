//! The bound of jobs with deadlines against jobs that are simulated: whatever the market does, no policy
//! pays less.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use reports::Fold;
use reports::folds::declared::declarations;
use sim::market::Market;
use sim::market::prices::replay::Replay as Prices;
use sim::market::reclaims::replay::Replay as Capacity;
use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, Offering};
use sim::model::deadline::{DeadlineJob, DeadlinePolicy};
use sim::model::node::NodeShape;
use sim::model::pod::PodSpec;
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::resources::Resources;
use sim::model::workload::{Controller, Workload};
use sim::{Legend, MicroUsdPerHour, Root, Setup, SimTime, Span};

const ON_DEMAND: MicroUsdPerHour = MicroUsdPerHour(3_000_000);
const POLICIES: [DeadlinePolicy; 3] =
    [DeadlinePolicy::Greedy, DeadlinePolicy::UniformProgress, DeadlinePolicy::OnDemandOnly];

/// A market of one type in one zone, by the quarter of an hour, and a job on it.
#[derive(Clone, Debug)]
struct Case {
    provider: &'static str,
    policy: DeadlinePolicy,
    work: Span,
    deadline: Span,
    changeover: Span,
    tick: Span,
    /// How many instances of spot there are from the beginning of each quarter on, and at which price.
    market: Vec<(u32, u64)>,
    seed: u64,
}

fn quarters(number: u64) -> Span {
    Span::from_secs(900) * number
}

impl Case {
    fn setup(&self) -> Setup {
        let mut model = Model::default();
        let name = model.names.intern("train");
        let size = Resources::one_pod(8_000, 1 << 30);
        let machine = InstanceType::plain(name, size, ON_DEMAND);
        let instance_type = model.catalog.instance_types.push(machine);
        let on_demand = Offering::on_demand(instance_type, name, ON_DEMAND);
        let capacity_type = CapacityType::Spot;
        let spot = Offering { capacity_type, key: 1, reclaims_per_hour: 0.2, ..on_demand.clone() };
        let templates = [spot, on_demand].map(|offering| NodeTemplate {
            offering: model.catalog.offerings.push(offering),
            shape: NodeShape::plain(size),
        });
        let spot = templates[0].offering;
        let pool = model.pools.push(Pool {
            name,
            templates: templates.into(),
            limits: Limits::default(),
            keeper: Keeper::of_size(0),
        });
        let Case { work, deadline, changeover, tick, policy, .. } = *self;
        let job = DeadlineJob { pool, work, deadline, changeover, tick, policy };
        let spec = model.specs.intern(PodSpec::default());
        model.workloads.push(Workload {
            namespace: model.empty,
            name,
            controller: Controller::DeadlineJob(job),
            spec,
            volumes: None,
            created_at: SimTime::ZERO + Span::from_secs(60),
            key: 0,
        });
        let provider = sim::providers::named(self.provider).expect("a provider");
        let at = |quarter: usize| SimTime::ZERO + quarters(quarter as u64);
        let mut prices = Prices::new();
        let steps = self.market.iter().enumerate();
        prices.record(1, steps.map(|(i, (_, price))| (at(i), MicroUsdPerHour(*price))).collect());
        let mut market = Market { prices: Arc::new(prices), ..Market::default() };
        // Every other seed: reclaims of single instances at a rate, and always capacity.
        if self.seed.is_multiple_of(2) {
            let trace = self.market.iter().enumerate().map(|(i, (count, _))| (at(i), *count));
            let traces = BTreeMap::from([(spot, trace.collect())]);
            market.reclaims = Arc::new(Capacity { traces, notice: provider.notice });
        }
        Setup::new(model, market, provider, Span::ZERO, Span::from_hours(48)).expect("two days")
    }

    /// What the job paid, and the bound; none if it is late.
    fn figures(&self) -> Option<(f64, f64)> {
        let setup = self.setup();
        let mut fold = Fold::new(&Legend::of(&setup));
        let run = sim::run(&setup, Root { seed: self.seed, replication: 0 }, &mut fold);
        let (figures, _) = fold.finish(&run);
        let value = |key: &str| {
            let mut all = declarations().zip(&figures.declared);
            all.find(|(it, _)| it.key == key).and_then(|(_, value)| *value)
        };
        let both = value("deadlineJobsPaid").zip(value("deadlineJobsLeast"));
        if let Some((paid, _)) = both {
            let all = figures.money.contracted.as_usd_f64();
            assert!((paid - all).abs() < 1e-9, "there is nothing else to pay: {paid} of {all}");
        }
        both
    }
}

/// Four hours of work within twelve, with spot at a dollar but from 02:00 to 07:00.
fn by_hand(policy: DeadlinePolicy) -> Case {
    let spot_at = |quarter: u64| u32::from(!(8..28).contains(&quarter));
    Case {
        provider: "generic",
        policy,
        work: quarters(16),
        deadline: quarters(48),
        changeover: quarters(2),
        tick: quarters(4),
        market: (0..192).map(|quarter| (spot_at(quarter), 1_000_000)).collect(),
        seed: 0,
    }
}

/// On-demand holds five hours, of which four and a half are needed, and waiting for 07:00 would have done.
#[test]
fn a_job_that_knew_its_market_would_have_waited() {
    assert_eq!(by_hand(DeadlinePolicy::OnDemandOnly).figures(), Some((15.0, 4.5)));
}

#[test]
fn a_job_that_cannot_be_done_in_time_has_no_bound() {
    let late = Case { work: quarters(60), ..by_hand(DeadlinePolicy::Greedy) };
    assert_eq!(late.figures(), None);
}

#[test]
fn a_deadline_beyond_the_window_has_no_bound() {
    let long = Case { deadline: Span::from_hours(48), ..by_hand(DeadlinePolicy::OnDemandOnly) };
    assert_eq!(long.figures(), None);
}

fn case() -> impl Strategy<Value = Case> {
    let stretch = (1_usize..24, 0_u32..3, 200_000_u64..4_000_000);
    let market = prop::collection::vec(stretch, 4..24).prop_map(|stretches| {
        let quarters = stretches
            .into_iter()
            .flat_map(|(lasts, count, price)| std::iter::repeat_n((count.min(1), price), lasts));
        quarters.collect::<Vec<(u32, u64)>>()
    });
    let provider = prop::sample::select(vec!["aws", "gcp", "azure", "generic"]);
    let job = (4_u64..80, 1_u64..60, 0_u64..7_200, 60_u64..7_200);
    let policy = prop::sample::select(POLICIES.to_vec());
    (provider, policy, job, market, any::<u64>()).prop_map(
        |(provider, policy, (work, slack, changeover, tick), market, seed)| Case {
            provider,
            policy,
            work: quarters(work),
            deadline: quarters(work + slack),
            changeover: Span::from_secs(changeover),
            tick: Span::from_secs(tick),
            market,
            seed,
        },
    )
}

proptest! {
    #![proptest_config(testing::cases(256))]

    #[test]
    fn no_policy_pays_less_than_the_bound(case in case()) {
        if let Some((paid, least)) = case.figures() {
            prop_assert!(least <= paid, "{least} is more than {paid}");
        }
    }
}
