//! kube-scheduler in virtual time: one pod, one cycle, one decision.

mod alike;
pub mod columns;
pub mod decide;
pub mod framework;
mod journal_reader;
mod line;
pub mod node_cache;
pub mod nominated;
mod pair_interner;
pub mod plain;
pub mod plugins;
pub mod preemption;
pub mod prepared_cycle;
pub mod profile;
pub mod queue;
pub mod ranking;
pub mod rankings;
pub mod scan;
mod shelf;
pub mod sums;

use crate::action::Action;
use crate::fact::refusal::{Refusal, RefusalRef, UnschedulableReason};
use crate::model::Model;
use crate::model::node::NodeId;
use crate::model::pod::{PodId, PodTraits, SpecId};
use crate::names::NameId;
use crate::rng::{Root, Stream};
use crate::time::SimTime;
use crate::world::World;
use alike::Failures;
use decide::Scratch;
use framework::{Happening, PodView};
use plain::{Evaluation, Walk};
use preemption::Preemption;
use prepared_cycle::Rejection;
use profile::{Configuration, Profile};
use queue::{Aside, Plugins, Queue};
use rankings::Rankings;

/// A scheduler: its profiles and the pods that wait for it.
pub struct Scheduler {
    profiles: Vec<Remembering>,
    queue: Queue,
    scratch: Scratch,
    root: Root,
    /// Where the next search begins, where not every node is looked at.
    next_start: usize,
    /// How pods failed lately.
    failures: Failures,
    /// Whether nothing is remembered.
    plain: bool,
    cycles: u64,
    recalled: u64,
}

/// A profile, and what nodes have answered under it.
struct Remembering {
    /// The scheduler's name that its pods ask for.
    name: Option<NameId>,
    profile: Profile,
    rankings: Rankings,
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
        /// What came of the attempt to make room, if there was one; without the nodes that were tried,
        /// where none has anything to remove.
        preemption: Option<Preemption>,
    },
}

impl Scheduler {
    /// A scheduler with an empty queue.
    #[must_use]
    pub fn new(configuration: impl Into<Configuration>, root: Root) -> Scheduler {
        let Configuration { profiles, backoff, plain } = configuration.into();
        let remembering = |(name, profile)| {
            let rankings = Rankings::default();
            Remembering { name, profile, rankings }
        };
        Scheduler {
            profiles: profiles.into_iter().map(remembering).collect(),
            queue: Queue::new(backoff),
            scratch: Scratch::default(),
            root,
            next_start: 0,
            failures: Failures::default(),
            plain,
            cycles: 0,
            recalled: 0,
        }
    }

    /// A new pod enters the queue, unless something holds it back before.
    ///
    /// # Errors
    /// What holds it back; it will not be tried.
    pub fn enqueue(&mut self, pod: PodId, world: &World) -> Result<(), Refusal> {
        held_back(pod, world)?;
        self.queue.add(pod, world.spec_of(pod).priority);
        Ok(())
    }

    /// A new pod is tried before all that wait, unless something holds it back before.
    ///
    /// # Errors
    /// What holds it back; it will not be tried.
    pub fn try_first(
        &mut self,
        pod: PodId,
        world: &World,
    ) -> Result<(Action, Option<Action>), Refusal> {
        held_back(pod, world)?;
        Ok(self.attempt(pod, world))
    }

