//! What must make no difference to the scheduler, and makes none.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sim::Root;
use sim::model::Model;
use sim::model::node::NodeId;
use sim::model::pod::SpecId;
use sim::scheduler::Scheduler;
use sim::scheduler::framework::{NodeView, PodView};
use sim::scheduler::plain::{self, Walk};
use sim::scheduler::prepared_cycle::{PreparedCycle, Rejection};
use sim::scheduler::profile::{Profile, Scorer};
use sim::scheduler::rankings::Rankings;
use sim::scheduler::sums::Share;
use sim::world::World;
use sim::world::pods::Phase;
use testing::cluster::{ClusterPlan, clusters};
use testing::steps::{Step, pods_that, steps};

const ROOT: Root = Root { seed: 42, replication: 0 };

/// Every kind of pod.
fn kinds(world: &World) -> Vec<SpecId> {
    world.model().workloads.rows().map(|workload| workload.spec).collect()
}

/// Two worlds that ought to be alike are, for every kind of pod and every pod that waits, after
/// every step.
fn stay_alike(mut one: World, mut other: World, steps: &[Step]) -> Result<(), TestCaseError> {
    let profile = Profile::default();
    for step in steps {
        step.apply(&mut one);
        step.apply(&mut other);
        for (here, there) in kinds(&one).into_iter().zip(kinds(&other)) {
            let here = PodView::of_spec(here, &one);
            let there = PodView::of_spec(there, &other);
            prop_assert_eq!(
                plain::evaluate(&profile, here, &one, Walk::WHOLE),
                plain::evaluate(&profile, there, &other, Walk::WHOLE)
            );
        }
        let waiting = pods_that(&one, |phase| phase == Phase::Pending);
        prop_assert_eq!(&waiting, &pods_that(&other, |phase| phase == Phase::Pending));
        let [mut first, mut second] = [(); 2].map(|()| Scheduler::new(profile.clone(), ROOT));
        for pod in waiting {
            prop_assert_eq!(first.place(pod, &one), second.place(pod, &other));
        }
    }
    Ok(())
}

/// The model of a plan with a label that no selector names on some kinds of pods and some nodes.
fn labelled(plan: &ClusterPlan, which: &[bool]) -> Model {
    let mut model = plan.model();
    let (key, value) = (model.names.intern("unselected"), model.names.intern("for-this"));
    let chosen: Vec<_> = model.workloads.ids().zip(which).filter(|(_, chosen)| **chosen).collect();
    for (workload, _) in chosen {
        let mut spec = model.specs[model.workloads[workload].spec].clone();
        spec.labels.set(key, value);
        model.workloads[workload].spec = model.specs.intern(spec);
    }
    for (node, chosen) in model.start.nodes.iter_mut().zip(which) {
        if *chosen {
            node.shape.labels.set(key, value);
        }
    }
    model
}

/// The plugin that looks at other nodes, too.
const IMAGES: &str = "ImageLocality";

