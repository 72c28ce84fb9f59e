//! A trial of a draft: what its pods and nodes come to, by the scheduler that a run has.
//!
//! Sums of requests say how many nodes are too few. How many are enough depends on what fits beside
//! what, on selectors, on spreading and on what DaemonSets take, and only placing the pods tells.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sim::fact::refusal::RefusalId;
use sim::fact::{Fact, Sink};
use sim::model::workload::WorkloadId;
use sim::setup::Draft;
use sim::{Root, SimTime, Span};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Source};
use crate::{Scenario, cluster};

/// Pods that find no node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Waiting {
    /// Namespace and name of their workload.
    pub(super) workload: String,
    /// How many.
    pub(super) pods: u64,
    /// What the scheduler says.
    pub(super) why: String,
}

/// How many workloads are named.
const NAMED: usize = 3;

/// In words, of workloads whose pods all wait for the same reason.
pub(super) fn sentence(group: &[&Waiting]) -> String {
    let pods: u64 = group.iter().map(|it| it.pods).sum();
    let find = if pods == 1 { "finds" } else { "find" };
    let pods = cluster::counted(usize::try_from(pods).unwrap_or(usize::MAX), "pod");
    let mut names: Vec<&str> = group.iter().map(|it| it.workload.as_str()).collect();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let why = group.first().map_or("", |it| &it.why);
    format!("{pods} of {}{more} {find} no node: {why}", names.join(", "))
}

/// Long enough for StatefulSets to start in order and for daily CronJobs.
const LASTS: Span = Span::from_hours(24);

/// What a trial finds.
pub(super) enum Tried {
    /// Who waits at the end of a day on which no node is taken.
    Waiting(Vec<Waiting>),
    /// Nothing: it would take more than is likely to be meant, and so would a run.
    TooLarge(Box<Diagnostic>),
}

/// Reads the scenario `text` whose file is `name`, as a run does; what a run would refuse of the
/// scenario itself, in words.
///
/// # Errors
/// What a run would refuse of the files that it names.
pub(super) fn read(text: &str, name: &str) -> Result<Vec<String>, Diagnostics> {
    let Err(found) = parsed(text, name) else { return Ok(Vec::new()) };
    let itself = |it: &Diagnostic| it.place.as_ref().is_some_and(|place| place.file == name);
    let errors = || found.iter().filter(|it| it.severity() == Severity::Error);
    if !errors().all(itself) {
        return Err(found);
    }
    // Of zones that are not there more is known, and said.
    let rest = errors().filter(|it| it.code != "E0211");
    Ok(rest.map(|it| format!("{REFUSED} {}{}", it.message, help(it))).collect())
}

/// How a gap begins that a trial has found.
const REFUSED: &str = "a run refuses this:";

fn help(refused: &Diagnostic) -> String {
    refused.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default()
}

fn parsed(text: &str, name: &str) -> Result<Scenario, Diagnostics> {
    let source = Source { file: name.to_owned(), text: Arc::from(text) };
    Scenario::parse(&source, Path::new(name).parent())
}

/// Tries the scenario `text` whose file is `name`.
pub(super) fn tried(text: &str, name: &str) -> Result<Tried, Diagnostics> {
    let scenario = parsed(text, name)?;
    if let Some(refusal) = scenario.estimate.refusal(1, 1) {
        return Ok(Tried::TooLarge(Box::new(refusal)));
    }
    let mut setup = scenario.setup.on_demand();
    let shorten = |it: &mut Draft| (it.warm_up, it.horizon) = (Span::ZERO, SimTime::ZERO + LASTS);
    setup.change(shorten).map_err(|error| Diagnostic::new("E0204", error.to_string()))?;
    let mut rows = Rows::default();
    let run = sim::run(&setup, Root { seed: scenario.seed, replication: 0 }, &mut rows);
    let model = &setup.model;
    let row = |(workload, (pods, refusal)): (WorkloadId, (u64, Option<RefusalId>))| {
        let refusal = refusal.and_then(|id| run.refusals.iter().nth(id.number() as usize));
        let workload = &model.workloads[workload];
        let text = |name| model.names.text(name);
        Waiting {
            workload: format!("{}/{}", text(workload.namespace), text(workload.name)),
            pods,
            why: refusal.map_or_else(|| "it is not tried".into(), |it| said(&it.message(model))),
        }
    };
    Ok(Tried::Waiting(rows.0.into_iter().map(row).collect()))
}

/// What nodes lack, without what preemption would not help.
fn said(message: &str) -> String {
    message.split(". ").next().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// How many pods of each workload wait at the end, and what the nodes said last.
#[derive(Default)]
struct Rows(BTreeMap<WorkloadId, (u64, Option<RefusalId>)>);

impl Sink for Rows {
    fn fact(&mut self, _: SimTime, fact: &Fact) {
        if let Fact::StillPending { workload, refusal, .. } = *fact {
            let (pods, why) = self.0.entry(workload).or_default();
            (*pods, *why) = (*pods + 1, refusal.or(*why));
        }
    }
}
