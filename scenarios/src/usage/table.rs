//! Usage as a table: CSV with the columns `time,namespace,pod,container,cpu,memory`, in any order and
//! under any of the names that exporters give them. Only `time` and one of `cpu` and `memory` must be
//! there.

use std::ops::Range;

use csv::{ReaderBuilder, StringRecord};

use super::units::{self, Lane, Unit, Value};
use super::{Key, Reading, Target};
use crate::diagnostic::did_you_mean;
use crate::file::usage::{Field, Replay};

/// What columns may be called, in lower case with `_` between words and without a unit.
const NAMES: [(Field, &[&str]); 6] = [
    (Field::Time, &["time", "timestamp", "ts", "t", "t_s", "date", "datetime", "at", "time_utc"]),
    (Field::Namespace, &["namespace", "ns", "kube_namespace", "kubernetes_namespace"]),
    (Field::Pod, &["pod", "pod_name", "kube_pod", "kubernetes_pod_name"]),
    (Field::Container, &["container", "container_name", "kubernetes_container_name"]),
    (Field::Cpu, &["cpu", "cpu_usage", "cpu_used", "container_cpu_usage"]),
    (
        Field::Memory,
        &["memory", "mem", "memory_usage", "memory_used", "mem_usage", "memory_working_set", "rss"],
    ),
];

/// Columns that are there.
struct Columns {
    time: usize,
    of_key: [Option<usize>; 3],
    lanes: Vec<(Lane, usize, Option<Unit>)>,
}

/// What was found in a column of amounts.
#[derive(Clone, Copy, Default)]
struct Looks {
    bare: usize,
    quantities: usize,
    largest: f64,
    fractions: bool,
}

/// Reads every row. Lines that begin with `#` are skipped.
pub(super) fn read(reading: &mut Reading<'_>, replay: &Replay) {
    let source = reading.source;
    let text = source.text.trim_start_matches('\u{feff}');
    let shift = source.text.len() - text.len();
    let mut reader =
        ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return reading.say_of_file(error.to_string(), ""),
    };
    let Some(mut columns) = columns(reading, replay, &header) else { return };
    let mut looks = [Looks::default(); 2];
    let mut own = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => return reading.say_of_file(error.to_string(), ""),
        };
        let span = span_of(&record, text, shift);
        if !reading.counted(span.clone()) {
            return;
        }
        if record.len() != header.len() {
            let (fields, columns) = (record.len(), header.len());
            reading.say(span, format!("a row of {fields} fields in a table of {columns}"), "");
            continue;
        }
        row(reading, &columns, &record, &span, &mut looks);
    }
    for (index, (lane, column, unit)) in columns.lanes.iter_mut().enumerate() {
        let (looks, name) = (looks[index], header.get(*column).unwrap_or_default());
        if looks.bare > 0 && looks.quantities > 0 && looks.largest > 0.0 {
            let message = format!(
                "column `{name}` mixes units: {} of its values say theirs and {} do not",
                looks.quantities, looks.bare
            );
            reading.say_of_file(message, "write all of them in one way");
            continue;
        }
        let said = unit.is_some();
        let unit = unit.unwrap_or_else(|| {
            if looks.bare == 0 {
                (1.0, "quantities")
            } else {
                units::guessed(*lane, looks.largest, !looks.fractions)
            }
        });
        let how = if said || looks.bare == 0 { "is in" } else { "is taken to be in" };
        reading.recording.notes.push(format!("`{name}` {how} {}", unit.1));
        own.push((*lane, if looks.bare == 0 { 1.0 } else { unit.0 }));
    }
    for (lane, factor) in own {
        for samples in reading.recording.samples.values_mut() {
            lane_of(lane)(samples).iter_mut().for_each(|(_, value)| *value *= factor);
        }
    }
}

fn lane_of(lane: Lane) -> Target {
    match lane {
        Lane::Cpu => |samples| &mut samples.cpu,
        Lane::Memory => |samples| &mut samples.memory,
    }
}

