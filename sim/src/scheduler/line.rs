//! A line of pods: by a key, and within it by the last attempt.
//!
//! Pods that were set aside come back thousands at a time, in a run for each kind of them. They are
//! appended as they come; the runs are merged once, when the next pod is wanted.

use std::collections::{BTreeMap, VecDeque};

use crate::model::pod::PodId;

/// A pod and the number of its last attempt, which orders pods of one key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Turn {
    pub(super) seq: u64,
    pub(super) pod: PodId,
}

/// Pods in the order of their keys, then of their turns.
#[derive(Clone, Debug, Default)]
pub(super) struct Line<K> {
    /// No lane is empty.
    lanes: BTreeMap<K, Lane>,
    /// An empty lane that keeps its memory for the next key.
    spare: Lane,
}

/// Pods of one key.
#[derive(Clone, Debug, Default)]
struct Lane {
    turns: VecDeque<Turn>,
    /// Where order ends, and the least turn behind that.
    disorder: Option<(usize, Turn)>,
}

impl<K: Copy + Ord> Line<K> {
    pub(super) fn push(&mut self, key: K, turn: Turn) {
        self.lanes.entry(key).or_insert_with(|| std::mem::take(&mut self.spare)).push(turn);
    }

    pub(super) fn pop(&mut self) -> Option<Turn> {
        let mut first = self.lanes.first_entry()?;
        let turn = first.get_mut().pop();
        if first.get().turns.is_empty() {
            self.spare = first.remove();
        }
        turn
    }
}

impl Lane {
    fn push(&mut self, turn: Turn) {
        self.disorder = match self.disorder {
            Some((ordered, least)) => Some((ordered, least.min(turn))),
            None if self.turns.back().is_some_and(|last| *last > turn) => {
                Some((self.turns.len(), turn))
            }
            None => None,
        };
        self.turns.push_back(turn);
    }

    fn pop(&mut self) -> Option<Turn> {
        if let Some((ordered, least)) = self.disorder.take() {
            let turns = self.turns.make_contiguous();
            let from = turns[..ordered].partition_point(|turn| *turn < least);
            // A stable sort finds the runs and merges them.
            turns[from..].sort();
        }
        self.turns.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Id;

    fn turn(seq: u64) -> Turn {
        Turn { seq, pod: PodId::from_index(0) }
    }

    #[test]
    fn the_least_key_and_the_earliest_attempt_go_first() {
        let mut line = Line::default();
        for (key, seq) in [(1, 4), (1, 9), (0, 6), (1, 2), (1, 7), (0, 5), (1, 8), (1, 1)] {
            line.push(key, turn(seq));
        }
        let mut popped = |pods: usize| -> Vec<u64> {
            (0..pods).filter_map(|_| line.pop()).map(|turn| turn.seq).collect()
        };
        assert_eq!(popped(4), [5, 6, 1, 2]);
        line.push(1, turn(10));
        line.push(1, turn(3));
        let rest: Vec<u64> = std::iter::from_fn(|| line.pop()).map(|turn| turn.seq).collect();
        assert_eq!(rest, [3, 4, 7, 8, 9, 10]);
    }
}
