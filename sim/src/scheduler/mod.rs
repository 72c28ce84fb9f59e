//! kube-scheduler in virtual time: one pod, one cycle, one decision.

pub mod answers;
mod branches;
pub mod decide;
pub mod framework;
pub mod inquiry;
pub mod plain;
pub mod plugins;
pub mod preemption;
pub mod profile;
pub mod queue;
pub mod ranking;
pub mod rankings;
pub mod sums;

use crate::action::Action;
use crate::rng::{Root, Stream};
use crate::time::SimTime;
use crate::world::node::NodeId;
use crate::world::pod::{PodId, PodSpec, SpecId};
use crate::world::refusal::{Reason, Refusal};
use crate::world::{Model, World};
use decide::Scratch;
use framework::{Happening, PodView};
use inquiry::Rejection;
use plain::Walk;
use preemption::Preemption;
use profile::Profile;
use queue::{Plugins, Queue};
use rankings::Rankings;

/// A scheduler: a profile and the pods that wait for it.
pub struct Scheduler {
    profile: Profile,
    queue: Queue,
    rankings: Rankings,
    scratch: Scratch,
    root: Root,
    /// Where the next search begins, where not every node is looked at.
    next_start: usize,
    cycles: u64,
}

/// The outcome of a scheduling cycle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Placed {
    /// The pod gets this node.
    On(NodeId),
    /// No node takes it.
    Nowhere {
        /// What the nodes said.
        refusal: Refusal,
        /// Every different refusal.
        rejections: Vec<Rejection>,
        /// What came of the attempt to make room, if there was one.
        preemption: Option<Preemption>,
    },
}

impl Scheduler {
    /// A scheduler with an empty queue.
    #[must_use]
    pub fn new(profile: Profile, root: Root) -> Scheduler {
        Scheduler {
            profile,
            queue: Queue::default(),
            rankings: Rankings::default(),
            scratch: Scratch::default(),
            root,
            next_start: 0,
            cycles: 0,
        }
    }

    /// A new pod enters the queue, unless something holds it back before.
    ///
    /// # Errors
    /// What holds it back; it will not be tried.
    pub fn enqueue(&mut self, pod: PodId, world: &World) -> Result<(), Refusal> {
        let spec = world.spec_of(pod);
        if let Some((_, reason)) = gate(world.pods().spec(pod), world.model()) {
            let (nodes, outright) = (world.registered().len(), vec![reason]);
            return Err(Refusal { nodes, outright, ..Refusal::default() });
        }
        self.queue.add(pod, spec.priority, world.now());
        Ok(())
    }

    /// Something happened that may help pods which were set aside. Whether any are tried again.
    pub fn wake(&mut self, happening: Happening, world: &World) -> bool {
        let filters = &self.profile.filters;
        self.queue.wake(world.now(), |pod, refused_by| {
            let pod = PodView::of(pod, world);
            if refused_by.is_empty() {
                return matches!(happening, Happening::NodeJoined(_));
            }
            refused_by.places().any(|place| filters[place].1.helped_by(pod, happening, world))
        })
    }

    /// Pods that have been set aside for long are tried again. Whether there are any.
    pub fn flush(&mut self, now: SimTime) -> bool {
        self.queue.flush(now)
    }

    /// Whether any pods are set aside.
    pub fn has_unschedulable(&self) -> bool {
        self.queue.unschedulable() > 0
    }

    /// Tries the next pod: where it should go, or why nowhere and who should make room. `None` when
    /// nobody waits.
    pub fn next(&mut self, world: &World) -> Option<(Action, Option<Action>)> {
        let pod = self.queue.pop()?;
        Some(match self.place(pod, world) {
            Placed::On(node) => {
                self.queue.forget(pod);
                (Action::Bind { pod, node }, None)
            }
            Placed::Nowhere { refusal, rejections, preemption } => {
                let refused_by: Plugins = rejections.iter().map(|r| r.place).collect();
                let priority = world.spec_of(pod).priority;
                self.queue.set_aside(pod, priority, refused_by, world.now());
                (Action::Refuse { pod, refusal }, preemption.and_then(|p| p.action(pod, world)))
            }
        })
    }

