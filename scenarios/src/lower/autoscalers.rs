//! Autoscalers of pods, and the metrics that they go by, as a part of the draft.

use std::collections::BTreeMap;
use std::sync::Arc;

use sim::autoscalers::hpa::RescaleReason;
use sim::model::Model;
use sim::model::hpa::{Hpa, Metric};
use sim::model::metrics::Figure;
use sim::model::vpa::{Vpa, VpaSpec};
use sim::model::workload::WorkloadId;
use sim::setup::Draft;
use sim::table::Id;
use sim::{Span, digest};

use super::cron_jobs::Calendar;
use super::hpa;
use super::usage::curves::{self, Clock};
use super::{vpa, vpa_history};
use crate::assumption::{self, Assumption};
use crate::autoscalers::{Autoscalers, Targets};
use crate::cluster::counted;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::file::File;
use crate::load::Origin;
use crate::tree::Step;
use crate::unmodelled::Tally;
use crate::usage::{Past, Recording};
use crate::workloads::Written;

/// metrics-server takes no shorter resolution.
// metrics-server: cmd/metrics-server/app/options/options.go validate
const SHORTEST: Span = Span::from_secs(10);

const NO_SERVER: &str = "the cluster has no metrics-server";
const NO_USAGE: &str = "`usage` and `load` say nothing of what their pods use";

/// All that is said of autoscalers and of what they read.
#[derive(Clone, Copy)]
pub(crate) struct Scaling<'s> {
    /// The scenario.
    pub(crate) file: &'s File,
    /// The autoscalers.
    pub(crate) autoscalers: &'s Autoscalers,
    /// The workloads.
    pub(crate) workloads: &'s [Written],
    /// What `vpaHistory` records.
    pub(crate) history: Option<&'s Recording>,
    /// Whether the dump of a cluster shows that it has no metrics-server.
    pub(crate) lacks_server: bool,
}

/// Adds autoscalers to a draft whose workloads are there, with what they use.
pub(crate) fn fill(
    scaling: Scaling<'_>,
    calendar: Calendar<'_>,
    (draft, assumptions): (&mut Draft, &mut Vec<Assumption>),
    tally: &mut Tally,
    found: &mut Diagnostics,
) {
    let model = Arc::make_mut(&mut draft.model);
    let mut filling = Filling { scaling, calendar, model, assumptions, tally, found };
    filling.figures();
    filling.server();
    filling.horizontal();
    filling.vertical();
}

/// A model to which autoscalers are added.
struct Filling<'f> {
    scaling: Scaling<'f>,
    calendar: Calendar<'f>,
    model: &'f mut Model,
    assumptions: &'f mut Vec<Assumption>,
    tally: &'f mut Tally,
    found: &'f mut Diagnostics,
}

impl<'f> Filling<'f> {
    /// What `externalMetrics` says.
    fn figures(&mut self) {
        let Ok(start) = self.calendar.start() else { return };
        let clock = |peak: &str, zone: Option<&str>| Clock::at(start, peak, zone);
        for (index, metric) in self.scaling.file.external_metrics.iter().enumerate() {
            let at = |field: &str| [Step::from("externalMetrics"), index.into(), field.into()];
            let rates = curves::Rates {
                constant: metric.constant,
                diurnal: metric.diurnal.as_ref(),
                bursts: metric.bursts.as_ref(),
                steps: &metric.steps,
                noise: metric.noise.as_ref(),
            };
            let curve = match curves::of_rates(&rates, clock) {
                Ok(curve) if curve.shapes.is_empty() => {
                    let message = format!("the metric `{}` says nothing", metric.name);
                    let help = "give it a curve, for example `constant: 200`";
                    self.error(&at("name"), message, help);
                    continue;
                }
                Ok(curve) => curve,
                Err((field, message, help)) => {
                    self.error(&at(field), message, help);
                    continue;
                }
            };
            let key = digest::of_name(&format!("externalMetrics/{}", metric.name));
            let name = self.model.names.intern(&metric.name);
            if self.model.metrics.figures.insert(name, Figure { key, curve }).is_some() {
                let message = format!("the metric `{}` is there twice", metric.name);
                self.error(
                    &at("name"),
                    message,
                    "write all its curves into one entry: they add up",
                );
            }
            if metric.diurnal.is_some() {
                let clock = assumption::USAGE_CLOCK.about(&[&start.to_string()]);
                if !self.assumptions.contains(&clock) {
                    self.assumptions.push(clock);
                }
            }
        }
    }

