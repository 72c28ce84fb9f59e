//! V7: what a diversified fleet saves, and how often its instances are taken.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use reports::cost::meter::{Bill, Meter};
use scenarios::Scenario;
use scenarios::catalogue::{self, Listed};
use scenarios::diagnostic::Source;
use sim::fact::Cause;
use sim::model::catalog::OfferingId;
use sim::model::node::NodeId;
use sim::{Fact, Legend, SimTime, Span, Stop};
use spotsim::Variant;

use crate::{Bound, DataError, Experiment, Row};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "V7",
    about: "a fleet of every CPU type of the bands 0 to 2: what it saves, how often it is taken",
    run,
};

/// The facts of one run, with their times.
type Facts = Vec<(SimTime, Fact)>;

/// What such a fleet is expected to save, in percent, before overheads.
// AWS Spot Advisor, 2025-06: the median saving of the types of each band in seven regions is 63 to
// 64 %. The list prices are those of 2026.
const SAVING: (f64, f64) = (60.0, 68.0);
/// How often an instance is expected to be taken in a week, successors included.
// The bands read as a share a month, from 2.5 to 12.5 %.
const RECLAIMS_A_WEEK: (f64, f64) = (0.006, 0.03);
/// By how much reclaims that come in windows, some of them of the whole region, may miss their rate.
const SAMPLING: f64 = 0.2;

const DAYS: u32 = 728;
/// A window that a whole region shares takes hundreds, and there are two in this many.
const REPLICATIONS: u32 = 40;

/// Nothing is read but the catalogue, and nothing is set but the types: all else is the default.
///
/// The saving is that of the catalogue, whose prices are constant and the advisor's: it checks the
/// bills, and the choice of types, not how prices move.
fn run(_: &Path) -> Result<Vec<Row>, DataError> {
    let scenario = fleet();
    let legend = Legend::of(&scenario.setup);
    let experiment = spotsim::Experiment {
        variants: vec![Variant::new("fleet", scenario.setup)],
        seed: 42,
        replications: 0..REPLICATIONS,
        threads: None,
    };
    let end = |_, facts: Facts, _| held(&facts, &legend);
    let runs = experiment.observe(Stop::NEVER, |_| {}, |_, _| Facts::new(), end)?;
    let mut paid: BTreeMap<OfferingId, [f64; 2]> = BTreeMap::new();
    let mut lives = Vec::new();
    for (bills, ends) in runs.into_iter().flatten() {
        lives.extend(ends);
        for bill in bills {
            let list = legend.model.catalog.instance_type(bill.offering).on_demand;
            let [spot, on_demand] = paid.entry(bill.offering).or_default();
            for line in &bill.lines {
                let hours = line.held().as_hours_f64();
                *spot += if bill.free { 0.0 } else { line.price.as_usd_f64() * hours };
                *on_demand += list.as_usd_f64() * hours;
            }
        }
    }
    // A diversified fleet spreads its money: each type counts alike.
    let savings = paid.values().map(|[spot, on_demand]| 100.0 * (1.0 - spot / on_demand));
    let saving = savings.sum::<f64>() / paid.len() as f64;
    let taken = lives.iter().filter(|(_, taken)| *taken).count();
    let held: f64 = lives.iter().map(|(age, _)| age.as_hours_f64()).sum();
    let a_week = taken as f64 / held * 168.0;
    let offerings = legend.model.catalog.offerings.rows();
    let stated = offerings.map(|it| it.reclaims_per_hour).sum::<f64>() / paid.len() as f64 * 168.0;
    let row = |what: &str, (low, high): (f64, f64), got, decimals| Row {
        what: what.into(),
        expected: f64::midpoint(low, high),
        got,
        bound: Bound::Within((high - low) / 2.0),
        decimals,
    };
    Ok(vec![
        row("saving of a fleet, percent", SAVING, saving, 1),
        row("reclaims a week, successors included", RECLAIMS_A_WEEK, a_week, 4),
        Row {
            what: "reclaims a week, successors included, as the bands' rates say".into(),
            expected: stated,
            got: a_week,
            bound: Bound::WithinShare(SAMPLING),
            decimals: 4,
        },
    ])
}

/// What was billed in one run, and how long each instance was held, with whether it was taken then.
fn held(facts: &Facts, legend: &Legend) -> (Vec<Bill>, Vec<(Span, bool)>) {
    let mut meter = Meter::new(legend);
    let (mut bills, mut lives) = (Vec::new(), Vec::new());
    let mut launched: BTreeMap<NodeId, SimTime> = BTreeMap::new();
    for (at, fact) in facts {
        bills.extend(meter.read(*at, fact));
        match *fact {
            Fact::NodeLaunched { node, .. } => {
                launched.insert(node, *at);
            }
            Fact::NodeGone { node, why, .. } => {
                let launched_at = launched.remove(&node).unwrap_or(*at);
                lives.push((at.since(launched_at), why == Cause::Reclaimed));
            }
            _ => {}
        }
    }
    lives.extend(launched.into_values().map(|from| (legend.to.since(from), false)));
    bills.extend(meter.finish());
    (bills, lives)
}

/// One instance of each CPU type of these bands.
fn fleet() -> Scenario {
    let wanted = |listed: &&Listed| {
        let calm = listed.band.is_some_and(|band| band <= 2);
        calm && listed.gpu.is_none() && listed.spot_micro_usd.is_some()
    };
    let types = catalogue::region("aws", "us-east-1").filter(wanted);
    let types: Vec<&str> = types.map(|listed| listed.name.as_str()).collect();
    let mut text = format!(
        "apiVersion: spotsim/v1\nname: fleet\nhorizon: {DAYS}d\nregion: us-east-1\npools:\n"
    );
    let _ = writeln!(
        text,
        "  - {{name: fleet, count: {}, capacityType: spot, instanceTypes: [{}]}}",
        types.len(),
        types.join(", ")
    );
    let source = Source { file: "fleet.yaml".into(), text: text.into() };
    Scenario::parse(&source, None).expect("listed types make a whole scenario")
}
