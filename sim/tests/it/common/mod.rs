//! Small clusters for tests: a plan in a few plain fields, and strategies that draw such plans.
#![allow(dead_code, unreachable_pub, missing_docs)] // each test binary uses its part

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use sim::market::Market;
use sim::market::reclaims::Reclaims;
use sim::model::Model;
use sim::model::budget::{Amount, Budget, Limit};
use sim::model::catalog::{CapacityType, InstanceType, Kin, Offering};
use sim::model::failure::{
    FailureAction, FailurePolicy, FailurePolicyId, FailureRule, Pattern, Replacement, Retries,
};
use sim::model::job::{Checkpoints, Job, Work};
use sim::model::labels::{LabelSet, Operator, Requirement};
use sim::model::node::{NodeId, NodeShape};
use sim::model::pod::{HostPort, PodTraits, Protocol};
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::resources::Resources;
use sim::model::schedule::{Concurrency, Schedule, ScheduleId};
use sim::model::selectors::{Namespaces, PodSelector};
use sim::model::taints::{Effect, Taint, Toleration, TolerationOperator};
use sim::model::workload::{Controller, Workload, WorkloadId};
use sim::providers::interruption::{DrainedBy, Interruption, Loss, NodeObject, Shutdown};
use sim::providers::{self, Provider};
use sim::setup::Draft;
use sim::table::Id;
use sim::{Fact, MicroUsdPerHour, Root, Run, Setup, SimTime, Span, digest};

/// A cluster and what runs on it.
#[derive(Clone, Debug)]
pub struct Plan {
    pub pools: Vec<PoolPlan>,
    pub workloads: Vec<WorkloadPlan>,
    /// Budgets, each over the pods of one workload, by its index.
    pub budgets: Vec<(usize, Limit)>,
    pub interruption: Interruption,
    pub missed_notices: f64,
    pub horizon: Span,
}

/// A pool of one instance type.
#[derive(Clone, Debug)]
pub struct PoolPlan {
    pub size: u32,
    pub spot: bool,
    pub zones: usize,
    pub cpu_milli: u64,
    pub memory_mib: u64,
    pub pods: u64,
    pub tainted: bool,
    pub reclaims_per_hour: f64,
}

/// A workload of equal pods.
#[derive(Clone, Debug)]
pub struct WorkloadPlan {
    pub name: String,
    pub controller: Controller,
    pub cpu_milli: u64,
    pub memory_mib: u64,
    pub tolerant: bool,
    pub host_port: Option<u16>,
    pub priority: i32,
    pub grace: Span,
    pub shutdown: Span,
    pub created_at: SimTime,
}

pub const LIST_PRICE: MicroUsdPerHour = MicroUsdPerHour(100_000);
pub const SPOT_PRICE: MicroUsdPerHour = MicroUsdPerHour(35_000);

