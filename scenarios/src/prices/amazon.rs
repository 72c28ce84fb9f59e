//! Prices as `aws ec2 describe-spot-price-history` prints them: JSON, newest first, with a repeated
//! price about once a day.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Reading, Record, Series};
use crate::limits::PRICE_ROWS;
use crate::load::Origin;
use crate::unmodelled::Tally;

/// What nodes run. Prices of others are counted and left out.
const LINUX: [&str; 2] = ["Linux/UNIX", "Linux/UNIX (Amazon VPC)"];

/// The whole answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'t> {
    #[serde(borrow)]
    spot_price_history: Vec<&'t RawValue>,
}

/// One record of it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row<'t> {
    #[serde(borrow)]
    availability_zone: Cow<'t, str>,
    #[serde(borrow)]
    instance_type: Cow<'t, str>,
    #[serde(borrow)]
    product_description: Cow<'t, str>,
    #[serde(borrow)]
    spot_price: Cow<'t, str>,
    #[serde(borrow)]
    timestamp: Cow<'t, str>,
}

/// Reads the answer, or the list that is in it, and brings it into the order of time.
pub(super) fn read(reading: &mut Reading<'_>, tally: &mut Tally, series: &mut Series) {
    let source = reading.source.clone();
    let text = source.text.trim_start_matches('\u{feff}').trim_start();
    let rows = if text.starts_with('[') {
        serde_json::from_str(text)
    } else {
        serde_json::from_str::<Answer<'_>>(text).map(|answer| answer.spot_price_history)
    };
    let rows: Vec<&RawValue> = match rows {
        Ok(rows) => rows,
        Err(error) => {
            let begin = source.text.len() - text.len();
            let lines: usize =
                text.split_inclusive('\n').take(error.line().max(1) - 1).map(str::len).sum();
            let at = (begin + lines + error.column().max(1) - 1).min(source.text.len());
            let code = if error.is_data() { "E0601" } else { "E0002" };
            let help = "write what `aws ec2 describe-spot-price-history` prints into a file, whole";
            reading.say(code, at..at, format!("this is no price history: {error}"), Some(help));
            return;
        }
    };
    if PRICE_ROWS.exceeded(rows.len()) {
        reading.found.push(PRICE_ROWS.error(&source.file).at(&source, 0..0));
        reading.wrong += 1;
        return;
    }
    for raw in rows {
        reading.records += 1;
        let at = (raw.get().as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize);
        let span = at..at + raw.get().len();
        match serde_json::from_str::<Row<'_>>(raw.get()) {
            Ok(row) if LINUX.contains(&&*row.product_description) => {
                linux(reading, series, &row, &span);
            }
            Ok(row) => {
                let name = row.instance_type.into_owned();
                let origin = Origin { source: source.clone(), span, name };
                let what = format!("spot prices of {}", row.product_description);
                tally.count(&what, &origin);
            }
            Err(error) => {
                let text = error.to_string();
                let why = text.split(" at line ").next().unwrap_or(&text);
                reading.say("E0601", span, format!("this is no record of a price: {why}"), None);
            }
        }
    }
    in_order(reading, series);
}

fn linux(reading: &mut Reading<'_>, series: &mut Series, row: &Row<'_>, span: &Range<usize>) {
    // A text of JSON that needs no escapes, as these do, is a part of the file.
    let place = |part: &str| {
        let start = (part.as_ptr() as usize).wrapping_sub(reading.source.text.as_ptr() as usize);
        if span.contains(&start) { start..start + part.len() } else { span.clone() }
    };
    let (time, price) = (place(&row.timestamp), place(&row.spot_price));
    let at = reading.time(&row.timestamp, time.clone());
    let price = reading.price(&row.spot_price, price);
    if let (Some(at), Some(price)) = (at, price) {
        let key = (row.instance_type.clone().into_owned(), row.availability_zone.clone().into());
        series.entry(key).or_default().push(Record { at, price, span: time });
    }
}

/// Sorts each series; what is there twice is there once.
fn in_order(reading: &mut Reading<'_>, series: &mut Series) {
    for ((instance_type, zone), records) in series.iter_mut() {
        records.sort_by_key(|record| record.at);
        for pair in records.windows(2) {
            if pair[0].at == pair[1].at && pair[0].price != pair[1].price {
                let message = format!("two prices of {instance_type} in {zone} at one time");
                reading.say("E0603", pair[1].span.clone(), message, None);
            }
        }
        records.dedup_by_key(|record| record.at);
    }
}
