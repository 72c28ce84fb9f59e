//! The fast way to schedule gives what the plain one gives, whatever has happened before.

#[path = "common/decisions.rs"]
mod decisions;

use decisions::{asked, compare};
use proptest::prelude::*;
use proptest::sample::Index;
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
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

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
}
