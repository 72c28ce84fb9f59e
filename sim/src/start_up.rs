//! Start-up: what stands between a pod's binding and its being ready.
//!
//! First its disks are attached to the node, which they are only when they are detached from another;
//! then its images are pulled; then its containers take the time that its spec says.
// kubelet: kubelet.go SyncPod waits for volumes, then starts containers

use crate::engine::Simulation;
use crate::event::Event;
use crate::lifecycle::disks::Found;
use crate::lifecycle::pulls::Next;
use crate::time::{LONGEST_HORIZON, SimTime, Span};
use crate::world::World;
use crate::world::fact::Sink;
use crate::world::images::ImageId;
use crate::world::node::NodeId;
use crate::world::pod::{Phase, PodId};

/// How long it takes until containers start; by default no time at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StartUp {
    /// A disk is attached to a node, and mounted.
    pub attach: Span,
    /// A disk is unmounted and detached from a node on which no pod uses it any more.
    pub detach: Span,
    /// After its pod is deleted, a disk is detached by force that was still mounted on a lost node.
    // kube-controller-manager: attachdetach maxWaitForUnmountDuration
    pub force_detach: Span,
    /// How many bytes of images a node pulls and unpacks in a second; none if images are just there.
    pub pull_rate: Option<u64>,
}

impl StartUp {
    /// How long a node takes to pull an image, rounded up to the millisecond.
    fn pull_takes(&self, world: &World, image: ImageId) -> Span {
        let Some(rate) = self.pull_rate else { return Span::ZERO };
        let milli = u128::from(world.model().images.bytes(image)) * 1_000;
        let ms = milli.div_ceil(u128::from(rate.max(1)));
        Span::from_ms(u64::try_from(ms).unwrap_or(u64::MAX)).min(LONGEST_HORIZON)
    }
}

impl<S: Sink> Simulation<'_, S> {
    /// A pod was bound to a node.
    pub(crate) fn start(&mut self, pod: PodId, node: NodeId) {
        match self.disks.bound(&self.world, pod, node, self.setup.start_up.attach) {
            Found::NoDisk => self.start_containers(pod, node),
            Found::At(at) => self.agenda.schedule(at, Event::VolumesAttach(pod)),
            Found::InUse => {}
        }
    }

    /// A pod no longer uses its disks: others may that have waited for them.
    pub(crate) fn free_disks(&mut self, pod: PodId, free_at: Option<SimTime>) {
        let attach = self.setup.start_up.attach;
        for (pod, at) in self.disks.ended(&self.world, pod, free_at, attach) {
            self.agenda.schedule(at, Event::VolumesAttach(pod));
        }
    }

    pub(crate) fn volumes_attach(&mut self, pod: PodId) {
        let Phase::Starting { on: node } = self.world.pods().phase(pod) else { return };
        let fact = self.world.attach(pod);
        self.record(fact);
        self.start_containers(pod, node);
    }

    pub(crate) fn image_is_there(&mut self, node: NodeId) {
        // A node that is gone pulls nothing.
        let Some(image) = self.pulls.done(node) else { return };
        let took = self.setup.start_up.pull_takes(&self.world, image);
        let fact = self.world.pull(node, image, took);
        self.record(fact);
        let next = self.pulls.go_on(&self.world, node);
        self.go_on_pulling(node, next);
    }

    fn start_containers(&mut self, pod: PodId, node: NodeId) {
        let next = match self.setup.start_up.pull_rate {
            Some(_) => self.pulls.ask(&self.world, pod, node),
            None => Next { start: vec![pod], pull: None },
        };
        self.go_on_pulling(node, next);
    }

    fn go_on_pulling(&mut self, node: NodeId, next: Next) {
        let now = self.world.now();
        for pod in next.start {
            // One that was told to stop meanwhile starts nothing.
            if matches!(self.world.pods().phase(pod), Phase::Starting { .. }) {
                self.world.run_containers(pod);
            }
            let ready_at = now + self.world.spec_of(pod).startup;
            self.agenda.schedule(ready_at, Event::PodBecomesReady(pod));
        }
        if let Some(image) = next.pull {
            let there_at = now + self.setup.start_up.pull_takes(&self.world, image);
            self.agenda.schedule(there_at, Event::ImageIsThere(node));
        }
    }
}
