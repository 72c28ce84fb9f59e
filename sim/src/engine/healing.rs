//! The engine's side of pools that heal: what they launch and why, when they are looked at, and nodes
//! that are given back.

use super::Simulation;
use crate::action::Purpose;
use crate::event::Event;

use crate::fact::{Cause, Fact, Sink};
use crate::lifecycle::drain;
use crate::model::catalog::OfferingId;
use crate::model::node::NodeId;
use crate::model::pool::PoolId;
use crate::providers::interruption::DrainedBy;
use crate::scheduler::framework::Happening;
use crate::world::nodes::NodeState;
use crate::world::pods::Phase;

impl<S: Sink> Simulation<'_, S> {
    /// A pool has launched an instance.
    pub(crate) fn account_for(&mut self, node: NodeId, purpose: Purpose) {
        let nodes = self.world.nodes();
        let (pool, offering) = (nodes.pool(node), nodes.offering(node));
        match purpose {
            Purpose::Fill { .. } => {}
            Purpose::FallBack => self.record(Fact::PoolFellBack { pool, node }),
            Purpose::Replace(replaces) => {
                let back_to_spot =
                    self.is_spot(offering) && !self.is_spot(nodes.offering(replaces));
                self.record(Fact::ReplacementLaunched { node, replaces, back_to_spot });
            }
        }
        self.pools.launched(&self.world, node, purpose);
        self.watch(offering);
        self.await_review(pool);
    }

    /// Has a pool ask for another instance, if it is short of one.
    pub(crate) fn fill(&mut self, pool: PoolId) {
        if let Some(action) = self.pools.lacks(&self.world, pool) {
            self.apply(action);
        }
        self.await_review(pool);
    }

    /// Tells pools that an offering may be had, or not, other than before.
    pub(crate) fn watch(&mut self, offering: OfferingId) {
        for pool in self.pools.watch(&self.world, offering) {
            self.await_review(pool);
        }
    }

    /// Schedules when a pool is looked at next, if there is anything to look for.
    pub(crate) fn await_review(&mut self, pool: PoolId) {
        if let Some(at) = self.pools.next_review(&self.world, pool) {
            self.agenda.schedule(at, Event::PoolReviewed(pool));
        }
    }

    /// A pool looks whether it is time to act on what it lacks, to ask again, to make do with
    /// on-demand, or to go back.
    pub(crate) fn pool_reviewed(&mut self, pool: PoolId) {
        self.pools.review_begins(&self.world, pool);
        while let Some(action) = self.pools.review(&self.world, pool) {
            self.apply(action);
        }
        self.await_review(pool);
    }

    /// Another node has taken the place of this one: it is drained and then given back.
    pub(crate) fn give_back(&mut self, node: NodeId) {
        // A handler that drains it already goes on.
        if !self.world.nodes().announced(node) {
            let actions = drain::begin(&self.world, node, Cause::Released);
            self.drain(node, actions);
        }
        self.release_when_empty(node);
    }

    /// Why the pods of a node that is drained terminate.
    pub(crate) fn drained_because(&self, node: NodeId) -> Cause {
        if self.world.nodes().announced(node) { Cause::Reclaimed } else { Cause::Released }
    }

    /// Whether a node that the provider is about to take is terminated as soon as it is drained.
    pub(crate) fn is_terminated_when_drained(&self, node: NodeId) -> bool {
        let pool = self.world.nodes().pool(node);
        self.setup.interruption.drained_by == DrainedBy::Handler
            && self.world.nodes().announced(node)
            && self.setup.model.pools[pool].healing.terminates_drained
    }

    /// Gives a drained node back once its pods have ended; those of DaemonSets terminate last.
    pub(crate) fn release_when_empty(&mut self, node: NodeId) {
        if self.world.nodes().state(node) == NodeState::Gone
            || drain::left(&self.world, node).next().is_some()
        {
            return;
        }
        let leaves = self.pools.is_leaving(node);
        let pods = self.world.placement().pods_on(node).to_vec();
        let stopping = |pod| matches!(self.world.pods().phase(pod), Phase::Terminating { .. });
        let (stopping, left): (Vec<_>, Vec<_>) = pods.into_iter().partition(|pod| stopping(*pod));
        if !stopping.is_empty() {
            return;
        }
        if !left.is_empty() {
            let why = if leaves { Cause::Released } else { Cause::Reclaimed };
            left.into_iter().for_each(|pod| self.terminate(pod, why, None));
            return;
        }
        let offering = self.world.nodes().offering(node);
        self.node_leaves(node, if leaves { Cause::Released } else { Cause::Drained });
        self.wake_scheduler(Happening::NodeLeft);
        if !leaves {
            self.fill(self.world.nodes().pool(node));
        }
        if self.is_spot(offering) {
            self.grant_open_requests(offering);
        }
    }
}
