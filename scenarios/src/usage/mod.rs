//! Recorded usage: read where it lies, checked sample by sample, and cut into one series for each
//! container.
//!
//! ```text
//! usage.csv ─► table ──────────┐
//!                              ├─► Recording (samples of CPU and memory, by container) ─► series
//! query_range.json ─► prometheus ┘
//! ```

mod moment;
mod past;
mod prometheus;
mod series;
mod table;
mod units;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;
use std::path::Path;

use sim::model::vpa::CpuMemory;

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::autoscaling::VpaHistory;
use crate::file::usage::{Replay, Usage};
use crate::inputs::Input;
use crate::limits::USAGE_ROWS;
use crate::reading::{self, Named};
use crate::tree::{Node, Step};
pub(crate) use moment::Clock;
pub(crate) use past::Past;
pub(crate) use series::{Owner, cut, is_named_by, sums_of_pods};

/// The number of mistakes of one file that are shown; the rest are counted.
const MOST_SHOWN: usize = 10;

/// A container as a record of usage names it; what it does not name is empty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Key {
    pub(crate) namespace: String,
    pub(crate) pod: String,
    pub(crate) container: String,
}

/// What was recorded of one container: CPU in milli-cores, memory in bytes. A value holds until the
/// next.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Samples {
    pub(crate) cpu: Vec<(i64, f64)>,
    pub(crate) memory: Vec<(i64, f64)>,
    /// What was requested, where that was asked for: changes of it.
    pub(crate) requests: CpuMemory<Vec<(i64, f64)>>,
    /// What was the limit, likewise.
    pub(crate) limits: CpuMemory<Vec<(i64, f64)>>,
}

impl Recording {
    /// Some of what was recorded, to show that it is something else.
    pub(crate) fn some(&self) -> String {
        let some: Vec<String> = self.samples.keys().take(3).map(Key::words).collect();
        format!("there are those of {}", some.join(", "))
    }
}

/// Where samples of a lane are kept.
type Target = fn(&mut Samples) -> &mut Vec<(i64, f64)>;

/// Where a record was named, whose words its errors are in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NamedIn {
    /// In a scenario, which replays it.
    Scenario,
    /// On the command line, to be judged with what its containers requested.
    CommandLine,
}

/// What was recorded, by container.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Recording {
    pub(crate) samples: BTreeMap<Key, Samples>,
    pub(crate) clock: Option<Clock>,
    /// What was understood and repaired, in words.
    pub(crate) notes: Vec<String>,
    /// Samples that were there twice.
    repeated: usize,
}

/// The recordings that each entry of `usage:` names, in order; none where it replays nothing, or what
/// it replays is wrong.
pub(crate) fn read(
    usages: &[Usage],
    (source, tree): (&Source, &Node),
    folder: Option<&Path>,
    inputs: &mut Vec<Input>,
    found: &mut Diagnostics,
) -> Vec<Option<Recording>> {
    let mut rows = 0;
    let each = usages.iter().enumerate().map(|(index, usage)| {
        let replay = usage.replay.as_ref()?;
        let keys = [Step::from("usage"), Step::from(index), "replay".into(), "file".into()];
        named(replay, (source, tree.at(&keys)), folder, (&mut *inputs, &mut rows), found)
    });
    each.collect()
}

/// What `vpaHistory` records; none where there is none, or it is wrong.
pub(crate) fn read_history(
    history: Option<&VpaHistory>,
    (source, tree): (&Source, &Node),
    folder: Option<&Path>,
    inputs: &mut Vec<Input>,
    found: &mut Diagnostics,
) -> Option<Recording> {
    let node = tree.at(&[Step::from("vpaHistory"), "file".into()]);
    named(&history?.columns(), (source, node), folder, (inputs, &mut 0), found)
}

/// What the files record that a scenario names at a place; none if that is wrong.
fn named(
    replay: &Replay,
    (source, node): (&Source, &Node),
    folder: Option<&Path>,
    (inputs, rows): (&mut Vec<Input>, &mut usize),
    found: &mut Diagnostics,
) -> Option<Recording> {
    let mut recording = Recording::default();
    let before = found.has_errors();
    for name in replay.file.all() {
        let place = node.span.clone();
        let path = folder.map_or_else(|| name.into(), |folder| folder.join(name));
        let file = match reading::source(&path, name, Named::ByAFile) {
            Ok(file) => file,
            Err(diagnostics) => {
                for diagnostic in diagnostics.iter() {
                    found.push(diagnostic.clone().at(source, place.clone()));
                }
                continue;
            }
        };
        if inputs.iter().all(|input| input.file != *name) {
            inputs.push(Input::of(name, file.text.as_bytes()));
        }
        one(&file, (replay, NamedIn::Scenario), &mut recording, rows, found);
    }
    let complete = before || !found.has_errors();
    complete.then_some(recording)
}

/// What files of the command line record.
pub(crate) fn of_files(files: &[Source], replay: &Replay, found: &mut Diagnostics) -> Recording {
    let (mut recording, mut rows) = (Recording::default(), 0);
    for file in files {
        one(file, (replay, NamedIn::CommandLine), &mut recording, &mut rows, found);
    }
    recording
}

/// Adds what one file says. It is read on its own, since each may count in other units.
fn one(
    file: &Source,
    (replay, named): (&Replay, NamedIn),
    recording: &mut Recording,
    rows: &mut usize,
    found: &mut Diagnostics,
) {
    let mut own = Recording { clock: recording.clock, ..Recording::default() };
    let mut reading = Reading { source: file, named, found, wrong: 0, recording: &mut own, rows };
    let text = file.text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with(['{', '[']) {
        prometheus::read(&mut reading, replay);
    } else {
        table::read(&mut reading, replay);
    }
    if reading.wrong == 0 && reading.recording.samples.is_empty() {
        reading.say_of_file(format!("there is no sample in {}", file.file), "");
    }
    let wrong = reading.wrong;
    let mut reading = Reading { source: file, named, found, wrong, recording, rows };
    reading.append(own);
    reading.finish();
}

