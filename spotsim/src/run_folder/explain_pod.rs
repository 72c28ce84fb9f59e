//! A pod of a run that was kept, as it stood at an instant: the run is made again up to there.

use anyhow::anyhow;
use reports::Recording;
use reports::names::Namer;
use reports::pod_history;
use scenarios::diagnostic::did_you_mean;
use scenarios::explain_pod::{Explanation, Moment, NodeKind, Situation, explain};
use sim::engine::Simulation;
use sim::fact::refusal::Refusals;
use sim::model::pod::PodId;
use sim::model::workload::Controller;
use sim::world::World;
use sim::world::pods::Phase;
use sim::{Fact, Legend, Root, Setup, SimTime};

use super::KeptRun;
use crate::comparison::RECORDED;
use crate::{Error, Scenario};

/// Facts with their times, in order.
type Facts = Vec<(SimTime, Fact)>;

pub(super) fn explained(
    kept: &KeptRun,
    scenario: &Scenario,
    name: &str,
    at: Option<SimTime>,
) -> Result<Explanation, Error> {
    let setup = &scenario.setup;
    let at = at.unwrap_or(setup.horizon);
    if at > setup.horizon {
        return Err(Error::Refused(anyhow!("the run ends at {}, before {at}", setup.horizon)));
    }
    let root = Root { seed: kept.manifest().seed, replication: RECORDED };
    let (mut world, facts, refusals) = replayed(setup, root, at);
    let (before, after) = facts.split_at(facts.partition_point(|(time, _)| *time <= at));
    let legend = Legend::of(setup);
    let recording = Recording { legend: &legend, facts: &facts, refusals: &refusals };
    kept.is_recorded(scenario, recording)?;
    let mut namer = Namer::new(&legend);
    before.iter().for_each(|(_, fact)| namer.learn(fact));
    let Some(pod) = pod_named(name, &world, &namer) else {
        return Err(no_such_pod(name, at, &world, &namer));
    };
    let past = pod_history::of(pod, before, &legend, world.refusals());
    let folder = kept.folder().display();
    let mut notes = vec![format!("as it stood at {at} in replication {RECORDED} of {folder}")];
    notes.extend(stands(pod, at, &world, after, &legend));
    let kinds = kinds(&world, &namer);
    let controller =
        |pod: PodId, world: &World| world.model().workloads[world.pods().workload(pod)].controller;
    let daemons: Vec<bool> =
        world.pods().ids().map(|pod| controller(pod, &world) == Controller::DaemonSet).collect();
    let asks_for = world.spec_of(pod).scheduler;
    let mut situation = Situation {
        world: &mut world,
        profile: setup.scheduler.profile_of(asks_for),
        root,
        pod_name: &|pod| namer.pod(pod).to_owned(),
        is_daemon: &|pod| daemons[pod.number() as usize],
        kinds: &kinds,
    };
    let mut explanation = explain(&mut situation, pod);
    explanation.notes.splice(0..0, notes);
    explanation.history =
        past.into_iter().map(|(at, what)| Moment { at: at.to_string(), what }).collect();
    Ok(explanation)
}

/// The world at an instant of a run, and every fact of the whole run with what they refer to.
fn replayed(setup: &Setup, root: Root, at: SimTime) -> (World, Facts, Refusals) {
    let mut facts = Facts::new();
    let mut simulation = Simulation::new(setup, root, &mut facts);
    while simulation.due().is_some_and(|due| due <= at) && simulation.step() {}
    let mut world = simulation.world().clone();
    world.advance_to(at);
    while simulation.step() {}
    let refusals = simulation.world().refusals().clone();
    drop(simulation);
    (world, facts, refusals)
}

/// The youngest pod of a name: a StatefulSet gives it to one after the other.
fn pod_named(name: &str, world: &World, namer: &Namer<'_>) -> Option<PodId> {
    let in_default = format!("default/{name}");
    world.pods().ids().filter(|pod| [name, &in_default].contains(&namer.pod(*pod))).last()
}

fn no_such_pod(name: &str, at: SimTime, world: &World, namer: &Namer<'_>) -> Error {
    let all = world.pods().ids().map(|pod| namer.pod(pod));
    let advice = match did_you_mean(name, all) {
        Some(near) => format!("did you mean pod/{near}?"),
        None => format!("pods.csv lists those of the run; {} exist by then", world.pods().len()),
    };
    Error::Refused(anyhow!("there is no pod {name} at {at}: {advice}"))
}

/// Since when a pod waits, and what becomes of it.
fn stands(
    pod: PodId,
    at: SimTime,
    world: &World,
    after: &[(SimTime, Fact)],
    legend: &Legend,
) -> Vec<String> {
    if world.pods().phase(pod) != Phase::Pending {
        return Vec::new();
    }
    let mut notes = vec![format!("it waits for {}", at.since(world.pods().created_at(pod)))];
    let bound = after.iter().find_map(|(time, fact)| match *fact {
        Fact::PodScheduled { pod: it, node, waited, .. } if it == pod => Some((time, node, waited)),
        _ => None,
    });
    notes.push(match bound {
        Some((time, node, waited)) => {
            let pools = after.iter().find_map(|(_, fact)| match *fact {
                Fact::NodeLaunched { node: it, pool, .. } if it == node => Some(pool),
                _ => None,
            });
            let name = match pools {
                Some(pool) => legend.model.node_name(node, pool),
                None => world.node_name(node),
            };
            format!("it will be bound to {name} at {time}, after {waited}")
        }
        None => format!("it still waits when the run ends, at {}", legend.to),
    });
    notes
}

/// Nodes that the pools can launch.
fn kinds(world: &World, namer: &Namer<'_>) -> Vec<NodeKind> {
    let mut kinds = Vec::new();
    for (pool, it) in world.model().pools.iter() {
        for (template, of) in it.templates.iter().enumerate() {
            let [machine, zone, capacity] = namer.offering(of.offering);
            let alike = |node: &sim::model::node::NodeId| {
                world.nodes().pool(*node) == pool && world.nodes().offering(*node) == of.offering
            };
            kinds.push(NodeKind {
                pool,
                template,
                name: format!("of pool {} ({machine}, {zone}, {capacity})", namer.pool(pool)),
                like: world.registered().iter().copied().filter(alike).collect(),
            });
        }
    }
    kinds
}
