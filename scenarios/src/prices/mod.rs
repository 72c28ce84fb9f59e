//! Price histories: read where they lie, checked record by record, and laid along simulated time.
//!
//! ```text
//! prices.csv  ─► table ─┐
//!                       ├─► History ─► replay (from T+0 on, for what the scenario buys) ─► Setup
//! prices.json ─► amazon ┘
//! ```

mod amazon;
pub(crate) mod moment;
mod replay;
mod table;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use sim::MicroUsdPerHour;

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::market;
use crate::inputs::Input;
use crate::reading::{self, Named};
use crate::tree::Node;
use crate::unmodelled::Tally;
use moment::{Clock, Moment};

pub use replay::replay;

/// What instances cost an hour at most; more is a mistake in the file.
const MOST_USD: f64 = 10_000.0;
/// The number of mistakes of one file that are shown; the rest are counted.
const MOST_SHOWN: usize = 10;

/// What offerings cost over time, as a file says.
pub struct History {
    pub(crate) source: Source,
    /// Whether its times are dates or count from a start.
    clock: Clock,
    /// By instance type and zone, in the order of time. Where a provider has one price for a whole
    /// region, its name stands for the zone.
    series: BTreeMap<(String, String), Vec<Record>>,
}

/// A price and since when it holds.
#[derive(Clone, Debug)]
struct Record {
    at: i64,
    price: MicroUsdPerHour,
    /// Where it was written.
    span: Range<usize>,
}

/// Reads the history that a scenario in `folder` names, whatever its form.
pub fn read(
    prices: &market::Prices,
    (source, tree): (&Source, &Node),
    folder: Option<&Path>,
    inputs: &mut Vec<Input>,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Option<History> {
    let place = tree.at(&["market".into(), "prices".into(), "file".into()]).span.clone();
    let replays = prices.model == market::PriceModel::Replay;
    let Some(name) = prices.file.as_ref().filter(|_| replays) else {
        let given = [
            ("file", prices.file.is_some()),
            ("start", prices.start.is_some()),
            ("ifMissing", prices.if_missing.is_some()),
        ];
        let message = if replays {
            "prices are to be replayed, but no `file` says which".to_owned()
        } else if let Some((key, _)) = given.iter().find(|(_, given)| *given) {
            format!("`{key}` is about prices that are replayed, and these are not")
        } else {
            return None;
        };
        let place = tree.at(&["market".into(), "prices".into()]).span.clone();
        let help = "write `prices: {model: replay, file: prices.csv}`";
        found.push(Diagnostic::new("E0204", message).at(source, place).help(help));
        return None;
    };
    let path = folder.map_or_else(|| name.into(), |folder| folder.join(name));
    let history = match reading::source(&path, name, Named::ByAFile) {
        Ok(history) => history,
        Err(diagnostics) => {
            for diagnostic in diagnostics.iter() {
                found.push(diagnostic.clone().at(source, place.clone()));
            }
            return None;
        }
    };
    inputs.push(Input::of(name, history.text.as_bytes()));
    let mut reading = Reading { source: &history, found, wrong: 0, clock: None, records: 0 };
    let text = history.text.trim_start_matches('\u{feff}').trim_start();
    let mut series = BTreeMap::new();
    if text.starts_with(['{', '[']) {
        amazon::read(&mut reading, tally, &mut series);
    } else {
        table::read(&mut reading, &mut series);
    }
    reading.finish().map(|clock| History { source: history, clock, series })
}

/// The reading of one file: says what is wrong with it, but not without end.
struct Reading<'r> {
    source: &'r Source,
    found: &'r mut Diagnostics,
    /// Mistakes so far.
    wrong: usize,
    /// How the records so far say time.
    clock: Option<Clock>,
    /// Records so far, wrong ones included.
    records: usize,
}

type Series = BTreeMap<(String, String), Vec<Record>>;

impl Reading<'_> {
    /// Something is wrong at a place.
    fn say(&mut self, code: &'static str, at: Range<usize>, message: String, help: Option<&str>) {
        self.wrong += 1;
        if self.wrong <= MOST_SHOWN {
            let mut diagnostic = Diagnostic::new(code, message).at(self.source, at);
            diagnostic.help = help.map(str::to_owned);
            self.found.push(diagnostic);
        }
    }

    /// When a record begins to hold. All records of a file say it in one way.
    fn time(&mut self, text: &str, span: Range<usize>) -> Option<i64> {
        let Some(Moment { clock, ms }) = Moment::parse(text) else {
            let message = format!("`{text}` is not a time");
            self.say("E0601", span, message, Some(moment::FORMS));
            return None;
        };
        if *self.clock.get_or_insert(clock) != clock {
            let message = "some times of this file are dates and others count from a start";
            self.say("E0601", span, message.into(), Some("say all of them in one way"));
            return None;
        }
        Some(ms)
    }

    /// What a record says that an hour costs.
    fn price(&mut self, text: &str, span: Range<usize>) -> Option<MicroUsdPerHour> {
        let usd = text.parse::<f64>().ok().filter(|usd| usd.is_finite());
        let wrong = match usd {
            None => format!("`{text}` is not a price"),
            Some(usd) if usd < 0.0 => format!("`{text}` is a negative price"),
            Some(usd) if usd > MOST_USD => format!("no instance costs ${text} an hour"),
            Some(usd) => match MicroUsdPerHour::from_usd(usd).filter(|price| price.0 > 0) {
                Some(price) => return Some(price),
                None => format!("no instance is free, as `{text}` says"),
            },
        };
        self.say("E0602", span, wrong, Some("prices are dollars per hour, like 0.0347"));
        None
    }

    /// How the file says time, if nothing is wrong with it.
    fn finish(mut self) -> Option<Clock> {
        if self.wrong > MOST_SHOWN {
            let more = self.wrong - MOST_SHOWN;
            let message = format!("{more} more mistakes in {}", self.source.file);
            self.found.push(Diagnostic::new("E0601", message));
        }
        if self.wrong == 0 && self.records == 0 {
            let message = format!("there is no price in {}", self.source.file);
            self.say("E0604", 0..0, message, None);
        }
        self.clock.filter(|_| self.wrong == 0)
    }
}
