//! The smallest changes that let a pod fit.

use serde::Serialize;
use sim::model::pod::PodId;
use sim::scheduler::plain::{self, Walk};

use super::ideas::{self, Idea};
use super::tries::{Found, attempt, with};
use super::{Context, Situation};

/// A change that lets the pod fit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What is to be done, all of it.
    pub steps: Vec<Step>,
    /// The nodes on which the pod then fits.
    pub fits_on: Vec<String>,
}

/// One thing to do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Step {
    /// What kind of change it is.
    pub kind: &'static str,
    /// The change in words.
    pub text: String,
}

/// Beyond this skew a constraint says so little that it may as well be a preference.
const MOST_SKEW: u32 = 10;
/// The number of nodes that are imagined at most.
const MOST_NODES: usize = 3;
/// Of this many ideas every pair is tried, the cheapest first.
const MOST_IN_PAIRS: usize = 24;
/// The number of pairs that are shown.
const MOST_PAIRS: usize = 5;

/// The single changes that let a pod fit, cheapest first; if there is none, the pairs.
pub(super) fn that_work(situation: &mut Situation<'_>, pod: PodId) -> Vec<Change> {
    let context = situation.context();
    let ideas = with(situation, pod, &[], |view, world| {
        let evaluation = plain::evaluate(context.profile, view, world, Walk::WHOLE);
        ideas::all(&context, view, world, &evaluation)
    });
    let spec = situation.world.spec_of(pod).clone();
    let cost = |found: &Found| {
        let costs = found.ideas.iter().map(|idea| idea.cost(&spec));
        costs.fold((0, 0), |(rank, within), (r, w)| (rank + u64::from(r), within + w))
    };
    let mut found: Vec<Found> =
        ideas.iter().filter_map(|idea| alone(situation, pod, idea)).collect();
    forget_needless(&mut found);
    found.sort_by_key(cost);
    if found.is_empty() {
        let mut ideas = ideas;
        ideas.sort_by_key(|idea| idea.cost(&spec));
        ideas.truncate(MOST_IN_PAIRS);
        found = pairs(situation, pod, &ideas);
        found.sort_by_key(cost);
        found.truncate(MOST_PAIRS);
    }
    found.into_iter().map(|found| described(&context, situation, pod, found)).collect()
}

/// Tries an idea, and more of the same where it comes in amounts.
fn alone(situation: &mut Situation<'_>, pod: PodId, idea: &Idea) -> Option<Found> {
    match *idea {
        Idea::RaiseMaxSkew(at, skew) => (skew..=MOST_SKEW)
            .find_map(|skew| attempt(situation, pod, &[Idea::RaiseMaxSkew(at, skew)])),
        Idea::AddNodes(kind, count) => (count..=MOST_NODES)
            .find_map(|count| attempt(situation, pod, &[Idea::AddNodes(kind, count)])),
        _ => attempt(situation, pod, std::slice::from_ref(idea)),
    }
}

/// Leaves out what says no more than a smaller change that also works.
fn forget_needless(found: &mut Vec<Found>) {
    let has = |found: &[Found], is: &dyn Fn(&Idea) -> bool| {
        found.iter().any(|found| found.ideas.iter().any(is))
    };
    if has(found, &|idea| matches!(idea, Idea::DropNodeSelector(_) | Idea::DropNodeAffinity(_))) {
        found.retain(|found| found.ideas != [Idea::DropNodeRequirements]);
    }
    // A kind of node that is there is a better answer than one that is not.
    let existing =
        found.iter().filter(|found| matches!(found.ideas[..], [Idea::AddNodes(..)])).count();
    if existing > MOST_NODES {
        let mut left = MOST_NODES;
        found.retain(|found| {
            let adds = matches!(found.ideas[..], [Idea::AddNodes(..)]);
            let keep = !adds || left > 0;
            left -= usize::from(adds && keep);
            keep
        });
    }
}

/// Every pair that works, of ideas that do not work alone.
fn pairs(situation: &mut Situation<'_>, pod: PodId, ideas: &[Idea]) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, one) in ideas.iter().enumerate() {
        for other in &ideas[at + 1..] {
            let same_constraint = matches!(
                (one, other),
                (Idea::RaiseMaxSkew(a, _), Idea::PreferSpread(b)) | (Idea::PreferSpread(b), Idea::RaiseMaxSkew(a, _)) if a == b
            );
            if !same_constraint {
                found.extend(attempt(situation, pod, &[one.clone(), other.clone()]));
            }
        }
    }
    found
}

fn described(
    context: &Context<'_>,
    situation: &mut Situation<'_>,
    pod: PodId,
    found: Found,
) -> Change {
    let steps = with(situation, pod, &[], |view, world| {
        let step = |idea: &Idea| Step { kind: idea.kind(), text: idea.tell(context, view, world) };
        found.ideas.iter().map(step).collect()
    });
    Change { steps, fits_on: found.nodes }
}
