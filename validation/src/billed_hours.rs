//! V3: what is billed of recorded lives, under each provider's own rule.

use std::path::Path;
use std::sync::Arc;

use sim::market::reclaims::{CapacityPath, Reclaims};
use sim::market::{Instance, Reclaim};
use sim::model::Model;
use sim::providers;
use sim::{Root, SimTime, Span};

use crate::data::Life;
use crate::fleet::{Fleet, ROOT};
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "V3",
    about: "instance-hours held and billed, exact, with the first hour free and the first minute",
    run,
};

/// Hours held, billed with the first hour free, and billed with the first minute free.
// Computed from the same lives with pandas, 2026-11-24.
type Expected = (&'static str, fn(&Life) -> bool, [f64; 3]);
const EXPECTED: [Expected; 4] = [
    ("p3 fleet", |life| life.pool_id == "bamboo-held-aws-p3-fleet", [273.12, 229.68, 273.12]),
    ("g4dn fleet", |life| life.pool_id == "bamboo-held-aws-g4dn-fleet", [135.68, 120.12, 135.68]),
    ("r5.16xlarge", |life| life.instance_type == "r5.16xlarge", [369.24, 326.91, 369.21]),
    ("p3.2xlarge", |life| life.pool_id.contains("aws-04-22"), [431.17, 389.71, 431.16]),
];
/// Of 1,442 preemptible VMs: held, and billed with the first minute free.
const EXPECTED_OF_VMS: [f64; 2] = [12_121.06, 12_121.04];

fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let lives = data::lives(folder)?;
    let mut rows = Vec::new();
    let mut row = |what: String, expected: f64, got: f64| {
        rows.push(Row { what, expected, got, bound: Bound::Within(0.005), decimals: 2 });
    };
    for (name, of, [held, first_hour_free, first_minute_free]) in EXPECTED {
        let lives: Vec<(Span, bool)> = lives
            .iter()
            .filter(|life| of(life))
            .map(|life| (Span::from_secs(life.lifetime_s), life.censored == 0))
            .collect();
        let (held_got, aws) = hours(&lives, "aws");
        let (_, gcp) = hours(&lives, "gcp");
        row(format!("{name}: held"), held, held_got);
        row(format!("{name}: billed, first hour free"), first_hour_free, aws);
        row(format!("{name}: billed, first minute free"), first_minute_free, gcp);
    }
    let vms: Vec<(Span, bool)> = data::vm_lives(folder)?
        .iter()
        .map(|life| (Span::from_secs_f64(life.lifetime_s), life.taken()))
        .collect();
    let (held, billed) = hours(&vms, "gcp");
    row("preemptible VMs: held".into(), EXPECTED_OF_VMS[0], held);
    row("preemptible VMs: billed, first minute free".into(), EXPECTED_OF_VMS[1], billed);
    Ok(rows)
}

/// Hours held and billed of lives, each simulated by itself until it was taken or no longer watched.
fn hours(lives: &[(Span, bool)], provider: &str) -> (f64, f64) {
    let (mut held, mut billed) = (0.0, 0.0);
    for (lifetime, taken) in lives {
        let fleet = Fleet {
            size: 1,
            reclaims_per_hour: 0.0,
            scarce: false,
            provider: providers::named(provider).expect("a provider that is modelled"),
            reclaims: Arc::new(OneLife { lifetime: taken.then_some(*lifetime) }),
            // One that was taken is watched for an instant longer, to see it go.
            horizon: *lifetime + Span::from_ms(u64::from(*taken)),
        };
        let bills = fleet.bills(ROOT);
        let bill = bills.iter().min_by_key(|bill| bill.node).expect("one instance");
        held += lifetime.as_hours_f64();
        billed += if bill.free { 0.0 } else { bill.held().as_hours_f64() };
    }
    (held, billed)
}

/// The first instance lives so long, all others for ever.
struct OneLife {
    lifetime: Option<Span>,
}

impl Reclaims for OneLife {
    fn name(&self) -> &'static str {
        "one life"
    }

    fn open(&self, _: Root, _: &Model, _: f64) -> Box<dyn CapacityPath> {
        Box::new(OneLife { lifetime: self.lifetime })
    }
}

impl CapacityPath for OneLife {
    fn fate(&mut self, instance: Instance, launched_at: SimTime) -> Option<Reclaim> {
        let lifetime = self.lifetime.filter(|_| instance.ordinal == 0)?;
        Some(Reclaim { at: launched_at + lifetime, announced: None })
    }
}
