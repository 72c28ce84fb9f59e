//! Scenario files: from YAML to a [`sim::Setup`], with every mistake at its place.
//!
//! ```text
//! text ─► tree (where everything stands) ─► check (against the schema) ─► file (types) ─► lower ─► Setup
//!                                      manifests ─► load ─► kube (types), unmodelled (what they ignore) ──┘
//! ```

pub mod assumption;
mod autoscaled;
mod bought;
pub mod catalogue;
mod change;
pub mod check;
pub mod cluster;
mod code;
pub mod codes;
pub mod cron;
pub mod estimate;
mod examine;
pub mod explain;
pub mod file;
pub mod init;
pub mod limits;
pub mod lint;
pub mod lower;
pub mod node_labels;
pub mod prices;
pub mod sarif;
pub mod scheduler;
pub mod schema;
mod sizes;
pub mod template;
mod today;
pub mod traces;
pub mod why;
pub mod workloads;

use std::path::Path;
use std::sync::Arc;

pub use manifests::{
    admission, diagnostic, inputs, kube, load, quantity, reading, tree, unmodelled,
};

pub use assumption::Assumption;
pub use diagnostic::{Diagnostic, Diagnostics};
pub use estimate::Estimate;
pub use inputs::Input;
pub use unmodelled::Unmodelled;

use admission::types::Type;
use admission::{Account, Admitted};
use cluster::Cluster;
use diagnostic::Source;
use estimate::Places;
use file::Placement;
use kube::{LabelSelector, ObjectMeta, PersistentVolumeClaim, PodSpec, PodTemplateSpec};
use load::Origin;
use manifests::context::ClusterContext;
use reading::Named;
use sim::Setup;
use tree::{Node, Step};
use unmodelled::Tally;
use workloads::{ControllerSpec, Written};

/// The bundled scenarios, by name.
pub const LIBRARY: &[(&str, &str)] = &[
    ("web-on-spot", include_str!("../library/web-on-spot.yaml")),
    ("batch-on-spot", include_str!("../library/batch-on-spot.yaml")),
    ("mixed-critical-and-spot", include_str!("../library/mixed-critical-and-spot.yaml")),
    ("reclaim-storm-in-a-zone", include_str!("../library/reclaim-storm-in-a-zone.yaml")),
    ("fallback-and-return", include_str!("../library/fallback-and-return.yaml")),
    ("notice-on-aws", include_str!("../library/notice-on-aws.yaml")),
    ("notice-on-gke", include_str!("../library/notice-on-gke.yaml")),
    ("checkpointed-gang-training", include_str!("../library/checkpointed-gang-training.yaml")),
    ("prices-for-a-quarter", include_str!("../library/prices-for-a-quarter.yaml")),
    ("stateful-loses-its-zone", include_str!("../library/stateful-loses-its-zone.yaml")),
];

/// A scenario, understood and ready to run.
#[derive(Clone)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// What question it answers.
    pub description: String,
    /// Its seed.
    pub seed: u64,
    /// Every file it was read from, itself first.
    pub inputs: Vec<Input>,
    /// What the simulator runs.
    pub setup: Setup,
    /// What was assumed because it is not stated.
    pub assumptions: Vec<Assumption>,
    /// What looks wrong and is simulated nevertheless.
    pub warnings: Diagnostics,
    /// What was written and is not modelled.
    pub unmodelled: Vec<Unmodelled>,
    /// What was understood of a cluster, in one line each.
    pub understood: Vec<String>,
    /// What one simulation of it comes to.
    pub estimate: Estimate,
    /// What is paid today, if the scenario names it.
    pub today: Option<Arc<Scenario>>,
    /// What it was read from.
    origin: change::Origin,
}

