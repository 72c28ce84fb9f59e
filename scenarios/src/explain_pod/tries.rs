//! Trying ideas out, on a copy of the pod and in a trial of the world.

use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::resources::{Lane, Resources};
use sim::scheduler::framework::PodView;
use sim::scheduler::plain::{self, Walk};
use sim::world::World;

use super::ideas::{Altered, Idea};
use super::nodes::left;
use super::{Context, Situation, amounts};

/// Looks at a pod as if it waited for a node and `ideas` were so. Nothing of it remains.
pub(super) fn with<R>(
    situation: &mut Situation<'_>,
    pod: PodId,
    ideas: &[Idea],
    look: impl FnOnce(PodView<'_>, &World) -> R,
) -> R {
    with_imagined(situation, pod, ideas, |view, world, _| look(view, world))
}

fn with_imagined<R>(
    situation: &mut Situation<'_>,
    pod: PodId,
    ideas: &[Idea],
    look: impl FnOnce(PodView<'_>, &World, &[(NodeId, usize)]) -> R,
) -> R {
    let context = situation.context();
    let mut trial = situation.world.trial();
    if trial.pods().phase(pod).node().is_some() {
        trial.evict(pod);
    }
    let as_it_is = PodView::of(pod, &trial);
    let mut altered = Altered { spec: as_it_is.spec.clone(), related: as_it_is.related.clone() };
    let mut imagined = Vec::new();
    for idea in ideas {
        idea.apply(&context, &mut altered, &mut trial, &mut imagined);
    }
    let world: &World = &trial;
    let view =
        PodView { spec: &altered.spec, related: &altered.related, ..PodView::of(pod, world) };
    look(view, world, &imagined)
}

/// Ideas that let a pod fit, with the nodes on which it does.
pub(super) struct Found {
    pub(super) ideas: Vec<Idea>,
    pub(super) nodes: Vec<String>,
}

/// Tries ideas together; a request among them is lowered no further than it has to be.
pub(super) fn attempt(situation: &mut Situation<'_>, pod: PodId, ideas: &[Idea]) -> Option<Found> {
    let mut ideas = ideas.to_vec();
    let fitting = fits(situation, pod, &ideas)?;
    for at in 0..ideas.len() {
        if let Idea::LowerRequest(lane, 0) = ideas[at] {
            ideas[at] = Idea::LowerRequest(lane, most(situation, pod, &ideas, lane)?);
        }
    }
    let nodes = match ideas.iter().any(|idea| matches!(idea, Idea::LowerRequest(..))) {
        true => fits(situation, pod, &ideas)?,
        false => fitting,
    };
    Some(Found { ideas, nodes })
}

/// The nodes on which a pod fits; none if there are none.
fn fits(situation: &mut Situation<'_>, pod: PodId, ideas: &[Idea]) -> Option<Vec<String>> {
    let context = situation.context();
    let nodes = with_imagined(situation, pod, ideas, |view, world, imagined| {
        let name = |node: NodeId| match imagined.iter().find(|(it, _)| *it == node) {
            Some((_, kind)) => format!("a new node {}", context.kinds[*kind].name),
            None => world.node_name(node),
        };
        let mut nodes: Vec<String> =
            fitting(&context, view, world, imagined).into_iter().map(name).collect();
        nodes.sort();
        nodes
    });
    (!nodes.is_empty()).then_some(nodes)
}

/// The most that may be requested of a resource so that the pod fits somewhere.
fn most(situation: &mut Situation<'_>, pod: PodId, ideas: &[Idea], lane: Lane) -> Option<u64> {
    let context = situation.context();
    let most = with_imagined(situation, pod, ideas, |view, world, imagined| {
        let nodes = fitting(&context, view, world, imagined);
        nodes
            .into_iter()
            .map(|node| {
                let daemons = daemons_of(&context, node, imagined, world)[lane];
                left(lane, view, world.view(node)).saturating_sub(daemons)
            })
            .max()
    })?;
    let most = amounts::round_down(lane, most, situation.world.model());
    (most > 0).then_some(most)
}

/// The nodes on which a pod fits, with room for the daemons that a new node would get.
fn fitting(
    context: &Context<'_>,
    pod: PodView<'_>,
    world: &World,
    imagined: &[(NodeId, usize)],
) -> Vec<NodeId> {
    let evaluation = plain::evaluate(context.profile, pod, world, Walk::WHOLE);
    let roomy = |node: &NodeId| {
        let daemons = daemons_of(context, *node, imagined, world);
        pod.spec.requests.fits(&daemons, &world.view(*node).shape().allocatable)
            || !imagined.iter().any(|(it, _)| it == node)
    };
    let mut nodes: Vec<NodeId> = evaluation.scores.iter().map(|scored| scored.node).collect();
    nodes.retain(roomy);
    nodes
}

/// What daemons will take of a node that is only imagined: as much as on the fullest node of today.
fn daemons_of(
    context: &Context<'_>,
    node: NodeId,
    imagined: &[(NodeId, usize)],
    world: &World,
) -> Resources {
    let kind = imagined.iter().find(|(it, _)| *it == node);
    let like = kind.map_or(&[][..], |(_, kind)| &context.kinds[*kind].like);
    let mut most = Resources::ZERO;
    for other in like {
        let mut here = Resources::ZERO;
        let pods = world.placement().pods_on(*other).iter();
        for pod in pods.filter(|pod| (context.is_daemon)(**pod)) {
            here += &world.spec_of(*pod).requests;
        }
        most = most.max(&here);
    }
    most
}
