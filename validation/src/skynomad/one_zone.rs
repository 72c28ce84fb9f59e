//! A job in one zone, as SkyPilot's simulator runs it: the wish of a policy, then the guarantee.

use super::job::{Job, Kind, NOTHING, OVERHEAD};
use super::market::{Recording, Zone};
use super::run::Run;

/// What a policy in one zone wishes, from the job, what still runs, and whether spot is offered.
pub(super) type Wish = fn(&Job, Option<Kind>, bool) -> Option<Kind>;

/// On-demand all the time.
pub(super) fn on_demand(_: &Job, _: Option<Kind>, _: bool) -> Option<Kind> {
    Some(Kind::OnDemand)
}

/// Spot where it is offered, else nothing.
pub(super) fn greedy(_: &Job, _: Option<Kind>, offered: bool) -> Option<Kind> {
    offered.then_some(Kind::Spot)
}

/// Uniform progress.
pub(super) fn uniform(job: &Job, kind: Option<Kind>, offered: bool) -> Option<Kind> {
    let mut wish = offered.then_some(Kind::Spot);
    if job.ahead() < 0.0 && !offered {
        wish = Some(Kind::OnDemand);
    }
    if kind == Some(Kind::OnDemand) && (!offered || job.lead_after_two() >= 0.0) {
        wish = Some(Kind::OnDemand);
    }
    if job.need(2.0) >= job.left() && kind != Some(Kind::Spot) {
        wish = Some(Kind::OnDemand);
    }
    if job.need(1.0) >= job.left() {
        wish = last_resort(job, kind);
    }
    wish
}

/// On-demand, unless spot makes progress already.
fn last_resort(job: &Job, kind: Option<Kind>) -> Option<Kind> {
    let stays = kind == Some(Kind::Spot) && job.overhead < NOTHING;
    if stays { kind } else { Some(Kind::OnDemand) }
}

/// Runs a job in a zone from a sample of its recording on.
pub(super) fn run(recording: Recording, ratio: f64, zone: &Zone, start: usize, wish: Wish) -> Run {
    let mut job = Job::of(recording, ratio);
    let mut run = Run::default();
    let hours = job.tick / 3_600.0;
    let mut last: Option<Kind> = None;
    loop {
        if last.is_some() {
            job.ran();
        }
        if job.is_done() || job.is_over() {
            run.met = job.is_done();
            run.ticks = job.now;
            run.published = run.cost;
            return run;
        }
        let sample = start + job.now;
        let offered = job.now < recording.ticks() && zone.offers(sample);
        let still = last.filter(|kind| *kind != Kind::Spot || offered);
        let mut wished = wish(&job, still, offered);
        if job.need(1.0) >= job.left() {
            wished = last_resort(&job, last);
        }
        if wished == Some(Kind::Spot) && !offered {
            wished = Some(Kind::OnDemand);
        }
        if wished.is_some() && wished != still {
            job.overhead = OVERHEAD;
        }
        let price = wished.map(|kind| match kind {
            // The artifact bills a tick at the price of the next sample.
            Kind::Spot if recording == Recording::V100 => zone.spot(sample + 1),
            Kind::Spot => zone.spot(sample),
            Kind::OnDemand => zone.on_demand,
        });
        run.cost += hours * price.unwrap_or(0.0);
        run.count(wished, wished.is_some() && wished != last);
        last = wished;
        job.now += 1;
    }
}
