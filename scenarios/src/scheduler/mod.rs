//! kube-scheduler's configuration: read where it is written, checked by upstream's own rules, and
//! turned into the profiles of the simulated scheduler.

mod args;
mod plugins;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use sim::Span;
use sim::model::Model;
use sim::names::NameId;
use sim::scheduler::profile::{Configuration, Profile};
use sim::scheduler::queue::Backoff;
use sim::setup::Draft;

use crate::check;
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::scheduler as written;
use crate::inputs::Input;
use crate::load::Origin;
use crate::tree::{Node, Step, Value};
use crate::unmodelled::Tally;

/// The scheduler of pods that name none.
const DEFAULT_SCHEDULER: &str = "default-scheduler";

/// A configuration as it was written, and where.
pub struct Written {
    configuration: written::Configuration,
    source: Source,
    root: Node,
}

/// Says what is wrong, and where.
pub(crate) struct Report<'r> {
    source: &'r Source,
    root: &'r Node,
    found: &'r mut Diagnostics,
    tally: &'r mut Tally,
}

impl Report<'_> {
    /// Something is wrong at a place.
    fn say(&mut self, code: &'static str, path: &[Step], message: String, help: Option<String>) {
        let span = self.root.at(path).span.clone();
        let mut diagnostic = Diagnostic::new(code, message).at(self.source, span);
        diagnostic.help = help;
        self.found.push(diagnostic);
    }

    /// Something is written and not simulated.
    fn not_simulated(&mut self, path: &[Step], what: &str) {
        let (source, span) = (self.source.clone(), self.root.at(path).span.clone());
        let origin = Origin { source, span, name: "KubeSchedulerConfiguration".into() };
        self.tally.count(&format!("scheduler: {what}"), &origin);
    }
}

/// Configures the scheduler of a draft as it is written. Without a draft, which something else has
/// prevented, what is written is checked all the same.
pub fn configure(
    written: Option<&Written>,
    setup: Option<&mut Draft>,
    tally: &mut Tally,
    found: &mut Diagnostics,
) {
    let Some(setup) = setup else {
        if let Some(written) = written {
            written.lower(&mut Model::default(), tally, found);
        }
        return;
    };
    let model = Arc::make_mut(&mut setup.model);
    if let Some(lowered) = written.and_then(|written| written.lower(model, tally, found)) {
        setup.scheduler = lowered;
    }
    warn_of_strangers(&setup.scheduler, model, found);
}

/// Finds the configuration: in the scenario itself, or in the file that it names.
pub fn read(
    configuration: &written::Configuration,
    source: &Source,
    tree: &Node,
    folder: Option<&Path>,
    inputs: &mut Vec<Input>,
    found: &mut Diagnostics,
) -> Option<Written> {
    let root = tree.get("scheduler")?.clone();
    let written = Written { configuration: configuration.clone(), source: source.clone(), root };
    let Some(name) = &configuration.file else { return written.of_this_kind(found) };
    if let Value::Map(entries) = &written.root.value
        && let Some((_, span, _)) = entries.iter().find(|(key, ..)| key != "file")
    {
        let message = "a configuration is written here or in a file, not both";
        found.push(Diagnostic::new("E0503", message).at(source, span.clone()));
    }
    let place = written.root.at(&["file".into()]).span.clone();
    match crate::reading::documents(name, folder) {
        Ok((source, documents)) => {
            inputs.push(Input::of(&source.file, source.text.as_bytes()));
            from_document(&source, &documents, found)
        }
        Err(diagnostics) => {
            for diagnostic in diagnostics.iter() {
                let mut diagnostic = diagnostic.clone();
                if diagnostic.place.is_none() {
                    diagnostic = diagnostic.at(source, place.clone());
                }
                found.push(diagnostic);
            }
            None
        }
    }
}

/// A configuration that is a file of its own.
fn from_document(source: &Source, documents: &[Node], found: &mut Diagnostics) -> Option<Written> {
    let [root] = documents else {
        let message = format!("{} is not one KubeSchedulerConfiguration", source.file);
        found.push(Diagnostic::new("E0003", message).at(source, 0..0));
        return None;
    };
    let schema = schemars::schema_for!(written::Configuration).to_value();
    let sound = sound(found, |found| {
        check::check_part(&schema, root, ("the configuration", &["scheduler"]), source, found);
    });
    let configuration = sound.then(|| serde_json::from_value(root.to_json()))?.ok()?;
    let written = Written { configuration, source: source.clone(), root: root.clone() };
    written.of_this_kind(found)
}

/// Whether a check finds no error.
fn sound(found: &mut Diagnostics, check: impl FnOnce(&mut Diagnostics)) -> bool {
    let mut new = Diagnostics::default();
    check(&mut new);
    new.iter().for_each(|diagnostic| found.push(diagnostic.clone()));
    !new.has_errors()
}

impl Written {
    /// It must say what it is.
    fn of_this_kind(self, found: &mut Diagnostics) -> Option<Written> {
        let written::Configuration { api_version, kind, .. } = &self.configuration;
        let missing = [("apiVersion", api_version.is_none()), ("kind", kind.is_none())];
        let missing = missing.into_iter().filter(|(_, missing)| *missing);
        let missing: Vec<&str> = missing.map(|(field, _)| field).collect();
        if missing.is_empty() {
            return Some(self);
        }
        let message = format!("the configuration needs `{}`", missing.join("` and `"));
        let help = "apiVersion: kubescheduler.config.k8s.io/v1, kind: KubeSchedulerConfiguration";
        let diagnostic = Diagnostic::new("E0106", message).at(&self.source, self.root.span);
        found.push(diagnostic.help(help));
        None
    }

