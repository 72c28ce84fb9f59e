//! Holds what is remembered of nodes against what the plain rules say.

use proptest::prelude::*;
use sim::Root;
use sim::model::workload::WorkloadId;
use sim::scheduler::decide::Scratch;
use sim::scheduler::framework::{Code, PodView};
use sim::scheduler::plain::{self, Walk};
use sim::scheduler::profile::Profile;
use sim::scheduler::rankings::Rankings;
use sim::table::Id;
use sim::world::World;
use sim::world::pods::Phase;
use testing::steps::pods_that;

const ROOT: Root = Root { seed: 42, replication: 0 };

/// Every kind of pod, first as a pod that there could be, then as each pod that waits.
pub(crate) fn asked(world: &World) -> Vec<PodView<'_>> {
    let kinds = (0..world.model().workloads.len())
        .map(|index| world.model().workloads[WorkloadId::from_index(index)].spec)
        .map(|spec| PodView::of_spec(spec, world));
    let waiting = pods_that(world, |phase| phase == Phase::Pending);
    kinds.chain(waiting.into_iter().map(|pod| PodView::of(pod, world))).collect()
}

/// Holds kept rankings against fresh ones and against the plain rules.
pub(crate) fn compare(
    profile: &Profile,
    pod: PodView<'_>,
    world: &World,
    walk: Walk,
    kept: &mut Rankings,
) -> Result<(), TestCaseError> {
    let expected = plain::evaluate(profile, pod, world, walk);
    let best = expected.best();
    let is_nominated = world.placement().nominations().next().is_some();
    for rankings in [kept, &mut Rankings::default()] {
        for pick in [0, best.len().saturating_sub(1)] {
            let scan = rankings.scan(profile, pod, world).expect("no pod names nodes");
            let mut scratch = Scratch::default();
            let found = scan.decide(profile, pod, world, walk, &mut scratch, |_| pick);
            let looked = best.get(pick).map(|node| (*node, expected.verdicts.len()));
            prop_assert_eq!(found, looked.filter(|_| !is_nominated));
        }
        let ranked = rankings.of(profile, pod, world).expect("nothing refuses outright");
        let mut ranked = ranked.expect("no pod names nodes");
        prop_assert_eq!(&ranked.evaluation(pod, world, walk), &expected);
        for pick in [0, best.len().saturating_sub(1)] {
            let pick = |ties: usize| pick.min(ties - 1);
            let mut scratch = Scratch::default();
            let decision = ranked.decide(pod, world, walk, &mut scratch, pick);
            prop_assert_eq!(decision.node, best.get(pick(best.len().max(1))).copied());
            prop_assert_eq!(decision.walked, expected.verdicts.len());
        }
        if best.is_empty() {
            let (refusal, rejections, open) = ranked.refusal(pod, world);
            prop_assert_eq!(refusal, expected.refusal());
            prop_assert!(expected.rejections().all(|rejection| rejections.contains(rejection)));
            let refused = expected.verdicts.iter().flat_map(|(_, verdict)| verdict);
            let may_change = refused.filter(|rejection| rejection.code == Code::Unschedulable);
            prop_assert_eq!(open, may_change.count());
            if walk == Walk::WHOLE {
                let plain = plain::preempt(profile, pod, world, &expected, ROOT);
                prop_assert_eq!(Some(ranked.preempt(pod, world, ROOT)), plain);
            }
        }
    }
    Ok(())
}
