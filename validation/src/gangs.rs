//! V4: how often all of several instances are there at once.
//!
//! Losses come together, so a gang of n runs far more often than n independent instances of the
//! same availability would.

use std::path::Path;

use sim::SimTime;

use crate::fleet::ROOT;
use crate::transitions::replayed;
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment =
    Experiment { name: "V4", about: "gang availability and interruptions, exact on replay", run };

/// By pool: share of time with all there, with half of them, and how often a whole gang broke.
// Computed from the same traces with numpy, 2026-11-24.
const EXPECTED: [(&str, f64, f64, f64); 6] = [
    ("sky-probe-aws-08-27-2023-us-east-2b-v100x1-n16", 0.456, 0.550, 74.0),
    ("sky-probe-aws-08-27-2023-us-west-2a-v100x1-n16", 0.418, 0.433, 91.0),
    ("sky-probe-aws-08-27-2023-us-west-2c-v100x1-n16", 0.415, 0.428, 81.0),
    ("sky-held-aws-08-03-2023-us-east-1f-v100x1-n4", 0.304, 0.357, 53.0),
    ("sky-held-aws-08-03-2023-us-east-2a-v100x1-n4", 0.712, 0.736, 36.0),
    ("sky-held-aws-08-03-2023-us-west-2c-v100x1-n4", 0.790, 0.825, 90.0),
];

fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let mut rows = Vec::new();
    for pool in data::pools(folder)? {
        let expected = EXPECTED.iter().find(|(name, ..)| *name == pool.pool_id);
        let Some((name, all, half, breaks)) = expected else { continue };
        let wanted = pool.target_count;
        let held = replayed(&pool).held(ROOT);
        let end = SimTime::ZERO + pool.duration();
        let share = |least: u32| {
            let until = held.iter().skip(1).map(|(at, _)| *at).chain([end]);
            let ms: u64 = held
                .iter()
                .zip(until)
                .filter(|((_, count), _)| *count >= least)
                .map(|((from, _), to)| to.since(*from).as_ms())
                .sum();
            ms as f64 / pool.duration().as_ms() as f64
        };
        let broken =
            held.windows(2).filter(|two| two[0].1 >= wanted && two[1].1 < wanted).count() as f64;
        let mut row = |what: &str, expected: f64, got: f64, bound: Bound, decimals: usize| {
            rows.push(Row { what: format!("{name}: {what}"), expected, got, bound, decimals });
        };
        // The expected shares are known to three decimals.
        row("all there", *all, share(wanted), Bound::Within(0.000_5), 3);
        row("half there", *half, share(wanted.div_ceil(2)), Bound::Within(0.000_5), 3);
        row("gang broken", *breaks, broken, Bound::Within(0.0), 0);
    }
    Ok(rows)
}
