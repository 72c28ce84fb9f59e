//! Prices as a table: CSV with the columns `instance_type`, `zone`, `time` and `usd_per_hour`.
//!
//! A row says since when a price holds. Rows of one instance type and zone are in the order of
//! time; which pairs take turns, and in which order the columns stand, does not matter.

use std::ops::Range;

use super::{Reading, Record, Series};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::limits::PRICE_ROWS;

/// The columns.
const COLUMNS: [&str; 4] = ["instance_type", "zone", "time", "usd_per_hour"];

/// A field of a row and its place in the text.
type Field<'t> = (&'t str, Range<usize>);

/// Reads every row. Lines that are empty or begin with `#` are skipped.
pub(super) fn read(reading: &mut Reading<'_>, series: &mut Series) {
    let text = reading.source.text.clone();
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut order = None;
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let fields = fields(line, at);
        at += line.len();
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let Some(order) = order else {
            order = columns(reading, &fields);
            if order.is_none() {
                return;
            }
            continue;
        };
        if PRICE_ROWS.exceeded(reading.records + 1) {
            reading.found.push(PRICE_ROWS.error(&reading.source.file).at(reading.source, at..at));
            reading.wrong += 1;
            return;
        }
        row(reading, series, order, &fields);
    }
}

/// The fields of a line that begins at `at`; quotes around one are taken off.
fn fields(line: &str, at: usize) -> Vec<Field<'_>> {
    let mut start = at;
    let fields = line.split(',').map(|field| {
        let bare = field.trim().trim_matches('"');
        let from = start + (bare.as_ptr() as usize - field.as_ptr() as usize);
        start += field.len() + 1;
        (bare, from..from + bare.len())
    });
    fields.collect()
}

/// Where each of the columns is, by the first line.
fn columns(reading: &mut Reading<'_>, header: &[Field<'_>]) -> Option<[usize; 4]> {
    const WANTED: &str = "the columns are instance_type,zone,time,usd_per_hour, in any order";
    if header.iter().all(|(name, _)| !COLUMNS.contains(name)) {
        let message = format!("the first line of {} names no column", reading.source.file);
        reading.wrong += 1;
        reading.found.push(
            Diagnostic::new("E0601", message).at(&reading.source.unquoted(), 0..0).help(WANTED),
        );
        return None;
    }
    for (name, span) in header {
        if !COLUMNS.contains(name) {
            let message = format!("column `{name}` is not known");
            let near = did_you_mean(name, COLUMNS).map(|near| format!("did you mean `{near}`?"));
            reading.say("E0601", span.clone(), message, Some(near.as_deref().unwrap_or(WANTED)));
        }
    }
    let place = |column: &str| header.iter().position(|(name, _)| *name == column);
    let missing: Vec<&str> = COLUMNS.into_iter().filter(|it| place(it).is_none()).collect();
    if !missing.is_empty() && reading.wrong == 0 {
        let span = header.first().map_or(0..0, |(_, span)| span.clone());
        let message = format!("there is no column `{}`", missing.join("`, `"));
        reading.say("E0601", span, message, Some(WANTED));
    }
    if reading.wrong > 0 {
        return None;
    }
    Some([place(COLUMNS[0])?, place(COLUMNS[1])?, place(COLUMNS[2])?, place(COLUMNS[3])?])
}

fn row(reading: &mut Reading<'_>, series: &mut Series, order: [usize; 4], fields: &[Field<'_>]) {
    reading.records += 1;
    let [instance_type, zone, time, price] = order.map(|index| fields.get(index));
    let (Some(instance_type), Some(zone), Some(time), Some(price), 4) =
        (instance_type, zone, time, price, fields.len())
    else {
        let span = fields[0].1.start..fields[fields.len() - 1].1.end;
        reading.say("E0601", span, format!("this row has {} fields, not 4", fields.len()), None);
        return;
    };
    let at = reading.time(time.0, time.1.clone());
    let price = reading.price(price.0, price.1.clone());
    let (Some(at), Some(price)) = (at, price) else { return };
    let span = time.1.clone();
    let records = series.entry((instance_type.0.to_owned(), zone.0.to_owned())).or_default();
    if let Some(last) = records.last().filter(|last| at <= last.at) {
        let what = format!("of {} in {}", instance_type.0, zone.0);
        if at < last.at {
            let message = format!("time goes backwards in the prices {what}");
            reading.say("E0603", span, message, Some("sort the rows by time"));
        } else if price != last.price {
            reading.say("E0603", span, format!("two prices {what} at one time"), None);
        }
        return;
    }
    records.push(Record { at, price, span });
}
