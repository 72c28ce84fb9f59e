//! From `usage:` and `load:` as a scenario states them to the curves that the simulator samples.

pub(super) mod curves;
mod targets;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use sim::model::Model;
use sim::model::containers::{Amounts, ContainerKind};
use sim::model::usage::{Curve, Demand, Rate, Shape, Used, WorkloadUsage};
use sim::model::workload::{Controller, WorkloadId};
use sim::setup::Draft;

use super::cron_jobs::Calendar;
use crate::assumption::{self, Assumption};
use crate::diagnostic::{Diagnostic, Diagnostics, Source, did_you_mean};
use crate::file::usage::{Load, Usage};
use crate::file::{File, Kind};
use crate::quantity::Quantity;
use crate::tree::{Node, Step};
use crate::usage::{Owner, Recording, cut};
use curves::{Clock, Read};
use targets::{Target, Targets};

/// How many workloads without usage are named.
const NAMED: usize = 3;

/// Adds what is said of usage and load to a draft whose workloads are there.
pub(crate) fn fill(
    file: &File,
    recordings: &[Option<Recording>],
    calendar: Calendar<'_>,
    (draft, assumptions): (&mut Draft, &mut Vec<Assumption>),
    found: &mut Diagnostics,
) {
    if file.usage.is_empty() && file.load.is_empty() {
        return;
    }
    let Ok(start) = calendar.start() else { return };
    let (source, tree) = calendar.place;
    let model = Arc::make_mut(&mut draft.model);
    let targets = Targets::new(file, model);
    let given = BTreeSet::new();
    let mut filling = Filling { source, tree, start, targets, model, given, assumptions, found };
    let mut dated = false;
    // Those for many go first, so that an entry for one of them takes their place.
    let is_of_many =
        |usage: &Usage| matches!(filling.targets.named(&usage.workload), Some(Target::Many(_)));
    let (many, one): (Vec<_>, Vec<_>) =
        file.usage.iter().enumerate().partition(|(_, usage)| is_of_many(usage));
    for entries in [many, one] {
        filling.given.clear();
        for (index, usage) in entries {
            let recording = recordings.get(index).and_then(Option::as_ref);
            filling.usage(index, usage, recording);
            dated |= usage.diurnal.is_some();
        }
    }
    for (index, load) in file.load.iter().enumerate() {
        filling.load(index, load);
        dated |= load.diurnal.is_some();
    }
    filling.say_what_uses_nothing();
    if dated {
        assumptions.push(assumption::USAGE_CLOCK.about(&[&start.to_string()]));
    }
}

/// A model whose usage is filled in.
struct Filling<'f> {
    source: &'f Source,
    tree: &'f Node,
    /// The moment of `T+0`.
    start: Timestamp,
    targets: Targets<'f>,
    model: &'f mut Model,
    /// The containers of which an entry has said what they use.
    given: BTreeSet<(WorkloadId, usize)>,
    assumptions: &'f mut Vec<Assumption>,
    found: &'f mut Diagnostics,
}

