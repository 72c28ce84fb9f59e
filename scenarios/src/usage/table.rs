//! Usage as a table: CSV with the columns `time,namespace,pod,container,cpu,memory`, in any order and
//! under any of the names that exporters give them. Only `time` and one of `cpu` and `memory` must be
//! there. What containers request meanwhile may be there, too. A wide table has a column for each pod.

use std::ops::Range;

use csv::{ReaderBuilder, StringRecord};

use super::units::{self, Lane, Unit, Value};
use super::{Key, NamedIn, Reading, Target, moment};
use crate::diagnostic::did_you_mean;
use crate::file::usage::{Field, Replay, Wide};

/// What columns may be called, in lower case with `_` between words and without a unit.
const NAMES: [(Field, &[&str]); 10] = [
    (
        Field::Time,
        &[
            "time",
            "timestamp",
            "ts",
            "t",
            "t_s",
            "date",
            "datetime",
            "at",
            "time_utc",
            "t_min",
            "min",
            "minute",
            "minutes",
        ],
    ),
    (Field::Namespace, &["namespace", "ns", "kube_namespace", "kubernetes_namespace"]),
    (Field::Pod, &["pod", "pod_name", "kube_pod", "kubernetes_pod_name"]),
    (Field::Container, &["container", "container_name", "kubernetes_container_name"]),
    (Field::Cpu, &["cpu", "cpu_usage", "cpu_used", "container_cpu_usage"]),
    (
        Field::Memory,
        &["memory", "mem", "memory_usage", "memory_used", "mem_usage", "memory_working_set", "rss"],
    ),
    (Field::CpuRequest, &["cpu_request", "cpu_requests", "request_cpu", "requests_cpu"]),
    (
        Field::MemoryRequest,
        &["memory_request", "memory_requests", "mem_request", "request_memory", "requests_memory"],
    ),
    (Field::CpuLimit, &["cpu_limit", "cpu_limits", "limit_cpu", "limits_cpu"]),
    (
        Field::MemoryLimit,
        &["memory_limit", "memory_limits", "mem_limit", "limit_memory", "limits_memory"],
    ),
];

/// What was used: the columns of amounts that every record is searched for.
const USED: [(Field, Lane, Target); 2] = [
    (Field::Cpu, Lane::Cpu, |samples| &mut samples.cpu),
    (Field::Memory, Lane::Memory, |samples| &mut samples.memory),
];

/// What was requested meanwhile, and what the limits were.
const STATED: [(Field, Lane, Target); 4] = [
    (Field::CpuRequest, Lane::Cpu, |samples| &mut samples.requests.cpu),
    (Field::MemoryRequest, Lane::Memory, |samples| &mut samples.requests.memory),
    (Field::CpuLimit, Lane::Cpu, |samples| &mut samples.limits.cpu),
    (Field::MemoryLimit, Lane::Memory, |samples| &mut samples.limits.memory),
];

/// What a column of times in minutes may be called.
const MINUTES: [&str; 4] = ["t_min", "min", "minute", "minutes"];

/// Columns that are there.
struct Columns {
    time: usize,
    /// Whether times that count from a start count in minutes, as the name of their column says.
    in_minutes: bool,
    of_key: [Option<usize>; 3],
    amounts: Vec<Amounts>,
}

/// A column of amounts.
struct Amounts {
    field: Field,
    lane: Lane,
    target: Target,
    column: usize,
    /// The pod that a column of a wide table is.
    pod: Option<String>,
    /// As its name or the reader says.
    unit: Option<Unit>,
    looks: Looks,
}

/// What was found in a column of amounts.
#[derive(Clone, Copy, Default)]
struct Looks {
    bare: usize,
    quantities: usize,
    largest: f64,
    fractions: bool,
}

impl Looks {
    fn and(self, other: Looks) -> Looks {
        Looks {
            bare: self.bare + other.bare,
            quantities: self.quantities + other.quantities,
            largest: self.largest.max(other.largest),
            fractions: self.fractions || other.fractions,
        }
    }
}

impl Amounts {
    /// Whether it says what was used.
    fn is_usage(&self) -> bool {
        matches!(self.field, Field::Cpu | Field::Memory)
    }
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
    if header.is_empty() {
        let help = "its first line names the columns: time,namespace,pod,container,cpu,memory";
        return reading.say_of_file(format!("{} is empty", source.file), help);
    }
    let Some(mut columns) = columns(reading, replay, &header) else { return };
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
        row(reading, &mut columns, &record, &span);
    }
    let mut own: Vec<(Lane, Target, f64)> = Vec::new();
    // All columns of a wide table count in one unit.
    let all = columns.amounts.iter().map(|it| it.looks).reduce(Looks::and).unwrap_or_default();
    let one = if replay.wide.is_some() { 1 } else { columns.amounts.len() };
    for amounts in columns.amounts.iter().take(one) {
        let Amounts { lane, .. } = *amounts;
        let looks = if replay.wide.is_some() { all } else { amounts.looks };
        let name = header.get(amounts.column).unwrap_or_default();
        if looks.bare > 0 && looks.quantities > 0 && looks.largest > 0.0 {
            let message = format!(
                "column `{name}` mixes units: {} of its values say theirs and {} do not",
                looks.quantities, looks.bare
            );
            reading.say_of_file(message, "write all of them in one way");
            continue;
        }
        let said = amounts.unit.is_some();
        // Requests are counted as usage is, if nothing speaks against it.
        let used = own.iter().find(|(of, ..)| *of == lane).filter(|_| !amounts.is_usage());
        let as_used = used.map(|(_, _, factor)| (*factor, "the unit of what is used"));
        let unit = amounts.unit.or(as_used).unwrap_or_else(|| {
            if looks.bare == 0 {
                (1.0, "quantities")
            } else {
                units::guessed(lane, looks.largest, !looks.fractions)
            }
        });
        let unit = if looks.bare == 0 && !said { (1.0, "quantities") } else { unit };
        let how = if said || looks.bare == 0 { "is in" } else { "is taken to be in" };
        reading.recording.notes.push(format!("`{name}` {how} {}", unit.1));
        own.push((lane, amounts.target, if looks.bare == 0 { 1.0 } else { unit.0 }));
    }
    for (_, target, factor) in own {
        for samples in reading.recording.samples.values_mut() {
            target(samples).iter_mut().for_each(|(_, value)| *value *= factor);
        }
    }
}

