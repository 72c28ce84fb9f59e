//! V5: lifetimes of preemptible VMs, with the users who stop theirs.

use std::path::Path;
use std::sync::Arc;

use sim::market::reclaims::by_age::{ByAge, Law};
use sim::market::reclaims::capped::Capped;
use sim::rng::Stream;
use sim::{Root, Span, providers};

use crate::fleet::Fleet;
use crate::survival::{Watched, ended_by, watching};
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "V5",
    about: "lifetimes of preemptible VMs up to their cap of 24 h, users' own stops censored",
    run,
};

/// The share of VMs taken by each age in hours.
// Kaplan and Meier on the same lives, lifelines, 2026-11-24.
#[allow(clippy::approx_constant)] // a share that happens to be near 1 / π
const EXPECTED: [(f64, f64); 4] = [(1.0, 0.149), (6.0, 0.276), (12.0, 0.318), (23.0, 0.382)];
/// Of 717 VMs that the provider took, the number that were about a day old.
const EXPECTED_AT_CAP: f64 = 352.0 / 717.0;
/// How often the VMs of the record are simulated.
const TIMES: u32 = 20;

fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let recorded: Vec<Watched> = data::vm_lives(folder)?
        .iter()
        .map(|life| (life.lifetime_s / 3_600.0, life.taken()))
        .collect();
    let stops = watching(&recorded);
    let mut lives = Vec::new();
    for replication in 0..TIMES {
        let root = Root { seed: 42, replication };
        let fleet = Fleet {
            size: u32::try_from(recorded.len()).unwrap_or(u32::MAX),
            reclaims_per_hour: 0.0,
            scarce: false,
            provider: providers::named("gcp").expect("gcp is modelled"),
            reclaims: Arc::new(Capped {
                beneath: Arc::new(ByAge::from(Law::gcp_2019())),
                max_life: Span::from_hours(24),
            }),
            horizon: Span::from_hours(25),
        };
        let first = fleet.instances(root).into_iter().take(recorded.len());
        lives.extend(first.enumerate().map(|(index, instance)| {
            let age = instance.held().as_hours_f64();
            // A user who stops a VM earlier than the provider takes it, as often as they did.
            let u = root.stream(Stream::Boot, &[index as u64, 5]).uniform();
            let stop = stops.iter().find(|(_, watched)| *watched < u).map(|(age, _)| *age);
            match stop {
                Some(stop) if stop < age => (stop, false),
                _ => (age, true),
            }
        }));
    }
    let mut rows: Vec<Row> = EXPECTED
        .iter()
        .map(|(age, expected)| Row {
            what: format!("taken by {age} h"),
            expected: *expected,
            got: ended_by(&lives, *age),
            bound: Bound::Within(0.02),
            decimals: 3,
        })
        .collect();
    let taken = lives.iter().filter(|(_, taken)| *taken).count() as f64;
    let at_cap = lives.iter().filter(|(age, taken)| *taken && *age > 23.9).count() as f64;
    rows.push(Row {
        what: "of those taken, at the cap".into(),
        expected: EXPECTED_AT_CAP,
        got: at_cap / taken,
        bound: Bound::Within(0.05),
        decimals: 3,
    });
    Ok(rows)
}
