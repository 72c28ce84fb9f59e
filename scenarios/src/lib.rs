//! Scenario files: from YAML to a [`sim::Setup`], with every mistake at its place.
//!
//! ```text
//! text ─► tree (where everything stands) ─► check (against the schema) ─► file (types)
//!                            manifests, dumps ─► load ─► kube (types) ──────────┤
//!                                                                               ▼
//!                      Setup ◄── check ◄── Draft ◄── lower ◄── workloads, cluster, context
//! ```
//!
//! [`Scenario::parse`] goes that way in four phases: read, understand, lower, finish.

mod arrivals;
pub mod assumption;
mod autoscalers;
mod bought;
pub mod catalogue;
mod change;
pub mod check;
pub mod cluster;
mod code;
pub mod codes;
pub mod difference;
pub mod estimate;
mod examine;
mod expect;
pub mod explain;
pub mod explain_pod;
pub mod file;
pub mod history;
pub mod init;
pub mod limits;
pub mod lint;
pub mod lower;
mod node_autoscaler;
pub mod node_labels;
mod origin;
mod parse;
pub mod prices;
mod renamed;
mod replica_table;
pub mod sarif;
pub mod scheduler;
pub mod schema;
mod services;
mod sizes;
pub mod template;
mod today;
pub mod traces;
mod usage;
pub mod workloads;

use std::path::Path;
use std::sync::Arc;

pub use ::autoscalers::cron;
pub use manifests::{
    admission, diagnostic, inputs, kube, load, quantity, reading, tree, unmodelled,
};

pub use assumption::Assumption;
pub use diagnostic::{Diagnostic, Diagnostics};
pub use estimate::Estimate;
pub use inputs::Input;
pub use unmodelled::Unmodelled;

use diagnostic::Source;
use reading::Named;
use sim::Setup;
use tree::Node;

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
    ("training-by-a-deadline", include_str!("../library/training-by-a-deadline.yaml")),
    ("prices-for-a-quarter", include_str!("../library/prices-for-a-quarter.yaml")),
    ("stateful-loses-its-zone", include_str!("../library/stateful-loses-its-zone.yaml")),
    ("nightly-batch-on-spot", include_str!("../library/nightly-batch-on-spot.yaml")),
    ("synthetic-sixty-services", include_str!("../library/synthetic-sixty-services.yaml")),
    ("leaking-service", include_str!("../library/leaking-service.yaml")),
    ("rollout-in-a-reclaim-storm", include_str!("../library/rollout-in-a-reclaim-storm.yaml")),
    ("replicas-by-the-clock", include_str!("../library/replicas-by-the-clock.yaml")),
    ("black-friday", include_str!("../library/black-friday.yaml")),
    ("hpa-while-spot-is-short", include_str!("../library/hpa-while-spot-is-short.yaml")),
    ("right-sizing-on-spot", include_str!("../library/right-sizing-on-spot.yaml")),
    ("vpa-chases-a-leak", include_str!("../library/vpa-chases-a-leak.yaml")),
    ("vpa-and-hpa-fight", include_str!("../library/vpa-and-hpa-fight.yaml")),
    ("vpa-wave-in-a-reclaim-storm", include_str!("../library/vpa-wave-in-a-reclaim-storm.yaml")),
    ("karpenter-on-spot", include_str!("../library/karpenter-on-spot.yaml")),
    ("cluster-autoscaler-on-spot", include_str!("../library/cluster-autoscaler-on-spot.yaml")),
    ("how-soon-to-consolidate", include_str!("../library/how-soon-to-consolidate.yaml")),
    ("spot-on-demand-ratio", include_str!("../library/spot-on-demand-ratio.yaml")),
    ("insufficient-capacity-storm", include_str!("../library/insufficient-capacity-storm.yaml")),
    ("vpa-hpa-and-karpenter", include_str!("../library/vpa-hpa-and-karpenter.yaml")),
    ("one-nodepool-or-many", include_str!("../library/one-nodepool-or-many.yaml")),
    (
        "overprovisioning-with-pause-pods",
        include_str!("../library/overprovisioning-with-pause-pods.yaml"),
    ),
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
    origin: origin::Origin,
}

impl Scenario {
    /// Reads a scenario file and the manifests it names, or takes the bundled scenario of that name; a
    /// file that is called like one goes first.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(path: &Path) -> Result<Scenario, Diagnostics> {
        if let Some(name) = Scenario::bundled(path) {
            return Scenario::library(name);
        }
        match reading::source(path, &path.display().to_string(), Named::OnCommandLine) {
            Ok(source) => Scenario::parse(&source, path.parent()),
            Err(unread) => Err(match Scenario::almost_bundled(path) {
                Some(name) => {
                    let help = format!("did you mean the bundled scenario `{name}`?");
                    let mut helped = Diagnostics::default();
                    unread.iter().for_each(|it| helped.push(it.clone().help(&help)));
                    helped
                }
                None => unread,
            }),
        }
    }

    /// The bundled scenario that a path was probably meant to name, where there is no such file.
    fn almost_bundled(path: &Path) -> Option<&'static str> {
        let names = LIBRARY.iter().map(|(name, _)| *name);
        let typed = path.to_str().filter(|_| !path.exists())?;
        diagnostic::did_you_mean(typed.strip_suffix(".yaml").unwrap_or(typed), names)
    }

    /// The bundled scenario that a path stands for: its name alone, where no file is called so.
    #[must_use]
    pub fn bundled(path: &Path) -> Option<&'static str> {
        let known = LIBRARY.iter().find(|(name, _)| Path::new(name) == path);
        known.map(|(name, _)| *name).filter(|_| !path.exists())
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
        parse::parse(source, &Scenario::tree(source)?, folder)
    }

    /// The one document of a scenario's text.
    fn tree(source: &Source) -> Result<Node, Diagnostics> {
        Scenario::only_document(source, tree::documents(source)?)
    }

    /// The one of the documents of a scenario's text.
    pub(crate) fn only_document(
        source: &Source,
        mut documents: Vec<Node>,
    ) -> Result<Node, Diagnostics> {
        if documents.len() != 1 {
            let what = if documents.is_empty() { "nothing" } else { "more than one document" };
            let message = format!("{} contains {what}", source.file);
            let help = "see `spotsim demo --print` for a whole scenario";
            return Err(Diagnostic::new("E0003", message).at(source, 0..0).help(help).into());
        }
        Ok(documents.remove(0))
    }
}
