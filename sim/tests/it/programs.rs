//! Programs that keep pools: the seam, by a program that buys a node for each pod that waits and gives back
//! what is empty.

use std::sync::Arc;

use crate::common::{facts, setup, simple};
use sim::action::{Action, Decision, Purpose, Reason};
use sim::autoscalers::program::Program;
use sim::autoscalers::waiting::Waiting;
use sim::autoscalers::{Autoscaler, Occasion};
use sim::fact::Cause;
use sim::model::node::NodeId;
use sim::model::pool::{Autoscaled, Keeper, PoolId};
use sim::model::workload::{Controller, WorkloadId};
use sim::setup::SetupError;
use sim::table::Id;
use sim::world::World;
use sim::world::trial::Trial;
use sim::{Fact, Root, Setup, SimTime, Span};

const ROOT: Root = Root { seed: 1, replication: 0 };
const LOOKS_AGAIN: Span = Span::from_secs(600);

struct OneEach([PoolId; 1]);

impl OneEach {
    fn shared() -> Arc<dyn Program> {
        Arc::new(OneEach([pool()]))
    }
}

fn pool() -> PoolId {
    PoolId::from_index(0)
}

impl Program for OneEach {
    fn name(&self) -> &'static str {
        "one-each"
    }

    fn pools(&self) -> &[PoolId] {
        &self.0
    }

    fn start(&self, _: &World, _: Root) -> Box<dyn Autoscaler> {
        Box::new(Running::default())
    }
}

#[derive(Default)]
struct Running {
    waiting: Waiting,
    bought: usize,
    leaving: Vec<NodeId>,
}

impl Autoscaler for Running {
    fn name(&self) -> &'static str {
        "one-each"
    }

    fn hears_of_pods(&self) -> bool {
        true
    }

    fn sees(&mut self, fact: &Fact, world: &World) -> bool {
        self.waiting.sees(fact, world)
    }

    fn decide(&mut self, occasion: Occasion, world: &mut Trial<'_>) -> Decision {
        let mut actions = Vec::new();
        let (pool, why) = (pool(), "a pod waits");
        for _ in self.bought..self.waiting.len() {
            actions.push(Action::Reason(Reason::Launch { pool, pods: 1, choices: 2, why }));
            actions.push(Action::Launch { pool, choices: vec![0, 1], purpose: Purpose::Fill });
        }
        self.bought = self.waiting.len();
        if occasion == Occasion::Wake {
            let is_idle = |node: &NodeId| {
                world.placement().pods_on(*node).is_empty() && !self.leaving.contains(node)
            };
            let idle: Vec<NodeId> = world.nodes().alive().iter().copied().filter(is_idle).collect();
            for node in idle {
                self.leaving.push(node);
                let why = "empty";
                let removal = Reason::Removal { node, why, replacements: 0, decision: 0 };
                actions.push(Action::Reason(removal));
                actions.push(Action::Drain { node, cause: Cause::Released });
            }
        }
        let wants_to_look =
            occasion == Occasion::Start || (occasion == Occasion::Wake && actions.is_empty());
        Decision { actions, again_in: wants_to_look.then_some(LOOKS_AGAIN) }
    }
}

/// Three pods that fill a node each, of which two are gone after an hour.
fn kept(initial: u32) -> Result<Setup, SetupError> {
    let mut plan = simple(0.0, 0, Span::from_hours(3));
    plan.pools[0].zones = 2;
    plan.workloads[0].cpu_milli = plan.pools[0].cpu_milli;
    plan.workloads[0].controller = Controller::Deployment { replicas: 3, min_ready: Span::ZERO };
    let mut setup = setup(&plan);
    setup.change(|draft| {
        let model = Arc::make_mut(&mut draft.model);
        model.pools[pool()].keeper =
            Keeper::Autoscaled(Autoscaled { initial, ..Autoscaled::default() });
        model.planned.scales.push(sim::model::planned::Scale {
            at: SimTime::ZERO + Span::from_hours(1),
            workload: WorkloadId::from_index(0),
            replicas: 1,
        });
        draft.programs.push(OneEach::shared());
    })?;
    Ok(setup)
}

#[test]
fn it_buys_for_pods_that_wait_and_gives_back_what_is_empty() {
    let setup = kept(1).expect("a pool with its program");
    let (facts, _) = facts(&setup, ROOT);
    let count = |is: fn(&Fact) -> bool| facts.iter().filter(|(_, fact)| is(fact)).count();
    let pods = count(|fact| matches!(fact, Fact::PodCreated { .. }));
    assert_eq!(count(|fact| matches!(fact, Fact::LaunchDecided { .. })), pods - 1, "one was there");
    assert_eq!(count(|fact| matches!(fact, Fact::NodeLaunched { .. })), pods);
    assert_eq!(count(|fact| matches!(fact, Fact::PodScheduled { .. })), pods);
    assert_eq!(count(|fact| matches!(fact, Fact::RemovalDecided { .. })), pods - 1);
    let gone = |fact: &Fact| matches!(fact, Fact::NodeGone { why: Cause::Released, .. });
    assert_eq!(count(gone), pods - 1);
    assert_eq!(count(|fact| matches!(fact, Fact::LaunchWasted { .. })), 0, "each had a pod");
}

#[test]
fn a_pool_that_follows_demand_has_one_program() {
    let setup = kept(0).expect("a pool with its program");
    for programs in [0, 2] {
        let wrong = setup.clone().change(|draft| {
            draft.programs = (0..programs).map(|_| OneEach::shared()).collect();
        });
        let pool = "pool0".to_owned();
        assert_eq!(wrong, Err(SetupError::Unkept { pool, programs }));
    }
}