/// What every plugin says of a node alone, and what the node contributes to every sum.
type Says = (Vec<(&'static str, String)>, Vec<Share>);

/// Asks every plugin of a profile about one node. How common the pod's images are is left out where
/// a node has any: all such nodes are asked again whenever it changes.
fn says(profile: &Profile, cycle: &PreparedCycle, pod: PodView<'_>, node: NodeView<'_>) -> Says {
    let filters = profile
        .filters
        .iter()
        .map(|(name, filter)| (*name, format!("{:?}", filter.check(pod, node))));
    let has_images = pod.spec.images.known.iter().any(|image| node.has_image(*image));
    let scores = profile.scores.iter().filter(|(name, ..)| !has_images || *name != IMAGES);
    let scores = scores.map(|(name, scorer, _)| {
        let score = match scorer {
            Scorer::Own(score) => score.score(pod.spec, node),
            Scorer::Relative(score) => score.grade(pod, node),
        };
        (*name, score.to_string())
    });
    (filters.chain(scores).collect(), cycle.shares(pod, node).collect())
}

/// The row of a node: its own refusal or score, its grades and its shares.
fn row(cycle: &PreparedCycle, pod: PodView<'_>, node: NodeView<'_>) -> Row {
    let own = match cycle.own_rejection(pod, node) {
        Some(rejection) => Err(rejection),
        None => Ok(cycle.own_score(pod, node)),
    };
    (own, cycle.grades(pod, node).collect(), cycle.shares(pod, node).collect())
}

type Row = (Result<i64, Rejection>, Vec<i64>, Vec<Share>);

proptest! {
    #![proptest_config(testing::cases(192))]

    #[test]
    fn a_label_that_no_selector_names_changes_nothing(
        plan in clusters(),
        which in prop::collection::vec(any::<bool>(), 12),
        steps in steps(30),
    ) {
        let model = labelled(&plan, &which);
        stay_alike(plan.world(), plan.world_of(model), &steps)?;
    }

    #[test]
    fn zones_by_other_names_are_the_same_zones(
        plan in clusters(),
        turn in 1_u8..7,
        steps in steps(30),
    ) {
        let mut renamed = plan.clone();
        for node in &mut renamed.nodes {
            node.zone = node.zone.map(|zone| (2 * zone + turn) % 7);
        }
        stay_alike(plan.world(), renamed.world(), &steps)?;
    }

    /// What a plugin says of a node alone, and what the node contributes to sums, changes only when
    /// the journal says that the node did: nothing else is looked at.
    #[test]
    fn what_a_plugin_does_not_declare_it_does_not_see(plan in clusters(), steps in steps(30)) {
        let profile = Profile::default();
        let mut world = plan.world();
        for step in &steps {
            let before: Vec<Vec<(NodeId, Says)>> = kinds(&world).into_iter().map(|kind| {
                let pod = PodView::of_spec(kind, &world);
                let cycle = PreparedCycle::of(&profile, pod, &world).expect("nothing refuses outright");
                let said = |node: &NodeId| (*node, says(&profile, &cycle, pod, world.view(*node)));
                world.registered().iter().map(said).collect()
            }).collect();
            let cursor = world.journal().now();
            step.apply(&mut world);
            let changes = world.journal().since(cursor).expect("one step is not much");
            let changed: BTreeSet<NodeId> = changes.map(|change| change.node).collect();
            for (kind, before) in kinds(&world).into_iter().zip(before) {
                let pod = PodView::of_spec(kind, &world);
                let cycle = PreparedCycle::of(&profile, pod, &world).expect("nothing refuses outright");
                for (node, said) in before {
                    if !changed.contains(&node) && world.registered().contains(&node) {
                        prop_assert_eq!(said, says(&profile, &cycle, pod, world.view(node)));
                    }
                }
            }
        }
    }

    /// Pods that differ in nothing that the scheduler reads are of one class, and every node
    /// answers them alike.
    #[test]
    fn one_class_has_one_answer(
        plan in clusters(),
        steps in steps(30),
        priority in -1_i32..2,
    ) {
        let mut model = plan.model();
        let key = model.names.intern("unselected");
        let specs: Vec<SpecId> = model.workloads.rows().map(|workload| workload.spec).collect();
        let twins: Vec<SpecId> = specs.iter().map(|spec| {
            let mut twin = model.specs[*spec].clone();
            twin.labels.set(key, key);
            twin.priority = priority;
            twin.grace = sim::Span::from_secs(7);
            model.specs.intern(twin)
        }).collect();
        let profile = Profile::default();
        let mut world = plan.world_of(model);
        let all: Vec<SpecId> = specs.iter().chain(&twins).copied().collect();
        for step in &steps {
            step.apply(&mut world);
            let asked: Vec<_> = all.iter().map(|spec| {
                let pod = PodView::of_spec(*spec, &world);
                let cycle = PreparedCycle::of(&profile, pod, &world).expect("nothing refuses outright");
                let rows = world.registered().iter().map(|n| row(&cycle, pod, world.view(*n)));
                (pod.alike.class, rows.collect::<Vec<_>>())
            }).collect();
            for (spec, twin) in asked.iter().zip(&asked[specs.len()..]) {
                prop_assert_eq!(spec.0, twin.0);
            }
            for (class, rows) in &asked {
                for (_, same) in asked.iter().filter(|(other, _)| other == class) {
                    prop_assert_eq!(rows, same);
                }
            }
        }
    }

    #[test]
    fn a_tally_is_a_recount_of_its_rows(plan in clusters(), steps in steps(60)) {
        let profile = Profile::default();
        let mut world = plan.world();
        let mut rankings = Rankings::default();
        for step in &steps {
            step.apply(&mut world);
            for kind in kinds(&world) {
                let pod = PodView::of_spec(kind, &world);
                let ranked = rankings.of(&profile, pod, &world).expect("nothing refuses outright");
                let ranked = ranked.expect("no pod names nodes");
                prop_assert!(ranked.ranking().tally_is_sound());
            }
        }
    }
}
