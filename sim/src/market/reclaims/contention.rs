//! Contention: a pool of spot capacity is ample, contended or exhausted.
//!
//! ```text
//!            ν                      ε
//!   ample ──────► contended ─────────────► ample        while contended, the pool opens and shuts:
//!                  ▲                └────► exhausted      open ──λ──► shut ──μ──► open
//!                  └──────── κ ─────────────────┘
//! ```
//!
//! Between windows of contention a pool is nearly frozen: ample, and no instance is taken, or
//! exhausted, and no launch is granted. That is what traces of held instances and of launch
//! attempts show (2020 to 2023, 60 pools): two regimes explain them better than one by hundreds of
//! units of AIC. While a pool is open each instance is taken at the rate λ, in batches, and a request
//! is granted. A lone instance that is asked for again at once therefore lives and waits exactly as
//! one slot of the two-regime fit does.
//!
//! An offering's reclaims per hour are what its instances meet in the long run, the successors that
//! are granted while a window lasts and taken in it included: `chain` says how often windows begin
//! for that.

use std::collections::VecDeque;

use super::chain::Chain;
use super::kinship::Kinship;
use super::shocks::Shocks;
use super::{CapacityPath, Reclaims};
use crate::market::{Batch, Episode, MarketEvent};
use crate::model::Model;
use crate::model::catalog::{Capacity, CapacityType, OfferingId};
use crate::rng::{Draws, Root, Stream};
use crate::table::Table;
use crate::time::{SimTime, Span};

/// The parameters; rates are per hour. `Default` has the figures of the fits.
#[derive(Clone, PartialEq, Debug)]
pub struct Contention {
    /// At which rate each instance is taken while its pool is contended.
    pub reclaim_rate: f64,
    /// At which rate a pool that has shut opens again while it is contended.
    pub grant_rate: f64,
    /// At which rate contention ends.
    pub exit_rate: f64,
    /// At which rate an exhausted pool becomes contended.
    pub recovery_rate: f64,
    /// How often contention ends in ample capacity, for types that are not scarce. A scarce type
    /// ends as it happens to stand, open or shut.
    pub ends_ample: f64,
    /// How strongly related offerings run short together.
    pub kinship: Kinship,
    /// How much more often windows begin in each hour of the day, from midnight.
    pub by_hour: [f64; 24],
    /// The hour of the day at `T+0`.
    pub first_hour: u64,
    /// How often windows begin, where that was fitted itself; by default as often as the stated
    /// rate of each offering asks for.
    pub window_rate: Option<f64>,
    /// How long an instance is still held when the provider has decided to take it.
    pub notice: Span,
    /// How often the provider says long before its notice that an instance is at risk.
    pub early_warnings: f64,
    /// How long before, if it does: half of the warnings come less early.
    pub warning_median: Span,
    /// Of 95 % of the warnings.
    pub warning_p95: Span,
}

impl Default for Contention {
    /// The rates fitted to p3.2xlarge and r5.16xlarge, 2023. That 90 % of windows end in ample
    /// capacity, and when warnings come, are assumptions.
    fn default() -> Self {
        Contention {
            reclaim_rate: 1.34,
            grant_rate: 1.9,
            exit_rate: 0.42,
            recovery_rate: 0.25,
            ends_ample: 0.9,
            kinship: Kinship::AWS,
            by_hour: [1.0; 24],
            first_hour: 0,
            window_rate: None,
            notice: Span::ZERO,
            early_warnings: 0.5,
            warning_median: Span::from_secs(600),
            warning_p95: Span::from_secs(1_800),
        }
    }
}

/// How much more often windows begin by the hour of the day: more in the early afternoon, when
/// availability was seen at its lowest, and as much less in the night.
#[must_use]
pub fn afternoon(more: f64) -> [f64; 24] {
    std::array::from_fn(|hour| {
        let angle = (hour as f64 + 0.5 - 14.0) * 2.0 * std::f64::consts::PI / 24.0;
        1.0 + more * libm::cos(angle)
    })
}

impl Contention {
    /// How often windows of contention must begin for instances of a type, scarce or not, to be
    /// taken at `rate` per hour held.
    #[must_use]
    pub fn window_rate_of(&self, rate: f64, scarce: bool) -> f64 {
        self.chain(scarce).at_reclaims(rate).begins
    }

    /// How often instances of a type, scarce or not, are taken per hour held where windows begin at
    /// `rate`.
    #[must_use]
    pub fn reclaims_of(&self, rate: f64, scarce: bool) -> f64 {
        Chain { begins: rate, ..self.chain(scarce) }.reclaims()
    }

    /// A pool that is never contended.
    fn chain(&self, scarce: bool) -> Chain {
        let often_open = self.grant_rate / (self.grant_rate + self.reclaim_rate);
        let ends_ample = if scarce { 0.0 } else { self.ends_ample };
        Chain {
            begins: 0.0,
            shuts: self.reclaim_rate,
            opens: self.grant_rate,
            ends: self.exit_rate,
            recovers: self.recovery_rate,
            relents: (ends_ample - often_open).max(0.0) / (1.0 - often_open),
        }
    }