    /// Something happened that may help pods which were set aside. Whether any are tried again.
    pub fn wake(&mut self, happening: Happening, world: &World) -> bool {
        let profiles = &self.profiles;
        self.queue.wake(world.now(), |Aside { spec, alone, refused_by, .. }| {
            let of_spec = || PodView::of_spec(spec, world);
            let pod = alone.map_or_else(of_spec, |pod| PodView::of(pod, world));
            let filters = &profiles[profile_of(pod, profiles)].profile.filters;
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
        self.queue.has_unschedulable()
    }

    /// Tries the next pod: where it should go, or why nowhere and who should make room. `None` when
    /// no pod waits.
    pub fn next(&mut self, world: &World) -> Option<(Action, Option<Action>)> {
        let pod = self.queue.pop()?;
        Some(self.attempt(pod, world))
    }

    fn attempt(&mut self, pod: PodId, world: &World) -> (Action, Option<Action>) {
        let view = PodView::of(pod, world);
        if !self.plain
            && let Some((refused_by, refusal)) = self.failures.recall(view, world)
        {
            // The search would have asked every node and begun where it began.
            self.cycles += 1;
            self.recalled += 1;
            self.set_aside(view, pod, refused_by, world);
            return (Action::Refuse { pod, cause: RefusalRef::Known(refusal) }, None);
        }
        match self.place(pod, world) {
            Placed::On(node) => {
                self.queue.forget(pod);
                (Action::Bind { pod, node }, None)
            }
            Placed::Nowhere { refusal, rejections, preemption } => {
                let refused_by: Plugins = rejections.iter().map(|r| r.place).collect();
                self.set_aside(view, pod, refused_by, world);
                if !self.plain {
                    let preemption = preemption.as_ref();
                    self.failures.remember(view, refused_by, &refusal, preemption, world);
                }
                let then = preemption.and_then(|preemption| preemption.action(pod, world));
                (Action::Refuse { pod, cause: RefusalRef::New(refusal) }, then)
            }
        }
    }

    fn set_aside(&mut self, view: PodView<'_>, pod: PodId, refused_by: Plugins, world: &World) {
        // What a pod with zonal volumes asks for may change while it waits.
        let workload = &world.model().workloads[world.pods().workload(pod)];
        let differs = view.meant_for.is_some() || workload.volumes.is_some();
        let alone = differs.then_some(pod);
        let (spec, priority) = (view.spec_id, view.spec.priority);
        self.queue.set_aside(pod, Aside { spec, priority, alone, refused_by }, world.now());
    }

    /// One scheduling cycle for one pod.
    // kube-scheduler: schedule_one.go schedulingCycle
    pub fn place(&mut self, pod: PodId, world: &World) -> Placed {
        self.cycles += 1;
        let view = PodView::of(pod, world);
        let nodes = world.registered().len();
        let start = self.next_start % nodes.max(1);
        let which = profile_of(view, &self.profiles);
        let Remembering { profile, rankings, .. } = &mut self.profiles[which];
        let walk = Walk { start, enough: profile.nodes_to_find(nodes) };
        let root = self.root;
        let pick = |ties| tie_break(root, pod, ties, world);
        if !self.plain
            && rankings.is_scanned(view, world)
            && let Some(scan) = rankings.scan(profile, view, world)
            && let Some((node, walked)) =
                scan.decide(profile, view, world, walk, &mut self.scratch, pick)
        {
            rankings.count_scan(walked);
            self.next_start = (start + walked) % nodes.max(1);
            return Placed::On(node);
        }
        let ranked = if self.plain { Ok(None) } else { rankings.of(profile, view, world) };
        match ranked {
            Ok(Some(mut ranked)) => {
                let decision = ranked.decide(view, world, walk, &mut self.scratch, pick);
                self.next_start = (start + decision.walked) % nodes.max(1);
                if let Some(node) = decision.node {
                    return Placed::On(node);
                }
                let (mut refusal, rejections, open) = ranked.refusal(view, world);
                if profile.preempts
                    && let Some(room) = preemption::without_victims(view, open, world)
                {
                    refusal.room = Some(room);
                    let preemption = Some(Preemption::in_vain(view));
                    return Placed::Nowhere { refusal, rejections, preemption };
                }
                let preemption = profile.preempts.then(|| ranked.preempt(view, world, root));
                nowhere(refusal, rejections, preemption, world)
            }
            Ok(None) => {
                let evaluation = plain::evaluate(profile, view, world, walk);
                if evaluation.outright.is_none() {
                    self.next_start = (start + evaluation.verdicts.len()) % nodes.max(1);
                }
                place_plainly(profile, view, world, &evaluation, root, pick)
            }
            Err(rejection) => {
                let outright = rejection.reasons.as_slice().to_vec();
                let refusal = Refusal { nodes, outright, ..Refusal::default() };
                let preemption = profile.preempts.then(|| Preemption::in_vain(view));
                nowhere(refusal, vec![rejection], preemption, world)
            }
        }
    }

    /// A pod that waits was deleted.
    pub fn forget(&mut self, pod: PodId) {
        self.queue.remove(pod);
    }

    /// How many cycles there have been.
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    /// How many of them asked no node, because a pod alike had just failed.
    pub fn recalled(&self) -> u64 {
        self.recalled
    }

    /// How many rows of rankings have been worked out, and how many answers of nodes for themselves:
    /// the fewer per cycle, the more was remembered.
    pub fn rows_recomputed(&self) -> (u64, u64) {
        let each = self.profiles.iter().map(|it| it.rankings.rows_recomputed());
        each.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }
}

/// Whether nothing keeps a pod out of the queue; the refusal if something does.
fn held_back(pod: PodId, world: &World) -> Result<(), Refusal> {
    let Some((_, reason)) = gate(world.base_spec(pod), world.model()) else { return Ok(()) };
    let (nodes, outright) = (world.registered().len(), vec![reason]);
    Err(Refusal { nodes, outright, ..Refusal::default() })
}

/// What keeps a pod out of the queue, and the plugin that says so (PreEnqueue).
#[must_use]
pub fn gate(spec: SpecId, model: &Model) -> Option<(&'static str, UnschedulableReason)> {
    let PodTraits { gates, awaits_device, .. } = &*model.specs[spec].traits;
    if !gates.is_empty() {
        return Some(("SchedulingGates", UnschedulableReason::Gated(spec)));
    }
    awaits_device.map(|sentence| ("DynamicResources", UnschedulableReason::Said(sentence)))
}

/// The profile that places a pod.
fn profile_of(pod: PodView<'_>, profiles: &[Remembering]) -> usize {
    profiles.iter().position(|it| it.name == pod.spec.scheduler).unwrap_or(0)
}

/// The outcome of a cycle in which nothing was remembered.
fn place_plainly(
    profile: &Profile,
    pod: PodView<'_>,
    world: &World,
    evaluation: &Evaluation,
    root: Root,
    pick: impl FnOnce(usize) -> usize,
) -> Placed {
    match *evaluation.best() {
        [] => {
            let rejections = evaluation.rejections().cloned().collect();
            let attempt = || {
                plain::preempt(profile, pod, world, evaluation, root)
                    .unwrap_or_else(|| Preemption::in_vain(pod))
            };
            let preemption = profile.preempts.then(attempt);
            nowhere(evaluation.refusal(), rejections, preemption, world)
        }
        [node] => Placed::On(node),
        ref best => Placed::On(best[pick(best.len())]),
    }
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
/// chance is keyed by the pod, so that no other choice depends on it.
// kube-scheduler: schedule_one.go selectHost
fn tie_break(root: Root, pod: PodId, ties: usize, world: &World) -> usize {
    root.choice(Stream::TieBreak, &world.draw_key(pod), ties)
}
