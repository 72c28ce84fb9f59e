//! The charts of an experiment, one file each: what they find and what they show.

mod arrivals;
mod availability;
mod cost;
mod disruption;
pub(crate) mod front;
mod heat;
mod load;
mod nodes;
mod packing;
mod pending;
mod places;
mod prices;
mod replicas;
mod requests;
mod risk;
mod savings;
mod scaling;
mod types;
pub mod typical;
mod usage;
mod utilisation;
mod waste;

use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

use self::typical::Choice;
use crate::Summary;
use crate::chart::{Axis, Chart, Color, Data, Datum, Tick};
use crate::folds::series::Series;
pub(crate) use crate::format::many;
use crate::recording::Recording;
use crate::stats::Estimate;
use crate::summary::{ContainerFit, Variant};

/// What charts are made from.
#[derive(Clone, Copy)]
pub struct Story<'a> {
    /// Every figure that a chart names.
    pub summary: &'a Summary,
    /// What it is about, over time.
    pub subject: &'a Series,
    /// Other variants over time, the baseline first.
    pub others: &'a [Drawn<'a>],
    /// The one run that is shown event by event.
    pub recording: Recording<'a>,
    /// Which run that is.
    pub shown: Choice,
}

/// A variant beside the subject.
#[derive(Clone, Copy)]
pub struct Drawn<'a> {
    /// Its figures.
    pub variant: &'a Variant,
    /// Itself over time.
    pub series: &'a Series,
}

impl Drawn<'_> {
    /// What it is called beside a line.
    fn label(&self) -> String {
        format!("{} plan", self.variant.name)
    }
}

/// Every chart, the answer first; those of usage where it is modelled, that of arrivals there or where
/// a generator lets something arrive, and those of autoscalers of nodes and of pods where there are any.
#[must_use]
pub fn all(story: &Story<'_>) -> Vec<Chart> {
    let of_nodes = [
        savings::chart(story),
        risk::chart(story),
        cost::chart(story),
        nodes::chart(story),
        disruption::chart(story),
    ];
    let has_pods = story.summary.has_pods;
    let of_pods = has_pods.then(|| [availability::chart(story), pending::chart(story)]);
    let of_prices = prices::chart(story);
    let where_modelled = [
        utilisation::chart(story, 0),
        utilisation::chart(story, 1),
        load::chart(story),
        arrivals::chart(story),
        types::chart(story),
        scaling::chart(story),
        packing::chart(story),
        heat::chart(story),
        usage::chart(story),
        replicas::chart(story),
        requests::chart(story, 0),
        requests::chart(story, 1),
        waste::chart(story),
    ];
    let charts = of_nodes.into_iter().chain(of_pods.into_iter().flatten()).chain([of_prices]);
    charts.chain(where_modelled.into_iter().flatten()).collect()
}

/// The colour of each of [`crate::cost::CAPACITY_TYPES`], and its name.
const CAPACITY: [(Color, &str); 2] = [(Color::Blue, "on-demand"), (Color::Orange, "spot")];

/// The colours of variants beside the subject, over and over.
const OTHERS: [Color; 4] = [Color::Blue, Color::Green, Color::Purple, Color::Sky];

impl<'a> Story<'a> {
    /// What it is about.
    fn about(&self) -> &'a Variant {
        self.summary.subject()
    }

    /// The name of the baseline, as in `the on-demand plan`.
    fn baseline(&self) -> &'a str {
        self.summary.baseline().map_or("baseline", |it| &it.name)
    }

    /// Where the data of a chart come from.
    fn source(&self) -> String {
        let summary = self.summary;
        format!("{} · seed {} · spotsim {}", summary.scenario, summary.seed, summary.version)
    }

    /// The run that is shown event by event, and why that one, in words.
    fn shown(&self) -> String {
        let Choice { replication, which } = self.shown;
        let summary = self.summary;
        format!("Run {}/{replication}, {}", summary.seed, which.among(summary.replications))
    }

    /// How many replications, in words.
    fn replications(&self) -> String {
        many(self.summary.replications as u64, "replication")
    }
}

