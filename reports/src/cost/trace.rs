//! Where every cent comes from: the cost of a run, traced to instances, to stretches of time at one
//! price, and to the events that begin and end them.

use std::collections::BTreeMap;

use serde::Serialize;
use sim::fact::Cause;
use sim::fact::Fact;
use sim::model::catalog::CapacityType;
use sim::model::node::NodeId;
use sim::{Cost, Legend, SimTime, Span};

use crate::cost::breakdown::IDLE;
use crate::cost::ledger::Books;
use crate::cost::meter::{Bill, Line};
use crate::cost::persistent;
use crate::names::{Namer, reason};
use crate::recording::Recording;

/// The version of the format.
pub const SCHEMA: &str = "spotsim/explain-cost/v1";

/// What is to be shown.
#[derive(Clone, Debug, Default)]
pub struct Focus {
    /// Only the instances of this pool, but all of them.
    pub pool: Option<String>,
    /// Only this instance, line by line.
    pub node: Option<String>,
}

/// The cost of a run, with all that it is the sum of.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// The version of this format.
    pub schema: &'static str,
    /// The window begins here.
    pub from: String,
    /// It ends here.
    pub to: String,
    /// Its length in hours.
    pub window_hours: f64,
    /// The cost, exactly.
    pub total: Amount,
    /// What the same instances would have cost on-demand, under the same contract.
    pub same_nodes: Amount,
    /// What is paid besides instances: for what, and how much.
    pub besides: Vec<Besides>,
    /// Every instance, in the order of launches.
    pub instances: Vec<Instance>,
}

/// An amount of money: exactly, in micro-dollars an hour times milliseconds, and in micro-dollars.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Amount {
    /// Exactly: 3.6e12 of these are a dollar.
    pub micro_usd_ms_per_hour: u128,
    /// Rounded.
    pub micro_usd: u64,
}

/// Something that is paid for beside instances.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Besides {
    /// What.
    pub what: String,
    /// How much.
    pub cost: Amount,
}

/// An instance and its bill.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// Its name.
    pub node: String,
    /// Its pool.
    pub pool: String,
    /// Its type.
    pub instance_type: String,
    /// Its zone.
    pub zone: String,
    /// How it was bought.
    pub capacity_type: String,
    /// What it costs.
    pub cost: Amount,
    /// When the provider accepted the launch.
    pub launched: String,
    /// When it took pods.
    pub ready: Option<String>,
    /// When it was announced that it would be taken.
    pub notice: Option<String>,
    /// When it was gone.
    pub gone: Option<String>,
    /// Why.
    pub end: Option<&'static str>,
    /// How the provider's rule makes billed time of it.
    pub rule: String,
    /// The billed time in the window, one line for each price.
    pub lines: Vec<Stretch>,
    /// Who requested it, and what is idle.
    pub shares: Vec<Besides>,
}

/// A stretch of time at one price.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stretch {
    /// From this instant.
    pub from: String,
    /// What happened then.
    pub begins_with: &'static str,
    /// Until this one.
    pub to: String,
    /// What happened then.
    pub ends_with: &'static str,
    /// How long it is.
    pub held: String,
    /// The price in dollars an hour, with the commitments that cover the instance.
    pub usd_per_hour: f64,
    /// The same without commitments, if there are any.
    pub uncovered_usd_per_hour: Option<f64>,
    /// What it costs.
    pub cost: Amount,
}

impl From<Cost> for Amount {
    fn from(cost: Cost) -> Amount {
        Amount { micro_usd_ms_per_hour: cost.0, micro_usd: cost.micro_usd() }
    }
}

/// When an instance came and went.
#[derive(Clone, Copy)]
struct Life {
    launched: SimTime,
    ready: Option<SimTime>,
    notice: Option<SimTime>,
    gone: Option<(SimTime, Cause)>,
}

/// Traces the cost of a run.
#[must_use]
pub fn of(recording: Recording<'_>) -> Trace {
    let legend = recording.legend;
    let mut namer = Namer::new(legend);
    let mut lives: BTreeMap<NodeId, Life> = BTreeMap::new();
    for (at, fact) in recording.facts {
        namer.learn(fact);
        match *fact {
            Fact::NodeLaunched { node, .. } => {
                let life = Life { launched: *at, ready: None, notice: None, gone: None };
                lives.insert(node, life);
            }
            Fact::NodeReady { node } => change(&mut lives, node, |life| life.ready = Some(*at)),
            Fact::NoticeGiven { node, .. } => {
                change(&mut lives, node, |life| life.notice = Some(*at));
            }
            Fact::NodeGone { node, why, .. } => {
                change(&mut lives, node, |life| life.gone = Some((*at, why)));
            }
            _ => {}
        }
    }
    let books = Books::of(recording);
    let mut bills: Vec<&Bill> = books.bills.iter().collect();
    bills.sort_by_key(|bill| bill.node);
    Trace {
        schema: SCHEMA,
        from: legend.from.to_string(),
        to: legend.to.to_string(),
        window_hours: legend.to.since(legend.from).as_hours_f64(),
        total: books.money.total().into(),
        same_nodes: books.money.same_nodes.into(),
        besides: besides(&books, legend),
        instances: bills
            .into_iter()
            .map(|bill| instance(bill, lives[&bill.node], &namer, legend))
            .collect(),
    }
}

