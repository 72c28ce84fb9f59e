//! The fast way to schedule gives what the plain one gives, whatever has happened before.

use crate::decisions;

use decisions::{asked, compare};
use proptest::prelude::*;
use proptest::sample::Index;
use sim::Span;
use sim::scheduler::plain::Walk;
use sim::scheduler::profile::Profile;
use sim::scheduler::rankings::Rankings;
use sim::world::World;
use testing::cluster::clusters;
use testing::profiles::profiles;
use testing::steps::{Step, steps};

/// After every step, for every class: what was remembered and repaired, what is worked out afresh
/// and what the plain rules say are the same, over all nodes and over a few.
fn agree(
    profile: &Profile,
    mut world: World,
    steps: &[Step],
    start: Index,
    enough: usize,
) -> Result<(), TestCaseError> {
    let mut kept = Rankings::default();
    for step in steps {
        step.apply(&mut world);
        prop_assert_eq!(world.check(), Ok(()));
        for pod in asked(&world) {
            compare(profile, pod, &world, Walk::WHOLE, &mut kept)?;
            let nodes = world.registered().len();
            let walk = Walk { start: start.index(nodes.max(1)), enough };
            compare(profile, pod, &world, walk, &mut kept)?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(testing::cases(512))]

    #[test]
    fn remembered_is_fresh_is_plain(
        plan in clusters(),
        steps in steps(40),
        start in any::<Index>(),
        enough in 1_usize..4,
    ) {
        agree(&Profile::default(), plan.world(), &steps, start, enough)?;
    }

    #[test]
    fn so_it_is_under_any_profile(
        plan in clusters(),
        profile in profiles(),
        steps in steps(40),
        start in any::<Index>(),
        enough in 1_usize..4,
    ) {
        let mut model = plan.model();
        let profile = profile.profile(&mut model);
        agree(&profile, plan.world_of(model), &steps, start, enough)?;
    }

    /// When an image is pulled, nodes that have it answer again to pods that name it. To others only
    /// the node that pulled it does.
    #[test]
    fn a_pull_is_news_to_few(plan in clusters(), node in any::<Index>(), image in any::<Index>()) {
        let mut world = plan.world();
        let images: Vec<_> = world.model().images.ids().collect();
        prop_assume!(!world.registered().is_empty());
        let (node, image) = (*node.get(world.registered()), *image.get(&images));
        let mut kept = Rankings::default();
        let profile = Profile::default();
        for pod in asked(&world) {
            let _ = kept.of(&profile, pod, &world);
        }
        let _ = world.pull(node, image, Span::ZERO);
        for pod in asked(&world) {
            let before = kept.rows_recomputed();
            let _ = kept.of(&profile, pod, &world);
            let (rows, answers) = kept.rows_recomputed();
            let most = match pod.spec.images.known.contains(&image) {
                true => 1 + world.holders(image) as u64,
                false => 1,
            };
            prop_assert!(rows - before.0 <= most && answers - before.1 <= most, "{before:?}");
        }
    }
}
