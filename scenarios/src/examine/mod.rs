//! A scenario's own fields: what is well-formed and cannot be meant.
//!
//! A scenario is refused where no run could answer it: a zone that is nowhere, a machine without a
//! processor, a name that cannot be printed. It is warned of where a run answers another question
//! than the one that was asked: what begins after the end, pools without nodes, a price that no
//! machine has.

mod prices;
pub(crate) mod workloads;
pub(crate) mod zones;

use serde_json::json;
use sim::Span;

use crate::admission::types::Type;
use crate::admission::{judge, printable, say};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::{File, Instance, Pool, Quantity};
use crate::load::Origin;
use crate::quantity;
use crate::tree::{Node, Step, Value};
use crate::workloads::Written;

/// A scenario before it is understood, and what is found in it.
pub(crate) struct Examined<'e> {
    pub(crate) file: &'e File,
    pub(crate) source: &'e Source,
    pub(crate) tree: &'e Node,
    pub(crate) found: &'e mut Diagnostics,
}

/// Lists of which each entry has a name of ours; workloads have names of Kubernetes'.
const NAMED: [&str; 5] = ["pools", "arrivals", "deadlineJobs", "rules", "commitments"];

/// Examines everything but the workloads.
pub(crate) fn examine(file: &File, (source, tree): (&Source, &Node), found: &mut Diagnostics) {
    let mut examined = Examined { file, source, tree, found };
    examined.names();
    for (index, pool) in file.pools.iter().enumerate() {
        examined.labels(index, pool);
        examined.zones(index, pool);
        examined.machines(index, pool);
        examined.prices(index, pool);
    }
    examined.nodes();
    examined.never();
}

impl Examined<'_> {
    /// Adds something at the deepest node on a path.
    fn say(&mut self, code: &'static str, path: &[Step], message: String, help: &str) {
        let span = self.tree.at(path).span.clone();
        self.found.push(Diagnostic::new(code, message).at(self.source, span).help(help));
    }

    fn names(&mut self) {
        self.name(&[Step::from("name")]);
        for list in NAMED {
            let many = match &self.tree.at(&[Step::from(list)]).value {
                Value::Seq(items) => items.len(),
                Value::Map(_) | Value::Scalar(_) => 0,
            };
            for index in 0..many {
                self.name(&[Step::from(list), Step::from(index), Step::from("name")]);
            }
        }
    }

    fn name(&mut self, path: &[Step]) {
        let node = self.tree.at(path);
        if let Some(Err(why)) = node.text().map(printable) {
            let message = format!("`{}` {why}", crate::admission::written(path));
            let help = "choose a name of at most 253 characters that can be printed";
            self.say("E0210", path, message, help);
        }
    }

    /// Labels, annotations and taints of nodes are Kubernetes' own.
    fn labels(&mut self, index: usize, pool: &Pool) {
        let at = [Step::from("pools"), Step::from(index)];
        let node = self.tree.at(&at);
        let origin = Origin::new(self.source, node.span.clone(), "pool", None, Some(&pool.name));
        let json = |field: &str| node.get(field).map(Node::to_json);
        let metadata = json!({ "labels": json("labels"), "annotations": json("annotations") });
        let mut broken = judge(Type::TemplateMeta, &metadata);
        broken.extend(judge(Type::NodeSpec, &json!({ "taints": json("taints") })));
        for one in broken {
            self.found.push(say(&one, &origin, |path| node.at(path).span.clone()));
        }
    }

    fn machines(&mut self, index: usize, pool: &Pool) {
        for (number, instance) in pool.instance_types.iter().enumerate() {
            let Instance::Inline(inline) = instance else { continue };
            let sizes = [("cpu", &inline.cpu), ("memory", &inline.memory)];
            let none = |it: &Quantity| {
                quantity::Quantity::parse(&it.text())
                    .is_ok_and(|it| it == quantity::Quantity::default())
            };
            for (field, _) in sizes.iter().filter(|(_, size)| size.as_ref().is_some_and(none)) {
                let path = pool_path(index, &["instanceTypes"]);
                let path = [&path[..], &[Step::from(number), Step::from(*field)]].concat();
                let message = format!(
                    "`{field}` of instance type `{}` is 0: there is no such machine",
                    inline.name
                );
                self.say("E0103", &path, message, "write what pods can ask for on one node");
            }
        }
    }

    /// Says when no pool has a node.
    fn nodes(&mut self) {
        let others = self.file.cluster.is_some() || !self.file.deadline_jobs.is_empty();
        // Whether NodePools of manifests are pools is not known yet.
        if others
            || self.file.pools.is_empty()
            || self.file.pools.iter().any(|pool| pool.nodes_at_start() > 0 || pool.follows_demand())
        {
            return;
        }
        let message = "no pool has a node (`count: 0`), so that nothing runs and nothing costs";
        self.say("W0018", &[Step::from("pools")], message.into(), "give a pool a `count`");
    }

    /// Says what would happen only after the end.
    fn never(&mut self) {
        let Ok(horizon) = Span::parse(&self.file.horizon) else { return };
        let written = self.file.horizon.clone();
        for (index, workload) in self.file.workloads.iter().enumerate() {
            let path =
                |field: &str| [Step::from("workloads"), Step::from(index), Step::from(field)];
            let name = &workload.name;
            if Span::parse(&workload.start_at).is_ok_and(|start| start >= horizon) {
                let message = format!(
                    "workload `{name}` is created at {}, and the simulation ends at {written}",
                    workload.start_at
                );
                let help = "let it start earlier, or simulate longer (`horizon`)";
                self.say("W0017", &path("startAt"), message, help);
            }
            if let Some(message) = never_available(workload.min_ready_seconds, horizon) {
                let message = format!("workload `{name}`: {message}");
                self.say("W0017", &path("minReadySeconds"), message, NEVER_AVAILABLE);
            }
        }
    }
}

const NEVER_AVAILABLE: &str = "make `minReadySeconds` shorter, or simulate longer (`horizon`)";

/// What is said when pods would have to be ready for longer than is simulated.
fn never_available(min_ready: u32, horizon: Span) -> Option<String> {
    let needed = Span::from_secs(u64::from(min_ready));
    (needed >= horizon).then(|| {
        format!(
            "with `minReadySeconds: {min_ready}` no pod is available before the simulation ends"
        )
    })
}

/// Says which workloads of manifests have no available pod before the end.
pub(crate) fn examine_manifests(file: &File, workloads: &[Written], found: &mut Diagnostics) {
    let Ok(horizon) = Span::parse(&file.horizon) else { return };
    for written in workloads {
        if let Some(message) = never_available(written.spec.min_ready_seconds, horizon) {
            let message =
                format!("{:?} {}/{}: {message}", written.kind, written.namespace, written.name);
            let warning = Diagnostic::new("W0017", message);
            found.push(warning.at(&written.source, written.span.clone()).help(NEVER_AVAILABLE));
        }
    }
}

/// The place of a pool's field.
fn pool_path(index: usize, fields: &[&str]) -> Vec<Step> {
    let pool = [Step::from("pools"), Step::from(index)];
    pool.into_iter().chain(fields.iter().map(|field| Step::from(*field))).collect()
}
