//! A section of a report, before it is text, Markdown or JSON: what it claims, and the figures,
//! tables, charts and notes that show it.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use sim::terms::metrics::Unit as Counted;

use crate::format::{self, bytes, cut, rate, time, usd, usd_to};
use crate::stats::Estimate;
use crate::summary::Pending;

/// A part of a report.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Section {
    /// What it is about.
    pub title: &'static str,
    /// What it says, in one line; empty where its blocks speak for themselves.
    pub claim: String,
    /// What shows it.
    pub blocks: Vec<Block>,
    /// Whether it goes on where the section before it ends: without a title or a blank line.
    #[serde(skip)]
    pub continues: bool,
}

impl Section {
    pub(crate) fn new(
        title: &'static str,
        claim: impl Into<String>,
        blocks: Vec<Block>,
    ) -> Section {
        Section { title, claim: claim.into(), blocks, continues: false }
    }
}

/// Something that shows what a section claims.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Block {
    /// One figure with its name.
    Figure(Figure),
    /// Figures below each other.
    Table(Table),
    /// The same without a head: the claim of its section is one.
    List(Table),
    /// The name of a chart, as [`crate::charts`] calls it.
    Chart(&'static str),
    /// A sentence.
    Note(Note),
}

/// One figure with its name.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// How much.
    pub cell: Cell,
}

/// Figures below each other.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// What its rows are.
    pub title: &'static str,
    /// What its columns are.
    pub columns: Vec<String>,
    /// What the notes behind its rows are; empty where they need no word.
    pub notes: &'static str,
    /// Where the intervals of its figures stand.
    #[serde(skip)]
    pub intervals: Intervals,
    /// Its rows.
    pub rows: Vec<Row>,
}

impl Table {
    /// What stands behind a row: its note, or else the interval of its last figure.
    pub(crate) fn remark(&self, row: &Row) -> String {
        match row.cells.last() {
            Some(last) if row.note.is_empty() => last.interval_text(),
            _ => row.note.clone(),
        }
    }
}

/// Where a table has the intervals of its figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Intervals {
    /// That of the last figure of a row behind it, in place of a note.
    Behind,
    /// Each below its figure.
    Below,
}

/// A row of a table.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// What it is about.
    pub name: String,
    /// How far its name is indented: a part of the row above has one more.
    pub depth: usize,
    /// Its figures.
    pub cells: Vec<Cell>,
    /// A remark on them; empty where there is none.
    pub note: String,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>, cells: impl Into<Vec<Cell>>) -> Row {
        Row { name: name.into(), depth: 0, cells: cells.into(), note: String::new() }
    }

    /// The same as a part of the row above.
    pub(crate) fn part(self) -> Row {
        Row { depth: self.depth + 1, ..self }
    }

    pub(crate) fn noted(self, note: impl Into<String>) -> Row {
        Row { note: note.into(), ..self }
    }
}

/// What stands in one cell: a figure, several of one kind, or nothing.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// Its values; none where a cell is left empty.
    pub values: Vec<Value>,
    /// What stands between them.
    #[serde(skip)]
    pub between: &'static str,
    /// The interval of the last of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
}

/// A value with its unit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value {
    /// A figure.
    Is(f64, Unit),
    /// A figure that is right-censored: it is known to be at least that.
    AtLeast(f64, Unit),
    /// A difference, with its sign and the ends of its interval if it has one.
    Change(f64, Option<(f64, f64)>, Unit),
    /// A difference of one run from another, with its sign.
    Apart(f64, Unit),
    /// A word that says what figures come to.
    Word(&'static str),
    /// A figure that there is not.
    Missing,
}

/// What a value is counted in, with the decimals that it is shown with where they are not its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Dollars.
    Usd,
    /// Dollars with a number of decimals.
    Money(usize),
    /// Dollars a month.
    UsdMonthly,
    /// A rate, or an amount of any size: as many decimals as it needs.
    Rate,
    /// Seconds, shown in the unit that suits them.
    Seconds,
    /// Hours with a number of decimals.
    Hours(usize),
    /// Per cent with a number of decimals.
    Percent(usize),
    /// A number with a number of decimals.
    Number(usize),
    /// Cores, with their sign.
    Cores,
    /// Thousandths of cores.
    Millicores,
    /// Bytes, shown in binary units.
    Bytes,
    /// A share of 1, cut after a number of decimals and never rounded up.
    Share(usize),
}