/// The reading of one file: says what is wrong with it, but not without end.
struct Reading<'r> {
    source: &'r Source,
    named: NamedIn,
    found: &'r mut Diagnostics,
    /// Mistakes so far.
    wrong: usize,
    recording: &'r mut Recording,
    /// Samples of all files so far.
    rows: &'r mut usize,
}

impl Reading<'_> {
    /// Something is wrong at a place.
    fn say(&mut self, at: Range<usize>, message: String, help: &str) {
        self.wrong += 1;
        if self.wrong <= MOST_SHOWN {
            let diagnostic = Diagnostic::new("E0803", message).at(self.source, at);
            self.found.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
        }
    }

    /// About the file as a whole, of which no line is to be shown.
    fn say_of_file(&mut self, message: String, help: &str) {
        self.wrong += 1;
        let diagnostic = Diagnostic::new("E0803", message).at(&self.source.unquoted(), 0..0);
        self.found.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    /// Counts a sample. Whether more may be read.
    fn counted(&mut self, at: Range<usize>) -> bool {
        *self.rows += 1;
        let within = !USAGE_ROWS.exceeded(*self.rows);
        if !within {
            self.wrong += 1;
            self.found.push(USAGE_ROWS.error(&self.source.file).at(self.source, at));
        }
        within
    }

    /// When a sample was taken. All of a recording say it in one way.
    fn time(&mut self, text: &str, span: Range<usize>) -> Option<i64> {
        let Some((clock, ms)) = moment::parse(text) else {
            self.say(span, format!("`{text}` is not a time"), moment::FORMS);
            return None;
        };
        if *self.recording.clock.get_or_insert(clock) != clock {
            let message = "some times are dates and others count from a start";
            self.say(span, message.into(), "say all of them in one way");
            return None;
        }
        Some(ms)
    }

    /// Adds a sample to those of a lane, if it comes after them. One that is there twice counts once.
    fn add(&mut self, lane: Target, key: &Key, (at, value): (i64, f64), span: Range<usize>) {
        let samples = lane(self.recording.samples.entry(key.clone()).or_default());
        match samples.last() {
            Some((last, same)) if *last == at && same.to_bits() == value.to_bits() => {
                self.recording.repeated += 1;
            }
            Some((last, _)) if *last == at => {
                let message = format!("two samples of {} at one time", key.words());
                self.say(span, message, "leave one of them out");
            }
            Some((last, _)) if *last > at => {
                let message = format!("time goes backwards in the samples of {}", key.words());
                self.say(span, message, "sort the rows by time");
            }
            _ => samples.push((at, value)),
        }
    }

    /// Notes what a container requests or is limited to, if it was something else before.
    fn state(&mut self, lane: Target, key: &Key, (at, value): (i64, f64)) {
        let stated = lane(self.recording.samples.entry(key.clone()).or_default());
        if stated.last().is_none_or(|(_, before)| before.to_bits() != value.to_bits()) {
            stated.push((at, value));
        }
    }

    /// Adds a whole file to those before it.
    fn append(&mut self, own: Recording) {
        self.recording.clock = own.clock;
        self.recording.notes.extend(own.notes);
        self.recording.repeated += own.repeated;
        let used: [Target; 2] = [|samples| &mut samples.cpu, |samples| &mut samples.memory];
        let stated: [Target; 4] = [
            |samples| &mut samples.requests.cpu,
            |samples| &mut samples.requests.memory,
            |samples| &mut samples.limits.cpu,
            |samples| &mut samples.limits.memory,
        ];
        for (key, mut samples) in own.samples {
            if let Entry::Vacant(first) = self.recording.samples.entry(key.clone()) {
                first.insert(samples);
                continue;
            }
            for lane in used {
                for sample in std::mem::take(lane(&mut samples)) {
                    self.add(lane, &key, sample, 0..0);
                }
            }
            for lane in stated {
                for change in std::mem::take(lane(&mut samples)) {
                    self.state(lane, &key, change);
                }
            }
        }
    }

    fn finish(self) {
        if self.wrong > MOST_SHOWN {
            let more = self.wrong - MOST_SHOWN;
            let message = format!("{more} more mistakes in {}", self.source.file);
            self.found.push(Diagnostic::new("E0803", message));
        }
        let repeated = std::mem::take(&mut self.recording.repeated);
        if repeated > 0 {
            let samples = crate::cluster::counted(repeated, "sample");
            let verbs = if repeated == 1 {
                "is there twice and counts"
            } else {
                "are there twice and count"
            };
            self.recording.notes.push(format!("{samples} {verbs} once"));
        }
    }
}

impl NamedIn {
    /// How a column is said to be a field.
    fn map(self, field: &str) -> String {
        match self {
            NamedIn::Scenario => format!("`map: {{{field}: ...}}`"),
            NamedIn::CommandLine => format!("`--map {field}=...`"),
        }
    }

    /// How the unit of a lane is said.
    fn unit(self, lane: &str, unit: &str) -> String {
        match self {
            NamedIn::Scenario => format!("`{lane}Unit: {unit}`"),
            NamedIn::CommandLine => format!("`--{lane}-unit {unit}`"),
        }
    }
}

impl Key {
    pub(crate) fn words(&self) -> String {
        let parts = [&self.namespace, &self.pod, &self.container].map(String::as_str);
        let known: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if known.is_empty() { "the one series".into() } else { known.join("/") }
    }
}
