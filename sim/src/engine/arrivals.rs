//! Arrivals: the next of each generator waits in the agenda, and no other.

use super::Simulation;
use crate::event::Event;
use crate::load::copula::Size;
use crate::load::{Arrival, Asks};
use crate::model::arrivals::GeneratorId;
use crate::model::pod::{PodId, SpecId};
use crate::model::workload::WorkloadId;

impl Simulation<'_> {
    /// Awaits the first arrival of each generator.
    pub(super) fn open_load(&mut self) {
        let generators: Vec<GeneratorId> = self.arrivals.ids().collect();
        generators.into_iter().for_each(|generator| self.await_arrival(generator));
    }

    fn await_arrival(&mut self, generator: GeneratorId) {
        if let Some(arrival) = self.arrivals[generator].peek()
            && arrival.at < self.setup.horizon
        {
            self.agenda.schedule(arrival.at, Event::Arrives(generator));
        }
    }

    /// What is due of a generator arrives.
    pub(super) fn arrives(&mut self, generator: GeneratorId) {
        let now = self.world.now();
        // One event lets a whole batch arrive.
        while !self.stop.is_wanted()
            && let Some(arrival) = self.arrivals[generator].next_if(|it| it.at <= now)
        {
            self.arrival(arrival);
        }
        self.await_arrival(generator);
    }

    fn arrival(&mut self, arrival: Arrival) {
        let Arrival { number, workload, asks, lasts, .. } = arrival;
        let spec = match asks {
            Asks::Template => self.world.model().workloads[workload].spec,
            Asks::Spec(spec) => spec,
            Asks::Size(size) => self.sized(workload, size),
        };
        let fact = self.world.arrive(workload, number, spec, lasts);
        self.record(fact);
        let actions = self.controllers.arrived(&self.world, workload, number);
        self.apply_all(actions);
    }

    /// The template of a workload in another size. Sizes are rounded, so that most are known.
    fn sized(&mut self, workload: WorkloadId, size: Size) -> SpecId {
        if let Some(known) = self.sizes.get(&(workload, size)) {
            return *known;
        }
        let template = self.world.model().workloads[workload].spec;
        let mut spec = self.world.spec(template).clone();
        spec.resize(Some(size.cpu), Some(size.memory));
        let spec = self.world.add_spec(spec);
        self.sizes.insert((workload, size), spec);
        spec
    }

    /// Forgets what arrived, if it has ended for good with a pod of it.
    pub(super) fn forget_arrival(&mut self, pod: PodId) {
        let (workload, replica) = (self.world.pods().workload(pod), self.world.pods().replica(pod));
        let controller = self.world.model().workloads[workload].controller;
        self.settle_arrival(workload, controller.run_of(replica));
    }

    /// The same of number `run` of its workload.
    pub(super) fn settle_arrival(&mut self, workload: WorkloadId, run: u32) {
        let controller = self.world.model().workloads[workload].controller;
        if controller.generator().is_some() && !self.controllers.has_job(workload, run) {
            self.world.depart(workload, run);
        }
    }
}