    /// A pool whose instances are taken at `rate` per hour held, `scale` times as often as stated.
    fn chain_of(&self, rate: f64, scale: f64, scarce: bool) -> Chain {
        let chain = self.chain(scarce);
        match self.window_rate {
            Some(begins) => Chain { begins: begins * scale, ..chain },
            None => {
                // Each life is longer by the notice, in which nothing takes the instance again.
                let rate = rate * scale;
                let notice = (rate * self.notice.as_hours_f64()).min(LONGEST_NOTICE);
                chain.at_reclaims(rate / (1.0 - notice))
            }
        }
    }
}

/// At most this share of a life is its notice.
const LONGEST_NOTICE: f64 = 0.9;

impl Reclaims for Contention {
    fn name(&self) -> &'static str {
        "contention"
    }

    fn open(&self, root: Root, model: &Model, scale: f64) -> Box<dyn CapacityPath> {
        let catalog = &model.catalog;
        let pools = catalog.offerings.iter().map(|(id, offering)| {
            let scarce = catalog.instance_type(id).scarce;
            let chain = match offering.capacity_type {
                CapacityType::Spot => self.chain_of(offering.reclaims_per_hour, scale, scarce),
                CapacityType::OnDemand => self.chain(scarce),
            };
            let groups = self.kinship.groups(offering.key, offering.kin, &chain);
            let shocks = Shocks::new(root, groups, self.by_hour, self.first_hour);
            let [kind, group] = self.kinship.at_start(root, &groups);
            Pool::new(root, offering.key, chain, shocks, [kind, group, AT_START, 0, 0])
        });
        Box::new(Open { model: self.clone(), root, pools: pools.collect() })
    }
}

struct Open {
    model: Contention,
    root: Root,
    pools: Table<OfferingId, Pool>,
}

/// One pool's path.
struct Pool {
    /// Identity in the random streams.
    key: u64,
    /// How it changes its state.
    chain: Chain,
    /// When windows begin.
    shocks: Shocks,
    /// The moment since which capacity has not been ample, by its identity, and how many windows
    /// there have been since. Offerings that share it share what follows.
    since: [u64; 5],
    part: u64,
    start: Capacity,
    /// Where the path has been made up to, and how the pool stands then.
    until: SimTime,
    state: Capacity,
    /// How many windows there have been.
    windows: u64,
    /// What has been made and not been asked for.
    moves: VecDeque<(SimTime, MarketEvent)>,
}

/// The strip of what is there at `T+0`: no other is as high.
const AT_START: u64 = u64::MAX;

/// In which phase of a window an episode falls; the last two bits of its key.
const SHUTS: u64 = 0;
const WHILE_OPEN: u64 = 1;
const WHILE_SHUT: u64 = 2;

impl Pool {
    fn new(root: Root, key: u64, chain: Chain, shocks: Shocks, since: [u64; 5]) -> Pool {
        // How a pool stands at T+0 in the long run.
        let mut draws = root.stream(Stream::Window, &since);
        let u = draws.uniform();
        let start = chain.shares().map_or(Capacity::Ample, |it| {
            let mut left = u * (it.ample + 1.0 + it.shut + it.exhausted);
            let states = [
                (it.ample, Capacity::Ample),
                (1.0, Capacity::Contended { open: true }),
                (it.shut, Capacity::Contended { open: false }),
            ];
            for (share, state) in states {
                if left < share {
                    return state;
                }
                left -= share;
            }
            Capacity::Exhausted
        });
        Pool {
            key,
            chain,
            shocks,
            since,
            part: 0,
            start,
            until: SimTime::ZERO,
            state: start,
            windows: 0,
            moves: VecDeque::new(),
        }
    }

    /// Makes the next stretch of the path; `false` if nothing ever happens again.
    fn extend(&mut self, model: &Contention, root: Root) -> bool {
        if self.state == Capacity::Ample {
            let Some(shock) = self.shocks.after(self.until) else { return false };
            (self.until, self.since, self.part) = (shock.at, shock.key, 0);
        }
        let [kind, group, strip, stretch, which] = self.since;
        let shared = [kind, group, strip, stretch, which, self.part];
        let mut path = root.stream(Stream::Window, &shared);
        let open = match self.state {
            Capacity::Contended { open } => open,
            Capacity::Ample => true,
            Capacity::Exhausted | Capacity::Holds(_) => {
                let Some(rest) = path.exponential(self.chain.recovers) else { return false };
                self.until = self.until + rest;
                false
            }
        };
        let mut own = root.stream(Stream::Window, &[self.key, self.windows]);
        self.window(model, open, &mut path, &mut own);
        self.windows += 1;
        self.part += 1;
        true
    }

