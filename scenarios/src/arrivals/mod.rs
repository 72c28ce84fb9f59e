//! What arrives: from the generators of a scenario to those of the simulator.
//!
//! Each class of a generator is read as a workload, in the same way as one that a scenario writes
//! itself. What is drawn is given its distribution, a trace is read into compact rows, and once
//! workloads are lowered the generators are put before them.

pub(crate) mod amounts;
mod columns;
mod lower;
mod processes;
mod rows;
mod swf;
mod trace;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use sim::Span;
use sim::load::copula::Sizes;
use sim::load::distributions::constant::Constant;
use sim::load::distributions::zipf;
use sim::load::distributions::{Impossible, Shared};
use sim::load::processes::Process;

pub(crate) use lower::lower;

use crate::admission::types::Type;
use crate::admission::{Admitted, judge, say};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::examine::workloads::examine;
use crate::file::arrivals::{Class, Generator, Kind};
use crate::file::{self, File};
use crate::inputs::Input;
use crate::kube::{self, Container, ObjectMeta, PodSpec, PodTemplateSpec};
use crate::load::{self, Origin};
use crate::tree::{Node, Step};
use crate::unmodelled::Tally;
use crate::workloads::{ControllerSpec, Written};
use amounts::{Amounts, Measure};
use trace::Recorded;

/// Where it is written down what is left out, and what is wrong.
pub(crate) type Found<'f> = (&'f mut Tally, &'f mut Diagnostics);

/// Everything that arrives, as it was read.
#[derive(Default)]
pub(crate) struct Arrivals {
    /// What each class is, generator by generator.
    pub(crate) workloads: Vec<Written>,
    /// Of each generator what is drawn, in the order of the scenario.
    generators: Vec<ReadGenerator>,
}

/// One generator, as it was read.
struct ReadGenerator {
    /// Which of the scenario's it is.
    index: usize,
    source: ReadSource,
}

/// Where its arrivals come from.
enum ReadSource {
    /// They are drawn.
    Drawn { batch: Option<Shared>, classes: Vec<ReadClass>, zone: Zoned },
    /// They were recorded.
    Recorded(Recorded),
}

/// When they are drawn: what follows the clock is known once the date of `T+0` is.
enum Zoned {
    /// It does not.
    Process(std::sync::Arc<dyn Process>),
    /// It does.
    Curve(processes::Curve),
}

/// One class, as it was read.
struct ReadClass {
    weight: f64,
    sizes: Option<Sizes>,
    duration: Shared,
}

/// Reads what arrives in a scenario in `folder`.
pub(crate) fn read(
    file: &File,
    place: (&Source, &Node),
    folder: Option<&Path>,
    inputs: &mut Vec<Input>,
    found: Found<'_>,
) -> Arrivals {
    let mut arrivals = Arrivals::default();
    let mut reader = Reader::new(place, folder, inputs, found);
    let mut names = BTreeSet::new();
    for (index, generator) in file.arrivals.iter().enumerate() {
        let at = [Step::from("arrivals"), Step::from(index)];
        // Chance goes by the name.
        if !names.insert((&generator.namespace, &generator.name)) {
            let message = format!("generator `{}` is there twice", generator.name);
            let help = "both would be given the same arrivals: give one another name";
            reader.wrong(&at, &[Step::from("name")], message, help);
            continue;
        }
        // Durations were checked against the schema.
        let time = |text: &str| Span::parse(text).unwrap_or_default();
        if generator.until.as_deref().is_some_and(|until| time(until) <= time(&generator.from)) {
            let message = format!("generator `{}` ends before it begins", generator.name);
            reader.wrong(&at, &[Step::from("until")], message, "`until` is a time after `from`");
            continue;
        }
        let read = reader.generator(index, generator);
        let Some((read, workloads)) = read else { continue };
        arrivals.workloads.extend(workloads);
        arrivals.generators.push(ReadGenerator { index, source: read });
    }
    arrivals
}

/// What reading needs, and what is found.
pub(crate) struct Reader<'r> {
    source: &'r Source,
    tree: &'r Node,
    folder: Option<&'r Path>,
    inputs: &'r mut Vec<Input>,
    tally: &'r mut Tally,
    found: &'r mut Diagnostics,
}

/// The code of what cannot be drawn.
const NO_LOAD: &str = "E0801";

impl<'r> Reader<'r> {
    /// A reader of a scenario in `folder`.
    pub(crate) fn new(
        (source, tree): (&'r Source, &'r Node),
        folder: Option<&'r Path>,
        inputs: &'r mut Vec<Input>,
        (tally, found): Found<'r>,
    ) -> Reader<'r> {
        Reader { source, tree, folder, inputs, tally, found }
    }
}