fn change(lives: &mut BTreeMap<NodeId, Life>, node: NodeId, change: impl FnOnce(&mut Life)) {
    if let Some(life) = lives.get_mut(&node) {
        change(life);
    }
}

fn besides(books: &Books, legend: &Legend) -> Vec<Besides> {
    let (contract, names) = (&legend.terms.contract, &legend.model.names);
    let mut unused: BTreeMap<&str, Cost> = BTreeMap::new();
    for it in &books.unused {
        let name = contract.commitments[it.commitment].name;
        *unused.entry(names.text(name)).or_default() += it.cost();
    }
    let mut all: Vec<(String, Cost)> = unused
        .into_iter()
        .map(|(name, cost)| (format!("commitment {name}, unused"), cost))
        .collect();
    let volumes: Cost = books.bills.iter().map(|bill| contract.boot_volume * bill.held()).sum();
    all.push(("control plane".into(), contract.control_plane * legend.to.since(legend.from)));
    all.push(("boot volumes".into(), volumes));
    for (it, from) in persistent::paid(legend) {
        let name = format!("volumes {}", names.text(it.name));
        all.push((name, it.rate * legend.to.since(from)));
    }
    let there = all.into_iter().filter(|(_, cost)| *cost > Cost::ZERO);
    there.map(|(what, cost)| Besides { what, cost: cost.into() }).collect()
}

fn instance(bill: &Bill, life: Life, namer: &Namer<'_>, legend: &Legend) -> Instance {
    let [instance_type, zone, capacity_type] = namer.offering(bill.offering);
    let shares = bill.shares().map(|(workload, share)| (namer.workload(workload), share));
    let shares = shares.chain([(IDLE.to_owned(), bill.idle())]);
    Instance {
        node: namer.node(bill.node).to_owned(),
        pool: namer.pool(bill.pool).to_owned(),
        instance_type: instance_type.to_owned(),
        zone: zone.to_owned(),
        capacity_type: capacity_type.to_owned(),
        cost: bill.cost().into(),
        launched: life.launched.to_string(),
        ready: life.ready.map(|at| at.to_string()),
        notice: life.notice.map(|at| at.to_string()),
        gone: life.gone.map(|(at, _)| at.to_string()),
        end: life.gone.map(|(_, why)| reason(why)),
        rule: rule(bill, life, legend),
        lines: stretches(bill, life, legend),
        shares: shares
            .filter(|(_, share)| *share > Cost::ZERO)
            .map(|(what, share)| Besides { what, cost: share.into() })
            .collect(),
    }
}

/// How the time that an instance was held becomes billed time.
fn rule(bill: &Bill, life: Life, legend: &Legend) -> String {
    let billing = &legend.provider.billing;
    let Some((gone, _)) = life.gone else {
        return "it still runs at the end: billed to the end, and no minimum".into();
    };
    let held = gone.since(life.launched);
    let early = billing.free_if_reclaimed_before;
    let spot = bill.capacity_type == CapacityType::Spot;
    if bill.free {
        return format!("free: taken after {held}, within the first {early}");
    }
    let billed = billing.billed(held, false);
    let why = if held < billing.minimum {
        format!("at least {}", billing.minimum)
    } else {
        format!("in steps of {}", billing.granularity)
    };
    let after = if spot && early > Span::ZERO {
        format!("; not free, for it was not taken within the first {early}")
    } else {
        String::new()
    };
    format!("held for {held}, billed for {billed}: {why}{after}")
}

fn stretches(bill: &Bill, life: Life, legend: &Legend) -> Vec<Stretch> {
    let between = |before: Option<&Line>, after: Option<&Line>| match (before, after) {
        (Some(before), Some(after)) if before.price != after.price => "price change",
        _ => "commitment change",
    };
    let begins = |index: usize, line: &Line| match index.checked_sub(1) {
        None if line.from == life.launched => "launch",
        None => "window begins",
        Some(before) => between(bill.lines.get(before), Some(line)),
    };
    let ends = |index: usize, line: &Line| match (bill.lines.get(index + 1), life.gone) {
        (Some(next), _) => between(Some(line), Some(next)),
        (None, Some((gone, why))) if line.to >= gone => reason(why),
        (None, _) if line.to == legend.to => "window ends",
        (None, _) => "end",
    };
    let stretch = |(index, line): (usize, &Line)| Stretch {
        from: line.from.to_string(),
        begins_with: begins(index, line),
        to: line.to.to_string(),
        ends_with: ends(index, line),
        held: line.held().to_string(),
        usd_per_hour: line.effective().as_usd_f64(),
        uncovered_usd_per_hour: (line.covered.0 > 0).then(|| line.price.as_usd_f64()),
        cost: if bill.free { Cost::ZERO } else { line.cost() }.into(),
    };
    bill.lines.iter().enumerate().map(stretch).collect()
}