    /// One window of contention, from where the path ends, which the pool enters open or shut. When it
    /// opens, shuts and ends, related pools may share; which instances it takes is its own.
    fn window(&mut self, model: &Contention, mut open: bool, path: &mut Draws, own: &mut Draws) {
        let (chain, from) = (self.chain, self.until);
        let never = SimTime::ZERO + crate::time::LONGEST_HORIZON;
        let after = |at: SimTime, span: Option<Span>| span.map_or(never, |span| at + span);
        let end = after(from, path.exponential(chain.ends));
        let mut moves = vec![(from, MarketEvent::CapacityChanges(Capacity::Contended { open }))];
        let mut number = self.windows << 24;
        let mut take = |at: SimTime, phase: u64, draws: &mut Draws| {
            let episode = Episode { key: (number << 2) | phase, announced: None };
            number += 1;
            let early = draws.uniform() < model.early_warnings;
            let lead = draws.lognormal(model.warning_median, model.warning_p95);
            let warned = if early { at.back(lead).max(from) } else { at };
            [
                (warned, MarketEvent::RebalanceRecommendation(episode)),
                (at, MarketEvent::Reclaim(episode)),
            ]
        };
        let rate_of_extras = extras(&chain);
        let mut extra = after(from, own.exponential(rate_of_extras));
        let mut flip = from;
        while flip < end {
            let rate = if open { chain.shuts } else { chain.opens };
            flip = after(flip, path.exponential(rate)).min(end);
            while extra < flip {
                let phase = if open { WHILE_OPEN } else { WHILE_SHUT };
                moves.extend(take(extra, phase, own));
                extra = after(extra, own.exponential(rate_of_extras));
            }
            if flip < end {
                open = !open;
                moves.push((flip, MarketEvent::CapacityChanges(Capacity::Contended { open })));
                if !open {
                    moves.extend(take(flip, SHUTS, own));
                }
            }
        }
        let ample = open || path.uniform() < chain.relents;
        self.state = if ample { Capacity::Ample } else { Capacity::Exhausted };
        self.until = end;
        moves.push((end, MarketEvent::CapacityChanges(self.state)));
        moves.sort_by_key(|(at, _)| *at);
        self.moves.extend(moves);
    }
}

/// The share of a pool's instances that an episode takes, as seen in fleets: of at least ten
/// instances one alone in 29 % of the episodes, and else a share that is Beta-distributed; of fewer
/// than ten all in 41 %, and else a larger share; of one, that one.
const FLEET: u32 = 10;
const ONE_ALONE: f64 = 0.29;
const FLEET_SHARE: (f64, f64) = (0.91, 3.83);
const ALL: f64 = 0.41;
const SMALL_SHARE: (f64, f64) = (2.38, 3.58);
/// The expected share in a fleet without end.
const LEAST_EXPECTED_SHARE: f64 = (1.0 - ONE_ALONE) * mean_of(FLEET_SHARE);

const fn mean_of((a, b): (f64, f64)) -> f64 {
    a / (a + b)
}

/// How often there are episodes beside those in which a pool shuts: as many as the largest fleet needs.
fn extras(chain: &Chain) -> f64 {
    chain.shuts.max(chain.taken_while_shut()) / LEAST_EXPECTED_SHARE
}

/// The share of `running` instances that an episode is expected to take.
fn expected_share(running: u32) -> f64 {
    match running {
        0 | 1 => 1.0,
        2..FLEET => ALL + (1.0 - ALL) * mean_of(SMALL_SHARE),
        _ => ONE_ALONE / f64::from(running) + LEAST_EXPECTED_SHARE,
    }
}

impl CapacityPath for Open {
    fn at_start(&mut self, offering: OfferingId) -> Capacity {
        self.pools[offering].start
    }

    fn next_event(&mut self, offering: OfferingId) -> Option<(SimTime, MarketEvent)> {
        let pool = &mut self.pools[offering];
        while pool.moves.is_empty() {
            if !pool.extend(&self.model, self.root) {
                return None;
            }
        }
        pool.moves.pop_front()
    }

    /// Episodes come as often as the largest fleet needs them for each instance to be taken at the
    /// one rate; smaller ones, which lose a larger share each time, are spared some of them.
    fn batch(&self, offering: OfferingId, episode: Episode, running: u32) -> Batch {
        let expected = expected_share(running);
        let chain = &self.pools[offering].chain;
        let heeded = match episode.key & 3 {
            SHUTS => 1.0,
            WHILE_OPEN => chain.shuts * (1.0 / expected - 1.0) / extras(chain),
            _ => chain.taken_while_shut() / expected / extras(chain),
        };
        let key = [self.pools[offering].key, episode.key];
        let mut draws = self.root.stream(Stream::Batch, &key);
        if draws.uniform() >= heeded {
            return Batch::Nothing;
        }
        let kind = draws.uniform();
        match running {
            0 | 1 => Batch::Share(1.0),
            2..FLEET if kind < ALL => Batch::Share(1.0),
            2..FLEET => Batch::Share(draws.beta(SMALL_SHARE.0, SMALL_SHARE.1)),
            _ if kind < ONE_ALONE => Batch::One,
            _ => Batch::Share(draws.beta(FLEET_SHARE.0, FLEET_SHARE.1)),
        }
    }
}