/// The plan as the simulator takes it.
pub fn setup(plan: &Plan) -> Setup {
    let mut model = Model::default();
    let key = model.names.intern("dedicated");
    let value = model.names.intern("batch");
    let zone_key = model.names.intern("topology.kubernetes.io/zone");
    for (index, pool) in plan.pools.iter().enumerate() {
        let name = model.names.intern(&format!("pool{index}"));
        let mut size = Resources::one_pod(pool.cpu_milli, pool.memory_mib << 20);
        size[sim::model::resources::Lane::PODS] = pool.pods;
        let instance_type = model.catalog.instance_types.push(InstanceType {
            name,
            capacity: size,
            allocatable: size,
            on_demand: LIST_PRICE,
            list_price: LIST_PRICE,
            scarce: false,
        });
        let mut templates = Vec::new();
        for zone in 0..pool.zones {
            let zone = model.names.intern(&format!("zone-{zone}"));
            let market_key = digest::of_name(&format!("pool{index}/{zone:?}"));
            let offering = model.catalog.offerings.push(Offering {
                instance_type,
                zone,
                capacity_type: if pool.spot { CapacityType::Spot } else { CapacityType::OnDemand },
                price: if pool.spot { SPOT_PRICE } else { LIST_PRICE },
                reclaims_per_hour: if pool.spot { pool.reclaims_per_hour } else { 0.0 },
                key: market_key,
                kin: Kin::alone(market_key),
            });
            let labels = LabelSet::from_iter([(zone_key, zone)]);
            let taint = Taint { key, value, effect: Effect::NoSchedule };
            let taints = if pool.tainted { vec![taint] } else { Vec::new() };
            let shape = NodeShape { labels, taints, ..NodeShape::plain(size) };
            templates.push(NodeTemplate { offering, shape });
        }
        model.pools.push(Pool {
            name,

            templates,
            limits: Limits::default(),
            keeper: Keeper::of_size(pool.size),
        });
    }
    let app = model.names.intern("app");
    for workload in &plan.workloads {
        let namespace = model.names.intern("default");
        let name = model.names.intern(&workload.name);
        let toleration = Toleration {
            key: Some(key),
            operator: TolerationOperator::Equal(value),
            effect: None,
            seconds: None,
        };
        let requests = Resources::one_pod(workload.cpu_milli, workload.memory_mib << 20);
        let labels = LabelSet::from_iter([(app, name)]);
        let traits = PodTraits {
            namespace: Some(namespace),
            labels,
            tolerations: workload.tolerant.then_some(toleration).into_iter().collect(),
            host_ports: workload
                .host_port
                .map(|port| HostPort { ip: None, protocol: Protocol::Tcp, port })
                .into_iter()
                .collect(),
            priority: workload.priority,
            grace: workload.grace,
            shutdown: workload.shutdown,
            startup: Span::from_secs(5),
            ..PodTraits::default()
        };
        let spec = model.specs.intern(traits.requesting(requests));
        model.workloads.push(Workload {
            namespace,
            name,
            controller: workload.controller,
            spec,
            volumes: None,
            created_at: workload.created_at,
            key: digest::of_name(&workload.name),
        });
    }
    model.failure_policies.push(FailurePolicy {
        rules: vec![FailureRule { action: FailureAction::Ignore, on: Pattern::DisruptionTarget }],
    });
    let starting_deadline = Some(Span::from_secs(900));
    for (minutes, concurrency, starting_deadline) in [
        (60, Concurrency::Allow, None),
        (30, Concurrency::Forbid, starting_deadline),
        (45, Concurrency::Replace, None),
    ] {
        let every = minutes * 60_000;
        let due =
            (0..plan.horizon.as_ms() / every).map(|it| SimTime::from_ms(it * every)).collect();
        model.schedules.push(Schedule { due, concurrency, starting_deadline });
    }
    for (workload, limit) in &plan.budgets {
        let workload = &model.workloads[WorkloadId::from_index(*workload)];
        let (namespace, name) = (workload.namespace, workload.name);
        let labels = vec![Requirement { key: app, operator: Operator::In(vec![name]) }];
        let namespaces = Namespaces::Only(vec![namespace]);
        let selector = model.selectors.intern(PodSelector::Pods { namespaces, labels });
        model.budgets.push(Budget {
            namespace,
            name,
            selector: Some(selector),
            selects_all: false,
            limit: *limit,
            unready_may_go: false,
            disrupted: Vec::new(),
        });
    }
    let aws = providers::named("aws").expect("aws is modelled");
    let market = Market { missed_notices: plan.missed_notices, ..Market::default() };
    let draft = Draft::new(model, market, aws, Span::ZERO, plan.horizon);
    Draft { interruption: plan.interruption, ..draft }.check().expect("a sound plan")
}

/// One run with everything that happened in it.
pub fn facts(setup: &Setup, root: Root) -> (Vec<(SimTime, Fact)>, Run) {
    let mut facts = Vec::new();
    let run = sim::run(setup, root, &mut facts);
    (facts, run)
}

/// One spot pool under one service: where a test needs nothing in particular.
pub fn simple(reclaims_per_hour: f64, size: u32, horizon: Span) -> Plan {
    Plan {
        pools: vec![PoolPlan {
            size,
            spot: true,
            zones: 1,
            cpu_milli: 4_000,
            memory_mib: 16_384,
            pods: 58,
            tainted: false,
            reclaims_per_hour,
        }],
        workloads: vec![service("web", size * 2)],
        budgets: Vec::new(),
        interruption: by_hand(providers::aws::AWS.interruption),
        missed_notices: 0.0,
        horizon,
    }
}

