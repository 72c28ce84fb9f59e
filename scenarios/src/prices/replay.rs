//! A history along simulated time: where `T+0` lies in it, and what each offering costs from there on.

use std::sync::Arc;

use jiff::Timestamp;
use sim::market::prices::replay::{Replay, Step};
use sim::model::catalog::{CapacityType, Offering};
use sim::setup::Draft;
use sim::{MicroUsdPerHour, SimTime, Span};

use super::moment::Moment;
use super::{History, Record};
use crate::assumption::{self, Assumption};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file;
use crate::file::market::Missing;
use crate::tree::Node;

/// Silence that is longer is listed. AWS repeats an unchanged price about once a day.
const GAP: Span = Span::from_hours(48);

/// What the scenario buys, and its records.
struct Bought<'h> {
    name: String,
    zone: String,
    key: u64,
    on_demand: MicroUsdPerHour,
    records: &'h [Record],
}

/// A time without a record, in milliseconds of the history.
struct Gap<'h> {
    from: i64,
    ms: u64,
    of: &'h Bought<'h>,
}

/// Gives a setup the prices of a history, and says what is assumed on the way. Which moment `T+0` is,
/// if the history is dated.
pub fn replay(
    history: &History,
    file: &file::File,
    (source, tree): (&Source, &Node),
    (setup, assumptions): (&mut Draft, &mut Vec<Assumption>),
    found: &mut Diagnostics,
) -> Option<Timestamp> {
    let mut say = |code, key: &str, message: String, help: String| {
        let place = tree.at(&["market".into(), "prices".into(), key.into()]).span.clone();
        found.push(Diagnostic::new(code, message).at(source, place).help(help));
    };
    let shown = &history.source.file;
    let may_lack = file.market.prices.if_missing == Some(Missing::ListedPrice);
    let (mut bought, mut missing) = (Vec::new(), Vec::new());
    for offering in setup.model.catalog.offerings.rows() {
        if offering.capacity_type != CapacityType::Spot {
            continue;
        }
        let (name, zone) = words(setup, offering);
        let Some(records) = history.of(&name, &zone, &file.region) else {
            if !may_lack {
                let message = format!("{shown} has no price of {name} in {zone}");
                say("E0605", "file", message, history.zones_of(&name));
            }
            missing.push(format!("{name} in {zone}"));
            continue;
        };
        let on_demand = setup.model.catalog.instance_types[offering.instance_type].on_demand;
        bought.push(Bought { name, zone, key: offering.key, on_demand, records });
    }
    // The first moment at which everything has a price.
    let first = bought.iter().filter_map(|it| it.records.first()).map(|it| it.at).max();
    let last = bought.iter().filter_map(|it| it.records.last()).map(|it| it.at).max();
    let (first, last) = first.zip(last)?;
    let start = match &file.market.prices.start {
        None => first,
        Some(text) => {
            let moment = Moment::parse(text).filter(|moment| moment.clock == history.clock);
            let Some(moment) = moment.filter(|moment| moment.ms <= last) else {
                let (first, last) = (history.clock.words(first), history.clock.words(last));
                let message = format!("`{text}` is not a time of {shown}");
                let help = format!("everything has a price from {first} on; the last is of {last}");
                say("E0204", "start", message, help);
                return None;
            };
            moment.ms
        }
    };
    let end = start.saturating_add_unsigned(setup.horizon.as_ms());
    let mut prices = Replay::new();
    for it in &bought {
        prices.record(it.key, steps(it.records, start, end));
        warn_of_dear_prices(history, it, found);
    }
    setup.market.prices = Arc::new(prices);

    let moment = history.clock.words(start);
    assumptions.push(assumption::REPLAYED_PRICES.about(&[shown, &moment]));
    let gaps: Vec<Gap<'_>> = bought.iter().flat_map(|it| gaps(it, start, end)).collect();
    if let Some(longest) = gaps.iter().max_by_key(|gap| gap.ms) {
        let Gap { from, ms, of } = longest;
        let (length, from) = (Span::from_ms(*ms).to_string(), history.clock.words(*from));
        let longest = format!("{length} from {from} on ({}, {})", of.name, of.zone);
        assumptions.push(assumption::PRICE_GAPS.about(&[&gaps.len().to_string(), &longest]));
    }
    if !missing.is_empty() {
        assumptions.push(assumption::MISSING_PRICES.about(&[&missing.join(", ")]));
    }
    history.clock.date(start)
}

fn words(setup: &Draft, offering: &Offering) -> (String, String) {
    let name = setup.model.catalog.instance_types[offering.instance_type].name;
    let text = |name| setup.model.names.text(name).to_owned();
    (text(name), text(offering.zone))
}

/// The steps from `T+0` on. What holds at `T+0` began before; what begins later is held to have
/// cost as much before.
fn steps(records: &[Record], start: i64, end: i64) -> Vec<Step> {
    let begun = records.partition_point(|record| record.at <= start).max(1);
    let later = records[begun..].iter().take_while(|record| record.at < end);
    let step = |record: &Record| {
        (SimTime::from_ms(record.at.saturating_sub(start).unsigned_abs()), record.price)
    };
    let first = (SimTime::ZERO, records[begun - 1].price);
    std::iter::once(first).chain(later.map(step)).collect()
}

/// Long silences between `start` and `end`.
fn gaps<'h>(of: &'h Bought<'h>, start: i64, end: i64) -> impl Iterator<Item = Gap<'h>> {
    let times = || of.records.iter().map(move |record| record.at.clamp(start, end));
    // Before the first record there is nothing either, nor after the last.
    let before = std::iter::once(start);
    let pairs = before.chain(times()).zip(times().chain([end]));
    let gaps = pairs.map(move |(from, to)| Gap { from, ms: to.abs_diff(from), of });
    gaps.filter(|gap| gap.ms > GAP.as_ms())
}

fn warn_of_dear_prices(history: &History, bought: &Bought<'_>, found: &mut Diagnostics) {
    let Bought { name, zone, on_demand, records, .. } = bought;
    let dear = |record: &&Record| record.price > *on_demand;
    let Some(first) = records.iter().find(dear) else { return };
    let message = format!(
        "spot costs more than on-demand: {name} in {zone}, in {} of {} records (${} > ${})",
        records.iter().filter(dear).count(),
        records.len(),
        first.price.as_usd_f64(),
        on_demand.as_usd_f64()
    );
    found.push(Diagnostic::new("W0005", message).at(&history.source, first.span.clone()));
}

impl History {
    /// The records of a type in a zone, or in the whole region.
    fn of(&self, name: &str, zone: &str, region: &str) -> Option<&[Record]> {
        let series = |place: &str| self.series.get(&(name.to_owned(), place.to_owned()));
        series(zone).or_else(|| series(region)).map(Vec::as_slice).filter(|it| !it.is_empty())
    }

    /// What to do about a type of which there is no price.
    fn zones_of(&self, name: &str) -> String {
        let zones: Vec<&str> = self
            .series
            .keys()
            .filter(|(it, _)| it == name)
            .map(|(_, zone)| zone.as_str())
            .collect();
        let has = if zones.is_empty() {
            "no price of this type is in the file".to_owned()
        } else {
            format!("the file has it in {}", zones.join(", "))
        };
        format!("{has}; `ifMissing: listed-price` takes the listed price instead")
    }
}