/// Whether a difference is neither nothing nor lost in its interval.
fn shows(difference: Estimate) -> bool {
    difference.mean != 0.0 && !difference.covers_zero()
}

/// An axis of percentages that begins and ends near what it shows, at round steps.
fn percent_axis(label: &str, least: f64, most: f64) -> Axis {
    // Of what is all the same, a little around it.
    let room = (0.06 * (most - least)).max(0.0005);
    let (from, to) = (least - room, if most >= 100.0 { 100.0 } else { most + room });
    Axis::between(label, from, to, |at, step| {
        let decimals = [1.0, 0.1, 0.01, 0.001].iter().position(|unit| step >= unit * 0.999);
        // A step of 0.25 has one more.
        let text = format!("{at:.0$}", decimals.map_or(5, |decimals| decimals + 1));
        format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
    })
}

/// An instant on an axis of time.
fn x(at: SimTime) -> f64 {
    at.since(SimTime::ZERO).as_secs_f64()
}

/// What a series is over time as a table in one unit, with what each column is called and worth.
fn over_time(
    series: &Series,
    unit: &str,
    columns: &[(&str, &[f64])],
    text: impl Fn(f64) -> String,
) -> Data {
    let begin = |step| series.edge(step);
    stepwise((0..series.steps.len()).map(begin), unit, columns, text)
}

/// The same of steps that begin at these instants: a row for each in which something changes.
fn stepwise(
    begin: impl IntoIterator<Item = SimTime>,
    unit: &str,
    columns: &[(&str, &[f64])],
    text: impl Fn(f64) -> String,
) -> Data {
    let mut rows: Vec<Datum> = Vec::new();
    for (step, from) in begin.into_iter().enumerate() {
        let values: Vec<String> = columns.iter().map(|(_, values)| text(values[step])).collect();
        if rows.last().is_none_or(|last| last.values != values) {
            rows.push(Datum::new(from.to_string(), values).x(x(from)));
        }
    }
    let names: Vec<String> = columns.iter().map(|(name, _)| format!("{name}, {unit}")).collect();
    Data::of(std::iter::once("From").chain(names.iter().map(String::as_str)), rows)
}

/// The edges of the steps of a series, on an axis of time.
fn edges(series: &Series) -> Vec<f64> {
    (0..=series.steps.len()).map(|index| x(series.edge(index))).collect()
}

/// What a curve is at its end.
fn last(values: &[f64]) -> f64 {
    values.last().copied().unwrap_or(0.0)
}

/// A workload without the namespace that most are in.
fn plainly(name: &str) -> &str {
    name.strip_prefix("default/").unwrap_or(name)
}

/// The namespace, unless most are in it, and the name of a workload.
fn workload_name(legend: &Legend, id: WorkloadId) -> String {
    let (names, workload) = (&legend.model.names, &legend.model.workloads[id]);
    let name = format!("{}/{}", names.text(workload.namespace), names.text(workload.name));
    plainly(&name).to_owned()
}

/// A workload and its container.
fn container_name(fit: &ContainerFit) -> String {
    format!("{} {}", plainly(&fit.workload), fit.container)
}

/// What is written at a mark of an axis: with the decimals that its step has.
pub(crate) fn decimal(at: f64, step: f64) -> String {
    let decimals = [1.0, 0.1, 0.01].iter().position(|unit| (step / unit).fract().abs() < 1e-6);
    match decimals {
        Some(0) => crate::format::thousands(at),
        decimals => format!("{at:.0$}", decimals.unwrap_or(3)),
    }
}

/// The upright axis of a chart with a row for each thing: few rows stay as high as some more would be.
pub(crate) fn rows_axis(ticks: Vec<Tick>) -> Axis {
    const LEAST: f64 = 4.0;
    let rows = ticks.len() as f64;
    Axis { ticks, lines: true, ..Axis::bare(rows - rows.max(LEAST), rows) }
}
