//! Hold-out: two regimes are fitted to the first half of a recording, and judged by the second.

use std::path::Path;
use std::sync::Arc;

use scenarios::traces::Counts;
use sim::market::reclaims::contention::Contention;
use sim::{SimTime, Span};

use crate::fit::{Fit, Slots};
use crate::fleet::{Fleet, ROOT, without_notice};
use crate::survival::{Watched, hazard};
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "halves",
    about: "two regimes fitted to the first half of each recording, beside its second half",
    run,
};

/// Recordings: a name, the files, and the pools.
type Case = (&'static str, &'static str, fn(&str) -> bool);
const CASES: [Case; 3] = [
    ("p3.2xlarge, us-east-1, 2023", "", |it| it.starts_with("sky-probe-aws-02-15-2023-us-east-1")),
    ("p3.2xlarge, us-west-2 and us-east-2, 2023", "", |it| {
        it.starts_with("sky-probe-aws-02-15-2023-us-")
            && !it.starts_with("sky-probe-aws-02-15-2023-us-east-1")
    }),
    ("a3-highgpu-1g, 2025", "skynomad_", |it| it.starts_with("skynomad-probe-gcp")),
];
/// Ages in hours between which hazards are compared.
const AGES: [(f64, f64); 3] = [(0.0, 1.0), (1.0, 4.0), (4.0, 1_000.0)];
/// What halves of one recording differ by.
const AVAILABILITY_WITHIN: f64 = 0.08;
const HAZARD_WITHIN: f64 = 0.35;
const HOURS: u64 = 80_000;

fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let mut rows = Vec::new();
    for (name, files, of) in CASES {
        let pools = data::pools_of(folder, files)?;
        let (mut first, mut second) = (Slots::default(), Slots::default());
        for pool in pools.iter().filter(|pool| of(&pool.pool_id)) {
            let half = SimTime::from_ms(pool.duration().as_ms() / 2);
            let [before, after] = cut(&pool.trace, half);
            first.add(&before, 1);
            second.add(&after, 1);
        }
        let at_first = availability(&first);
        let fit = Fit::of(first);
        let Some(regimes) = fit.as_ref().and_then(|fit| fit.regimes.as_ref()) else { continue };
        let model = Contention {
            reclaim_rate: regimes.loss.value,
            grant_rate: regimes.grant.value,
            exit_rate: regimes.ends.value,
            recovery_rate: regimes.begins.value,
            window_rate: Some(regimes.begins.value),
            ..Contention::default()
        };
        let fleet = Fleet {
            size: 1,
            reclaims_per_hour: 0.0,
            scarce: true,
            provider: Box::leak(Box::new(without_notice("aws"))),
            reclaims: Arc::new(model),
            horizon: Span::from_hours(HOURS),
        };
        let mut simulated = Slots::default();
        simulated.add(&fleet.held(ROOT), 1);
        let mut row = |what: String, expected: f64, got: f64, bound: Bound| {
            rows.push(Row { what: format!("{name}: {what}"), expected, got, bound, decimals: 2 });
        };
        let (got, within) = (availability(&simulated), Bound::Within(AVAILABILITY_WITHIN));
        row("availability".into(), availability(&second), got, within);
        // How far the halves differ by themselves: no model of rates that stay the same foresees that.
        row("availability of the first half".into(), at_first, got, Bound::Shown);
        for (low, high) in AGES {
            let [expected, got] = [&second, &simulated].map(|it| hazard(&it.up, low, high));
            let what = format!("hazard at {low} to {high} h");
            row(what, expected, got, Bound::WithinShare(HAZARD_WITHIN));
        }
    }
    Ok(rows)
}

/// A trace before and from a moment on.
fn cut(trace: &Counts, at: SimTime) -> [Counts; 2] {
    let split = trace.partition_point(|(from, _)| *from < at);
    let (before, after) = trace.split_at(split);
    let then = before.last().map_or(0, |(_, count)| *count);
    [[before, &[(at, then)]].concat(), [&[(at, then)], after].concat()]
}

fn availability(slots: &Slots) -> f64 {
    let hours = |times: &[Watched]| times.iter().map(|(hours, _)| hours).sum::<f64>();
    hours(&slots.up) / (hours(&slots.up) + hours(&slots.down))
}
