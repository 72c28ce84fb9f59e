//! V2: the young are taken more often than the old, as in the traces; a model without memory cannot.

use std::path::Path;
use std::sync::Arc;

use sim::market::reclaims::Reclaims;
use sim::market::reclaims::contention::Contention;
use sim::providers::Provider;
use sim::{Root, SimTime, Span};

use crate::fleet::{Fleet, ROOT, without_notice};
use crate::survival::{Watched, hazard, median};
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "V2",
    about: "hazard by age of one slot that is always wanted; the memoryless model must fail it",
    run,
};

/// Ages in hours between which hazards are compared.
const AGES: [(f64, f64); 4] = [(0.0, 0.25), (0.25, 1.0), (1.0, 4.0), (4.0, 1_000.0)];

/// A data set with the rates of its two-regime fit, the figures of that fit when it was simulated
/// elsewhere for 20,000 h, and by how much the fit may miss the data.
struct Case {
    name: &'static str,
    of: fn(&str) -> bool,
    quiet_ends: f64,
    contention: [f64; 3],
    availability: f64,
    hazards: [f64; 4],
    lifetime: f64,
    outage: f64,
    misses_data_by: f64,
}

// Fits and simulations with numpy, 2026-11-24.
const CASES: [Case; 2] = [
    Case {
        name: "held p3.2xlarge, 2023-04",
        of: |pool| pool.contains("sky-held-aws-04-22"),
        quiet_ends: 0.246,
        contention: [1.337, 1.893, 0.423],
        availability: 0.60,
        hazards: [1.24, 0.97, 0.33, 0.18],
        lifetime: 0.61,
        outage: 0.40,
        misses_data_by: 0.45,
    },
    Case {
        name: "probed p3.2xlarge, us-east-1, 45 days",
        of: |pool| pool.contains("sky-probe-aws-02-15-2023-us-east-1"),
        quiet_ends: 0.234,
        contention: [1.545, 1.234, 0.356],
        availability: 0.45,
        hazards: [1.45, 1.13, 0.40, 0.18],
        lifetime: 0.52,
        outage: 0.65,
        misses_data_by: 0.25,
    },
];

/// Enough for a standard error of half a point of availability.
const HOURS: u64 = 80_000;
const REPLICATIONS: u32 = 5;

fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let pools = data::pools(folder)?;
    let mut rows = Vec::new();
    for case in &CASES {
        let seen: Vec<&data::Pool> = pools.iter().filter(|pool| (case.of)(&pool.pool_id)).collect();
        let recorded = Slot::of_traces(&seen);
        let [reclaim_rate, grant_rate, exit_rate] = case.contention;
        let model = Contention {
            reclaim_rate,
            grant_rate,
            exit_rate,
            // Windows begin as often as quiet times end.
            recovery_rate: case.quiet_ends,
            window_rate: Some(case.quiet_ends),
            ..Contention::default()
        };
        let fitted = Slot::of_model(Arc::new(model));
        // Without memory: the same rates of loss and return, all the time.
        let memoryless = Contention {
            reclaim_rate: recorded.loss_rate(),
            grant_rate: recorded.return_rate(),
            exit_rate: 1e-6,
            recovery_rate: 1e6,
            // A second of ample capacity at most is nothing beside 80,000 hours.
            window_rate: Some(3_600.0),
            ..Contention::default()
        };
        let without_memory = Slot::of_model(Arc::new(memoryless));
        let mut row = |what: String, expected: f64, got: f64, bound: Bound| {
            rows.push(Row {
                what: format!("{}: {what}", case.name),
                expected,
                got,
                bound,
                decimals: 2,
            });
        };
        row("availability".into(), case.availability, fitted.availability(), Bound::Within(0.02));
        for ((low, high), expected) in AGES.into_iter().zip(case.hazards) {
            let what = format!("hazard at {low} to {high} h");
            row(what, expected, hazard(&fitted.up, low, high), Bound::WithinShare(0.10));
        }
        let ten = Bound::WithinShare(0.10);
        row("median lifetime, h".into(), case.lifetime, fitted.lifetime(), ten);
        row("median outage, h".into(), case.outage, fitted.outage(), ten);
        let mut missed = 0;
        for (low, high) in AGES {
            let real = hazard(&recorded.up, low, high);
            let what = format!("hazard at {low} to {high} h, against the trace");
            let bound = Bound::WithinShare(case.misses_data_by);
            row(what, real, hazard(&fitted.up, low, high), bound);
            let naive = hazard(&without_memory.up, low, high);
            missed += u32::from((naive / real - 1.0).abs() > 0.45);
        }
        // Two at least of the four.
        row(
            "ages that a model without memory misses by more than 45 %".into(),
            3.0,
            f64::from(missed),
            Bound::Within(1.0),
        );
    }
    Ok(rows)
}

/// Up and down times of one slot, in hours, each with whether it was seen to its end.
struct Slot {
    up: Vec<Watched>,
    down: Vec<Watched>,
}

impl Slot {
    /// As in traces of single slots.
    fn of_traces(pools: &[&data::Pool]) -> Slot {
        let mut slot = Slot { up: Vec::new(), down: Vec::new() };
        for pool in pools {
            for two in pool.trace.windows(2) {
                let hours = two[1].0.since(two[0].0).as_hours_f64();
                // Traces end with what they had; their last times were taken as ends in the fits.
                if two[0].1 >= 1 { &mut slot.up } else { &mut slot.down }.push((hours, true));
            }
        }
        slot
    }

    /// As a model has it.
    fn of_model(reclaims: Arc<dyn Reclaims>) -> Slot {
        static SUDDEN: std::sync::OnceLock<Provider> = std::sync::OnceLock::new();
        let fleet = Fleet {
            size: 1,
            reclaims_per_hour: 0.0,
            scarce: true,
            provider: SUDDEN.get_or_init(|| without_notice("aws")),
            reclaims,
            horizon: Span::from_hours(HOURS),
        };
        let mut slot = Slot { up: Vec::new(), down: Vec::new() };
        for replication in 0..REPLICATIONS {
            let mut gone = SimTime::ZERO;
            for instance in fleet.instances(Root { replication, ..ROOT }) {
                if instance.from > gone {
                    slot.down.push((instance.from.since(gone).as_hours_f64(), true));
                }
                slot.up.push((instance.held().as_hours_f64(), instance.taken.is_some()));
                gone = instance.to;
            }
        }
        slot
    }

    fn hours(times: &[Watched]) -> f64 {
        times.iter().map(|(hours, _)| hours).sum()
    }

    fn availability(&self) -> f64 {
        Slot::hours(&self.up) / (Slot::hours(&self.up) + Slot::hours(&self.down))
    }

    fn loss_rate(&self) -> f64 {
        self.up.len() as f64 / Slot::hours(&self.up)
    }

    fn return_rate(&self) -> f64 {
        self.down.len() as f64 / Slot::hours(&self.down)
    }

    fn lifetime(&self) -> f64 {
        let mut hours: Vec<f64> = self.up.iter().map(|(hours, _)| *hours).collect();
        median(&mut hours).unwrap_or(f64::NAN)
    }

    fn outage(&self) -> f64 {
        let mut hours: Vec<f64> = self.down.iter().map(|(hours, _)| *hours).collect();
        median(&mut hours).unwrap_or(f64::NAN)
    }
}
