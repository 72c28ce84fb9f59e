//! A run that starts from a cluster as it stands.

use crate::common;

use std::collections::BTreeMap;
use std::sync::Arc;

use common::{facts, service, setup, simple};
use sim::fact::Cause;
use sim::model::containers::RestartPolicy;
use sim::model::failure::Retries;
use sim::model::job::{Job, Outcome};
use sim::model::node::NodeShape;
use sim::model::pool::PoolId;
use sim::model::resources::Resources;
use sim::model::start::{Start, StartNode, StartPod};
use sim::model::workload::{Controller, WorkloadId};
use sim::table::Id;
use sim::{Fact, Root, Setup, SimTime, Span};

const ROOT: Root = Root { seed: 42, replication: 0 };

/// One node that is there from the start, of a pool of two, with two of the service's three pods on
/// it, although it has room for one.
fn crowded() -> Setup {
    let mut plan = simple(0.0, 2, Span::from_hours(1));
    plan.workloads = vec![service("web", 3)];
    let mut setup = setup(&plan);
    let mut model = sim::model::Model::clone(&setup.model);
    let (pool, workload) = (PoolId::from_index(0), WorkloadId::from_index(0));
    let spec = model.workloads[workload].spec;
    let shape = NodeShape::plain(Resources::one_pod(1_000, 2 << 30));
    let offering = model.pools[pool].templates[0].offering;
    let name = model.names.intern("old");
    let pod = |name| StartPod {
        name,
        workload,
        spec,
        node: Some(0),
        nominated: None,
        terminating: false,
        preempted: false,
        started_ms: Some(-1_000),
        restarts: BTreeMap::new(),
    };
    let names = ["web-a", "web-b"].map(|name| model.names.intern(name));
    model.start = Start {
        nodes: vec![StartNode::named(name, pool, offering, shape)],
        pods: names.map(pod).to_vec(),
    };
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    setup
}

#[test]
fn an_over_committed_node_is_taken_as_it_is() {
    let setup = crowded();
    let mut simulation = sim::engine::Simulation::new(&setup, ROOT, ());
    let world = simulation.world();
    assert_eq!(world.node_name(world.registered()[0]), "old");
    assert_eq!(world.placement().pods_on(world.registered()[0]).len(), 2);
    while simulation.step() {
        assert_eq!(simulation.world().check(), Ok(()));
    }
}

#[test]
fn pools_and_workloads_are_filled_up_to_what_they_want() {
    let (facts, run) = facts(&crowded(), ROOT);
    let count = |wanted: fn(&Fact) -> bool| facts.iter().filter(|(_, f)| wanted(f)).count();
    assert_eq!(run.counters.nodes, 2, "one was there, one is born");
    assert_eq!(count(|f| matches!(f, Fact::PodFound { .. })), 2);
    assert_eq!(count(|f| matches!(f, Fact::PodScheduled { .. })), 1, "the third replica");
    assert_eq!(count(|f| matches!(f, Fact::WorkloadCreated { .. })), 1);
}

/// A pod that was found running is available from the start, and counts once; one that is on its way
/// out does not count, and nothing of this run disrupted it.
#[test]
fn found_pods_are_available_once() {
    let mut setup = crowded();
    setup
        .change(|it| Arc::make_mut(&mut it.model).start.pods[1].terminating = true)
        .expect("sound");
    let (facts, _) = facts(&setup, ROOT);
    let mut available: Vec<_> = facts
        .iter()
        .filter_map(|(at, fact)| match fact {
            Fact::PodAvailable { pod, .. } => Some((*pod, *at)),
            _ => None,
        })
        .collect();
    assert_eq!(available[0], (Id::from_index(0), SimTime::ZERO));
    available.sort_unstable();
    available.dedup_by_key(|(pod, _)| *pod);
    let all = facts.iter().filter(|(_, f)| matches!(f, Fact::PodAvailable { .. })).count();
    assert_eq!(available.len(), all, "a pod becomes available once");
    assert!(available.iter().all(|(pod, _)| *pod != Id::from_index(1)));
    let cause = facts.iter().find_map(|(_, fact)| match fact {
        Fact::PodTerminating { why, .. } => Some(*why),
        _ => None,
    });
    assert_eq!(cause, Some(Cause::InitialState));
}

/// Restarts before the run count against the limit of a Job: it is looked at when all of its pods are found.
#[test]
fn a_job_gives_up_on_restarts_before_the_run() {
    let job = |limit| {
        let mut setup = crowded();
        let retries = Some(Retries { limit, ..Retries::default() });
        let job = Job { retries, ..Job::new(9, 3, Span::from_secs(600)) };
        let change = |model: &mut sim::model::Model| {
            let workload = WorkloadId::from_index(0);
            model.workloads[workload].controller = Controller::Job(job);
            let mut spec = model.specs[model.workloads[workload].spec].clone();
            spec.restart_policy = RestartPolicy::OnFailure;
            let spec = model.specs.intern(spec);
            model.workloads[workload].spec = spec;
            for (pod, restarts) in model.start.pods.iter_mut().zip([2, 1]) {
                pod.spec = spec;
                pod.restarts = BTreeMap::from([(0, restarts)]);
            }
        };
        setup.change(|it| change(Arc::make_mut(&mut it.model))).expect("sound");
        let (facts, _) = facts(&setup, ROOT);
        let mut simulation = sim::engine::Simulation::new(&setup, ROOT, ());
        while simulation.step() {
            assert_eq!(simulation.world().check(), Ok(()));
        }
        let ended = facts.iter().find_map(|(at, fact)| match fact {
            Fact::JobEnded { outcome, .. } => Some((*at, *outcome)),
            _ => None,
        });
        let count = |wanted: fn(&Fact) -> bool| facts.iter().filter(|(_, f)| wanted(f)).count();
        let stopped = |f: &Fact| matches!(f, Fact::PodTerminating { why: Cause::JobOver, .. });
        (ended, count(|f| matches!(f, Fact::PodCreated { .. })), count(stopped))
    };
    let (ended, pods, stopped) = job(3);
    assert_eq!(ended, Some((SimTime::ZERO, Outcome::BackoffLimitExceeded)));
    assert_eq!((pods, stopped), (2, 2), "both go that were found, and none comes");
    let (ended, pods, stopped) = job(4);
    assert_eq!((ended.map(|(_, outcome)| outcome), stopped), (Some(Outcome::Complete), 0));
    assert_eq!(pods, 9);
}