    /// The configuration of the simulated scheduler. Pods and nodes must be in the model already.
    fn lower(
        &self,
        model: &mut Model,
        tally: &mut Tally,
        found: &mut Diagnostics,
    ) -> Option<Configuration> {
        let mut new = Diagnostics::default();
        let (source, root) = (&self.source, &self.root);
        let mut report = Report { source, root, found: &mut new, tally };
        let lowered = configuration(&self.configuration, model, &mut report);
        new.iter().for_each(|diagnostic| found.push(diagnostic.clone()));
        (!new.has_errors()).then_some(lowered)
    }
}

fn configuration(
    written: &written::Configuration,
    model: &mut Model,
    report: &mut Report<'_>,
) -> Configuration {
    let ignored = [
        ("parallelism", written.parallelism.is_some()),
        ("extenders", !written.extenders.is_empty()),
        ("leaderElection", written.leader_election.is_some()),
        ("clientConnection", written.client_connection.is_some()),
    ];
    for (field, _) in ignored.iter().filter(|(_, there)| *there) {
        report.not_simulated(&[Step::from(*field)], field);
    }
    let backoff = backoff(written, report);
    if written.profiles.is_empty() {
        let profile = Profile {
            percentage_of_nodes_to_score: written.percentage_of_nodes_to_score.unwrap_or(0),
            ..Profile::default()
        };
        return Configuration { profiles: vec![(None, profile)], backoff, plain: false };
    }
    let mut names = BTreeSet::new();
    let mut profiles: Vec<(Option<NameId>, Profile)> = Vec::new();
    for (index, profile) in written.profiles.iter().enumerate() {
        let name = name(profile, index, written.profiles.len() == 1, &mut names, report);
        let name = (name != DEFAULT_SCHEDULER).then(|| model.names.intern(name));
        let at = [Step::from("profiles"), index.into()];
        let switched = plugins::resolve(&profile.plugins, &at, report);
        let args = args::lower(&profile.plugin_config, &at, model, report);
        let percentage =
            profile.percentage_of_nodes_to_score.or(written.percentage_of_nodes_to_score);
        let lowered = Profile {
            preempts: switched.preempts,
            percentage_of_nodes_to_score: percentage.unwrap_or(0),
            ..Profile::of(&switched.filters, &switched.scores, &args)
        };
        profiles.push((name, lowered));
    }
    Configuration { profiles, backoff, plain: false }
}

// kube-scheduler: apis/config/validation/validation.go ValidateKubeSchedulerConfiguration
fn backoff(written: &written::Configuration, report: &mut Report<'_>) -> Backoff {
    let default = Backoff::default();
    let seconds = |given: Option<u64>, default: Span| given.map_or(default, Span::from_secs);
    let backoff = Backoff {
        first: seconds(written.pod_initial_backoff_seconds, default.first),
        longest: seconds(written.pod_max_backoff_seconds, default.longest),
    };
    if backoff.longest < backoff.first {
        let (first, longest) = (backoff.first, backoff.longest);
        let message = format!("pods back off for {first} to begin with and for {longest} at most");
        let help = "podMaxBackoffSeconds is at least podInitialBackoffSeconds";
        let field = match written.pod_max_backoff_seconds {
            Some(_) => "podMaxBackoffSeconds",
            None => "podInitialBackoffSeconds",
        };
        report.say("E0503", &[field.into()], message, Some(help.into()));
    }
    backoff
}

/// The name of a profile: its own, or the default one if it is alone.
fn name<'p>(
    profile: &'p written::Profile,
    index: usize,
    alone: bool,
    names: &mut BTreeSet<&'p str>,
    report: &mut Report<'_>,
) -> &'p str {
    let path = [Step::from("profiles"), index.into(), "schedulerName".into()];
    let name = match profile.scheduler_name.as_deref() {
        None if alone => DEFAULT_SCHEDULER,
        None | Some("") => {
            let message = "a profile needs a `schedulerName` when there are several";
            report.say("E0503", &path, message.into(), None);
            return DEFAULT_SCHEDULER;
        }
        Some(name) => name,
    };
    if !names.insert(name) {
        let message = format!("two profiles are for the scheduler `{name}`");
        report.say("E0203", &path, message, None);
    }
    name
}

/// Says which pods ask for a scheduler that is not there; the first profile places them.
fn warn_of_strangers(configuration: &Configuration, model: &Model, found: &mut Diagnostics) {
    let there = |name| configuration.profiles.iter().any(|(known, _)| *known == name);
    let mut strangers: BTreeMap<NameId, usize> = BTreeMap::new();
    for workload in model.workloads.rows() {
        if let Some(name) = model.specs[workload.spec].scheduler.filter(|name| !there(Some(*name)))
        {
            *strangers.entry(name).or_default() += 1;
        }
    }
    for (name, workloads) in strangers {
        let (name, s) = (model.names.text(name), if workloads == 1 { "" } else { "s" });
        let message = format!(
            "{workloads} workload{s} ask for the scheduler `{name}`, which is not described: \
             the first profile places their pods"
        );
        let help = format!("add a profile with `schedulerName: {name}` under `scheduler`");
        found.push(Diagnostic::new("W0003", message).help(help));
    }
}
