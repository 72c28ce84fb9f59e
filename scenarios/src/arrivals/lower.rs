//! Lowering of what arrives: generators are put before the workloads that their classes became.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use sim::load::trace::{Row, Trace};
use sim::load::{Class, Classes, Generator, Source};
use sim::model::Model;
use sim::model::arrivals::GeneratorId;
use sim::model::pod::SpecId;
use sim::model::workload::{Controller, WorkloadId};
use sim::setup::Draft;
use sim::table::Id;
use sim::{SimTime, Span, digest};

use super::trace::Recorded;
use super::{Arrivals, NO_LOAD, ReadGenerator, ReadSource, Zoned};
use crate::assumption::{self, Assumption};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::file::File;
use crate::file::arrivals as file;
use crate::tree::{Node, Step};

/// The resource that GPUs of a trace are.
const GPU: &str = "nvidia.com/gpu";

/// What arrives, for a draft whose workloads from `first` on are its classes; `T+0` is at `start`.
pub(crate) fn lower(
    arrivals: &Arrivals,
    first: usize,
    (file, source, tree): (&File, &crate::diagnostic::Source, &Node),
    start: Timestamp,
    (draft, assumptions): (&mut Draft, &mut Vec<Assumption>),
    found: &mut Diagnostics,
) {
    if arrivals.generators.is_empty() {
        return;
    }
    let horizon = draft.horizon;
    // No other owner has the model yet, so that nothing is copied.
    let model = Arc::make_mut(&mut draft.model);
    let mut next = first;
    for read in &arrivals.generators {
        let written = &file.arrivals[read.index];
        let at = [Step::from("arrivals"), Step::from(read.index)];
        let mut wrong = |message: String, help: &str| {
            let span = tree.at(&[&at[..], &[Step::from("process")]].concat()).span.clone();
            found.push(Diagnostic::new(NO_LOAD, message).at(source, span).help(help));
        };
        let workloads = read.workloads();
        let ids: Vec<WorkloadId> = (next..next + workloads).map(WorkloadId::from_index).collect();
        next += workloads;
        let name = model.names.intern(&written.name);
        let id = model.generators.push(name);
        let pods = ids.iter().map(|workload| arriving(model, *workload, id)).max().unwrap_or(1);
        let generator = match generator(model, read, written, &ids, start) {
            Ok(generator) => generator,
            Err(message) => {
                wrong(message, "docs/load.md lists what each process takes");
                continue;
            }
        };
        let most = u32::MAX / pods;
        let expected = generator.expected_unbounded(horizon);
        if expected > f64::from(most) && written.count.is_none_or(|count| count > most) {
            let message = format!(
                "generator `{}` would let about {expected:.2e} arrive until the end; {most} are the \
                 most of which pods can be numbered",
                written.name
            );
            wrong(message, "lower its rate, or bound it with `count` or `until`");
            continue;
        }
        if let ReadSource::Recorded(recorded) = &read.source {
            assumptions.push(assumption::ARRIVAL_TRACE.about(&[&recorded.understood]));
        }
        draft.load.push(Generator { most: generator.most.min(most), ..generator });
    }
    let drawn = |read: &ReadGenerator| match &read.source {
        ReadSource::Drawn { classes, .. } => classes.iter().any(|class| class.sizes.is_some()),
        ReadSource::Recorded(_) => false,
    };
    if arrivals.follow_the_clock() {
        assumptions.push(assumption::ARRIVAL_CLOCK.about(&[&start.to_string()]));
    }
    if arrivals.generators.iter().any(drawn) {
        assumptions.push(assumption::DRAWN_SIZES.about(&[]));
    }
}

impl Arrivals {
    /// Whether some arrive by the clock.
    pub(crate) fn follow_the_clock(&self) -> bool {
        let curve = |read: &ReadGenerator| match &read.source {
            ReadSource::Drawn { zone, .. } => matches!(zone, Zoned::Curve(_)),
            ReadSource::Recorded(_) => false,
        };
        self.generators.iter().any(curve)
    }
}

impl ReadGenerator {
    /// How many workloads it has.
    fn workloads(&self) -> usize {
        match &self.source {
            ReadSource::Drawn { classes, .. } => classes.len(),
            ReadSource::Recorded(_) => 1,
        }
    }
}

/// Lets a workload arrive instead of standing: how many pods each has.
fn arriving(model: &mut Model, workload: WorkloadId, generator: GeneratorId) -> u32 {
    let controller = &mut model.workloads[workload].controller;
    let job = controller.job();
    *controller = match job {
        Some(job) => Controller::ArrivingJobs { job, generator },
        None => Controller::ArrivingPods { generator },
    };
    job.map_or(1, |job| job.completions)
}

fn generator(
    model: &mut Model,
    read: &ReadGenerator,
    written: &file::Generator,
    ids: &[WorkloadId],
    start: Timestamp,
) -> Result<Generator, String> {
    // Durations were checked against the schema.
    let from = Span::parse(&written.from).unwrap_or_default();
    let until = written.until.as_deref().and_then(|text| Span::parse(text).ok());
    let source = match &read.source {
        ReadSource::Recorded(recorded) => {
            let rows = rows(model, recorded, ids[0]);
            let trace = Trace::new(rows, recorded.every);
            Source::Recorded { trace: trace.ok_or("a trace is out of order")?, workload: ids[0] }
        }
        ReadSource::Drawn { batch, classes, zone } => {
            let class = |(read, workload): (&super::ReadClass, &WorkloadId)| {
                let (sizes, duration) = (read.sizes.clone(), read.duration.clone());
                (read.weight, Class { workload: *workload, sizes, duration })
            };
            let classes = Classes::new(classes.iter().zip(ids).map(class).collect());
            Source::Drawn {
                process: match zone {
                    Zoned::Process(process) => Arc::clone(process),
                    Zoned::Curve(curve) => {
                        let curve = curve.beginning(from, start);
                        Arc::new(curve.map_err(|error| error.to_string())?)
                    }
                },
                batch: batch.clone(),
                classes: classes.ok_or("no class has a weight")?,
            }
        }
    };
    Ok(Generator {
        key: digest::of_name(&format!("{}/{}", written.namespace, written.name)),
        from: SimTime::ZERO + from,
        until: until.map(|until| SimTime::ZERO + until),
        most: written.count.unwrap_or(u32::MAX),
        source,
    })
}

/// The rows of a trace, each distinct size as a spec of its own.
fn rows(model: &mut Model, recorded: &Recorded, workload: WorkloadId) -> Vec<Row> {
    let template = model.workloads[workload].spec;
    let lane = recorded.rows.iter().any(|row| row.gpus > 0).then(|| model.lane(GPU)).flatten();
    let mut known: BTreeMap<_, SpecId> = BTreeMap::new();
    let row = |row: &super::rows::Row| {
        let spec = *known.entry((row.cpu, row.memory, row.gpus)).or_insert_with(|| {
            let mut spec = model.specs[template].clone();
            spec.resize(row.cpu, row.memory);
            if let Some(lane) = lane.filter(|_| row.gpus > 0) {
                spec.request(lane, row.gpus.into());
            }
            model.specs.intern(spec)
        });
        let lasts = Span::from_secs_f64(row.lasts.unwrap_or_default()).max(Span::from_ms(1));
        Row { at: row.instant(), lasts, spec }
    };
    recorded.rows.iter().map(row).collect()
}
