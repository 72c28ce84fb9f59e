//! What passes remember, and what simulations skip: the answers are those of working everything out.

use autoscalers::karpenter::disruption::{Disrupted, propose, propose_plainly, validate};
use autoscalers::karpenter::provisioning::provision;
use autoscalers::karpenter::{Memory, Since};
use proptest::prelude::*;

use super::worlds::{World, worlds};

proptest! {
    #![proptest_config(testing::cases(512))]

    /// Nodes that could not take a pod alone are passed over, and a simulation ends when its answer is
    /// certain.
    #[test]
    fn what_simulations_skip_does_not_matter(world in worlds()) {
        same(&propose(&world.cluster()), &propose_plainly(&world.cluster()))?;
    }

    /// A pass that remembers finds what one finds that does not, whatever happens in between.
    #[test]
    fn what_is_remembered_is_what_is_worked_out(
        world in worlds(),
        changes in prop::collection::vec((0_usize..8, 0_usize..30), 1..12),
    ) {
        let mut world = world;
        let mut memory = Memory::default();
        let mut since = Since::Anything;
        for (what, which) in changes {
            let fresh = propose_plainly(&world.cluster());
            same(&memory.propose(since, &world.cluster()), &fresh)?;
            if let Some(command) = fresh.command {
                let again = memory.validate(Since::Nothing, &command, &world.cluster());
                prop_assert_eq!(again, validate(&command, &world.cluster()));
            }
            since = change(&mut world, what, which);
            if which % 3 == 0 {
                let placed = memory.provision(since, &world.cluster());
                prop_assert_eq!(placed, provision(&world.cluster()));
                since = Since::Nothing;
            }
        }
    }

    /// A second look at a cluster in which nothing has changed finds no places anew: what the first has found
    /// out is enough.
    #[test]
    fn looking_again_costs_nothing(world in worlds()) {
        let mut memory = Memory::default();
        let first = memory.propose(Since::Anything, &world.cluster());
        let once = memory.work();
        let again = memory.propose(Since::Nothing, &world.cluster());
        same(&first, &again)?;
        prop_assert!(first.command.is_some() || memory.work() == once);
    }
}

fn same(one: &Disrupted, two: &Disrupted) -> Result<(), TestCaseError> {
    prop_assert_eq!(&one.evaluated, &two.evaluated);
    prop_assert_eq!(&one.command, &two.command);
    Ok(())
}

/// Something happens to a node or a pod; what an observer would say has changed.
fn change(world: &mut World, what: usize, which: usize) -> Since {
    let mut numbers: Vec<Option<usize>> = (0..world.nodes.len()).map(Some).collect();
    if world.nodes.is_empty() {
        return Since::Nothing;
    }
    let node = which % world.nodes.len();
    match what {
        0 => world.nodes[node].marked_for_deletion ^= true,
        // A pod that waits is bound.
        1 => {
            let waits = world.pods.iter_mut().find(|pod| pod.provisionable);
            if let Some(pod) = waits {
                (pod.node, pod.provisionable) = (Some(node), false);
            }
        }
        2 => {
            world.nodes.remove(node);
            numbers.remove(node);
            world.pods.retain(|pod| pod.node != Some(node));
            for pod in &mut world.pods {
                pod.node = pod.node.map(|of| of - usize::from(of > node));
            }
            return Since::Nodes(numbers);
        }
        3 => {
            let claim = world.nodes[node].claim.as_mut().expect("a NodeClaim");
            claim.consolidatable ^= true;
            return Since::Nothing;
        }
        4 => {
            world.nodes[node].nominated ^= true;
            return Since::Nothing;
        }
        5 => {
            let on_it = world.pods.iter_mut().find(|pod| pod.node == Some(node));
            on_it.into_iter().for_each(|pod| pod.terminating = true);
        }
        6 => {
            let gone = world.pods.iter().position(|pod| pod.node == Some(node));
            gone.into_iter().for_each(|pod| drop(world.pods.remove(pod)));
        }
        _ => return Since::Nothing,
    }
    numbers[node] = None;
    Since::Nodes(numbers)
}