impl Scenario {
    /// Reads a scenario file and the manifests it names.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(path: &Path) -> Result<Scenario, Diagnostics> {
        let source = reading::source(path, &path.display().to_string(), Named::OnCommandLine)?;
        Scenario::parse(&source, path.parent())
    }

    /// A bundled scenario.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn library(name: &str) -> Result<Scenario, Diagnostics> {
        let Some((_, text)) = LIBRARY.iter().find(|(known, _)| *known == name) else {
            return Err(
                Diagnostic::new("E0001", format!("there is no bundled scenario `{name}`")).into()
            );
        };
        Scenario::parse(&Source { file: format!("{name}.yaml"), text: (*text).into() }, None)
    }

    /// Understands a scenario's text; manifests are looked for in `folder`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(source: &Source, folder: Option<&Path>) -> Result<Scenario, Diagnostics> {
        Scenario::understand(source, &Scenario::tree(source)?, folder)
    }

    /// The one document of a scenario's text.
    fn tree(source: &Source) -> Result<Node, Diagnostics> {
        let mut documents = tree::documents(source)?;
        if documents.len() != 1 {
            let what = if documents.is_empty() { "nothing" } else { "more than one document" };
            let message = format!("{} contains {what}", source.file);
            let help = "see `spotsim demo --print` for a whole scenario";
            return Err(Diagnostic::new("E0003", message).at(source, 0..0).help(help).into());
        }
        Ok(documents.remove(0))
    }

    /// Understands the tree of a scenario.
    fn understand(
        source: &Source,
        tree: &Node,
        folder: Option<&Path>,
    ) -> Result<Scenario, Diagnostics> {
        let mut found = Diagnostics::default();
        sizes::check(tree, source, &mut found);
        if found.has_errors() {
            return Err(found);
        }
        check::check(schema::schema(), tree, source, &mut found);
        if found.has_errors() {
            return Err(found);
        }
        let file: file::File = serde_json::from_value(tree.to_json()).map_err(|error| {
            Diagnostic::new("E0101", error.to_string()).at(source, tree.span.clone())
        })?;
        examine::examine(&file, (source, tree), &mut found);
        let mut inputs = vec![Input::of(&source.file, source.text.as_bytes())];
        let mut tally = Tally::default();
        let mut context = ClusterContext::default();
        let (mut budgets, mut scalers) = (Vec::new(), Vec::new());
        let mut workloads = inline(&file, source, tree, &mut tally, &mut found);
        let inline = workloads.len();
        let mut objects = |paths: &[String], key: &str| {
            let node = tree.at(&[Step::Key(key.into())]);
            let (objects, read) = load::named(
                paths,
                folder,
                (source, node),
                key == "cluster",
                &mut tally,
                &mut found,
            );
            inputs.extend(read);
            objects.iter().for_each(|loaded| context.learn(&loaded.object));
            budgets.extend(objects.iter().filter_map(workloads::budget));
            scalers.extend(objects.iter().filter_map(autoscaled::autoscaler));
            objects
        };
        let manifests = objects(&file.manifests, "manifests");
        let dump = file.cluster.as_ref().map(|dump| objects(dump.file.all(), "cluster"));
        let manifests = workloads::workloads(manifests, &mut tally);
        examine::examine_manifests(&file, &manifests, &mut found);
        workloads.extend(manifests);
        let mut cluster = dump.as_ref().map(|objects| Cluster::of(objects, &mut tally, &mut found));
        if let (Some(cluster), Some(written)) = (&mut cluster, &file.cluster) {
            kept_off_spot(cluster, &file, &written.on_demand_only, (source, tree), &mut found);
        }
        let first = workloads.len();
        if let Some(cluster) = &cluster {
            workloads.extend(cluster.workloads.iter().cloned());
        }
        let autoscaled = autoscaled::hold(&mut workloads, &scalers, &mut tally);
        let scheduler = file.scheduler.as_ref().and_then(|configuration| {
            scheduler::read(configuration, source, tree, folder, &mut inputs, &mut found)
        });
        let written = &file.market.prices;
        let history =
            prices::read(written, (source, tree), folder, &mut inputs, &mut tally, &mut found);
        let place = (source, tree);
        let traces = traces::read(&file.market.reclaims, place, folder, &mut inputs, &mut found);
        let today = file
            .today
            .as_deref()
            .and_then(|other| today::read(other, (source, tree), folder, &mut inputs, &mut found));
        for workload in &workloads {
            context.mention(&workload.namespace);
            workload.count_unknown_claims(&context, &mut tally);
        }
        let keeps = file.cluster.as_ref().is_some_and(|it| it.placement == Placement::Keep);
        let start = cluster.as_ref().filter(|_| keeps).map(|cluster| (cluster, first));
        let written = lower::Subject {
            workloads: &workloads,
            budgets: &budgets,
            traces: &traces,
            context: &context,
        };
        let mut lowered = lower::Lowering::lower(&file, source, tree, written, start, &mut found);
        let mut dated = None;
        if let (Some(history), Some((setup, assumptions))) = (&history, &mut lowered) {
            let place = (source, tree);
            dated = prices::replay(history, &file, place, (setup, assumptions), &mut found);
        }
        if let Some((setup, assumptions)) = &mut lowered {
            assumptions.extend(cluster.as_ref().and_then(Cluster::assumption));
            assumptions.extend(autoscaled);
            let calendar = lower::cron_jobs::Calendar {
                said: file.start_time.as_deref(),
                history: dated.zip(history.as_ref().map(|it| it.source.file.as_str())),
                place: (source, tree),
            };
            lower::cron_jobs::fill(&workloads, calendar, (setup, assumptions), &mut found);
        }
        let setup = lowered.as_mut().map(|(setup, _)| setup);
        if let (Some(today), Some(setup)) = (&today, &setup) {
            today::compare(today, setup, (source, tree), &mut found);
        }
        scheduler::configure(scheduler.as_ref(), setup, &mut tally, &mut found);
        match lowered {
            Some((setup, assumptions)) if !found.has_errors() => Ok(Scenario {
                estimate: Estimate::of(
                    &setup,
                    Places { scenario: (source, tree), workloads: &workloads, inline },
                ),
                name: file.name,
                description: file.description,
                seed: file.seed,
                inputs,
                setup,
                assumptions,
                warnings: found,
                unmodelled: tally.into_list(),
                understood: cluster.map(|it| it.understood()).unwrap_or_default(),
                today: today.map(Arc::new),
                origin: change::Origin::new(source, folder),
            }),
            _ => Err(found),
        }
    }
}

