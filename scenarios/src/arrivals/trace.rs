//! Traces of arrivals: from a file to compact rows, in the order of their times.

use csv::{ReaderBuilder, StringRecord};
use sim::Span;

use super::columns::{Field, Layout, span_of};
use super::rows::{Row, Table, whole};
use super::{Reader, swf};
use crate::diagnostic::{Diagnostic, Source};
use crate::file::arrivals::Trace;
use crate::limits::ARRIVAL_ROWS;
use crate::tree::Step;

/// Arrivals of a trace, cut and scaled.
pub(super) struct Recorded {
    /// In the order of their times.
    pub(super) rows: Vec<Row>,
    /// After how long they come again.
    pub(super) every: Option<Span>,
    /// What was understood of the file, in a sentence.
    pub(super) understood: String,
}

impl Recorded {
    /// What is requested on average where that is said, in millicores and bytes.
    pub(super) fn mean_size(&self) -> [Option<u64>; 2] {
        [|row: &Row| row.cpu, |row: &Row| row.memory].map(|of| {
            let said: Vec<u64> = self.rows.iter().filter_map(of).collect();
            let sum: u128 = said.iter().copied().map(u128::from).sum();
            let mean = sum.checked_div(said.len() as u128)?;
            u64::try_from(mean).ok()
        })
    }
}

impl Reader<'_> {
    /// A trace of arrivals.
    pub(super) fn trace(&mut self, at: &[Step], written: &Trace) -> Option<Recorded> {
        let at = [at, &[Step::from("trace")]].concat();
        // All were checked against the schema.
        let seconds = |text: &Option<String>| {
            text.as_deref().and_then(|text| Span::parse(text).ok()).map(Span::as_secs_f64)
        };
        let (from, until) = (seconds(&written.from), seconds(&written.until));
        let (from, until) = (from.unwrap_or(0.0), until.unwrap_or(f64::INFINITY));
        let (default, every) = (seconds(&written.duration), seconds(&written.repeat_every));
        let file = self.file(&at, &written.file)?;
        let name = written.file.to_ascii_lowercase();
        let is_swf = name.strip_suffix(".gz").unwrap_or(&name).ends_with(".swf");
        let table = match is_swf {
            true => swf::table(&file),
            false => table(&file, written),
        };
        let mut table = match table {
            Ok(table) => table,
            Err(diagnostic) => {
                self.found.push(*diagnostic);
                return None;
            }
        };
        let (times, durations) =
            (written.time_scale.unwrap_or(1.0), written.duration_scale.unwrap_or(1.0));
        let all = table.rows.len();
        table.rows.retain(|row| row.at >= from && row.at < until);
        for row in &mut table.rows {
            row.at = (row.at - from) * times;
            row.lasts = row.lasts.or(default).map(|lasts| lasts * durations);
        }
        if table.rows.is_empty() {
            let message = format!("nothing of {} arrives", written.file);
            self.wrong(&at, &[], message, "widen `from` and `until`, which are times of the file");
            return None;
        }
        if table.rows.iter().any(|row| row.lasts.is_none()) {
            let message = format!("{} does not say how long all of it runs", written.file);
            let help = "it has neither a duration nor an end of them: give a `duration` for those";
            self.wrong(&at, &[], message, help);
            return None;
        }
        let last = table.rows.last().map_or(0.0, |row| row.at);
        if every.is_some_and(|every| every <= last) {
            let message =
                format!("the last arrives after {last} s, later than all are to come again");
            self.wrong(
                &at,
                &[Step::from("repeatEvery")],
                message,
                "make it longer, or cut the trace",
            );
            return None;
        }
        let of = if all == table.rows.len() { String::new() } else { format!(" of {all}") };
        let mut understood =
            format!("trace {}: {}{of} arrivals ({})", written.file, table.rows.len(), table.layout);
        if table.left_out > 0 {
            understood += &format!("; {} that never ran are left out", table.left_out);
        }
        if table.shared_gpus > 0 {
            understood += &format!(
                "; {} ask for a part of a GPU and are given a whole one",
                table.shared_gpus
            );
        }
        Some(Recorded { rows: table.rows, every: every.map(Span::from_secs_f64), understood })
    }
}

/// A table of comma-separated values.
fn table(file: &Source, written: &Trace) -> Result<Table, Box<Diagnostic>> {
    let help = "docs/load.md lists the columns of a trace; `map` names others";
    let wrong = |span, message: String| {
        Box::new(Diagnostic::new("E0802", message).at(file, span).help(help))
    };
    let mut reader =
        ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(file.text.as_bytes());
    let header = reader.headers().map_err(|error| wrong(0..0, error.to_string()))?.clone();
    let first = 0..file.text.find(['\r', '\n']).unwrap_or(file.text.len());
    let layout = Layout::of(&header, written.map.as_ref()).map_err(|it| wrong(first, it))?;
    let mut rows: Vec<Row> = Vec::new();
    let mut shared_gpus = 0;
    let mut record = StringRecord::new();
    loop {
        let before = reader.position().byte();
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let at = usize::try_from(before).unwrap_or(0).min(file.text.len());
                return Err(wrong(at..at, error.to_string()));
            }
        }
        let wrong = |message| wrong(span_of(&record, &file.text), message);
        if ARRIVAL_ROWS.exceeded(rows.len() + 1) {
            let span = span_of(&record, &file.text);
            return Err(Box::new(ARRIVAL_ROWS.error(&file.file).at(file, span)));
        }
        let value = |field| layout.value(field, &record).map_err(wrong);
        let at = value(Field::Time)?.ok_or_else(|| wrong("a row without a time".into()))?;
        if let Some(last) = rows.last().filter(|last| last.at > at) {
            let message = format!("time goes backwards, from {} s to {at} s", last.at);
            return Err(wrong(message));
        }
        let lasts = match (value(Field::Duration)?, value(Field::End)?) {
            (Some(lasts), _) => Some(lasts),
            (None, Some(end)) if end < at => {
                return Err(wrong(format!("it ends at {end} s, before it arrives at {at} s")));
            }
            (None, end) => end.map(|end| end - at),
        };
        let gpus = value(Field::Gpus)?.unwrap_or(0.0);
        if gpus.fract() != 0.0 || gpus > 1_000.0 {
            return Err(wrong(format!("`gpus` is {gpus}, which is no number of cards")));
        }
        let share = value(Field::GpuShare)?;
        shared_gpus += usize::from(gpus > 0.0 && share.is_some_and(|share| share < 1_000.0));
        rows.push(Row {
            at,
            lasts,
            cpu: value(Field::Cpu)?.map(whole),
            memory: value(Field::Memory)?.map(whole),
            gpus: u32::try_from(whole(gpus)).unwrap_or(u32::MAX),
        });
    }
    if rows.is_empty() {
        return Err(wrong(0..0, format!("{} has no rows", file.file)));
    }
    let layout = layout.understood(&header);
    Ok(Table { rows, layout, shared_gpus, left_out: 0 })
}