/// A Deployment of small pods that stop within the notice.
pub fn service(name: &str, replicas: u32) -> WorkloadPlan {
    WorkloadPlan {
        name: name.into(),
        controller: Controller::Deployment { replicas, min_ready: Span::ZERO },
        cpu_milli: 1_000,
        memory_mib: 2_048,
        tolerant: true,
        host_port: None,
        priority: 0,
        grace: Span::from_secs(30),
        shutdown: Span::from_secs(30),
        created_at: SimTime::ZERO,
    }
}

/// Any small plan: every controller, tight and roomy nodes, calm and stormy markets.
pub fn plans() -> impl Strategy<Value = Plan> {
    let pools = prop::collection::vec(pool(), 1..4);
    let workloads = prop::collection::vec(workload(), 0..7);
    let budgets = prop::collection::vec((any::<prop::sample::Index>(), limit()), 0..3);
    let missed_notices = prop_oneof![Just(0.0), 0.0..1.0];
    (pools, workloads, budgets, interruption(), missed_notices, 1_u64..72).prop_map(
        |(pools, mut workloads, budgets, interruption, missed_notices, hours)| {
            let kinds = workloads.len();
            let budgets = budgets.into_iter().filter(|_| kinds > 0);
            let budgets = budgets.map(|(of, limit)| (of.index(kinds), limit)).collect();
            for (index, workload) in workloads.iter_mut().enumerate() {
                workload.name = format!("workload-{index}");
            }
            let horizon = Span::from_hours(hours);
            Plan { pools, workloads, budgets, interruption, missed_notices, horizon }
        },
    )
}

fn limit() -> impl Strategy<Value = Limit> {
    let amount =
        prop_oneof![(0_u32..4).prop_map(Amount::Pods), (0_u32..101).prop_map(Amount::Percent)];
    (amount, any::<bool>()).prop_map(|(amount, least)| match least {
        true => Limit::MinAvailable(amount),
        false => Limit::MaxUnavailable(amount),
    })
}

fn interruption() -> impl Strategy<Value = Interruption> {
    let drained_by = vec![DrainedBy::Handler, DrainedBy::Kubelet, DrainedBy::Nothing];
    let object = vec![Loss::CLEANED_UP.object, NodeObject::Kept];
    let spans = (0_u64..150, 0_u64..60, 0_u64..60);
    (prop::sample::select(drained_by), prop::sample::select(object), spans).prop_map(
        |(drained_by, object, (signal, ordinary, critical))| Interruption {
            drained_by,
            shutdown_signal: Span::from_secs(signal),
            shutdown: Shutdown {
                total: Span::from_secs(ordinary + critical),
                critical: Span::from_secs(critical),
            },
            loss: Loss { object, ..Loss::CLEANED_UP },
        },
    )
}

fn pool() -> impl Strategy<Value = PoolPlan> {
    let size = (0_u32..6, 1_usize..4, 500_u64..8_000, 512_u64..16_384, 1_u64..20);
    (size, any::<bool>(), any::<bool>(), prop_oneof![Just(0.0), 0.001..2.0]).prop_map(
        |((size, zones, cpu_milli, memory_mib, pods), spot, tainted, reclaims_per_hour)| PoolPlan {
            size,
            spot,
            zones,
            cpu_milli,
            memory_mib,
            pods,
            tainted,
            reclaims_per_hour,
        },
    )
}

/// A Job, with checkpoints or without; a gang runs all its pods at once.
fn job() -> impl Strategy<Value = Job> {
    let span = |max: u64| (0..max).prop_map(Span::from_secs);
    let policy = prop::sample::select(vec![None, Some(FailurePolicyId::from_index(0))]);
    let retries = (0_u32..8, prop::option::of(span(40_000)), policy);
    let retries = prop::option::of(retries.prop_map(|(limit, active_deadline, policy)| Retries {
        limit,
        active_deadline,
        replacement: if policy.is_some() {
            Replacement::Failed
        } else {
            Replacement::TerminatingOrFailed
        },
        policy,
    }));
    let checkpoints = prop::option::of((1_u64..1_200, 0_u64..120).prop_map(|(every, takes)| {
        Checkpoints { every: Span::from_secs(every), takes: Span::from_secs(takes) }
    }));
    let work = (span(7_200), checkpoints, span(200), any::<bool>());
    (0_u32..9, 1_u32..5, work, retries).prop_map(
        |(completions, parallelism, (duration, checkpoints, restart, gang), retries)| {
            let work = Work { checkpoints, restart, gang, ..Work::lasting(duration) };
            let completions = if gang { parallelism } else { completions };
            Job { work, retries, ..Job::new(completions, parallelism, duration) }
        },
    )
}

