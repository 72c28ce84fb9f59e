//! What an hour of progress is worth: what the rest of the work will cost by the deadline.

use super::super::super::frame::Frame;
use super::super::super::job::OVERHEAD;

/// Hours over which progress is measured.
const WINDOW: f64 = 10.0;
/// By how much an hour of progress is worth more than it will cost.
const PREMIUM: f64 = 1.2;

/// How spot in a zone is expected to be: hours of a life, and the share of time for which there is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outlook {
    pub(super) life: f64,
    pub(super) availability: f64,
}

/// Dollars that an hour of progress is worth now.
pub(super) fn value(frame: &Frame<'_>, zones: &[Outlook]) -> f64 {
    let job = &frame.job;
    let overhead = OVERHEAD / 3_600.0;
    let (work, left) = (job.work(), job.deadline - job.elapsed());
    let on_demand = frame.zones.iter().map(|zone| zone.on_demand).fold(f64::INFINITY, f64::min);
    let last = on_demand_share(frame) * work;
    let (mut rest, mut total, mut used) = (work - last, last / 3_600.0 * on_demand, 0_u32);
    // Cheapest first, with the launches of a life paid by its progress.
    let usable = |it: &Outlook| it.life > overhead && it.availability > 0.0;
    let outlooks = zones.iter().enumerate().filter(|(_, it)| usable(it));
    let mut offers: Vec<(f64, f64)> = outlooks
        .map(|(zone, it)| {
            let price = frame.spot(zone) * it.life / (it.life - overhead);
            (price, it.availability * left * (it.life - overhead) / it.life)
        })
        .collect();
    offers.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (price, most) in offers {
        let taken = rest.min(most);
        if taken > 0.0 {
            (rest, total, used) = (rest - taken, total + taken / 3_600.0 * price, used + 1);
        }
    }
    if rest > 0.0 {
        total += rest / 3_600.0 * on_demand;
    }
    let hours = work / 3_600.0;
    let moves = used + u32::from(last > 0.0 || rest > 0.0);
    let egress = f64::from(moves.saturating_sub(1)) * frame.gb * 0.02;
    PREMIUM * (total / hours + egress / hours)
}

/// The share of the rest of the work that will be on-demand, if progress goes on as it did.
fn on_demand_share(frame: &Frame<'_>) -> f64 {
    let job = &frame.job;
    let now = job.elapsed();
    if job.now == 0 {
        return 0.0;
    }
    if (job.done - now).abs() < 1e-6 {
        return 0.5;
    }
    let window = (WINDOW * 3_600.0).min(now);
    let first = ((now - window) / job.tick).floor();
    // The work of a tick is known at the start of the next.
    let recent = frame.worked.iter().enumerate().filter(|(tick, _)| *tick as f64 >= first);
    let worked: f64 = recent.map(|(_, work)| work).sum();
    let rate = (worked / window).clamp(0.0, 1.0);
    if (rate - 1.0).abs() < 1e-6 {
        return 0.0;
    }
    let enough = rate * now - job.done + job.size + 2.0 * OVERHEAD - job.deadline;
    let turn = enough / (rate - 1.0);
    if turn >= job.deadline {
        0.0
    } else if turn <= 0.0 {
        1.0
    } else {
        ((job.deadline - turn) / (job.deadline - now)).clamp(0.0, 1.0)
    }
}
