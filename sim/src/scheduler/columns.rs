//! What is left on all nodes and how much of each is taken, lane by lane: for plugins that ask many
//! nodes at once about the size of a pod.
//!
//! A processor works on several entries of a column at a time. It does so with floats and hardly with
//! wide integers, so CPU and memory are kept as floats, too: as long as they are [exact](Taken), what
//! follows from them is what integers give.

use super::journal_reader::{JournalReader, LastMoves, News};
use crate::model::resources::{LANES, Lane};
use crate::world::{NodeView, World};

/// How many nodes are asked at once, at most.
pub const AT_ONCE: usize = 64;

/// Below this, amounts and their hundredfold are whole numbers as floats, too, and so are quotients of
/// them rounded down: a quotient that is no whole number is farther from the next one than rounding
/// goes. It is 64 TiB of memory.
const EXACT: u64 = 1 << 46;

/// One entry a node in each column, in the order in which nodes are walked.
#[derive(Default)]
pub struct Columns {
    /// What is left of each lane; nothing where more is requested than there is.
    left: [Vec<u64>; LANES],
    /// CPU and memory, of which requests count as more than nothing when nodes are compared.
    taken: [Taken; 2],
    /// Whether some node has nothing or too much of either.
    inexact: bool,
    reader: JournalReader,
}

/// How much of one lane is taken of each node.
#[derive(Default)]
pub struct Taken {
    /// What there is, and never nothing.
    pub allocatable: Vec<f64>,
    /// What is requested.
    pub requested: Vec<f64>,
    /// The same where no pod requests nothing.
    pub nonzero_requested: Vec<f64>,
}

impl Columns {
    /// Looks again at those nodes that have changed since the last time.
    pub(super) fn catch_up(&mut self, world: &World, last: &mut LastMoves) {
        let nodes = world.registered();
        let Some(News { moves, changes, .. }) = self.reader.news(&[], world, last) else {
            self.inexact = false;
            self.left.iter_mut().for_each(|left| left.resize(nodes.len(), 0));
            for taken in &mut self.taken {
                taken.columns().for_each(|column| column.resize(nodes.len(), 0.0));
            }
            for (place, node) in nodes.iter().enumerate() {
                self.look(place, world.view(*node));
            }
            return;
        };
        if let Some(moves) = moves {
            self.left.iter_mut().for_each(|left| *left = moves.carry(left, 1, 0));
            for column in self.taken.iter_mut().flat_map(Taken::columns) {
                *column = moves.carry(column, 1, 0.0);
            }
            moves.joined().for_each(|place| self.look(place, world.view(nodes[place])));
        }
        for (place, change) in changes {
            self.look(place, world.view(change.node));
        }
    }

    fn look(&mut self, place: usize, node: NodeView<'_>) {
        let (allocatable, load) = (&node.shape().allocatable, node.load());
        let left = allocatable.left_after(load.requested());
        for (lane, column) in Lane::all().zip(&mut self.left) {
            column[place] = left[lane];
        }
        for (lane, taken) in [Lane::CPU, Lane::MEMORY].into_iter().zip(&mut self.taken) {
            let amounts = [allocatable, load.requested(), load.nonzero_requested()];
            let amounts = amounts.map(|amounts| amounts[lane]);
            self.inexact |= amounts[0] == 0 || amounts.iter().any(|amount| *amount >= EXACT);
            for (column, amount) in taken.columns().zip(amounts) {
                column[place] = amount as f64;
            }
        }
    }

    /// What is left of a lane.
    #[must_use]
    pub fn left(&self, lane: Lane) -> &[u64] {
        &self.left[usize::from(lane.0)]
    }

    /// How much of a lane is taken, and a pod's wish of it, if floats are exact for both.
    #[must_use]
    pub fn taken(&self, lane: Lane, wanted: u64) -> Option<(&Taken, f64)> {
        let taken = self.taken.get(usize::from(lane.0))?;
        (!self.inexact && wanted < EXACT).then_some((taken, wanted as f64))
    }
}

impl Taken {
    fn columns(&mut self) -> impl Iterator<Item = &mut Vec<f64>> {
        [&mut self.allocatable, &mut self.requested, &mut self.nonzero_requested].into_iter()
    }
}

/// A number from 0 to 2^51 rounded down, in a way that many at once can be.
#[must_use]
pub fn rounded_down(x: f64) -> f64 {
    // From here on floats are whole numbers.
    const WHOLE: f64 = (1_u64 << 52) as f64;
    let nearest = (x + WHOLE) - WHOLE;
    if nearest > x { nearest - 1.0 } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In whole numbers, which is what both sides are.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn whole(x: f64) -> u64 {
        let whole = x as u64;
        assert!(x.to_bits() == (whole as f64).to_bits(), "{x} is no whole number");
        whole
    }

    #[test]
    fn quotients_are_those_of_integers() {
        let hardest = [1, 2, 3, 7, 99, 100, 101, 1 << 20, (1 << 45) + 1, EXACT - 1];
        for divisor in hardest {
            for dividend in hardest.into_iter().filter(|it| *it <= divisor) {
                for near in [dividend - 1, dividend] {
                    let quotient = rounded_down((near as f64 * 100.0) / divisor as f64);
                    assert_eq!(whole(quotient), near * 100 / divisor, "{near} of {divisor}");
                }
            }
        }
        let halves = [0.0, 0.5, 0.999, 1.0, 2.5, 3.5].map(|x| whole(rounded_down(x)));
        assert_eq!(halves, [0, 0, 0, 1, 2, 3]);
    }
}
