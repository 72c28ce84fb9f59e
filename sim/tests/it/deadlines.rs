//! Jobs with deadlines, worked by hand: what they hold, when they change, when they are done.

use std::collections::BTreeMap;
use std::sync::Arc;

use sim::market::Market;
use sim::market::reclaims::replay::Replay;
use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, Offering, OfferingId};
use sim::model::deadline::{DeadlineJob, DeadlinePolicy};
use sim::model::node::NodeShape;
use sim::model::pod::PodSpec;
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::resources::Resources;
use sim::model::workload::{Controller, Workload};
use sim::providers::{self, Provider};
use sim::{Fact, MicroUsdPerHour, Root, Setup, SimTime, Span};

/// Four hours of work within twelve, decided every hour; a changeover takes half an hour. There is
/// spot capacity until 02:00 and again from 07:00 on.
fn setup(policy: DeadlinePolicy) -> Setup {
    let mut model = Model::default();
    let name = model.names.intern("train");
    let size = Resources::one_pod(8_000, 1 << 30);
    let machine = InstanceType::plain(name, size, MicroUsdPerHour(3_000_000));
    let instance_type = model.catalog.instance_types.push(machine);
    let on_demand = Offering::on_demand(instance_type, name, MicroUsdPerHour(3_000_000));
    let spot = Offering { capacity_type: CapacityType::Spot, ..on_demand.clone() };
    let templates = [spot, on_demand].map(|offering| NodeTemplate {
        offering: model.catalog.offerings.push(offering),
        shape: NodeShape::plain(size),
    });
    let spot = templates[0].offering;
    let pool = Pool {
        name,

        templates: templates.into(),
        limits: Limits::default(),
        keeper: Keeper::of_size(0),
    };
    let pool = model.pools.push(pool);
    let (work, deadline, tick) = (Span::from_hours(4), Span::from_hours(12), Span::from_hours(1));
    let changeover = Span::from_secs(1_800);
    let job = DeadlineJob { pool, work, deadline, changeover, tick, policy };
    let spec = model.specs.intern(PodSpec::default());
    let controller = Controller::DeadlineJob(job);
    let created_at = SimTime::ZERO;
    let namespace = model.empty;
    model.workloads.push(Workload {
        namespace,
        name,
        controller,
        spec,
        volumes: None,
        created_at,
        key: 0,
    });
    let generic = providers::named("generic").expect("a provider");
    let provider: &'static Provider =
        Box::leak(Box::new(Provider { notice: Span::ZERO, ..generic.clone() }));
    let market = Market { reclaims: Arc::new(capacity(spot)), ..Market::default() };
    Setup::new(model, market, provider, Span::ZERO, Span::from_hours(24)).expect("a day")
}

fn capacity(spot: OfferingId) -> Replay {
    let at = |hours: u64| SimTime::ZERO + Span::from_hours(hours);
    let trace = vec![(at(0), 1), (at(2), 0), (at(7), 1)];
    Replay { traces: BTreeMap::from([(spot, trace)]), notice: Span::ZERO }
}

/// What happens, with its hour.
fn story(setup: &Setup) -> Vec<String> {
    let mut facts = Vec::new();
    sim::run(setup, Root { seed: 1, replication: 0 }, &mut facts);
    let offerings = &setup.model.catalog.offerings;
    let line = |(at, fact): &(SimTime, Fact)| {
        let what = match fact {
            Fact::NodeLaunched { offering, .. } => match offerings[*offering].capacity_type {
                CapacityType::Spot => "takes spot".to_owned(),
                CapacityType::OnDemand => "takes on-demand".to_owned(),
            },
            Fact::NodeGone { why, .. } => format!("{why:?}"),
            Fact::DeadlineJobDone { .. } => "done".to_owned(),
            Fact::DeadlineJobUnfinished { progress, .. } => format!("has done {progress}"),
            _ => return None,
        };
        Some(format!("{} {what}", at.since(SimTime::ZERO)))
    };
    facts.iter().filter_map(line).collect()
}

/// At 02:00 an hour and a half is done. At 07:00 five hours are left for three and two to be safe, so
/// that it goes on-demand although there is spot again.
#[test]
fn greedy_waits_for_spot_until_it_must_not() {
    let expected =
        ["0s takes spot", "2h Reclaimed", "7h takes on-demand", "10h Released", "10h done"];
    assert_eq!(story(&setup(DeadlinePolicy::Greedy)), expected);
}

/// At 05:00 it should have done 1 h 40 min and has done ten minutes less. At 07:00 three hours are
/// done, and two changeovers later it should have done 2 h 40 min. At 08:30 it is done, and sees so at
/// 09:00.
#[test]
fn uniform_progress_fills_in_with_on_demand() {
    let expected = [
        "0s takes spot",
        "2h Reclaimed",
        "5h takes on-demand",
        "7h Released",
        "7h takes spot",
        "9h Released",
        "9h done",
    ];
    assert_eq!(story(&setup(DeadlinePolicy::UniformProgress)), expected);
}

#[test]
fn on_demand_only_pays_one_changeover() {
    let expected = ["0s takes on-demand", "5h Released", "5h done"];
    assert_eq!(story(&setup(DeadlinePolicy::OnDemandOnly)), expected);
}

#[test]
fn what_is_not_done_at_the_end_says_how_far_it_is() {
    let horizon = SimTime::ZERO + Span::from_hours(6);
    let mut setup = setup(DeadlinePolicy::Greedy);
    setup.change(|it| it.horizon = horizon).expect("sound");
    assert_eq!(story(&setup), ["0s takes spot", "2h Reclaimed", "6h has done 1h30m"]);
}
