//! The engine's side of failures: instances that are gone without having been taken.

use super::Simulation;
use crate::event::Event;
use crate::model::catalog::{Capacity, OfferingId};
use crate::model::node::NodeId;
use crate::rng::Stream;
use crate::world::nodes::NodeState;

impl Simulation<'_> {
    /// Schedules the outages of the scenario.
    pub(crate) fn await_outages(&mut self) {
        for (number, outage) in self.setup.market.failures.outages.iter().enumerate() {
            let number = u32::try_from(number).expect("few outages");
            self.agenda.schedule(outage.at, Event::OutageBegins(number));
            self.agenda.schedule(outage.at + outage.lasts, Event::OutageEnds(number));
        }
    }

    /// Schedules the failure of a new instance.
    pub(crate) fn await_failure(&mut self, node: NodeId) {
        let per_hour = self.setup.market.failures.per_hour;
        if per_hour > 0.0 {
            let key = self.instance_key(node);
            let life = self.root.stream(Stream::Failure, &key).exponential(per_hour);
            if let Some(life) = life {
                self.agenda.schedule(self.world.now() + life, Event::NodeFails(node));
            }
        }
    }

    pub(crate) fn node_fails(&mut self, node: NodeId) {
        if self.world.nodes().state(node) != NodeState::Gone {
            self.failing.insert(node);
            self.node_taken(node);
        }
    }

    pub(crate) fn outage_begins(&mut self, number: u32) {
        let outage = &self.setup.market.failures.outages[number as usize];
        for offering in &outage.offerings {
            let capacity = self.world.capacity(*offering);
            self.beneath.entry(*offering).or_insert(capacity);
            if self.setup.market.failures.keep_away(*offering, self.world.now()) {
                self.set_capacity(*offering, Capacity::Exhausted);
            }
        }
        let alive = self.world.nodes().alive().to_vec();
        for node in alive {
            let [offering, ordinal] = self.instance_key(node);
            let key = [offering, ordinal, u64::from(number)];
            if outage.offerings.contains(&self.world.nodes().offering(node))
                && self.root.stream(Stream::Outage, &key).uniform() < outage.share
            {
                self.node_fails(node);
            }
        }
    }

    pub(crate) fn outage_ends(&mut self, number: u32) {
        let outage = &self.setup.market.failures.outages[number as usize];
        for offering in &outage.offerings {
            if !self.setup.market.failures.keep_away(*offering, self.world.now())
                && let Some(capacity) = self.beneath.remove(offering)
                && capacity != self.world.capacity(*offering)
            {
                self.capacity_changes(*offering, capacity);
            }
        }
    }

    fn set_capacity(&mut self, offering: OfferingId, capacity: Capacity) {
        if self.world.capacity(offering) != capacity {
            let fact = self.world.set_capacity(offering, capacity);
            self.record(fact);
        }
    }
}
