//! The nodes that it keeps, and what of them need not be counted again while they stay as they are.

use std::collections::BTreeMap;

use sim::model::budget::BudgetId;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::time::SimTime;

use crate::karpenter::input::Instant;

/// What it knows of one of its nodes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Kept {
    pub(super) initialized_at: Option<SimTime>,
    pub(super) last_pod_event: Option<SimTime>,
    pub(super) nominated_until: Option<SimTime>,
    /// It has been chosen for removal, has expired or is about to be taken.
    pub(super) deleting: bool,
    /// When its instance is terminated at the latest, once its NodeClaim is deleted.
    pub(super) terminates_by: Option<SimTime>,
    /// Since when it has not been what its NodePool would launch.
    pub(super) drifted: Option<Instant>,
    /// Why it was last left alone.
    pub(super) stays: Option<Stays>,
}

impl Kept {
    /// What decides how a pass sees the node, but for when it was nominated and when pods came or went.
    pub(super) fn standing(&self) -> Kept {
        let still =
            Kept { last_pod_event: None, nominated_until: None, stays: None, ..self.clone() };
        Kept { terminates_by: None, ..still }
    }
}

/// Why a node stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stays {
    pub(super) why: &'static str,
    pub(super) pod: Option<PodId>,
    pub(super) budget: Option<BudgetId>,
    pub(super) until: Option<SimTime>,
}

impl Stays {
    pub(super) fn because(why: &'static str) -> Stays {
        Stays { why, pod: None, budget: None, until: None }
    }
}

/// All of its nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct Nodes {
    all: BTreeMap<NodeId, Kept>,
    quiet: Option<Quiet>,
    /// When the next one expires that does not go away already, once it is known.
    expiry: Option<Option<SimTime>>,
}

/// How many nodes are quiet, and until when that is so if nothing happens.
#[derive(Clone, Copy, Debug)]
struct Quiet {
    nodes: usize,
    until: Option<SimTime>,
}

impl Nodes {
    pub(super) fn get(&self, node: NodeId) -> Option<&Kept> {
        self.all.get(&node)
    }

    /// What it knows of each of these, which are in order; nothing of those that are not its own.
    pub(super) fn of<'n>(&'n self, nodes: &'n [NodeId]) -> impl Iterator<Item = Option<&'n Kept>> {
        let mut own = self.all.iter().peekable();
        nodes.iter().map(move |node| {
            while own.next_if(|(other, _)| *other < node).is_some() {}
            own.next_if(|(other, _)| *other == node).map(|(_, kept)| kept)
        })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeId, &Kept)> {
        self.all.iter().map(|(node, kept)| (*node, kept))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn insert(&mut self, node: NodeId, kept: Kept) {
        (self.quiet, self.expiry) = (None, None);
        self.all.insert(node, kept);
    }

    /// Whether it was one of them.
    pub(super) fn remove(&mut self, node: NodeId) -> bool {
        (self.quiet, self.expiry) = (None, None);
        self.all.remove(&node).is_some()
    }

    /// Changes what is known of a node, if it is one of them. Whether it is.
    pub(super) fn update(&mut self, node: NodeId, change: impl FnOnce(&mut Kept)) -> bool {
        let Some(kept) = self.all.get_mut(&node) else { return false };
        let is_quiet_since = |kept: &Kept| (kept.last_pod_event, kept.initialized_at);
        let before = (kept.deleting, is_quiet_since(kept));
        change(kept);
        if before.0 != kept.deleting {
            (self.quiet, self.expiry) = (None, None);
        } else if before.1 != is_quiet_since(kept) {
            self.quiet = None;
        }
        true
    }

    /// How many nodes that do not go away are quiet, given from when on each is.
    pub(super) fn quiet(
        &mut self,
        now: SimTime,
        since: impl Fn(NodeId, &Kept) -> Option<SimTime>,
    ) -> usize {
        let holds = |quiet: &Quiet| quiet.until.is_none_or(|until| now < until);
        if let Some(quiet) = self.quiet.filter(holds) {
            return quiet.nodes;
        }
        let mut quiet = Quiet { nodes: 0, until: None };
        let staying = self.all.iter().filter(|(_, kept)| !kept.deleting);
        for at in staying.filter_map(|(node, kept)| since(*node, kept)) {
            if at <= now {
                quiet.nodes += 1;
            } else {
                quiet.until = Some(quiet.until.map_or(at, |until| until.min(at)));
            }
        }
        self.quiet = Some(quiet);
        quiet.nodes
    }

    /// When the next one expires that does not go away already, given when each does.
    pub(super) fn next_expiry(
        &mut self,
        expires_at: impl Fn(NodeId) -> Option<SimTime>,
    ) -> Option<SimTime> {
        let staying = self.all.iter().filter(|(_, kept)| !kept.deleting);
        *self.expiry.get_or_insert_with(|| staying.filter_map(|(node, _)| expires_at(*node)).min())
    }
}

#[cfg(test)]
mod tests {
    use sim::table::Id;

    use super::*;

    /// What is remembered is what counting again would give, whatever happens to nodes in between.
    #[test]
    fn counts_are_those_of_counting_again() {
        let node = NodeId::from_index;
        let since = |_, kept: &Kept| kept.last_pod_event.max(kept.initialized_at);
        let expires_at = |node: NodeId| Some(SimTime::from_ms(1_000 - 10 * node.index() as u64));
        let mut nodes = Nodes::default();
        let mut draw = 7_u64;
        for step in 0..2_000_u64 {
            let now = SimTime::from_ms(step);
            draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let (what, which) = ((draw >> 33) % 6, node((draw >> 40) as usize % 9));
            let later = SimTime::from_ms(step + (draw >> 50) % 40);
            match what {
                0 => nodes.insert(which, Kept::default()),
                1 => drop(nodes.remove(which)),
                2 => drop(nodes.update(which, |kept| kept.deleting = !kept.deleting)),
                3 => drop(nodes.update(which, |kept| kept.initialized_at = Some(now))),
                4 => drop(nodes.update(which, |kept| kept.last_pod_event = Some(later))),
                _ => {}
            }
            let mut anew = Nodes { all: nodes.all.clone(), ..Nodes::default() };
            assert_eq!(nodes.quiet(now, since), anew.quiet(now, since), "step {step}");
            assert_eq!(nodes.next_expiry(expires_at), anew.next_expiry(expires_at), "step {step}");
        }
    }
}