/// Keeps workloads of a cluster off spot, and says which of them are not there.
fn kept_off_spot(
    cluster: &mut Cluster<'_>,
    file: &file::File,
    names: &[String],
    (source, tree): (&Source, &Node),
    found: &mut Diagnostics,
) {
    let provider = file.provider.provider();
    let known: Vec<String> =
        cluster.workloads.iter().map(|it| format!("{}/{}", it.namespace, it.name)).collect();
    for name in cluster.keep_off_spot(names, provider) {
        let index = names.iter().position(|it| it == name).unwrap_or_default();
        let keys = ["cluster", "onDemandOnly"].map(|key| Step::Key(key.into()));
        let span = tree.at(&[&keys[..], &[Step::Index(index)]].concat()).span.clone();
        let message = format!("`onDemandOnly` names `{name}`, which is no workload of the cluster");
        let nearest = diagnostic::did_you_mean(name, known.iter().map(String::as_str));
        let help = nearest.map_or_else(
            || "write `namespace/name` of a workload, or take it out".to_owned(),
            |nearest| format!("did you mean `{nearest}`?"),
        );
        found.push(Diagnostic::new("E0204", message).at(source, span).help(help));
    }
}

/// The workloads that are written in the scenario itself.
fn inline(
    file: &file::File,
    source: &Source,
    tree: &Node,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Vec<Written> {
    let mut workloads = Vec::new();
    for (index, workload) in file.workloads.iter().enumerate() {
        let node = tree.at(&[Step::Key("workloads".into()), Step::Index(index)]);
        let kind = format!("{:?}", workload.kind);
        let origin = Origin::new(source, node.span.clone(), &kind, None, Some(&workload.name));
        let admitted = examine::workloads::examine(workload.kind, node, &origin, found);
        if admitted == Admitted::No {
            continue;
        }
        let template = node.get("template").unwrap_or(node);
        let spec = load::typed::<PodSpec>(template, &origin, tally, found);
        let Some(spec) = spec else { continue };
        tally.not_simulated(&spec, &origin);
        let claims = claim_templates(workload, node, &origin, tally, found);
        let cron_job = match workload.cron_job() {
            Ok(cron_job) => cron_job,
            Err(message) => {
                found.push(origin.diagnostic("E0301", &message));
                continue;
            }
        };
        let metadata = ObjectMeta { labels: workload.labels.clone(), ..ObjectMeta::default() };
        // What the API server would demand.
        let selects = matches!(workload.kind, file::Kind::Deployment | file::Kind::StatefulSet);
        let match_labels = workload.labels.clone();
        let selector = LabelSelector { match_labels, match_expressions: Vec::new() };
        workloads.push(Written {
            kind: workload.kind,
            namespace: workload.namespace.clone(),
            name: workload.name.clone(),
            spec: ControllerSpec {
                replicas: workload.replicas,
                min_ready_seconds: workload.min_ready_seconds,
                pod_management_policy: workload.pod_management_policy.map(|it| format!("{it:?}")),
                completions: workload.completions,
                parallelism: workload.parallelism,
                job: workload.limits().map(Box::new),
                cron_job: cron_job.map(Box::new),
                selector: selects.then_some(selector),
                volume_claim_templates: claims,
                template: PodTemplateSpec { metadata, spec },
            },
            annotations: workload.annotations.clone(),
            start_at: workload.start_at.clone(),
            source: source.clone(),
            span: node.get("name").map_or(node.span.clone(), |name| name.span.clone()),
        });
    }
    workloads
}

/// The claims that each pod of a workload has of its own.
fn claim_templates(
    workload: &file::Workload,
    node: &Node,
    origin: &Origin,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Vec<PersistentVolumeClaim> {
    if !workload.volume_claim_templates.is_empty() && workload.kind != file::Kind::StatefulSet {
        let message = "only a StatefulSet makes claims for its pods (`volumeClaimTemplates`)";
        let help = "set `kind: StatefulSet`, or let the pods share a claim of the manifests";
        found.push(origin.diagnostic("E0301", message).help(help));
    }
    let templates = node.get("volumeClaimTemplates");
    let each = (0..workload.volume_claim_templates.len()).filter_map(|index| {
        let template = templates?.at(&[Step::Index(index)]);
        let claim = (Type::PersistentVolumeClaim, &template.to_json());
        let place = |path: &[Step]| template.at(path).span.clone();
        if Account::default().examine(claim, origin, place, found) == Admitted::No {
            return None;
        }
        load::typed(template, origin, tally, found)
    });
    each.collect()
}
