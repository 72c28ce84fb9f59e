//! Batches: how many instances go at once, in recorded fleets and in simulated ones of their size.
//!
//! The shares that an episode takes were fitted to all recorded fleets together. What is judged is
//! what comes out of a run in the end, for each fleet alone: windows, successors and the order of
//! episodes are in it as well.

use std::path::Path;
use std::sync::Arc;

use sim::market::reclaims::contention::Contention;
use sim::{Root, SimTime, Span};

use crate::fleet::{Fleet, ROOT, without_notice};
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "batches",
    about: "instances that go within five minutes of each other, fleet by fleet",
    run,
};

/// Losses that follow each other by at most this are one episode.
const AT_ONCE: Span = Span::from_secs(300);
/// Fleets of fewer are in the other regime of the fit.
const LEAST_RUNNING: u32 = 10;
/// How long each simulated fleet is watched, and how often.
const WATCHED: Span = Span::from_hours(300);
const REPLICATIONS: u32 = 16;

/// Recorded fleets that ran ten instances and more and lost some.
const FLEETS: [&str; 4] = [
    "bamboo-held-aws-p3-fleet",
    "bamboo-held-aws-g4dn-fleet",
    "bamboo-held-gcp-v100x1-east1c",
    "bamboo-held-gcp-a100x1-east1b",
];

fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let mut rows = Vec::new();
    for pool in data::pools(folder)? {
        let Some(name) = FLEETS.iter().find(|name| **name == pool.pool_id) else { continue };
        let recorded = Batches::of(&pool.trace);
        let mut simulated = Batches::default();
        for replication in 0..REPLICATIONS {
            simulated.add(Batches::of(&simulate(pool.target_count, replication)));
        }
        let mut row = |what: &str, of: fn(&Batches) -> f64, bound: Bound| {
            rows.push(Row {
                what: format!("{name}: {what}"),
                expected: of(&recorded),
                got: of(&simulated),
                bound,
                decimals: 2,
            });
        };
        // Some thirty episodes a fleet leave a standard error of about a twelfth.
        row("share of losses in batches", Batches::in_batches, Bound::Within(0.16));
        row("median batch, share of what ran", |it| it.quantile(0.5), Bound::Within(0.10));
        row("9th decile", |it| it.quantile(0.9), Bound::Within(0.20));
    }
    Ok(rows)
}

/// How many instances a fleet of this size holds, with the rates of the fit to held p3.2xlarge.
fn simulate(size: u32, replication: u32) -> Vec<(SimTime, u32)> {
    static SUDDEN: std::sync::OnceLock<sim::providers::Provider> = std::sync::OnceLock::new();
    let contention = Contention { window_rate: Some(0.246), ..Contention::default() };
    let fleet = Fleet {
        size,
        reclaims_per_hour: 0.0,
        scarce: true,
        provider: SUDDEN.get_or_init(|| without_notice("aws")),
        reclaims: Arc::new(contention),
        horizon: WATCHED,
    };
    fleet.held(Root { replication, ..ROOT })
}

/// Episodes of loss: how many instances went, and of how many.
#[derive(Default)]
struct Batches(Vec<(u32, u32)>);

impl Batches {
    /// Those of a fleet of which it is known how many instances it held since when. What it is given
    /// while an episode lasts is not seen, as in recordings.
    fn of(held: &[(SimTime, u32)]) -> Batches {
        let mut episodes: Vec<(SimTime, u32, u32)> = Vec::new();
        for two in held.windows(2) {
            let ((_, before), (at, after)) = (two[0], two[1]);
            let lost = before.saturating_sub(after);
            if lost == 0 {
                continue;
            }
            match episodes.last_mut() {
                Some((last, size, _)) if at.since(*last) <= AT_ONCE => {
                    (*last, *size) = (at, *size + lost);
                }
                _ => episodes.push((at, lost, before)),
            }
        }
        let large = episodes.into_iter().filter(|(_, _, before)| *before >= LEAST_RUNNING);
        Batches(large.map(|(_, size, before)| (size, before)).collect())
    }

    fn add(&mut self, others: Batches) {
        self.0.extend(others.0);
    }

    /// The share of losses that did not come alone.
    fn in_batches(&self) -> f64 {
        let all: u32 = self.0.iter().map(|(size, _)| size).sum();
        let together: u32 = self.0.iter().map(|(size, _)| size).filter(|size| **size > 1).sum();
        f64::from(together) / f64::from(all)
    }

    /// A quantile of the share of what ran that an episode took, nearest rank.
    fn quantile(&self, share: f64) -> f64 {
        let mut shares: Vec<f64> =
            self.0.iter().map(|(size, before)| f64::from(*size) / f64::from(*before)).collect();
        shares.sort_by(f64::total_cmp);
        // In range: a share of a count.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let rank = (share * shares.len() as f64).ceil() as usize;
        shares.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    }
}
