//! The long run of contention: how much of the time a pool stands in each of its states, and how
//! often windows must begin for its instances to be taken as often as is stated.
//!
//! ```text
//!            ν                    ε
//!   ample ─────► open ──┬──────────────► ample
//!              λ│   ▲μ  │        ε, a share m of the time
//!               ▼   │   │  ┌───────────► ample
//!               shut ───┴──┤
//!                ▲         └───────────► exhausted ──κ──┐
//!                └──────────────────────────────────────┘
//! ```
//!
//! A slot that is always wanted is held while its pool is ample or open. With the shares P of time,
//! its reclaims per hour held are R = λ P(open) / (P(ample) + P(open)), successors included: those
//! that are granted while a window lasts are at risk in it like the first. That is solved for ν.
//! An instance that outlives the moment at which its pool shuts is held on while the pool is shut or
//! exhausted; it is taken then at R on average, all of it while the pool is shut. So each hour held
//! brings R reclaims, however many run and whatever share of them an episode takes.

/// No more than this share of the time that a slot is held is contended: where a stated rate asks for
/// more, instances are taken faster.
const MOST_CONTENDED: f64 = 0.75;

/// The rates at which one pool changes its state, per hour.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Chain {
    /// ν: windows of contention begin, while capacity is ample.
    pub(super) begins: f64,
    /// λ: an open pool shuts, and each instance of an open pool is taken.
    pub(super) shuts: f64,
    /// μ: a shut pool opens.
    pub(super) opens: f64,
    /// ε: contention ends.
    pub(super) ends: f64,
    /// κ: an exhausted pool becomes contended, and is shut.
    pub(super) recovers: f64,
    /// m: how often contention that ends in a shut pool ends in ample capacity all the same.
    pub(super) relents: f64,
}

/// How much of the time a pool is in each state, in hours for each hour in which it is open.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Shares {
    pub(super) ample: f64,
    pub(super) shut: f64,
    pub(super) exhausted: f64,
}

impl Chain {
    /// The same pool, with windows that begin so often that instances are taken at this rate per
    /// hour held.
    pub(super) fn at_reclaims(self, rate: f64) -> Chain {
        let shuts = self.shuts.max(rate / MOST_CONTENDED);
        let it = Chain { shuts, ..self };
        Chain { begins: it.returns() * rate / (shuts - rate), ..it }
    }

    /// Reclaims per hour held.
    pub(super) fn reclaims(&self) -> f64 {
        self.shuts * self.begins / (self.begins + self.returns())
    }

    /// The rate at which each instance of a contended pool that is shut is taken.
    pub(super) fn taken_while_shut(&self) -> f64 {
        // In proportion to its time in exhausted pools, in which nothing is taken.
        self.reclaims() * (1.0 + self.ends * (1.0 - self.relents) / self.recovers)
    }

    /// The shares of its states in the long run; none for a pool that is never contended.
    pub(super) fn shares(&self) -> Option<Shares> {
        let shut = self.shut();
        let exhausted = self.ends * (1.0 - self.relents) * shut / self.recovers;
        let ample = self.returns() / self.begins;
        (self.begins > 0.0).then_some(Shares { ample, shut, exhausted })
    }

    /// Hours in which a contended pool is shut, for each in which it is open.
    fn shut(&self) -> f64 {
        self.shuts / (self.opens + self.ends * self.relents)
    }

    /// How often capacity becomes ample again, for each hour in which the pool is open.
    fn returns(&self) -> f64 {
        self.ends * (1.0 + self.relents * self.shut())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: Chain =
        Chain { begins: 0.0, shuts: 1.34, opens: 1.9, ends: 0.42, recovers: 0.25, relents: 0.75 };

    /// What flows into each state flows out of it.
    #[test]
    fn the_shares_are_those_of_the_long_run() {
        for rate in [1e-5, 0.01, 0.5, 1.2, 5.0] {
            let it = POOL.at_reclaims(rate);
            let Shares { ample, shut, exhausted } = it.shares().expect("windows begin");
            let balances = [
                (ample * it.begins, it.ends * (1.0 + it.relents * shut)),
                (it.shuts + it.ends, ample * it.begins + it.opens * shut),
                ((it.opens + it.ends) * shut, it.shuts + it.recovers * exhausted),
                (it.recovers * exhausted, it.ends * (1.0 - it.relents) * shut),
            ];
            for (one, other) in balances {
                assert!((one / other - 1.0).abs() < 1e-9, "{rate}: {one} and {other}");
            }
            assert!((it.reclaims() / rate - 1.0).abs() < 1e-9, "{rate}");
            assert!((it.shuts / (ample + 1.0) / rate - 1.0).abs() < 1e-9, "{rate}");
        }
    }

    /// By hand, for rare windows: shut 1.34 / (1.9 + 0.315) = 0.605 h for each hour open, so that
    /// ν / R = 0.42 (1 + 0.75 * 0.605) / 1.34 = 0.4556.
    #[test]
    fn a_window_takes_an_instance_and_its_successors() {
        let ratio = POOL.at_reclaims(1e-6).begins / 1e-6;
        assert!((ratio - 0.4556).abs() < 1e-4, "{ratio}");
    }

    #[test]
    fn without_reclaims_nothing_is_ever_contended() {
        assert_eq!(POOL.at_reclaims(0.0).begins.to_bits(), 0);
        assert_eq!(POOL.at_reclaims(0.0).shares(), None);
    }
}
