//! Why a pod is where it is, or nowhere: what every node says to it, which change would let it fit,
//! and who would have to make room.
//!
//! Nothing is guessed. Each change is tried on a copy of the pod or in a [`Trial`], and evaluated by
//! the plain rules of the scheduler; what is listed did work.
//!
//! [`Trial`]: sim::world::trial::Trial

pub mod amounts;
mod changes;
pub mod dump;
mod ideas;
mod kinds;
mod nodes;
mod room;
mod text;
mod tries;

use serde::Serialize;
use sim::Root;
use sim::fact::refusal::UnschedulableReason;
use sim::model::pod::PodId;
use sim::scheduler::framework::PodView;
use sim::scheduler::gate;
use sim::scheduler::plain::{self, Evaluation, Walk};
use sim::scheduler::preemption::Preemption;
use sim::scheduler::profile::Profile;
use sim::world::World;
use sim::world::pods::Phase;

pub use changes::{Change, Step};
pub use kinds::NodeKind;
pub use nodes::{NodeAnswer, Shortage};
pub use room::{Place, Room, Victim};

/// What the API server says of a pod with scheduling gates; no scheduler has seen it yet.
// API server: registry/core/pod/strategy.go applySchedulingGatedCondition
const GATED: &str = "Scheduling is blocked due to non-empty scheduling gates";

/// A cluster at one instant, with what its world does not know.
pub struct Situation<'s> {
    /// Its nodes and pods.
    pub world: &'s mut World,
    /// How pods are placed.
    pub profile: &'s Profile,
    /// The chance that the scheduler would have.
    pub root: Root,
    /// What pods are called.
    pub pod_name: &'s dyn Fn(PodId) -> String,
    /// Whether a pod would have its like on every new node.
    pub is_daemon: &'s dyn Fn(PodId) -> bool,
    /// Nodes of which there could be more.
    pub kinds: &'s [NodeKind],
}

/// Why a pod is where it is, or nowhere.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Its namespace and name.
    pub pod: String,
    /// The node it is on. It is explained as if it were to be placed again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_on: Option<String>,
    /// What kube-scheduler writes into its `PodScheduled` condition; none if it fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The nodes with the highest score, of which it gets any.
    pub best: Vec<String>,
    /// What else a reader should know.
    pub notes: Vec<String>,
    /// What every node says.
    pub nodes: Vec<NodeAnswer>,
    /// What would let it fit, cheapest first: single changes, or pairs if no single one does.
    pub changes: Vec<Change>,
    /// What came of the attempt to make room for it, if it does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preemption: Option<Room>,
    /// What happened to it before, if that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Moment>,
}

/// Something that happened to a pod.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Moment {
    /// When.
    pub at: String,
    /// What.
    pub what: String,
}

/// What the scheduler makes of a pod.
struct Answer {
    evaluation: Evaluation,
    preemption: Option<Preemption>,
}

impl Answer {
    fn of(context: &Context<'_>, pod: PodView<'_>, world: &World) -> Answer {
        let evaluation = plain::evaluate(context.profile, pod, world, Walk::WHOLE);
        let tries = evaluation.best().is_empty() && context.profile.preempts;
        let attempt = || {
            plain::preempt(context.profile, pod, world, &evaluation, context.root)
                .unwrap_or_else(|| Preemption::in_vain(pod))
        };
        let preemption = tries.then(attempt);
        Answer { evaluation, preemption }
    }

    fn message(&self, world: &World) -> String {
        let mut refusal = self.evaluation.refusal();
        refusal.room = self.preemption.as_ref().and_then(|it| it.no_room(world));
        refusal.message(world.model())
    }
}

/// The situation without its world: what can be asked while the world is being tried on.
#[derive(Clone, Copy)]
struct Context<'s> {
    profile: &'s Profile,
    root: Root,
    pod_name: &'s dyn Fn(PodId) -> String,
    is_daemon: &'s dyn Fn(PodId) -> bool,
    kinds: &'s [NodeKind],
}

impl<'s> Situation<'s> {
    fn context(&self) -> Context<'s> {
        let Situation { profile, root, pod_name, is_daemon, kinds, .. } = *self;
        Context { profile, root, pod_name, is_daemon, kinds }
    }
}

/// Explains a pod. The world is afterwards as it was before.
#[must_use]
pub fn explain(situation: &mut Situation<'_>, pod: PodId) -> Explanation {
    let context = situation.context();
    let runs_on = situation.world.pods().phase(pod).node();
    let name = (situation.pod_name)(pod);
    let runs_on = runs_on.map(|node| situation.world.node_name(node));
    let notes = notes(situation.world, pod);
    let held = held_back(situation.world, pod);
    let mut explanation = tries::with(situation, pod, &[], |view, world| {
        let answer = Answer::of(&context, view, world);
        let evaluation = &answer.evaluation;
        let fits = !evaluation.best().is_empty();
        let message = match (held, fits) {
            (Some(message), _) => Some(message),
            (None, true) => None,
            (None, false) => Some(answer.message(world)),
        };
        let preemption = answer.preemption.as_ref();
        Explanation {
            pod: name,
            runs_on,
            message,
            best: evaluation.best().iter().map(|node| world.node_name(*node)).collect(),
            notes,
            nodes: nodes::answers(&context, view, world, evaluation),
            changes: Vec::new(),
            preemption: preemption.map(|it| room::describe(&context, view, world, it)),
            history: Vec::new(),
        }
    });
    if explanation.best.is_empty() {
        explanation.changes = changes::that_work(situation, pod);
    }
    explanation
}

/// What is said of a pod that is held back before it is tried.
fn held_back(world: &World, pod: PodId) -> Option<String> {
    let model = world.model();
    gate(world.base_spec(pod), model).map(|(_, reason)| match reason {
        UnschedulableReason::Gated(_) => GATED.to_owned(),
        reason => reason.text(model),
    })
}

/// What is out of the ordinary about a pod.
fn notes(world: &World, pod: PodId) -> Vec<String> {
    let (spec, names) = (world.spec_of(pod), &world.model().names);
    let mut notes = Vec::new();
    if let Some(scheduler) = spec.scheduler {
        let scheduler = names.text(scheduler);
        notes.push(format!(
            "it asks for the scheduler `{scheduler}`; if there is no profile of that name here, the \
             first one answers"
        ));
    }
    if !spec.gates.is_empty() {
        let gates: Vec<&str> = spec.gates.iter().map(|gate| names.text(*gate)).collect();
        let gates = gates.join(", ");
        notes.push(format!("it is not tried while it has scheduling gates ({gates}); below is what would happen without"));
    }
    if let Some(node) = world.pods().nominated(pod) {
        let node = world.node_name(node);
        notes.push(format!("it is nominated to {node}, where room is being made for it"));
    }
    if matches!(world.pods().phase(pod), Phase::Terminating { .. }) {
        notes.push("it is terminating".into());
    }
    if matches!(world.pods().phase(pod), Phase::Ended(_) | Phase::Withdrawn) {
        notes.push("it has ended".into());
    }
    notes
}
