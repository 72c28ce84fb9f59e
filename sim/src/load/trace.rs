//! A trace: arrivals as they were recorded, one compact row each.

use std::sync::Arc;

use crate::model::pod::SpecId;
use crate::time::{SimTime, Span};

/// One arrival.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// When it arrives.
    pub at: SimTime,
    /// How long it runs.
    pub lasts: Span,
    /// What it asks for.
    pub spec: SpecId,
}

/// Arrivals in their order.
#[derive(Clone, Debug)]
pub struct Trace {
    rows: Arc<[Row]>,
    /// After how long they come again.
    every: Option<Span>,
}

impl Trace {
    /// Rows in the order of their times, which come again after each period if there is one; nothing if
    /// there are none, they are not in order, or one lies beyond the period.
    #[must_use]
    pub fn new(rows: Vec<Row>, every: Option<Span>) -> Option<Trace> {
        let last = rows.last()?.at;
        let fits = every.is_none_or(|every| last < SimTime::ZERO + every);
        (fits && rows.is_sorted_by_key(|row| row.at)).then(|| Trace { rows: rows.into(), every })
    }

    /// The rows of one period.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Arrival number `number`, if there is one.
    #[must_use]
    pub fn row(&self, number: u32) -> Option<Row> {
        let (number, rows) = (number as usize, self.rows.len());
        let row = self.rows[number % rows];
        match (number / rows, self.every) {
            (0, _) => Some(row),
            (_, None) => None,
            (period, Some(every)) => Some(Row { at: row.at + every * period as u64, ..row }),
        }
    }

    /// For how many seconds an arrival works, on average.
    #[must_use]
    pub fn mean_seconds(&self) -> f64 {
        let whole: u64 = self.rows.iter().map(|row| row.lasts.as_ms()).sum();
        Span::from_ms(whole).as_secs_f64() / self.rows.len() as f64
    }

    /// How many arrive within a length of time.
    #[must_use]
    pub fn within(&self, length: Span) -> u64 {
        let before = |end: Span| {
            let end = SimTime::ZERO + end;
            self.rows.partition_point(|row| row.at < end) as u64
        };
        match self.every {
            None => before(length),
            Some(every) => {
                let periods = length.as_ms() / every.as_ms();
                periods * self.rows.len() as u64 + before(length - every * periods)
            }
        }
    }
}