    /// Whether there is a metrics-server, and how often it looks.
    fn server(&mut self) {
        let written = self.scaling.file.metrics_server.as_ref();
        let resolution = written.map_or(Span::from_secs(15), |it| {
            // It was checked against the schema.
            Span::parse(&it.resolution).unwrap_or_default()
        });
        let at = [Step::from("metricsServer"), "resolution".into()];
        if resolution < SHORTEST {
            let message = format!("metrics-server scrapes no more often than every {SHORTEST}");
            self.error(&at, message, "write `10s` or more");
        } else if resolution > Span::from_hours(1) {
            let message = format!("a metrics-server that scrapes every {resolution} serves none");
            self.error(&at, message, "write `1h` or less");
        }
        let installed = written.and_then(|it| it.installed);
        let installed = installed.unwrap_or(!self.scaling.lacks_server);
        self.model.metrics.server = installed.then_some(resolution);
    }

    /// HorizontalPodAutoscalers that have a metric to go by; the others change nothing that their bounds do
    /// not.
    fn horizontal(&mut self) {
        let (mut held, mut seen) = (BTreeMap::new(), BTreeMap::new());
        let targets = Targets::of(self.scaling.workloads);
        for (scaler, origin) in &self.scaling.autoscalers.horizontal {
            let target = &scaler.spec.scale_target_ref;
            let index = targets.find(target, scaler.metadata.namespace());
            let Some(workload) = index.map(WorkloadId::from_index) else { continue };
            let spec = match hpa::hpa(&mut self.model.names, &scaler.spec) {
                Ok(spec) => spec,
                Err(wrong) => {
                    self.counts(&format!("HorizontalPodAutoscaler: spec.{wrong}"), origin);
                    continue;
                }
            };
            if let Some(lacks) = self.lacks(workload, &spec.metrics) {
                *held.entry(lacks).or_insert(0) += 1;
                continue;
            }
            let texts = RescaleReason::every(&spec).map(|it| it.text(&spec, &self.model.names));
            let texts: Vec<String> = texts.collect();
            let reasons = texts.iter().map(|text| self.model.names.intern(text)).collect();
            let name = self.model.names.intern(&scaler.metadata.name);
            let ambiguous = seen.contains_key(&workload);
            let id = self.model.hpas.push(Hpa { name, workload, spec, reasons, ambiguous });
            if let Some(other) = seen.insert(workload, id) {
                self.model.hpas[other].ambiguous = true;
                self.counts("HorizontalPodAutoscaler: another one scales the same pods", origin);
            }
        }
        for (lacks, count) in held {
            let workloads = counted(count, "workload");
            self.assumptions.push(assumption::AUTOSCALED.about(&[&workloads, lacks]));
        }
        if !seen.is_empty() {
            let every = self.model.metrics.server.map_or_else(
                || "there is no metrics-server".to_owned(),
                |resolution| format!("metrics-server scrapes every {resolution}"),
            );
            let workloads = counted(seen.len(), "workload");
            self.assumptions.push(assumption::HPA.about(&[&workloads, &every]));
        }
    }

    /// VerticalPodAutoscalers that learn anything; the others recommend nothing.
    fn vertical(&mut self) {
        let targets = Targets::of(self.scaling.workloads);
        let (mut blind, mut controlling) = (BTreeMap::new(), BTreeMap::new());
        let past = self.past();
        for (scaler, origin) in &self.scaling.autoscalers.vertical {
            let target = scaler.spec.target_ref.as_ref();
            let namespace = scaler.metadata.namespace();
            let index = target.and_then(|target| targets.find_sized(target, namespace));
            let Some(workload) = index.map(WorkloadId::from_index) else {
                let what = "kind VerticalPodAutoscaler: no pods that it sizes are simulated";
                self.counts(what, origin);
                continue;
            };
            let history = past.as_ref().map(|past| vpa_history::of(self.model, workload, past));
            let history = history.unwrap_or_default();
            if let Some(lacks) = self.lacks_usage(workload).filter(|_| history.is_empty()) {
                *blind.entry(lacks).or_insert(0) += 1;
                continue;
            }
            match vpa::vpa(&mut self.model.names, &scaler.spec) {
                Ok(spec) => {
                    for what in self.gated(&spec) {
                        self.counts(what, origin);
                    }
                    let created = scaler.metadata.creation_timestamp.clone().unwrap_or_default();
                    let name = scaler.metadata.name.clone();
                    controlling.entry(workload).or_insert_with(Vec::new).push((
                        (created, name),
                        (spec, history),
                        origin,
                    ));
                }
                Err(wrong) => {
                    self.counts(&format!("VerticalPodAutoscaler: spec.{wrong}"), origin);
                }
            }
        }
        let count = controlling.len();
        for (workload, mut all) in controlling {
            // VPA: utils/vpa/api.go GetControllingVPAForPod
            all.sort_by(|one, other| one.0.cmp(&other.0));
            for (_, _, origin) in all.iter().skip(1) {
                let what = "VerticalPodAutoscaler: another one controls the same pods";
                self.counts(what, origin);
            }
            if let Some(((_, name), (spec, history), _)) = all.into_iter().next() {
                let name = self.model.names.intern(&name);
                self.model.vpas.push(Vpa { name, workload, spec, history });
            }
        }
        for (lacks, count) in blind {
            let workloads = counted(count, "workload");
            self.assumptions.push(assumption::VPA_BLIND.about(&[&workloads, lacks]));
        }
        if count > 0 {
            let known = if past.is_some() { "what Prometheus does" } else { "nothing" };
            self.assumptions.push(assumption::VPA.about(&[&counted(count, "workload"), known]));
        }
        if past.is_some() {
            self.say_what_is_known();
        }
    }