fn row(
    reading: &mut Reading<'_>,
    columns: &Columns,
    record: &StringRecord,
    span: &Range<usize>,
    looks: &mut [Looks; 2],
) {
    let field = |index: usize| record.get(index).map_or("", str::trim);
    let Some(at) = reading.time(field(columns.time), span.clone()) else { return };
    let [namespace, pod, container] =
        columns.of_key.map(|column| column.map_or("", field).to_owned());
    let key = Key { namespace, pod, container };
    for (index, (lane, column, _)) in columns.lanes.iter().enumerate() {
        // An empty field is a sample that was not taken.
        let text = field(*column);
        if text.is_empty() {
            continue;
        }
        let value = match units::value(*lane, text) {
            Ok(value) => value,
            Err(message) => {
                reading.say(span.clone(), message, "");
                continue;
            }
        };
        let looks = &mut looks[index];
        let amount = match value {
            Value::Bare(amount) => {
                looks.bare += 1;
                looks.largest = looks.largest.max(amount);
                looks.fractions |= amount.fract() != 0.0;
                amount
            }
            Value::Quantity(amount) => {
                looks.quantities += 1;
                amount
            }
        };
        reading.add(lane_of(*lane), &key, (at, amount), span.clone());
    }
}

/// Where each column is.
fn columns(reading: &mut Reading<'_>, replay: &Replay, header: &StringRecord) -> Option<Columns> {
    let seen = || header.iter().map(str::trim).collect::<Vec<_>>().join(", ");
    for name in replay.map.values() {
        if !header.iter().any(|column| column.trim() == name) {
            let near = did_you_mean(name, header.iter().map(str::trim));
            let help = near.map_or_else(
                || format!("columns seen: {}", seen()),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("{} has no column `{name}`", reading.source.file);
            reading.say_of_file(message, &help);
            return None;
        }
    }
    let find = |field: Field| {
        if let Some(name) = replay.map.get(&field) {
            return header.iter().position(|column| column.trim() == name);
        }
        let (_, known) = NAMES.iter().find(|(of, _)| *of == field)?;
        header.iter().position(|column| {
            let column = plain(column);
            let bare = column.rsplit_once('_').map_or("", |(front, _)| front);
            let has_unit = |lane| units::named(lane, &column).is_some();
            known.contains(&column.as_str())
                || (field == Field::Cpu && has_unit(Lane::Cpu) && known.contains(&bare))
                || (field == Field::Memory && has_unit(Lane::Memory) && known.contains(&bare))
        })
    };
    let Some(time) = find(Field::Time) else {
        let message =
            format!("{}: no time column found (columns seen: {})", reading.source.file, seen());
        let help =
            "name one of them `time`, `timestamp` or `ts`, or say which it is: `map: {time: ...}`";
        reading.say_of_file(message, help);
        return None;
    };
    let said = [replay.cpu_unit.map(units::of_cpu), replay.memory_unit.map(units::of_memory)];
    let mut lanes = Vec::new();
    for ((lane, field), said) in
        [(Lane::Cpu, Field::Cpu), (Lane::Memory, Field::Memory)].into_iter().zip(said)
    {
        let Some(column) = find(field) else { continue };
        let name = plain(header.get(column).unwrap_or_default());
        let unit = said.or_else(|| units::named(lane, &name));
        if unit.is_some_and(|(factor, _)| factor.is_nan()) {
            let message = format!("column `{name}` is a share of something that it does not name");
            reading.say_of_file(message, "export cores or milli-cores");
            return None;
        }
        lanes.push((lane, column, unit));
    }
    if lanes.is_empty() {
        let message = format!(
            "{}: neither CPU nor memory found (columns seen: {})",
            reading.source.file,
            seen()
        );
        let help =
            "name them `cpu` and `memory`, or say which they are: `map: {cpu: ..., memory: ...}`";
        reading.say_of_file(message, help);
        return None;
    }
    let of_key = [Field::Namespace, Field::Pod, Field::Container].map(find);
    Some(Columns { time, of_key, lanes })
}

/// A column's name in lower case, with `_` between words.
fn plain(name: &str) -> String {
    let spelled = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let text: String = name.trim().chars().map(spelled).collect();
    text.trim_matches('_').to_owned()
}

/// Where a record is written.
fn span_of(record: &StringRecord, text: &str, shift: usize) -> Range<usize> {
    let begin = record.position().map_or(0, |it| usize::try_from(it.byte()).unwrap_or(0));
    let begin = begin.min(text.len());
    let rest = text.get(begin..).unwrap_or("");
    shift + begin..shift + begin + rest.find(['\r', '\n']).unwrap_or(rest.len())
}