/// Where the mean of a figure lies with 95 %.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Whether the figure was seen too rarely for an interval, and only the upper end counts.
    pub rare: bool,
    #[serde(skip)]
    unit: Unit,
}

impl Cell {
    /// Nothing at all.
    pub(crate) const EMPTY: Cell = Cell { values: Vec::new(), between: "", interval: None };

    pub(crate) fn of(value: f64, unit: Unit) -> Cell {
        Cell { values: vec![Value::Is(value, unit)], ..Cell::EMPTY }
    }

    /// A value that may be missing.
    pub(crate) fn maybe(value: Option<f64>, unit: Unit) -> Cell {
        let value = value.map_or(Value::Missing, |value| Value::Is(value, unit));
        Cell { values: vec![value], ..Cell::EMPTY }
    }

    /// Several values of one kind.
    pub(crate) fn several(values: impl Into<Vec<Value>>) -> Cell {
        Cell { values: values.into(), between: " / ", interval: None }
    }

    /// A part and its whole.
    pub(crate) fn part_of(part: f64, whole: f64) -> Cell {
        let values = [part, whole].map(|it| Value::Is(it, Unit::Number(0)));
        Cell { values: values.into(), between: " of ", interval: None }
    }

    /// The same with the interval of an estimate, if it has one.
    pub(crate) fn within(self, estimate: Estimate) -> Cell {
        let unit = self.values.iter().rev().find_map(Value::unit).unwrap_or(Unit::Rate);
        let ends = estimate.low.zip(estimate.high);
        let interval = ends.map(|(low, high)| Interval { low, high, rare: estimate.rare, unit });
        Cell { interval, ..self }
    }

    /// A mean, without its interval.
    pub(crate) fn mean(estimate: Estimate, unit: Unit) -> Cell {
        Cell::of(estimate.mean, unit)
    }

    /// The values as people read them.
    #[must_use]
    pub fn text(&self) -> String {
        let values: Vec<String> = self.values.iter().map(Value::text).collect();
        values.join(self.between)
    }

    /// The interval as people read it; empty where there is none.
    #[must_use]
    pub fn interval_text(&self) -> String {
        self.interval.as_ref().map_or_else(String::new, Interval::text)
    }

    /// The interval in brackets, to stand behind the values; empty where there is none.
    pub(crate) fn within_text(&self) -> String {
        self.interval.as_ref().map_or_else(String::new, |it| format!(" ({})", it.text()))
    }
}

impl Value {
    fn unit(&self) -> Option<Unit> {
        match *self {
            Value::Is(_, unit)
            | Value::AtLeast(_, unit)
            | Value::Change(_, _, unit)
            | Value::Apart(_, unit) => Some(unit),
            Value::Word(_) | Value::Missing => None,
        }
    }

    pub(crate) fn text(&self) -> String {
        match *self {
            Value::Is(value, unit) => unit.text(value),
            Value::AtLeast(value, unit) => format!(">{}", unit.text(value)),
            Value::Change(value, None, unit) => format!("{} exactly", unit.signed(value)),
            Value::Change(value, Some((low, high)), unit) => {
                let [value, low, high] = [value, low, high].map(|it| unit.signed(it));
                format!("{value} [{low}, {high}]")
            }
            Value::Apart(value, unit) => unit.signed(value),
            Value::Word(word) => word.into(),
            Value::Missing => "-".into(),
        }
    }
}

impl From<Option<Pending>> for Value {
    fn from(wait: Option<Pending>) -> Value {
        match wait {
            Some(Pending { seconds, at_least: true }) => Value::AtLeast(seconds, Unit::Seconds),
            Some(Pending { seconds, at_least: false }) => Value::Is(seconds, Unit::Seconds),
            None => Value::Missing,
        }
    }
}

impl From<Counted> for Unit {
    /// The unit of a metric.
    fn from(unit: Counted) -> Unit {
        match unit {
            Counted::Usd => Unit::Usd,
            Counted::Seconds => Unit::Seconds,
            Counted::Percent => Unit::Percent(1),
            Counted::Share => Unit::Share(5),
            Counted::Number => Unit::Rate,
        }
    }
}

