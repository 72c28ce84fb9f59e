//! Packed breakdowns: what a run cost, by every dimension, in few bytes.
//!
//! A run has a row for each of its pools, types, zones and workloads, and all that is ever asked of the
//! rows of one run is that they be added to those of the others. Numbers take seven bits a byte.

use super::breakdown::{Breakdown, DIMENSIONS, Dimension};
use sim::Cost;

/// The breakdown of one run, to be added to that of others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Packed(Box<[u8]>);

impl Packed {
    /// The same in few bytes.
    #[must_use]
    pub fn of(breakdown: &Breakdown) -> Packed {
        let mut bytes = Vec::new();
        breakdown.apart().iter().for_each(|cost| write(cost.0, &mut bytes));
        for ((dimension, row), cost) in breakdown.numbers() {
            let place = DIMENSIONS.iter().position(|it| *it == dimension).unwrap_or(0);
            write(place as u128, &mut bytes);
            write(row.into(), &mut bytes);
            write(cost.0, &mut bytes);
        }
        Packed(bytes.into_boxed_slice())
    }

    /// Adds it to that of other runs of the same plan.
    pub fn add_to(&self, sum: &mut Breakdown) {
        let mut rest = &self.0[..];
        sum.add_apart([(); 3].map(|()| Cost(read(&mut rest).unwrap_or(0))));
        let row = || -> Option<((Dimension, u32), Cost)> {
            let place = usize::try_from(read(&mut rest)?).ok()?;
            let number = u32::try_from(read(&mut rest)?).ok()?;
            Some(((*DIMENSIONS.get(place)?, number), Cost(read(&mut rest)?)))
        };
        std::iter::from_fn(row).for_each(|(key, cost)| sum.enter(key, cost));
    }
}

fn write(mut number: u128, out: &mut Vec<u8>) {
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push((number & 0x7f) as u8);
}

fn read(from: &mut &[u8]) -> Option<u128> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u128::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_are_read_back() {
        let numbers = [0, 1, 0x7f, 0x80, u64::MAX.into(), u128::MAX];
        let mut bytes = Vec::new();
        numbers.iter().for_each(|number| write(*number, &mut bytes));
        let mut rest = &bytes[..];
        assert!(numbers.iter().all(|number| read(&mut rest) == Some(*number)));
        assert_eq!(read(&mut rest), None);
    }
}