    /// One scheduling cycle for one pod.
    // kube-scheduler: schedule_one.go schedulingCycle
    pub fn place(&mut self, pod: PodId, world: &World) -> Placed {
        self.cycles += 1;
        let view = PodView::of(pod, world);
        let nodes = world.registered().len();
        let start = self.next_start % nodes.max(1);
        let walk = Walk { start, enough: self.profile.nodes_to_find(nodes) };
        let root = self.root;
        let pick = |ties| tie_break(root, pod, ties, world);
        match self.rankings.of(&self.profile, view, world) {
            Ok(Some(mut ranked)) => {
                let decision = ranked.decide(view, world, walk, &mut self.scratch, pick);
                self.next_start = (start + decision.walked) % nodes.max(1);
                if let Some(node) = decision.node {
                    return Placed::On(node);
                }
                let (refusal, rejections) = ranked.refusal(view, world);
                let preemption = self.profile.preempts.then(|| ranked.preempt(view, world, root));
                nowhere(refusal, rejections, preemption, world)
            }
            Ok(None) => self.place_plainly(view, world, walk, pick),
            Err(rejection) => {
                let outright = rejection.reasons.as_slice().to_vec();
                let refusal = Refusal { nodes, outright, ..Refusal::default() };
                let preemption = self.profile.preempts.then(|| Preemption::in_vain(view));
                nowhere(refusal, vec![rejection], preemption, world)
            }
        }
    }

    fn place_plainly(
        &mut self,
        pod: PodView<'_>,
        world: &World,
        walk: Walk,
        pick: impl FnOnce(usize) -> usize,
    ) -> Placed {
        let evaluation = plain::evaluate(&self.profile, pod, world, walk);
        let nodes = world.registered().len().max(1);
        self.next_start = (walk.start + evaluation.verdicts.len()) % nodes;
        match *evaluation.best() {
            [] => {
                let rejections = evaluation.rejections().cloned().collect();
                let attempt = || {
                    plain::preempt(&self.profile, pod, world, &evaluation, self.root)
                        .unwrap_or_else(|| Preemption::in_vain(pod))
                };
                let preemption = self.profile.preempts.then(attempt);
                nowhere(evaluation.refusal(), rejections, preemption, world)
            }
            [node] => Placed::On(node),
            ref best => Placed::On(best[pick(best.len())]),
        }
    }

    /// How many cycles there have been.
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    /// How many rows of rankings have been worked out, and how many answers of nodes for themselves:
    /// the fewer per cycle, the more was remembered.
    pub fn rows_recomputed(&self) -> (u64, u64) {
        self.rankings.rows_recomputed()
    }
}

/// What keeps a pod out of the queue, and the plugin that says so (PreEnqueue).
#[must_use]
pub fn gate(spec: SpecId, model: &Model) -> Option<(&'static str, Reason)> {
    let PodSpec { gates, awaits_device, .. } = &model.specs[spec];
    if !gates.is_empty() {
        return Some(("SchedulingGates", Reason::Gated(spec)));
    }
    awaits_device.map(|sentence| ("DynamicResources", Reason::Said(sentence)))
}

/// A refusal with what preemption has to say to it.
fn nowhere(
    mut refusal: Refusal,
    rejections: Vec<Rejection>,
    preemption: Option<Preemption>,
    world: &World,
) -> Placed {
    refusal.room = preemption.as_ref().and_then(|preemption| preemption.no_room(world));
    Placed::Nowhere { refusal, rejections, preemption }
}

/// Which of `ties` equally good nodes a pod gets. kube-scheduler leaves this to chance; here
/// chance is keyed by the pod, so that nobody else's choice depends on it.
// kube-scheduler: schedule_one.go selectHost
fn tie_break(root: Root, pod: PodId, ties: usize, world: &World) -> usize {
    let pods = world.pods();
    let workload = world.model().workloads[pods.workload(pod)].key;
    let key = [workload, u64::from(pods.replica(pod)), u64::from(pods.attempt(pod))];
    root.choice(Stream::TieBreak, &key, ties)
}
