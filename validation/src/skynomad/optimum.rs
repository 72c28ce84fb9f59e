//! The clairvoyant optimum: the least that any plan costs which knows the whole recording.
//!
//! A dynamic programme over ticks and progress. A plan has nothing, spot in a zone that offers it, or
//! on-demand in a zone in each tick; a launch takes whole ticks without progress.

use std::ops::RangeInclusive;

use super::job::{Job, Kind, OVERHEAD};
use super::market::{Recording, Zone, egress};

/// Seconds in which a gigabyte comes from the same part of the world or from another, beyond what a local
/// disk takes.
// SkyNomad's artifact: GB × 8192 over 8 200 or 3 590, against 9 720.
const NEAR: f64 = 8_200.0;
const FAR: f64 = 3_590.0;
const LOCAL: f64 = 9_720.0;

/// What it takes to go from one zone to another.
#[derive(Clone, Copy)]
struct Move {
    /// Dollars.
    egress: f64,
    /// Ticks without progress.
    ticks: usize,
}

/// What may run in a tick: spot in each zone, then on-demand in each.
struct Plan<'z> {
    zones: &'z [Zone],
    /// By zone before and zone after; the first launch is from after to after.
    moves: Vec<Vec<Move>>,
    /// How many ticks without progress a launch takes at most.
    most: usize,
}

/// The least cost by progress, of every state at the end of a tick.
struct Costs {
    /// By progress: nothing has ever run; then by zone, nothing runs and that zone was the last.
    idle: Vec<Vec<f64>>,
    /// By progress, what runs, and ticks without progress that are still to come.
    running: Vec<Vec<f64>>,
}

/// The least that a run from a sample on costs.
pub(super) fn value(
    (recording, ratio, gb): (Recording, f64, f64),
    zones: &[Zone],
    start: usize,
) -> f64 {
    let job = Job::of(recording, ratio);
    // A few hundred, and not negative.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let work = (job.size / job.tick).ceil() as usize;
    let plan = Plan::of(zones, gb, job.tick);
    let hours = job.tick / 3_600.0;
    let mut costs = Costs::new(work, zones.len(), plan.most);
    costs.idle[0][0] = 0.0;
    let mut least = f64::INFINITY;
    for tick in 0..recording.ticks() {
        let price = |kind: Kind, zone: usize| match kind {
            Kind::Spot if !zones[zone].offers(start + tick) => None,
            Kind::Spot => Some(hours * zones[zone].spot(start + tick)),
            Kind::OnDemand => Some(hours * zones[zone].on_demand),
        };
        // No more than a tick's work is done in a tick, and the rest has to fit.
        let reachable = work.saturating_sub(recording.ticks() - tick)..=work.min(tick);
        costs = plan.step(&costs, (work, reachable), price);
        let done = costs.running[work].iter().chain(&costs.idle[work]);
        least = done.copied().fold(least, f64::min);
    }
    least
}

impl Plan<'_> {
    fn of(zones: &[Zone], gb: f64, tick: f64) -> Plan<'_> {
        let part = |zone: &Zone| zone.name.split('-').next().unwrap_or_default().to_owned();
        let between = |from: &Zone, to: &Zone| {
            let transfer = if from.region() == to.region() {
                0.0
            } else {
                let speed = if part(from) == part(to) { NEAR } else { FAR };
                gb * 8_192.0 * (1.0 / speed - 1.0 / LOCAL)
            };
            // A few dozen, and not negative.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let ticks = ((OVERHEAD + transfer) / tick).ceil() as usize;
            Move { egress: egress(from, to, gb), ticks }
        };
        let moves: Vec<Vec<Move>> =
            zones.iter().map(|from| zones.iter().map(|to| between(from, to)).collect()).collect();
        let most = moves.iter().flatten().map(|it| it.ticks).max().unwrap_or(1);
        Plan { zones, moves, most }
    }

    /// One tick more.
    fn step(
        &self,
        before: &Costs,
        (work, reachable): (usize, RangeInclusive<usize>),
        price: impl Fn(Kind, usize) -> Option<f64>,
    ) -> Costs {
        let count = self.zones.len();
        let mut after = Costs::new(work, count, self.most);
        let slots: Vec<(usize, usize, f64)> = [Kind::Spot, Kind::OnDemand]
            .into_iter()
            .enumerate()
            .flat_map(|(place, kind)| (0..count).map(move |zone| (place, kind, zone)))
            .filter_map(|(place, kind, zone)| {
                Some((place * count + zone, zone, price(kind, zone)?))
            })
            .collect();
        for done in reachable {
            let (idle, running) = (&before.idle[done], &before.running[done]);
            // The least cost with each slot running, whatever it still waits for.
            let by_slot: Vec<f64> = running
                .chunks(self.most)
                .map(|costs| costs.iter().copied().fold(f64::INFINITY, f64::min))
                .collect();
            lower(&mut after.idle[done][0], idle[0]);
            for zone in 0..count {
                let least = idle[zone + 1].min(by_slot[zone]).min(by_slot[count + zone]);
                lower(&mut after.idle[done][zone + 1], least);
            }
            for (slot, zone, price) in &slots {
                // What runs goes on.
                let own = slot * self.most;
                for rest in 0..self.most {
                    let cost = running[own + rest] + price;
                    if rest > 0 {
                        lower(&mut after.running[done][own + rest - 1], cost);
                    } else if done < work {
                        lower(&mut after.running[done + 1][own], cost);
                    }
                }
                // It is launched: for the first time, or after something else.
                let first = self.moves[*zone][*zone].ticks;
                lower(&mut after.running[done][own + first - 1], idle[0] + price);
                for from in 0..count {
                    let Move { egress, ticks } = self.moves[from][*zone];
                    // What runs on is not launched.
                    let others = [from, count + from].into_iter().filter(|it| it != slot);
                    let before = others.map(|it| by_slot[it]).fold(idle[from + 1], f64::min);
                    lower(&mut after.running[done][own + ticks - 1], before + egress + price);
                }
            }
        }
        after
    }
}

impl Costs {
    fn new(work: usize, zones: usize, most: usize) -> Costs {
        Costs {
            idle: vec![vec![f64::INFINITY; zones + 1]; work + 1],
            running: vec![vec![f64::INFINITY; 2 * zones * most]; work + 1],
        }
    }
}

fn lower(least: &mut f64, cost: f64) {
    *least = least.min(cost);
}
