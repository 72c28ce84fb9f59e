//! A spec that a run adds is as if the scenario had named it.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::Index;
use sim::Root;
use sim::model::Model;
use sim::model::budget::{Amount, Budget, Limit};
use sim::model::pod::{PodSpec, PodTraits, SpecId};
use sim::model::resources::Resources;
use sim::model::workload::WorkloadId;
use sim::scheduler::Scheduler;
use sim::scheduler::framework::PodView;
use sim::scheduler::plain::{self, Walk};
use sim::scheduler::profile::Profile;
use sim::table::Id;
use sim::world::World;
use sim::world::pods::Phase;
use testing::cluster::clusters;
use testing::steps::{pods_that, steps};

const ROOT: Root = Root { seed: 42, replication: 0 };

/// Sizes of pods, each of a kind that the scenario has.
fn sizes() -> impl Strategy<Value = Vec<(Index, u64, u64)>> {
    prop::collection::vec((any::<Index>(), 1_u64..40, 1_u64..40), 1..8)
}

/// The spec of a kind of pod, at another size.
fn sized(model: &Model, (kind, cpu, memory): (Index, u64, u64)) -> PodSpec {
    let workload = WorkloadId::from_index(kind.index(model.workloads.len()));
    let spec = model.specs[model.workloads[workload].spec].clone();
    let requests = Resources::one_pod(cpu * 100, memory << 27);
    PodSpec { requests, nonzero_requests: requests, scored_requests: requests, ..spec }
}

/// A budget for each selector.
fn with_budgets(mut model: Model) -> Model {
    let (namespace, name) = (model.names.intern("default"), model.names.intern("budget"));
    for selector in model.selectors.ids() {
        model.budgets.push(Budget {
            namespace,
            name,
            selector: Some(selector),
            selects_all: false,
            limit: Limit::MaxUnavailable(Amount::Pods(1)),
            unready_may_go: false,
            disrupted: Vec::new(),
        });
    }
    model
}

proptest! {
    #[test]
    fn what_follows_for_an_added_spec_is_as_if_it_had_been_there(
        plan in clusters(),
        sizes in sizes(),
    ) {
        let model = with_budgets(plan.model());
        let mut whole = model.clone();
        let mut world = World::new(Arc::new(model));
        for size in sizes {
            let spec = sized(&whole, size);
            let base = world.model().specs.first_with(&spec.traits).expect("a kind of pod");
            let there = whole.specs.intern(spec.clone());
            let added = world.add_spec(spec);
            prop_assert_eq!(added, there);
            prop_assert_eq!(world.specs().base(added), base.min(added));
        }
        for id in whole.specs.ids() {
            prop_assert_eq!(world.spec(id), &whole.specs[id]);
            let (added, there) = (world.specs().related(id), whole.related(id));
            prop_assert_eq!(world.specs().alike(id), whole.relations().alike(id));
            prop_assert_eq!(&added.matched_by, &there.matched_by);
            prop_assert_eq!(&added.targeted_by, &there.targeted_by);
            prop_assert_eq!(&added.budgets, &there.budgets);
        }
    }

    #[test]
    fn pods_of_added_specs_are_placed_as_if_they_had_been_there(
        plan in clusters(),
        sizes in sizes(),
        steps in steps(30),
    ) {
        let profile = Profile::default();
        let model = with_budgets(plan.model());
        let mut whole = model.clone();
        let specs: Vec<PodSpec> = sizes.iter().map(|size| sized(&model, *size)).collect();
        let ids: Vec<SpecId> = specs.iter().map(|it| whole.specs.intern(it.clone())).collect();
        let (mut one, mut other) = (plan.world_of(model), plan.world_of(whole));
        for (number, step) in steps.iter().enumerate() {
            let place = number % ids.len();
            let workload = WorkloadId::from_index(sizes[place].0.index(plan.pods.len()));
            let replica = u32::try_from(one.pods().len()).expect("few pods");
            let added = one.add_spec(specs[place].clone());
            for (world, spec) in [(&mut one, added), (&mut other, ids[place])] {
                let _ = world.create_pod_of(spec, (workload, 0), (replica, 0), None);
                step.apply(world);
                prop_assert_eq!(world.check(), Ok(()));
            }
            let waiting = pods_that(&one, |phase| phase == Phase::Pending);
            prop_assert_eq!(&waiting, &pods_that(&other, |phase| phase == Phase::Pending));
            let [mut first, mut second] = [(); 2].map(|()| Scheduler::new(profile.clone(), ROOT));
            for pod in waiting {
                prop_assert_eq!(
                    plain::evaluate(&profile, PodView::of(pod, &one), &one, Walk::WHOLE),
                    plain::evaluate(&profile, PodView::of(pod, &other), &other, Walk::WHOLE)
                );
                prop_assert_eq!(first.place(pod, &one), second.place(pod, &other));
            }
        }
    }
}

#[test]
#[should_panic(expected = "a run adds sizes, and no traits")]
fn a_run_adds_no_traits() {
    let mut model = Model::default();
    model.specs.intern(PodSpec::default());
    let mut world = World::new(Arc::new(model));
    let other = PodTraits { priority: 1, ..PodTraits::default() };
    let _ = world.add_spec(other.requesting(Resources::ZERO));
}