fn row(
    reading: &mut Reading<'_>,
    columns: &mut Columns,
    record: &StringRecord,
    span: &Range<usize>,
) {
    let field = |index: usize| record.get(index).map_or("", str::trim);
    let time = field(columns.time);
    let in_seconds = columns.in_minutes.then(|| moment::of_minutes(time));
    let Some(at) = reading.time(in_seconds.as_deref().unwrap_or(time), span.clone()) else {
        return;
    };
    let [namespace, pod, container] =
        columns.of_key.map(|column| column.map_or("", field).to_owned());
    let key = Key { namespace, pod, container };
    for amounts in &mut columns.amounts {
        // An empty field is a sample that was not taken.
        let text = field(amounts.column);
        if text.is_empty() {
            continue;
        }
        let value = match units::value(amounts.lane, text) {
            Ok(value) => value,
            Err(message) => {
                reading.say(span.clone(), message, "");
                continue;
            }
        };
        let of_pod = amounts.pod.as_ref().map(|pod| Key { pod: pod.clone(), ..key.clone() });
        let key = of_pod.as_ref().unwrap_or(&key);
        let looks = &mut amounts.looks;
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
        if amounts.is_usage() {
            reading.add(amounts.target, key, (at, amount), span.clone());
        } else {
            reading.state(amounts.target, key, (at, amount));
        }
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
            let of_cpu = matches!(field, Field::Cpu | Field::CpuRequest | Field::CpuLimit);
            let of_memory =
                matches!(field, Field::Memory | Field::MemoryRequest | Field::MemoryLimit);
            known.contains(&column.as_str())
                || (of_cpu && has_unit(Lane::Cpu) && known.contains(&bare))
                || (of_memory && has_unit(Lane::Memory) && known.contains(&bare))
        })
    };
    let Some(time) = find(Field::Time) else {
        let message =
            format!("{}: no time column found (columns seen: {})", reading.source.file, seen());
        let map = reading.named.map("time");
        let help =
            format!("name one of them `time`, `timestamp` or `ts`, or say which it is: {map}");
        reading.say_of_file(message, &help);
        return None;
    };
    let in_minutes = MINUTES.contains(&plain(header.get(time).unwrap_or_default()).as_str());
    let stated = STATED.iter().filter(|_| reading.named == NamedIn::CommandLine);
    let found: Vec<_> = match replay.wide {
        Some(wide) => {
            let of = USED[usize::from(wide == Wide::Memory)];
            let pods = header.iter().enumerate().filter(|(column, _)| *column != time);
            pods.map(|(column, pod)| (of, column, Some(pod.trim().to_owned()))).collect()
        }
        None => {
            let all = USED.iter().chain(stated);
            all.filter_map(|it| Some((*it, find(it.0)?, None))).collect()
        }
    };
    let mut amounts = Vec::new();
    for ((field, lane, target), column, pod) in found {
        let name = plain(header.get(column).unwrap_or_default());
        let said = match field {
            Field::Cpu => replay.cpu_unit.map(units::of_cpu),
            Field::Memory => replay.memory_unit.map(units::of_memory),
            _ => None,
        };
        let is_wide = pod.is_some();
        let named = || units::named(lane, &name).filter(|_| !is_wide);
        let of = match lane {
            Lane::Cpu => &replay.of.cpu,
            Lane::Memory => &replay.of.memory,
        };
        let capacity = of.as_ref().and_then(|of| units::capacity(lane, &of.text()));
        let unit = match said.or_else(named).map(|unit| units::absolute(unit, capacity)) {
            Some(None) => {
                let message =
                    format!("column `{name}` is a share of something that it does not name");
                let help = match reading.named {
                    NamedIn::Scenario => "say of how much: `of: {cpu: 4, memory: 16Gi}`",
                    NamedIn::CommandLine => "export cores or milli-cores, bytes or MiB",
                };
                reading.say_of_file(message, help);
                return None;
            }
            unit => unit.flatten(),
        };
        let looks = Looks::default();
        amounts.push(Amounts { field, lane, target, column, pod, unit, looks });
    }
    if !amounts.iter().any(Amounts::is_usage) {
        let message = format!(
            "{}: neither CPU nor memory found (columns seen: {})",
            reading.source.file,
            seen()
        );
        let map = match reading.named {
            NamedIn::Scenario => "`map: {cpu: ..., memory: ...}`",
            NamedIn::CommandLine => "`--map cpu=... --map memory=...`",
        };
        let help = format!("name them `cpu` and `memory`, or say which they are: {map}");
        reading.say_of_file(message, &help);
        return None;
    }
    let of_key = [Field::Namespace, Field::Pod, Field::Container].map(find);
    let of_key = if replay.wide.is_some() { [None; 3] } else { of_key };
    Some(Columns { time, in_minutes, of_key, amounts })
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
