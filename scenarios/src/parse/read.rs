//! Reading: the scenario and every file that it names, each into its types.

use std::path::Path;

use super::{Place, inline};
use crate::arrivals::{self, Arrivals};
use crate::autoscalers::{self, Short};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::file::File;
use crate::inputs::Input;
use crate::load::{self, Loaded};
use crate::prices::{self, History};
use crate::replica_table::{self, Table};
use crate::scheduler;
use crate::traces::{self, Trace};
use crate::tree::Step;
use crate::unmodelled::Tally;
use crate::usage::{self, Recording};
use crate::workloads::Written;
use crate::{Scenario, check, examine, node_autoscaler, schema, services, sizes, today};

/// All that is written, before anything is made of it.
pub(crate) struct Read {
    /// The scenario itself.
    pub(crate) file: File,
    /// The workloads in it.
    pub(crate) workloads: Vec<Written>,
    /// Their autoscalers.
    pub(crate) autoscalers: Short,
    /// What arrives.
    pub(crate) arrivals: Arrivals,
    /// The objects of its manifests.
    pub(crate) manifests: Vec<Loaded>,
    /// Those of the cluster that it takes over, if it does.
    pub(crate) dump: Option<Vec<Loaded>>,
    /// How its scheduler is configured.
    pub(crate) scheduler: Option<scheduler::Written>,
    /// Prices as they were.
    pub(crate) history: Option<History>,
    /// Capacity as it was seen.
    pub(crate) traces: Vec<Trace>,
    /// Replicas over time, for each schedule that names a table.
    pub(crate) replica_tables: Vec<Option<Table>>,
    /// Usage as it was recorded, for each entry of `usage:` that replays any.
    pub(crate) usage: Vec<Option<Recording>>,
    /// Usage as it was recorded before `T+0`, if a recommender begins with it.
    pub(crate) vpa_history: Option<Recording>,
    /// What is paid today.
    pub(crate) today: Option<Scenario>,
    /// Every file of these, the scenario first.
    pub(crate) inputs: Vec<Input>,
}

/// Reads a scenario and the files that it names; nothing if its own form is wrong.
pub(super) fn read(
    place: Place<'_>,
    folder: Option<&Path>,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Option<Read> {
    let mut file = form(place, found)?;
    let (source, tree) = place;
    node_autoscaler::settle(&mut file, place, found);
    if found.has_errors() {
        return None;
    }
    examine::examine(&file, place, found);
    let mut inputs = vec![Input::of(&source.file, source.text.as_bytes())];
    let workloads = inline::workloads(&file, place, tally, found);
    let autoscalers = autoscalers::read(&file, place, found);
    let arrivals = arrivals::read(&file, place, folder, &mut inputs, (tally, found));
    let mut objects = |paths: &[String], key: &str| {
        let node = tree.at(&[Step::Key(key.into())]);
        let is_cluster = key == "cluster";
        let (objects, read) = load::named(paths, folder, (source, node), is_cluster, tally, found);
        inputs.extend(read);
        objects
    };
    let mut manifests = objects(&file.manifests, "manifests");
    let dump = file.cluster.as_ref().map(|dump| objects(dump.file.all(), "cluster"));
    node_autoscaler::take_over(&mut file, &manifests, place, found);
    manifests.extend(services::read(&file, place, folder, &mut inputs, (tally, found)));
    let scheduler = file.scheduler.as_ref().and_then(|configuration| {
        scheduler::read(configuration, source, tree, folder, &mut inputs, found)
    });
    let history = prices::read(&file.market.prices, place, folder, &mut inputs, tally, found);
    let traces = traces::read(&file.market.reclaims, place, folder, &mut inputs, found);
    let schedules = &file.replica_schedules;
    let replica_tables = replica_table::read(schedules, place, folder, &mut inputs, found);
    let usage = usage::read(&file.usage, place, folder, &mut inputs, found);
    let past = file.vpa_history.as_ref();
    let vpa_history = usage::read_history(past, place, folder, &mut inputs, found);
    let other = file.today.as_deref();
    let today = other.and_then(|it| today::read(it, place, folder, &mut inputs, found));
    Some(Read {
        file,
        workloads,
        autoscalers,
        arrivals,
        manifests,
        dump,
        scheduler,
        history,
        traces,
        replica_tables,
        usage,
        vpa_history,
        today,
        inputs,
    })
}

/// The scenario as its types, if it has few enough of everything and keeps to the schema.
fn form((source, tree): Place<'_>, found: &mut Diagnostics) -> Option<File> {
    sizes::check(tree, source, found);
    if found.has_errors() {
        return None;
    }
    check::check(schema::schema(), tree, source, found);
    if found.has_errors() {
        return None;
    }
    let file = serde_json::from_value(tree.to_json());
    let wrong = |error: serde_json::Error| Diagnostic::new("E0101", error.to_string());
    file.map_err(|error| found.push(wrong(error).at(source, tree.span.clone()))).ok()
}