impl Reader<'_> {
    fn generator(
        &mut self,
        index: usize,
        generator: &Generator,
    ) -> Option<(ReadSource, Vec<Written>)> {
        let at = [Step::from("arrivals"), Step::from(index)];
        let source = match (&generator.process, &generator.trace) {
            (Some(process), None) => self.drawn(&at, generator, process)?,
            (None, Some(trace)) => {
                let help = "a trace says when and how many: take it out, or name a `process`";
                for (field, is_there) in
                    [("batch", generator.batch.is_some()), ("zipf", generator.zipf.is_some())]
                {
                    if is_there {
                        let message = format!("`{field}` belongs to a `process`");
                        self.wrong(&at, &[Step::from(field)], message, help);
                    }
                }
                if generator.classes.len() > 1 {
                    let message = "a trace has one class at most".to_owned();
                    let help = "give each class a generator and a trace of its own";
                    self.wrong(&at, &[Step::from("classes")], message, help);
                    return None;
                }
                ReadSource::Recorded(self.trace(&at, trace)?)
            }
            (process, _) => {
                let what =
                    if process.is_some() { "a `process` and a" } else { "no `process` and no" };
                let message = format!("generator `{}` has {what} `trace`", generator.name);
                self.wrong(&at, &[], message, "say one of both: when something arrives");
                return None;
            }
        };
        let workloads = self.workloads(&at, generator, &source)?;
        Some((source, workloads))
    }

    fn drawn(
        &mut self,
        at: &[Step],
        generator: &Generator,
        process: &file::arrivals::Process,
    ) -> Option<ReadSource> {
        let zone = self.process(&[at, &[Step::from("process")]].concat(), process)?;
        let batch = match &generator.batch {
            None => None,
            Some(batch) => {
                Some(self.amount(&[at, &[Step::from("batch")]].concat(), batch, Measure::Number)?)
            }
        };
        if generator.classes.is_empty() {
            let message = format!("generator `{}` has no classes", generator.name);
            self.wrong(
                at,
                &[],
                message,
                "say what arrives: `classes: [{name: ..., template: ...}]`",
            );
            return None;
        }
        let mut classes = Vec::new();
        for (number, class) in generator.classes.iter().enumerate() {
            let at = [at, &[Step::from("classes"), Step::from(number)]].concat();
            let rank = u32::try_from(number + 1).unwrap_or(u32::MAX);
            let weight = generator.zipf.map_or(class.weight, |power| zipf::weight(rank, power));
            classes.push(self.class(&at, class, weight)?);
        }
        if classes.iter().map(|it| it.weight).sum::<f64>() <= 0.0 {
            let message = "no class has a weight above 0".to_owned();
            self.wrong(at, &[Step::from("classes")], message, "give one of them a `weight`");
            return None;
        }
        Some(ReadSource::Drawn { batch, classes, zone })
    }

    fn class(&mut self, at: &[Step], class: &Class, weight: f64) -> Option<ReadClass> {
        let Some(duration) = &class.duration else {
            let message = format!("class `{}` does not say how long its pods run", class.name);
            self.wrong(at, &[], message, "give it a `duration`, for example `10m`");
            return None;
        };
        let duration =
            self.amount(&[at, &[Step::from("duration")]].concat(), duration, Measure::Time);
        let sizes = match (&class.cpu, &class.memory) {
            (None, None) => Some(None),
            (Some(cpu), Some(memory)) => {
                let cpu = self.amount(&[at, &[Step::from("cpu")]].concat(), cpu, Measure::Cpu);
                let memory =
                    self.amount(&[at, &[Step::from("memory")]].concat(), memory, Measure::Memory);
                let (cpu, memory) = cpu.zip(memory)?;
                let sizes = Sizes::new(cpu, memory, class.correlation);
                Some(Some(self.possible(&[at, &[Step::from("correlation")]].concat(), sizes)?))
            }
            _ => {
                let message = format!("class `{}` draws one of `cpu` and `memory`", class.name);
                let help = "say both; what is always the same is written as one amount";
                self.wrong(at, &[], message, help);
                None
            }
        };
        Some(ReadClass { weight, sizes: sizes?, duration: duration? })
    }

    /// The workload that each class is.
    fn workloads(
        &mut self,
        at: &[Step],
        generator: &Generator,
        source: &ReadSource,
    ) -> Option<Vec<Written>> {
        let plain = [Class { name: String::new(), ..Class::default() }];
        let is_plain = generator.classes.is_empty();
        let classes = if is_plain { &plain[..] } else { &generator.classes };
        let each = classes.iter().enumerate().map(|(number, class)| {
            let path = [at, &[Step::from("classes"), Step::from(number)]].concat();
            let node = self.tree.at(if is_plain { at } else { &path });
            let (seconds, size) = match source {
                ReadSource::Drawn { classes, .. } => {
                    let read = &classes[number];
                    let size = read.sizes.as_ref().map(Sizes::mean);
                    (read.duration.mean(), [size.map(|it| it.cpu), size.map(|it| it.memory)])
                }
                ReadSource::Recorded(recorded) => (0.0, recorded.mean_size()),
            };
            self.workload(node, generator, class, (Span::from_secs_f64(seconds), size))
        });
        // All, so that what is wrong with each is said.
        let each: Vec<Option<Written>> = each.collect();
        each.into_iter().collect()
    }

    fn workload(
        &mut self,
        node: &Node,
        generator: &Generator,
        class: &Class,
        (mean, size): (Span, [Option<u64>; 2]),
    ) -> Option<Written> {
        let name = match (generator.classes.len(), class.name.as_str()) {
            (0 | 1, _) => generator.name.clone(),
            (_, class) => format!("{}-{class}", generator.name),
        };
        let span = node.get("name").map_or(node.span.clone(), |name| name.span.clone());
        let metadata = json!({ "name": name, "namespace": generator.namespace });
        let broken = judge(Type::ObjectMeta, &metadata);
        if let Some(first) = broken.first() {
            let origin = Origin::new(self.source, span.clone(), "arrivals", None, Some(&name));
            self.found.push(say(first, &origin, |_| origin.span.clone()));
            return None;
        }
        let kind = match generator.kind {
            Kind::Pod => file::Kind::Pod,
            Kind::Job => file::Kind::Job,
        };
        let kind_name = format!("{kind:?}");
        let origin = Origin::new(self.source, node.span.clone(), &kind_name, None, Some(&name));
        let of_jobs = [
            ("completions", class.completions.is_some()),
            ("parallelism", class.parallelism.is_some()),
            ("backoffLimit", class.backoff_limit.is_some()),
            ("activeDeadlineSeconds", class.active_deadline_seconds.is_some()),
        ];
        let mut spec = match node.get("template") {
            None => PodSpec {
                containers: vec![Container { name: "pod".into(), ..Container::default() }],
                ..PodSpec::default()
            },
            Some(template) => {
                if examine(kind, node, &origin, self.found) == Admitted::No {
                    return None;
                }
                let spec = load::typed::<PodSpec>(template, &origin, self.tally, self.found)?;
                self.tally.not_simulated(&spec, &origin);
                spec
            }
        };
        if kind == file::Kind::Pod
            && node.get("template").is_none()
            && let Some((field, _)) = of_jobs.iter().find(|(_, is_there)| *is_there)
        {
            let message = format!("a Pod has no `{field}`");
            self.found.push(origin.diagnostic("E0209", &message).help("set `kind: Job`"));
            return None;
        }
        if let Some(first) = spec.containers.first_mut() {
            for ((name, unit), amount) in [("cpu", "m"), ("memory", "")].into_iter().zip(size) {
                let amount = amount.map(|it| kube::Quantity(format!("{it}{unit}").into()));
                first.resources.requests.extend(amount.map(|amount| (name.to_owned(), amount)));
            }
        }
        let mut annotations = class.annotations.clone();
        let before =
            annotations.insert("spotsim/duration".into(), mean.max(Span::from_ms(1)).to_string());
        if before.is_some() {
            let message = format!("class `{}` has the annotation `spotsim/duration`", class.name);
            self.found.push(origin.diagnostic(NO_LOAD, &message).help("say `duration` instead"));
            return None;
        }
        let limits = class.backoff_limit.is_some() || class.active_deadline_seconds.is_some();
        let job = limits.then(|| kube::JobSpec {
            backoff_limit: class.backoff_limit,
            active_deadline_seconds: class.active_deadline_seconds,
            ..kube::JobSpec::default()
        });
        let metadata = ObjectMeta { labels: class.labels.clone(), ..ObjectMeta::default() };
        Some(Written {
            kind,
            namespace: generator.namespace.clone(),
            name,
            spec: ControllerSpec {
                completions: class.completions,
                parallelism: class.parallelism,
                job: job.map(Box::new),
                ..ControllerSpec::only(PodTemplateSpec { metadata, spec })
            },
            annotations,
            start_at: "0s".into(),
            source: self.source.clone(),
            span,
        })
    }

    /// What is possible, or nothing, and why.
    pub(crate) fn possible<T>(&mut self, at: &[Step], result: Result<T, Impossible>) -> Option<T> {
        match result {
            Ok(possible) => Some(possible),
            Err(error) => {
                let field = at.iter().rev().find_map(|step| match step {
                    Step::Key(key) => Some(key.clone()),
                    Step::Index(_) => None,
                });
                let message = format!("`{}`: {error}", field.unwrap_or_default());
                self.wrong(at, &[], message, "docs/load.md lists what each distribution takes");
                None
            }
        }
    }

    pub(crate) fn wrong(&mut self, at: &[Step], field: &[Step], message: String, help: &str) {
        let span = self.tree.at(&[at, field].concat()).span.clone();
        self.found.push(Diagnostic::new(NO_LOAD, message).at(self.source, span).help(help));
    }

    /// Always the same.
    fn constant(&mut self, at: &[Step], value: f64) -> Option<Shared> {
        let constant = self.possible(at, Constant::new(value))?;
        Some(std::sync::Arc::new(constant))
    }
}
