//! The engine's side of the market: prices that change, capacity that comes and goes, and instances
//! that the provider takes.

use super::Simulation;
use crate::event::Event;

use crate::fact::Fact;
use crate::market::{Batch, Episode, Instance, MarketEvent};
use crate::model::catalog::{Capacity, CapacityType, OfferingId};
use crate::model::node::NodeId;
use crate::money::MicroUsdPerHour;
use crate::rng::Stream;
use crate::time::SimTime;

impl Simulation<'_> {
    /// The market as it stands at `T+0`.
    pub(crate) fn open_market(&mut self) {
        for offering in self.setup.model.catalog.offerings.ids() {
            // What is bought on-demand is bought at list price, and kept.
            if !self.is_spot(offering) {
                continue;
            }
            let listed = self.world.price(offering);
            let price = self.prices.at_start(offering, listed);
            if price != listed {
                let fact = self.world.reprice(offering, price);
                self.record(fact);
            }
            self.await_price(offering);
            let capacity = self.supply.at_start(offering);
            if capacity != Capacity::Ample {
                let fact = self.world.set_capacity(offering, capacity);
                self.record(fact);
            }
            self.await_move(offering);
        }
    }

    /// Schedules an offering's next price.
    pub(crate) fn await_price(&mut self, offering: OfferingId) {
        if let Some((at, price)) = self.prices.next_price(offering, self.world.now()) {
            self.agenda.schedule(at, Event::PriceChanges { offering, price });
        }
    }

    /// An offering gets another price: pools that pay less lose what they have of it, and those that
    /// may have it again ask.
    pub(crate) fn price_changes(&mut self, offering: OfferingId, price: MicroUsdPerHour) {
        let fact = self.world.reprice(offering, price);
        self.record(fact);
        self.await_price(offering);
        let running: Vec<NodeId> = self.undoomed(offering).collect();
        running.into_iter().for_each(|node| self.take_if_outbid(node));
        self.ask_autoscalers();
    }

    /// The provider takes an instance if its pool pays too little, with its usual notice; it does so
    /// even if the price falls again meanwhile.
    fn take_if_outbid(&mut self, node: NodeId) {
        let nodes = self.world.nodes();
        if !self.world.pays(nodes.pool(node), nodes.offering(node)) {
            let at = self.world.now() + self.setup.provider.notice;
            self.doomed.insert(node);
            self.outbid.insert(node, at);
            self.condemn(node, at, None);
        }
    }

    /// Schedules what happens next to an offering's capacity.
    fn await_move(&mut self, offering: OfferingId) {
        let next = self.supply.next_event(offering);
        self.next_event[offering] = next.map(|(at, happening)| {
            self.agenda.schedule(at.max(self.world.now()), Event::MarketMoves(offering));
            happening
        });
    }

    /// Something happens to an offering's capacity.
    pub(crate) fn market_moves(&mut self, offering: OfferingId) {
        match self.next_event[offering].take() {
            Some(MarketEvent::CapacityChanges(capacity)) => {
                self.capacity_changes(offering, capacity)
            }
            Some(MarketEvent::RebalanceRecommendation(episode)) => {
                for node in self.victims(offering, episode) {
                    self.record(Fact::RebalanceRecommended { node });
                    self.ask_autoscalers();
                }
            }
            Some(MarketEvent::Reclaim(episode)) => {
                for node in self.victims(offering, episode) {
                    let at = self.world.now() + self.setup.provider.notice;
                    self.doomed.insert(node);
                    self.condemn(node, at, episode.announced);
                }
            }
            None => {}
        }
        self.await_move(offering);
    }

    pub(crate) fn capacity_changes(&mut self, offering: OfferingId, capacity: Capacity) {
        if let Some(beneath) = self.beneath.get_mut(&offering) {
            *beneath = capacity;
            return;
        }
        let fact = self.world.set_capacity(offering, capacity);
        self.record(fact);
        if let Capacity::Holds(most) = capacity {
            let now = self.world.now();
            // Those that are to go anyway go first.
            let (doomed, mut held): (Vec<NodeId>, Vec<NodeId>) =
                self.instances(offering).partition(|node| self.doomed.contains(node));
            held.extend(doomed);
            for node in held.split_off(held.len().min(most as usize)) {
                self.condemn(node, now, None);
            }
        }
        self.ask_autoscalers();
    }

    /// The instances of an offering that an episode takes, of those that it has not taken yet.
    fn victims(&self, offering: OfferingId, episode: Episode) -> Vec<NodeId> {
        let running: Vec<NodeId> = self.undoomed(offering).collect();
        let count = u32::try_from(running.len()).expect("fewer than 2^32 nodes");
        let draw = |node: &NodeId| {
            let [offering, ordinal] = self.instance_key(*node);
            self.root.stream(Stream::Taken, &[offering, ordinal, episode.key]).uniform()
        };
        match self.supply.batch(offering, episode, count) {
            Batch::Nothing => Vec::new(),
            Batch::One => {
                let least = running.into_iter().min_by(|a, b| draw(a).total_cmp(&draw(b)));
                least.into_iter().collect()
            }
            Batch::Share(share) => running.into_iter().filter(|it| draw(it) < share).collect(),
            Batch::DownTo(most) => self.youngest(offering, most),
        }
    }

    /// The instances of an offering that are too many if there may be `most`: those that were
    /// launched last.
    fn youngest(&self, offering: OfferingId, most: u32) -> Vec<NodeId> {
        let mut running: Vec<NodeId> = self.undoomed(offering).collect();
        running.split_off(running.len().min(most as usize))
    }

    /// Instances of an offering, in the order of their launches, that the provider has not yet
    /// decided to take.
    fn undoomed(&self, offering: OfferingId) -> impl Iterator<Item = NodeId> + '_ {
        self.instances(offering).filter(|node| !self.doomed.contains(node))
    }

    /// Instances of an offering, in the order of their launches.
    fn instances(&self, offering: OfferingId) -> impl Iterator<Item = NodeId> + '_ {
        let alive = self.world.nodes().alive().iter().copied();
        alive.filter(move |node| self.world.nodes().offering(*node) == offering)
    }

    /// An instance will be gone at an instant, unless it is gone before. Its notice, if it gives one, is
    /// given as long before as it promises, or now.
    pub(crate) fn condemn(&mut self, node: NodeId, at: SimTime, announced: Option<bool>) {
        self.agenda.schedule(at, Event::NodeTaken(node));
        let key = self.instance_key(node);
        let announced = announced.unwrap_or_else(|| {
            self.root.stream(Stream::Notice, &key).uniform() >= self.setup.market.missed_notices
        });
        if announced {
            let notice_at = at.back(self.setup.provider.notice).max(self.world.now());
            self.agenda.schedule(notice_at, Event::NoticeGiven { node, deadline: at });
        }
    }

    /// Asks the market what will become of an instance.
    pub(crate) fn await_fate(&mut self, node: NodeId) {
        let now = self.world.now();
        let instance = self.instance(node);
        if self.is_spot(instance.offering)
            && let Some(reclaim) = self.supply.fate(instance, now)
        {
            self.condemn(node, reclaim.at, reclaim.announced);
        }
        self.await_failure(node);
        // A node of the start may be there at a price that its pool would not pay.
        self.take_if_outbid(node);
    }

    /// A node as the market knows it.
    fn instance(&self, node: NodeId) -> Instance {
        let (cluster, nodes) = (self.setup.cluster, self.world.nodes());
        Instance { cluster, offering: nodes.offering(node), ordinal: nodes.ordinal(node) }
    }

    /// What draws about a node are keyed by.
    pub(crate) fn instance_key(&self, node: NodeId) -> [u64; 2] {
        let instance = self.instance(node);
        instance.key(self.setup.model.catalog.offerings[instance.offering].key)
    }

    pub(crate) fn is_spot(&self, offering: OfferingId) -> bool {
        self.setup.model.catalog.offerings[offering].capacity_type == CapacityType::Spot
    }
}
