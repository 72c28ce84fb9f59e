//! What spot costs over time, in one run, beside what on-demand costs: a line for each type in a zone.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::catalog::{CapacityType, OfferingId};
use sim::{MicroUsdPerHour, SimTime};

use super::{Story, many, x};
use crate::chart::{Axis, Chart, Color, Data, Datum, Ink, Mark, Side, Stroke, stairs};

/// Up to this many lines each have their name beside them; of more, the dearest and the cheapest.
const NAMED: usize = 8;

/// What a type in a zone costs on spot, from each moment on until the next one, in percent of its
/// on-demand price.
struct Path {
    of_type: String,
    zone: String,
    bought: bool,
    steps: Vec<(SimTime, f64)>,
}

impl Path {
    /// Whether it is of the same type, and costs the same all along.
    fn is_like(&self, other: &Path) -> bool {
        self.of_type == other.of_type && self.steps == other.steps
    }

    fn last(&self) -> f64 {
        self.steps.last().map_or(0.0, |(_, percent)| *percent)
    }
}

pub(super) fn chart(story: &Story<'_>) -> Chart {
    let legend = story.recording.legend;
    let paths = paths(story);
    let (from, to) = (x(legend.from), x(legend.to));
    let on_demand = vec![(from, 100.0), (to, 100.0)];
    let mut marks = vec![Mark::line(on_demand, Color::Blue, Stroke::Dashed)];
    // What was bought lies on top of what was only offered, and is what is named.
    let offered = paths.iter().filter(|path| !path.bought);
    let bought = paths.iter().filter(|path| path.bought);
    marks.extend(offered.chain(bought.clone()).map(|path| line(path, (from, to))));
    let bought: Vec<&Path> = bought.collect();
    // One name for the zones that have the same price all along.
    let alike: Vec<&[&Path]> = bought.chunk_by(|one, next| one.is_like(next)).collect();
    let named: Vec<&[&Path]> = match &alike[..] {
        [cheapest, .., dearest] if alike.len() > NAMED => vec![cheapest, dearest],
        few => few.to_vec(),
    };
    let side = |paths: &&[&Path]| {
        let path = paths[0];
        let zones = match paths.len() {
            1 => path.zone.clone(),
            zones => many(zones as u64, "zone"),
        };
        let name = format!("{} {zones}", path.of_type);
        Side::new(path.last(), name, format!("{:.1} %", path.last()), Color::Orange)
    };
    let mut sides: Vec<Side> = named.iter().map(side).collect();
    sides.push(Side::new(100.0, "on-demand", "100 %", Color::Blue));
    if paths.is_empty() {
        marks.push(Mark::remark((f64::midpoint(from, to), 50.0), "Nothing is bought on spot"));
    }
    let data = data(&paths);
    let most = paths.iter().flat_map(|path| &path.steps).map(|(_, percent)| *percent);
    let most = most.fold(100.0, f64::max);
    Chart {
        name: "prices",
        title: title(story),
        subtitle: subtitle(story, &paths),
        source: story.source(),
        key: Vec::new(),
        x: Axis::time(from, to),
        // On-demand is the top line, as long as nothing is above it.
        y: Axis::from_zero("% of on-demand", most, true, |at, _| format!("{at} %")),
        marks,
        sides,
        data,
    }
}

/// Each price with its least, its most and its last, in percent of on-demand.
fn data(paths: &[Path]) -> Data {
    let rows = paths.iter().map(|path| {
        let percents = || path.steps.iter().map(|(_, percent)| *percent);
        let (low, high) =
            (percents().fold(f64::INFINITY, f64::min), percents().fold(0.0, f64::max));
        let percent = |value: f64| format!("{value:.2} %");
        let bought = if path.bought { "yes" } else { "no" };
        let values = [percent(low), percent(high), percent(path.last()), bought.into()];
        Datum::new(format!("{} {}", path.of_type, path.zone), values).y(path.last())
    });
    Data::of(["Spot price", "least", "most", "at the end", "bought"], rows.collect())
}

fn title(story: &Story<'_>) -> String {
    story.about().discount_percent.map_or_else(
        || "Nothing is paid for spot".into(),
        |discount| {
            let left = 100.0 - discount.mean;
            format!("Spot costs {left:.1} % of on-demand: a discount of {:.1} %", discount.mean)
        },
    )
}

fn subtitle(story: &Story<'_>, paths: &[Path]) -> String {
    if paths.is_empty() {
        return format!("{}: no spot price", story.shown());
    }
    let bought: Vec<&Path> = paths.iter().filter(|path| path.bought).collect();
    let percents = || bought.iter().flat_map(|path| &path.steps).map(|(_, percent)| *percent);
    let (low, high) = (percents().fold(f64::INFINITY, f64::min), percents().fold(0.0, f64::max));
    let changes: usize = bought.iter().map(|path| path.steps.len() - 1).sum();
    let offers = many(paths.len() as u64, "spot price");
    let range = if bought.is_empty() {
        String::new()
    } else {
        format!(", from {low:.1} to {high:.1} %, {}", many(changes as u64, "change"))
    };
    let grey = if bought.len() < paths.len() { ". Grey: not bought" } else { "" };
    format!("{}. Bought at {} of {offers}{range}{grey}", story.shown(), bought.len())
}

/// The paths of all that may be bought on spot, the cheapest at the end first.
fn paths(story: &Story<'_>) -> Vec<Path> {
    let legend = story.recording.legend;
    let catalog = &legend.model.catalog;
    let percent = |offering: OfferingId, price: MicroUsdPerHour| {
        100.0 * price.0 as f64 / catalog.instance_type(offering).on_demand.0.max(1) as f64
    };
    let spot = catalog.offerings.iter().filter(|(_, it)| it.capacity_type == CapacityType::Spot);
    let mut paths: BTreeMap<OfferingId, Path> = spot
        .map(|(id, offering)| {
            let names = &legend.model.names;
            let of_type = names.text(catalog.instance_type(id).name).to_owned();
            let zone = names.text(offering.zone).to_owned();
            let bought = false;
            (
                id,
                Path {
                    of_type,
                    zone,
                    bought,
                    steps: vec![(legend.from, percent(id, offering.price))],
                },
            )
        })
        .collect();
    for (at, fact) in story.recording.facts.iter().filter(|(at, _)| *at < legend.to) {
        match *fact {
            Fact::NodeLaunched { offering, .. } => {
                paths.entry(offering).and_modify(|path| path.bought = true);
            }
            Fact::PriceChanged { offering, price } => {
                let Some(path) = paths.get_mut(&offering) else { continue };
                if *at <= legend.from {
                    path.steps.clear();
                }
                path.steps.push(((*at).max(legend.from), percent(offering, price)));
            }
            _ => {}
        }
    }
    let mut paths: Vec<Path> = paths.into_values().collect();
    paths.sort_by(|one, other| {
        let by_price = one.last().total_cmp(&other.last());
        by_price.then_with(|| one.of_type.cmp(&other.of_type))
    });
    paths
}

fn line(path: &Path, (from, to): (f64, f64)) -> Mark {
    let changes = path.steps.iter().skip(1).map(|(at, _)| x(*at));
    let edges: Vec<f64> = std::iter::once(from).chain(changes).chain([to]).collect();
    let percents: Vec<f64> = path.steps.iter().map(|(_, percent)| *percent).collect();
    let (ink, stroke) = if path.bought {
        (Ink::full(Color::Orange), Stroke::Plain)
    } else {
        (Ink::tint(Color::Grey, 0.4), Stroke::Thin)
    };
    Mark::Line { points: stairs(&edges, &percents), ink, stroke }
}
