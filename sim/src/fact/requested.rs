//! What a pod requests, as a fact says it.

use super::words::Word;
use crate::digest::Digest;
use crate::model::resources::{Lane, Resources};

/// The CPU and memory that a pod requests. Of any other resource it requests what its spec in the
/// model does: no run changes what reports weigh of those.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Requested {
    /// CPU in millicores, and [`ADDED`]: facts are many, so they are kept small.
    cpu_milli: u64,
    memory: u64,
}

/// Set where that is not what the spec in the model requests.
const ADDED: u64 = 1 << 63;

impl Requested {
    /// What a spec of the model requests.
    #[must_use]
    pub fn of(spec: &Resources) -> Requested {
        Requested { cpu_milli: spec[Lane::CPU] & !ADDED, memory: spec[Lane::MEMORY] }
    }

    /// What a spec requests whose size is not of the model.
    #[must_use]
    pub(crate) fn added(spec: &Resources) -> Requested {
        let Requested { cpu_milli, memory } = Requested::of(spec);
        Requested { cpu_milli: cpu_milli | ADDED, memory }
    }

    /// Its numbers as they are kept.
    pub(super) fn parts(self) -> (u64, u64) {
        (self.cpu_milli, self.memory)
    }

    /// From such numbers.
    pub(super) fn of_parts(cpu_milli: u64, memory: u64) -> Requested {
        Requested { cpu_milli, memory }
    }

    /// CPU in millicores.
    #[must_use]
    pub fn cpu_milli(self) -> u64 {
        self.cpu_milli & !ADDED
    }

    /// Memory in bytes.
    #[must_use]
    pub fn memory(self) -> u64 {
        self.memory
    }

    /// The whole amount, of a pod whose spec in the model requests `base`.
    #[must_use]
    pub fn with(self, base: &Resources) -> Resources {
        let mut all = *base;
        all[Lane::CPU] = self.cpu_milli();
        all[Lane::MEMORY] = self.memory();
        all
    }
}

/// Nothing for what the model says, so that no digest of a run without other sizes ever depended on
/// it; else a hash of 32 bits.
impl Word for Requested {
    fn word(self) -> u64 {
        if self.cpu_milli & ADDED == 0 {
            return 0;
        }
        let mut digest = Digest::EMPTY;
        digest.mix(self.cpu_milli);
        digest.mix(self.memory);
        (digest.value() >> 32) | 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sizes_that_a_run_adds_are_in_a_digest() {
        let [small, large] = [100, 200].map(|cpu| Resources::one_pod(cpu, 1 << 30));
        assert_eq!(Requested::of(&small).word(), 0);
        let [small, large] = [small, large].map(|it| Requested::added(&it).word());
        assert!(small != large && small > 0 && small < 1 << 32);
    }

    #[test]
    fn what_no_run_changes_is_that_of_the_model() {
        let mut base = Resources::one_pod(100, 1 << 30);
        base[Lane(4)] = 2;
        let all = Requested::added(&Resources::one_pod(300, 1 << 20)).with(&base);
        assert_eq!((all[Lane::CPU], all[Lane::MEMORY], all[Lane(4)]), (300, 1 << 20, 2));
    }
}
