//! `nodes.csv`: every instance there was, from its launch to its end.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use sim::model::node::NodeId;
use sim::{Cost, Fact, Span};

use super::cell;
use super::{Recording, change, seconds};
use crate::cost::ledger::Books;
use crate::names::{Namer, reason};

/// A line of the table. What has not happened is left empty.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(serialize_with = "cell::text")]
    node: String,
    #[serde(serialize_with = "cell::text")]
    pool: &'a str,
    #[serde(serialize_with = "cell::text")]
    instance_type: &'a str,
    #[serde(serialize_with = "cell::text")]
    zone: &'a str,
    capacity_type: &'a str,
    launched_s: f64,
    ready_s: Option<f64>,
    notice_s: Option<f64>,
    gone_s: Option<f64>,
    end: Option<&'static str>,
    billed_s: f64,
    cost_usd: f64,
}

/// Writes the instances in the order of their launches.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, books: &Books, out: impl Write) -> csv::Result<()> {
    let mut namer = Namer::new(recording.legend);
    let mut rows: BTreeMap<NodeId, Row<'_>> = BTreeMap::new();
    for (at, fact) in recording.facts {
        namer.learn(fact);
        match *fact {
            Fact::NodeLaunched { node, pool, offering, .. } => {
                let [instance_type, zone, capacity_type] = namer.offering(offering);
                let row = Row {
                    node: namer.node(node).to_owned(),
                    pool: namer.pool(pool),
                    instance_type,
                    zone,
                    capacity_type,
                    launched_s: seconds(*at),
                    ready_s: None,
                    notice_s: None,
                    gone_s: None,
                    end: None,
                    billed_s: 0.0,
                    cost_usd: 0.0,
                };
                rows.insert(node, row);
            }
            Fact::NodeReady { node } => {
                change(&mut rows, &node, |row| row.ready_s = Some(seconds(*at)));
            }
            Fact::NoticeGiven { node, .. } => {
                change(&mut rows, &node, |row| row.notice_s = Some(seconds(*at)));
            }
            Fact::NodeGone { node, why, .. } => change(&mut rows, &node, |row| {
                row.gone_s = Some(seconds(*at));
                row.end = Some(reason(why));
            }),
            _ => {}
        }
    }
    for bill in &books.bills {
        let (held, cost) =
            if bill.free { (Span::ZERO, Cost::ZERO) } else { (bill.held(), bill.cost()) };
        change(&mut rows, &bill.node, |row| {
            row.billed_s = held.as_secs_f64();
            row.cost_usd = cost.micro_usd() as f64 / 1e6;
        });
    }
    let mut table = csv::Writer::from_writer(out);
    for row in rows.values() {
        table.serialize(row)?;
    }
    table.flush()?;
    Ok(())
}