fn workload() -> impl Strategy<Value = WorkloadPlan> {
    let span = |max: u64| (0..max).prop_map(Span::from_secs);
    let controller = prop_oneof![
        (0_u32..8, span(60))
            .prop_map(|(replicas, min_ready)| Controller::Deployment { replicas, min_ready }),
        (0_u32..4, span(60), any::<bool>()).prop_map(|(replicas, min_ready, ordered)| {
            Controller::StatefulSet { replicas, min_ready, ordered }
        }),
        Just(Controller::DaemonSet),
        job().prop_map(Controller::Job),
        (job(), 0_usize..3).prop_map(|(job, schedule)| Controller::CronJob {
            job: Job { retries: job.retries.or(Some(Retries::default())), ..job },
            schedule: ScheduleId::from_index(schedule),
        }),
        prop::option::of(span(7_200)).prop_map(|duration| Controller::Pod { duration }),
    ];
    let host_port = prop_oneof![4 => Just(None), 1 => (1_u16..3).prop_map(Some)];
    let priority = prop_oneof![9 => -1_i32..2, 1 => Just(2_000_000_000)];
    let size = (0_u64..3_000, 0_u64..4_096, any::<bool>(), host_port, priority);
    let life = (span(200), span(200), 0_u64..7_200_000);
    (controller, size, life).prop_map(
        |(
            controller,
            (cpu_milli, memory_mib, tolerant, host_port, priority),
            (grace, shutdown, created_at),
        )| {
            WorkloadPlan {
                name: String::new(),
                controller,
                cpu_milli,
                memory_mib,
                tolerant,
                host_port,
                priority,
                grace,
                shutdown,
                created_at: SimTime::from_ms(created_at),
            }
        },
    )
}

/// A pool of spot instances, which the model takes the moment it decides to.
pub fn spot_pool(model: impl Reclaims + 'static, size: u32, rate: f64, hours: u64) -> Setup {
    let pool = PoolPlan {
        size,
        spot: true,
        zones: 1,
        cpu_milli: 1_000,
        memory_mib: 1_024,
        pods: 10,
        tainted: false,
        reclaims_per_hour: rate,
    };
    let plan = Plan {
        pools: vec![pool],
        workloads: Vec::new(),
        budgets: Vec::new(),
        interruption: by_hand(sim::providers::aws::AWS.interruption),
        missed_notices: 0.0,
        horizon: Span::from_hours(hours),
    };
    let mut setup = setup(&plan);
    let at_once = Provider { notice: Span::ZERO, ..setup.provider.clone() };
    setup.change(|it| it.provider = Box::leak(Box::new(at_once))).expect("sound");
    setup.change(|it| it.market.reclaims = Arc::new(model)).expect("sound");
    setup
}

/// When each instance was launched, and when it was taken if it was.
pub fn lives(setup: &Setup, root: Root) -> Vec<(SimTime, Option<SimTime>)> {
    let mut lives: BTreeMap<NodeId, (SimTime, Option<SimTime>)> = BTreeMap::new();
    for (at, fact) in facts(setup, root).0 {
        match fact {
            Fact::NodeLaunched { node, .. } => {
                lives.insert(node, (at, None));
            }
            Fact::NodeGone { node, .. } => {
                lives.entry(node).and_modify(|(_, gone)| *gone = Some(at));
            }
            _ => {}
        }
    }
    lives.into_values().collect()
}

/// Interruption of which all times are known beforehand.
pub fn by_hand(interruption: Interruption) -> Interruption {
    Interruption { loss: interruption.loss.at_the_soonest(), ..interruption }
}
