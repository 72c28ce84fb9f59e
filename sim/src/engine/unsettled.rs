//! Unsettled pods: those of which an event has changed what they use, each once and in order of id.
//!
//! Most come many at once and in order, because a workload's replicas change together. They wait in a row,
//! which costs less than a tree.

use std::collections::{BTreeSet, VecDeque};

use crate::model::pod::PodId;

/// Pods whose usage has consequences that nothing has looked at yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unsettled {
    /// In order.
    row: VecDeque<PodId>,
    others: BTreeSet<PodId>,
}

impl Unsettled {
    /// One more.
    pub(crate) fn insert(&mut self, pod: PodId) {
        self.others.insert(pod);
    }

    /// Many more, in order.
    pub(crate) fn extend(&mut self, pods: impl Iterator<Item = PodId>) {
        if self.row.is_empty() {
            self.row.extend(pods);
        } else {
            self.others.extend(pods);
        }
    }

    /// Takes the first of them.
    pub(crate) fn pop_first(&mut self) -> Option<PodId> {
        match (self.row.front().copied(), self.others.first().copied()) {
            (Some(first), Some(other)) if other <= first => {
                if other == first {
                    self.row.pop_front();
                }
                self.others.pop_first()
            }
            (Some(_), _) => self.row.pop_front(),
            (None, _) => self.others.pop_first(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Id;

    #[test]
    fn each_is_taken_once_and_in_order() {
        let pods = |numbers: &[usize]| -> Vec<PodId> {
            numbers.iter().map(|number| PodId::from_index(*number)).collect()
        };
        let mut unsettled = Unsettled::default();
        unsettled.insert(PodId::from_index(4));
        unsettled.extend(pods(&[1, 3, 4, 7]).into_iter());
        unsettled.extend(pods(&[0, 3, 8]).into_iter());
        let taken: Vec<PodId> = std::iter::from_fn(|| unsettled.pop_first()).collect();
        assert_eq!(taken, pods(&[0, 1, 3, 4, 7, 8]));
    }
}