    /// What an autoscaler says that has no effect: its feature gate is off.
    fn gated(&self, spec: &VpaSpec) -> Vec<&'static str> {
        let flags = self.scaling.file.vpa_flags.as_ref();
        let gates = flags.map(|flags| flags.feature_gates).unwrap_or_default();
        let boost = "VerticalPodAutoscaler: startupBoost, whose feature gate is off";
        let own = "VerticalPodAutoscaler: flags of its own, whose feature gate PerVPAConfig is off";
        let all = [
            (spec.boosts() && !gates.cpu_startup_boost, boost),
            (spec.has_flags() && !gates.per_vpa_config, own),
        ];
        all.into_iter().filter_map(|(is_off, what)| is_off.then_some(what)).collect()
    }

    /// What is known from before `T+0`, if the scenario says that anything is.
    fn past(&mut self) -> Option<Past<'f>> {
        let (said, recording) = (self.scaling.file.vpa_history.as_ref()?, self.scaling.history?);
        match Past::of(recording, said) {
            Ok(past) => Some(past),
            Err((field, message, help)) => {
                self.error(&[Step::from("vpaHistory"), field.into()], message, help);
                None
            }
        }
    }

    /// Of which workloads something is known from before `T+0`; of one it has to be.
    fn say_what_is_known(&mut self) {
        let Some((said, recording)) =
            self.scaling.file.vpa_history.as_ref().zip(self.scaling.history)
        else {
            return;
        };
        let files = said.file.all().join(", ");
        let known = self.model.vpas.rows().filter(|vpa| !vpa.history.is_empty()).count();
        if known == 0 {
            let message = match self.scaling.autoscalers.vertical.is_empty() {
                true => "nothing is sized by a VerticalPodAutoscaler that could have a history"
                    .to_owned(),
                false => format!(
                    "{files} has no samples before `T+0` of what is sized: {}",
                    recording.some()
                ),
            };
            let help = "give a workload `vpa`, or take `vpaHistory` out; series belong to pods by their names";
            self.error(&[Step::from("vpaHistory"), "file".into()], message, help);
            return;
        }
        let workloads = counted(known, "workload");
        let notes = recording.notes.join("; ");
        let values = [&files, &workloads, &said.resolution, &said.length, &notes];
        self.assumptions.push(assumption::VPA_HISTORY.about(&values.map(String::as_str)));
    }

    /// Why nothing is known of what the pods of a workload use, if nothing is.
    fn lacks_usage(&self, workload: WorkloadId) -> Option<&'static str> {
        if self.model.metrics.server.is_none() {
            return Some(NO_SERVER);
        }
        (!self.model.usage.contains_key(&workload)).then_some(NO_USAGE)
    }

    /// Why an autoscaler has no metric to go by, if it has none.
    fn lacks(&self, workload: WorkloadId, metrics: &[Metric]) -> Option<&'static str> {
        let sources = &self.model.metrics;
        let is_used = self.model.usage.contains_key(&workload);
        let served = |metric: &Metric| match metric {
            Metric::Resource { .. } => is_used && sources.server.is_some(),
            Metric::Pods { name, .. }
            | Metric::Object { name, .. }
            | Metric::External { name, .. } => sources.figures.contains_key(name),
        };
        if metrics.iter().any(served) {
            return None;
        }
        Some(match metrics.iter().any(|metric| matches!(metric, Metric::Resource { .. })) {
            true => self.lacks_usage(workload).unwrap_or(NO_USAGE),
            false => "`externalMetrics` has none of their metrics",
        })
    }

    fn counts(&mut self, what: &str, origin: &Origin) {
        self.tally.count(what, origin);
    }

    fn error(&mut self, path: &[Step], message: String, help: &str) {
        let (source, tree) = self.calendar.place;
        let span = tree.at(path).span.clone();
        let diagnostic = Diagnostic::new("E1101", message).at(source, span);
        self.found.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }
}