impl Unit {
    fn text(self, value: f64) -> String {
        match self {
            Unit::Usd => usd(value),
            Unit::Money(decimals) => usd_to(value, decimals),
            Unit::UsdMonthly => format!("{}/month", usd(value)),
            Unit::Rate => rate(value),
            Unit::Seconds => time(value),
            Unit::Hours(decimals) => format!("{value:.decimals$} h"),
            Unit::Percent(decimals) => format!("{value:.decimals$} %"),
            Unit::Number(decimals) => format!("{value:.decimals$}"),
            Unit::Share(decimals) => cut(value, decimals),
            Unit::Cores => format!("{value:+.2}"),
            Unit::Millicores => format!("{value:.0}m"),
            Unit::Bytes => bytes(value),
        }
    }

    /// A difference, with its sign.
    pub(crate) fn signed(self, value: f64) -> String {
        match self.text(value.abs()) {
            text if value == 0.0 || text.starts_with(['+', '-']) => text,
            text if value < 0.0 => format!("-{text}"),
            text => format!("+{text}"),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Unit::Usd | Unit::Money(_) => "usd",
            Unit::UsdMonthly => "usdMonthly",
            Unit::Rate | Unit::Number(_) => "number",
            Unit::Seconds => "seconds",
            Unit::Hours(_) => "hours",
            Unit::Percent(_) => "percent",
            Unit::Share(_) => "share",
            Unit::Cores => "cores",
            Unit::Millicores => "millicores",
            Unit::Bytes => "bytes",
        }
    }
}

impl Interval {
    fn text(&self) -> String {
        let Interval { low, high, rare, unit } = *self;
        match unit {
            Unit::Percent(_) => format::ends(low, high),
            // Less than a cent needs the decimals that its figure has.
            Unit::Money(decimals) if decimals > 2 => {
                format!("{} to {}", usd_to(low, decimals), usd_to(high, decimals))
            }
            Unit::Usd | Unit::Money(_) | Unit::UsdMonthly => format::usd_ends(low, high),
            Unit::Seconds if rare => format!("at most {}", time(high)),
            Unit::Seconds => format!("{} to {}", time(low), time(high)),
            _ => format::rate_ends(low, high, rare),
        }
    }
}

/// A value as programs read it: the number, its unit, and how many of its decimals are shown.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (value, unit, at_least) = match *self {
            Value::Is(value, unit) => (value, unit, false),
            Value::AtLeast(value, unit) => (value, unit, true),
            Value::Change(value, _, unit) | Value::Apart(value, unit) => (value, unit, false),
            Value::Word(word) => return serializer.serialize_str(word),
            Value::Missing => return serializer.serialize_none(),
        };
        let shown = unit.text(value);
        let decimals = shown.split('.').nth(1).unwrap_or_default();
        let precision = decimals.chars().take_while(char::is_ascii_digit).count();
        let mut fields = serializer.serialize_struct("Value", 5)?;
        fields.serialize_field("value", &value)?;
        fields.serialize_field("unit", unit.name())?;
        fields.serialize_field("precision", &precision)?;
        fields.serialize_field("atLeast", &at_least)?;
        fields.serialize_field("text", &self.text())?;
        fields.end()
    }
}

/// A sentence, and what belongs to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The sentence.
    pub text: String,
    /// More about it.
    pub below: Vec<Note>,
}

impl Note {
    pub(crate) fn new(text: impl Into<String>) -> Note {
        Note { text: text.into(), below: Vec::new() }
    }

    /// The same with more about it.
    pub(crate) fn with(self, below: impl IntoIterator<Item = Note>) -> Note {
        Note { below: below.into_iter().collect(), ..self }
    }
}

impl From<Note> for Block {
    fn from(note: Note) -> Block {
        Block::Note(note)
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Block {
        Block::Table(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(estimate: Estimate) -> String {
        Cell::mean(estimate, Unit::Rate).within(estimate).interval_text()
    }

    #[test]
    fn an_interval_says_both_ends_and_a_rare_figure_its_bound() {
        let values: Vec<f64> = (0..300).map(|r| if r % 10 == 0 { 1.0 } else { 0.0 }).collect();
        assert_eq!(within(Estimate::of(&values)), "0.069 to 0.14");
        assert_eq!(within(Estimate::of_events(&[0.0; 300], Some(1.0))), "at most 0.010");
        assert_eq!(within(Estimate::of(&[2.0; 300])), "");
    }
}