impl Filling<'_> {
    fn usage(&mut self, index: usize, usage: &Usage, recording: Option<&Recording>) {
        let place = |field: &str| vec![Step::from("usage"), index.into(), field.into()];
        let Some(target) = self.target(&usage.workload, &place) else { return };
        for workload in target.workloads() {
            let container = usage.container.as_deref();
            let container = self.container(*workload, &usage.workload, container, &place);
            let Some(container) = container else { return };
            // What is wrong with one of many is wrong with all.
            if self.usage_of((*workload, container), usage, recording, &place).is_none() {
                return;
            }
        }
    }

    /// What one container uses; nothing if that is wrong.
    fn usage_of(
        &mut self,
        (workload, container): (WorkloadId, usize),
        usage: &Usage,
        recording: Option<&Recording>,
        place: &dyn Fn(&str) -> Vec<Step>,
    ) -> Option<()> {
        let clock = |peak: &str, zone: Option<&str>| Clock::at(self.start, peak, zone);
        let differ = usage.of_requests && self.targets.differ(workload);
        let read = match (usage.of_requests, differ) {
            (false, _) => Read::Amounts,
            (true, true) => Read::Shares(Amounts {
                cpu: Some(1_000),
                memory: Some(1_000),
                ..Amounts::default()
            }),
            (true, false) => Read::Shares(self.requests(workload, container)),
        };
        let used = curves::of_usage(usage, |stated| read.used(stated), clock);
        let held = match curves::holds(usage) {
            true => curves::of_usage(usage, |stated| read.held(stated), clock).map(Some),
            false => Ok(None),
        };
        let (mut curve, held) = match used.and_then(|used| Ok((used, held?))) {
            Ok(curves) => curves,
            Err((field, message, help)) => {
                self.error(&place(field), message, help);
                return None;
            }
        };
        if let Some((replay, recording)) = usage.replay.as_ref().zip(recording) {
            let shape = self.replayed((workload, container), replay, recording);
            match shape {
                Ok(shape) => curve.shapes.push(shape),
                Err(message) => {
                    self.error(&place("replay"), message, "");
                    return None;
                }
            }
        } else if curve.shapes.is_empty() && usage.replay.is_none() {
            let message = format!("the usage of `{}` says nothing", usage.workload);
            let help = "give it a curve, for example `constant: {cpu: 100m}`";
            self.error(&place("workload"), message, help);
            return None;
        }
        let row = self.row(workload);
        if row.containers.len() <= container {
            row.containers.resize_with(container + 1, Default::default);
        }
        row.containers[container] = curve;
        if let Some(held) = held {
            if row.held.len() <= container {
                row.held.resize_with(container + 1, Default::default);
            }
            row.held[container] = Curve { noise: None, ..held };
        } else if let Some(before) = row.held.get_mut(container) {
            *before = Curve::default();
        }
        match differ {
            true => row.of_requests.insert(container),
            false => row.of_requests.remove(&container),
        };
        if !self.given.insert((workload, container)) {
            let message =
                format!("the usage of one container of `{}` is there twice", usage.workload);
            let help = "write all its curves into one entry: they add up";
            self.error(&place("workload"), message, help);
            return None;
        }
        Some(())
    }

    /// What was recorded of a container, as a shape.
    fn replayed(
        &mut self,
        (workload, container): (WorkloadId, usize),
        replay: &crate::file::usage::Replay,
        recording: &Recording,
    ) -> Result<Shape<Used>, String> {
        let owner = owner(self.model, workload, container);
        let cut = cut(recording, replay, owner)?;
        let files = replay.file.all().join(", ");
        let name = format!("{}/{}", owner.namespace, owner.name);
        let series = format!("{} series", cut.series.len());
        let mut how = recording.notes.clone();
        how.push(format!("{} are gaps, in which nothing is used", cut.gaps));
        let end = if replay.repeat { "begins again" } else { "ends" };
        how.push(format!("it {end} after {}", cut.period));
        let values = [name.as_str(), &files, &series, &how.join("; ")];
        self.assumptions.push(assumption::USAGE_REPLAYED.about(&values));
        let period = replay.repeat.then_some(cut.period);
        Ok(Shape::Replay(sim::model::usage::Replay { series: cut.series, period }))
    }

    /// What a container requests.
    fn requests(&self, workload: WorkloadId, container: usize) -> Amounts {
        let spec = &self.model.specs[self.model.workloads[workload].spec];
        let container = spec.containers.list.get(container);
        container.map(|it| it.resources.requests).unwrap_or_default()
    }

    fn load(&mut self, index: usize, load: &Load) {
        let place = |field: &str| vec![Step::from("load"), index.into(), field.into()];
        let Some(target) = self.target(&load.workload, &place) else { return };
        let Target::One(workload) = target else {
            let message = format!("`{}` is not one workload", load.workload);
            self.error(&place("workload"), message, "give a load to one Deployment or StatefulSet");
            return;
        };
        let container = load.container.as_deref();
        let Some(container) = self.container(workload, &load.workload, container, &place) else {
            return;
        };
        let serves = matches!(
            self.model.workloads[workload].controller,
            Controller::Deployment { .. } | Controller::StatefulSet { .. } | Controller::DaemonSet
        );
        if !serves {
            let message =
                format!("`{}` serves no requests: its pods run to their end", load.workload);
            self.error(&place("workload"), message, "give a load to a Deployment or a StatefulSet");
            return;
        }
        let clock = |peak: &str, zone: Option<&str>| Clock::at(self.start, peak, zone);
        let (rate, cost) = match curves::of_load(load, clock) {
            Ok(curve) => curve,
            Err((field, message, help)) => {
                self.error(&place(field), message, help);
                return;
            }
        };
        let serves = load.serves.map(curves::rate).or_else(|| {
            let (serves, why) = self.capacity(workload, container, cost.cpu_micro)?;
            let rate = format!("{}", serves.0 as f64 / 1_000.0);
            self.assumptions.push(assumption::LOAD_SERVED.about(&[&load.workload, &rate, why]));
            Some(serves)
        });
        let demand = Demand {
            container,
            rate,
            cpu_micro: cost.cpu_micro,
            memory: cost.memory,
            takes: cost.takes,
            serves,
        };
        let row = self.row(workload);
        if row.containers.len() <= container {
            row.containers.resize_with(container + 1, Default::default);
        }
        if row.demand.replace(demand).is_some() {
            let message = format!("the load of `{}` is there twice", load.workload);
            self.error(
                &place("workload"),
                message,
                "write all its curves into one entry: they add up",
            );
        }
    }

    /// How many requests the CPU of a container pays for: up to its limit, or what it requests.
    fn capacity(
        &self,
        workload: WorkloadId,
        container: usize,
        cpu_micro: u64,
    ) -> Option<(Rate, &'static str)> {
        let spec = &self.model.specs[self.model.workloads[workload].spec];
        let resources = &spec.containers.list.get(container)?.resources;
        let (cpu, why) = match (resources.limits.cpu, resources.requests.cpu) {
            (Some(limit), _) if limit > 0 => (limit, "its CPU limit"),
            (_, Some(request)) if request > 0 => (request, "the CPU that it requests"),
            _ => return None,
        };
        let rate = u128::from(cpu) * 1_000_000 / u128::from(cpu_micro.max(1));
        Some((Rate(u64::try_from(rate).unwrap_or(u64::MAX)), why))
    }

    fn row(&mut self, workload: WorkloadId) -> &mut WorkloadUsage {
        self.model.usage.entry(workload).or_default()
    }

    /// What an entry is about.
    fn target(&mut self, named: &str, place: &dyn Fn(&str) -> Vec<Step>) -> Option<Target> {
        let target = self.targets.named(named);
        if target.is_none() {
            let known = self.targets.known();
            let near = did_you_mean(named, known.iter().map(String::as_str));
            let help = near.map_or_else(
                || "write `namespace/name` of a workload of the scenario".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            self.error(&place("workload"), format!("there is no workload `{named}`"), &help);
        }
        target
    }

    /// The container that an entry is about, by the index it has in the pods of a workload.
    fn container(
        &mut self,
        id: WorkloadId,
        workload: &str,
        container: Option<&str>,
        place: &dyn Fn(&str) -> Vec<Step>,
    ) -> Option<usize> {
        let text = |name| self.model.names.text(name);
        let list = &self.model.specs[self.model.workloads[id].spec].containers.list;
        let at = match container {
            Some(name) => list.iter().position(|it| text(it.name) == name),
            None => list.iter().position(|it| it.kind == ContainerKind::Regular),
        };
        if let Some(init) =
            at.and_then(|at| list.get(at)).filter(|it| it.kind == ContainerKind::Init)
        {
            let message = format!("`{}` is over before its pod is ready", text(init.name));
            self.error(
                &place("container"),
                message,
                "usage is that of containers that run beside others",
            );
            return None;
        }
        if at.is_none() {
            let names: Vec<&str> = list.iter().map(|it| text(it.name)).collect();
            let message =
                format!("`{workload}` has no container `{}`", container.unwrap_or_default());
            let near = container.and_then(|name| did_you_mean(name, names.iter().copied()));
            let help = near.map_or_else(
                || format!("its containers are {}", names.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            self.error(&place("container"), message, &help);
        }
        at
    }

    /// Says which workloads have no usage, for their pods count as if they used nothing.
    fn say_what_uses_nothing(&mut self) {
        let model = &*self.model;
        let without = model.workloads.iter().filter(|(id, row)| {
            !model.usage.contains_key(id) && !matches!(row.controller, Controller::DeadlineJob(_))
        });
        let names: Vec<&str> = without.map(|(_, row)| model.names.text(row.name)).collect();
        if names.is_empty() {
            return;
        }
        let mut listed = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        if names.len() > NAMED {
            listed += &format!(" and {} more", names.len() - NAMED);
        }
        self.assumptions.push(assumption::USAGE_PARTIAL.about(&[&listed]));
    }

    fn error(&mut self, path: &[Step], message: String, help: &str) {
        let span = self.tree.at(path).span.clone();
        let diagnostic = Diagnostic::new("E0804", message).at(self.source, span);
        self.found.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }
}

/// A quantity in the unit of a lane; all were checked against the schema.
fn amount(quantity: Option<&crate::file::Quantity>, read: fn(Quantity) -> u64) -> u64 {
    let quantity = quantity.and_then(|it| Quantity::parse(&it.text()).ok());
    quantity.map_or(0, read)
}

/// Whose usage a record may hold: a container of the pods of a workload.
pub(super) fn owner(model: &Model, workload: WorkloadId, container: usize) -> Owner<'_> {
    let (names, row) = (&model.names, &model.workloads[workload]);
    let kind = match row.controller {
        Controller::Deployment { .. } => Kind::Deployment,
        Controller::StatefulSet { .. } => Kind::StatefulSet,
        Controller::DaemonSet => Kind::DaemonSet,
        Controller::Job(_) | Controller::DeadlineJob(_) | Controller::ArrivingJobs { .. } => {
            Kind::Job
        }
        Controller::CronJob { .. } => Kind::CronJob,
        Controller::Pod { .. } | Controller::ArrivingPods { .. } => Kind::Pod,
    };
    let list = &model.specs[row.spec].containers.list;
    let container = list.get(container).map_or("", |it| names.text(it.name));
    let (namespace, name) = (names.text(row.namespace), names.text(row.name));
    Owner { kind, namespace, name, container }
}
