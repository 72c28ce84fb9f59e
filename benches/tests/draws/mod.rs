//! Draws with replacement, alike on every machine: experiments are drawn again from what was measured once.

/// Numbers below a bound, each as likely as any other.
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn new() -> Draws {
        Draws(1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((u128::from(self.0) * bound as u128) >> 64).unwrap()
    }
}
