//! Start-up: what stands between a pod's binding and its being ready.
//!
//! First its disks are attached to the node, which they are only when they are detached from another;
//! then its images are pulled; then its containers take the time that its spec says.
// kubelet: kubelet.go SyncPod waits for volumes, then starts containers

use super::Simulation;
use crate::event::Event;
use crate::lifecycle::disks::Found;
use crate::lifecycle::pulls::Next;
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::world::pods::Phase;

impl Simulation<'_> {
    /// A pod was bound to a node.
    pub(crate) fn start(&mut self, pod: PodId, node: NodeId) {
        match self.disks.bound(&self.world, pod, node, self.setup.start_up.attach) {
            Found::NoDisk => self.start_containers(pod, node),
            Found::At(at) => self.agenda.schedule(at, Event::VolumesAttach(pod)),
            Found::InUse => {}
        }
    }

    pub(crate) fn volumes_attach(&mut self, pod: PodId) {
        let Phase::Starting { on: node } = self.world.pods().phase(pod) else { return };
        let fact = self.world.attach(pod);
        self.record(fact);
        self.start_containers(pod, node);
    }

    pub(crate) fn image_pull_ends(&mut self, node: NodeId) {
        // A node that is gone pulls nothing.
        let Some(image) = self.pulls.done(node) else { return };
        let took = self.setup.start_up.pull_takes(self.world.model(), image);
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
            // One that is terminating meanwhile starts nothing.
            if matches!(self.world.pods().phase(pod), Phase::Starting { .. }) {
                self.world.run_containers(pod);
                self.usage_begins(pod);
            }
            let ready_at = now + self.world.spec_of(pod).startup;
            self.agenda.schedule(ready_at, Event::PodBecomesReady(pod));
        }
        if let Some(image) = next.pull {
            let there_at = now + self.setup.start_up.pull_takes(self.world.model(), image);
            self.agenda.schedule(there_at, Event::ImagePullEnds(node));
        }
    }
}
