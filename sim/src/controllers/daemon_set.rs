//! DaemonSet: one sync of a rolling update, which deletes old pods or creates new ones beside them.
//!
//! What is missing on a node, or too much there, is the business of the controller's other half.
// DaemonSet controller: pkg/controller/daemon/update.go rollingUpdate

use crate::model::budget::Amount;

/// How far an update may go at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Update {
    /// `maxSurge`.
    pub max_surge: Amount,
    /// `maxUnavailable`.
    pub max_unavailable: Amount,
}

impl Default for Update {
    fn default() -> Update {
        Update { max_surge: Amount::Pods(0), max_unavailable: Amount::Pods(1) }
    }
}

/// A node, with those of the set's pods on it that are not terminating.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Node {
    /// Whether a pod of the set should be there.
    pub eligible: bool,
    /// Pods of earlier templates, by their number.
    pub old: Vec<Pod>,
    /// Pods of the present template.
    pub new: Vec<Pod>,
}

/// A pod of the set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pod {
    /// Its number.
    pub number: usize,
    /// Whether it has been ready for `minReadySeconds`.
    pub available: bool,
}

/// Some are certain; of the candidates the controller takes any, as far as the update has room.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Choice {
    /// Those that are certain.
    pub certain: Vec<usize>,
    /// Those of which some are taken.
    pub candidates: Vec<usize>,
    /// How many of them.
    pub taken: usize,
}

impl Choice {
    fn take(&mut self, room: usize) {
        self.taken = room.min(self.candidates.len());
    }

    /// Those that are certain, and the first candidates.
    pub fn chosen(&self) -> impl Iterator<Item = usize> + '_ {
        self.certain.iter().chain(self.candidates.iter().take(self.taken)).copied()
    }
}

/// What a sync does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sync {
    /// The pods that it deletes, by their number.
    pub delete: Choice,
    /// The nodes on which it creates a pod beside the old one, by their number.
    pub create: Choice,
}

/// One sync.
#[must_use]
pub fn roll(update: &Update, nodes: &[Node]) -> Sync {
    let wanted = nodes.iter().filter(|node| node.eligible).count();
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    let limit = |amount: Amount| usize::try_from(amount.rounded_up(wanted)).unwrap_or(0);
    // daemon/update.go updatedDesiredNodeCounts
    match (limit(update.max_surge), limit(update.max_unavailable)) {
        (0, 0) => delete_old(nodes, 1),
        (0, most) => delete_old(nodes, most),
        (most, _) => surge(nodes, most),
    }
}

/// The one old and the one new pod of a node; none where there are several of either.
// daemon/update.go findUpdatedPodsOnNode
fn one_of_each(node: &Node) -> Option<(Option<Pod>, Option<Pod>)> {
    let one = |pods: &[Pod]| match pods {
        [] => Some(None),
        [pod] => Some(Some(*pod)),
        _ => None,
    };
    Some((one(&node.old)?, one(&node.new)?))
}

fn delete_old(nodes: &[Node], max_unavailable: usize) -> Sync {
    let mut sync = Sync::default();
    let mut unavailable = 0;
    for node in nodes.iter().filter(|node| node.takes_part()) {
        match one_of_each(node) {
            Some((Some(old), None)) if old.available => sync.delete.candidates.push(old.number),
            Some((Some(old), None)) => {
                unavailable += 1;
                sync.delete.certain.push(old.number);
            }
            Some((None, Some(new))) if new.available => {}
            _ => unavailable += 1,
        }
    }
    sync.delete.take(max_unavailable.saturating_sub(unavailable));
    sync
}

fn surge(nodes: &[Node], max_surge: usize) -> Sync {
    let mut sync = Sync::default();
    let mut outside = Choice::default();
    let (mut surging, mut available) = (0, 0);
    for (number, node) in nodes.iter().enumerate().filter(|(_, node)| node.takes_part()) {
        let Some((old, new)) = one_of_each(node) else {
            surging += 1;
            continue;
        };
        available += usize::from(old.or(new).is_some_and(|pod| pod.available));
        match (old, new) {
            (None, _) => {}
            (Some(old), None) => match (old.available, node.eligible) {
                (false, false) => sync.delete.certain.push(old.number),
                (false, true) => sync.create.certain.push(number),
                (true, false) => outside.candidates.push(old.number),
                (true, true) => sync.create.candidates.push(number),
            },
            (Some(old), Some(new)) if new.available => sync.delete.certain.push(old.number),
            (Some(_), Some(_)) => surging += 1,
        }
    }
    let wanted = nodes.iter().filter(|node| node.eligible).count();
    outside.take(available.saturating_sub(wanted));
    sync.delete = Choice { certain: sync.delete.certain, ..outside };
    sync.create.take(max_surge.saturating_sub(surging));
    sync
}

impl Node {
    /// Whether an update looks at it: it has pods of the set, or should have one.
    fn takes_part(&self) -> bool {
        self.eligible || !self.old.is_empty() || !self.new.is_empty()
    }
}
