//! Amounts of resources: eight integer lanes, one cache line.

use std::ops::{AddAssign, Index, IndexMut, SubAssign};

/// How many kinds of resource one scenario can use. Setup refuses more.
pub const LANES: usize = 8;

/// One kind of resource, as an index into [`Resources`]. The first four are Kubernetes' own; the
/// rest are given out to extended resources as a scenario names them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Lane(pub u8);

impl Lane {
    /// CPU in millicores.
    pub const CPU: Lane = Lane(0);
    /// Memory in bytes.
    pub const MEMORY: Lane = Lane(1);
    /// Ephemeral storage in bytes.
    pub const EPHEMERAL_STORAGE: Lane = Lane(2);
    /// Pods, each of which counts one.
    pub const PODS: Lane = Lane(3);
    /// The lanes that every scenario has, with the names that Kubernetes gives them.
    pub const NATIVE: [(Lane, &'static str); 4] = [
        (Lane::CPU, "cpu"),
        (Lane::MEMORY, "memory"),
        (Lane::EPHEMERAL_STORAGE, "ephemeral-storage"),
        (Lane::PODS, "pods"),
    ];
}

/// An amount of each kind of resource.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
#[repr(align(64))]
pub struct Resources([u64; LANES]);

impl Resources {
    /// Nothing.
    pub const ZERO: Resources = Resources([0; LANES]);
    /// More of everything than there is.
    pub const UNLIMITED: Resources = Resources([u64::MAX; LANES]);

    /// An amount of CPU (millicores) and memory (bytes) that counts as one pod.
    #[must_use]
    pub const fn one_pod(cpu_milli: u64, memory_bytes: u64) -> Resources {
        let mut lanes = [0; LANES];
        lanes[Lane::CPU.0 as usize] = cpu_milli;
        lanes[Lane::MEMORY.0 as usize] = memory_bytes;
        lanes[Lane::PODS.0 as usize] = 1;
        Resources(lanes)
    }

    /// Whether `self` can be taken while `taken` of `capacity` is in use. As in Kubernetes, a
    /// request of zero always fits, even where more is taken than there is.
    #[must_use]
    pub fn fits(&self, taken: &Resources, capacity: &Resources) -> bool {
        self.shortages(taken, capacity).next().is_none()
    }

    /// The lanes in which `self` does not fit.
    pub fn shortages<'r>(
        &'r self,
        taken: &'r Resources,
        capacity: &'r Resources,
    ) -> impl Iterator<Item = Lane> + 'r {
        Lane::all().filter(move |lane| {
            let wanted = self[*lane];
            wanted > 0 && wanted > capacity[*lane].saturating_sub(taken[*lane])
        })
    }

    /// What is left of `self` when `taken` is in use; zero where more is taken than there is.
    #[must_use]
    pub fn left_after(&self, taken: &Resources) -> Resources {
        let mut left = *self;
        for (lane, taken) in left.0.iter_mut().zip(taken.0) {
            *lane = lane.saturating_sub(taken);
        }
        left
    }

    /// The larger of both amounts, lane by lane.
    #[must_use]
    pub fn max(&self, other: &Resources) -> Resources {
        let mut most = *self;
        for (lane, other) in most.0.iter_mut().zip(other.0) {
            *lane = (*lane).max(other);
        }
        most
    }
}

impl Lane {
    /// Every lane, in order.
    pub fn all() -> impl Iterator<Item = Lane> {
        (0..LANES).map(|lane| Lane(u8::try_from(lane).expect("eight lanes")))
    }
}

impl Index<Lane> for Resources {
    type Output = u64;
    fn index(&self, lane: Lane) -> &u64 {
        &self.0[usize::from(lane.0)]
    }
}

impl IndexMut<Lane> for Resources {
    fn index_mut(&mut self, lane: Lane) -> &mut u64 {
        &mut self.0[usize::from(lane.0)]
    }
}

impl AddAssign<&Resources> for Resources {
    fn add_assign(&mut self, other: &Resources) {
        for (lane, other) in self.0.iter_mut().zip(other.0) {
            *lane += other;
        }
    }
}

impl SubAssign<&Resources> for Resources {
    /// # Panics
    /// If more is given back than was taken.
    fn sub_assign(&mut self, other: &Resources) {
        for (lane, other) in self.0.iter_mut().zip(other.0) {
            *lane = lane.checked_sub(other).expect("no more is given back than was taken");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_over_committed_node_still_takes_what_asks_for_nothing() {
        let capacity = Resources::one_pod(1_000, 1_000);
        let taken = Resources::one_pod(1_500, 500);
        let mut wanted = Resources::ZERO;
        wanted[Lane::MEMORY] = 500;
        assert!(wanted.fits(&taken, &capacity));
        wanted[Lane::CPU] = 1;
        assert_eq!(wanted.shortages(&taken, &capacity).collect::<Vec<_>>(), [Lane::CPU]);
    }

    #[test]
    fn one_cache_line() {
        assert_eq!(size_of::<Resources>(), 64);
    }
}
