//! What the simulator's scheduler answers, in the shape in which the cases are written.

use std::collections::BTreeMap;
use std::sync::Arc;

use scenarios::lower::snapshot::{Snapshot, snapshot};
use serde_json::{Map, Value as Json, json};
use sim::Root;
use sim::fact::refusal::UnschedulableReason;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::scheduler::framework::{Code, PodView};
use sim::scheduler::gate;
use sim::scheduler::plain::{self, Evaluation, Walk};
use sim::scheduler::preemption::{Candidate, Preemption, outbid};
use sim::scheduler::prepared_cycle::Rejection;
use sim::scheduler::profile::Profile;
use sim::scheduler::rankings::Rankings;
use sim::table::Id;
use sim::world::World;

use super::case::{Case, Mode};

/// The ways in which a pod can be evaluated, which must agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Path {
    /// Every node, every plugin, nothing remembered.
    Plain,
    /// From what is remembered of every node.
    Fast,
}

impl Path {
    pub const ALL: [Path; 2] = [Path::Plain, Path::Fast];
}

/// Chance, which no case depends on.
const ROOT: Root = Root { seed: 0, replication: 0 };

/// A cluster and the scheduler that is asked about it.
struct Cluster {
    snapshot: Snapshot,
    world: World,
    profile: Profile,
    path: Path,
    rankings: Rankings,
}

/// Answers a case.
pub fn answer(case: &Case, path: Path) -> Result<Json, String> {
    let question = &case.question;
    let waits: Vec<&str> = question.pending.iter().map(String::as_str).collect();
    let mut snapshot = snapshot(&question.objects, &waits).map_err(|errors| errors.join("; "))?;
    let world = World::standing(&Arc::new(std::mem::take(&mut snapshot.model)));
    let (profile, rankings) = (Profile::default(), Rankings::default());
    let mut cluster = Cluster { snapshot, world, profile, path, rankings };
    Ok(match question.mode {
        Mode::Single => cluster.single(&question.pending[0]),
        Mode::Sequence => cluster.sequence(&question.pending),
        Mode::Preempt => cluster.preempt(&question.pending[0]),
    })
}

impl Cluster {
    fn pod(&self, name: &str) -> PodId {
        PodId::from_index(self.snapshot.pods[name])
    }

    /// One cycle, and what came of the attempt to make room if no node would do.
    fn evaluate(&mut self, pod: PodId) -> (Evaluation, Option<Preemption>) {
        let Cluster { world, profile, rankings, .. } = self;
        let view = PodView::of(pod, world);
        let is_fast = self.path == Path::Fast;
        let ranked = is_fast.then(|| rankings.of(profile, view, world).ok().flatten()).flatten();
        if let Some(mut ranked) = ranked {
            let evaluation = ranked.evaluation(view, world, Walk::WHOLE);
            let fits = !evaluation.scores.is_empty();
            let preemption = (!fits).then(|| ranked.preempt(view, world, ROOT));
            return (evaluation, preemption);
        }
        let evaluation = plain::evaluate(profile, view, world, Walk::WHOLE);
        let forgets = view.spec.names_nodes() || view.spec.reads_shared_state();
        let outright = evaluation.outright.is_some();
        assert!(!is_fast || forgets || outright, "nothing was remembered of an ordinary pod");
        let fits = !evaluation.scores.is_empty();
        let attempt = || plain::preempt(profile, view, world, &evaluation, ROOT);
        let preemption = if fits { None } else { attempt() };
        (evaluation, preemption)
    }

    /// What keeps a pod out of the queue.
    fn gate(&self, pod: PodId) -> Option<Json> {
        let (plugin, reason) = gate(self.world.pods().spec(pod), self.world.model())?;
        let code = code_name(Code::UnschedulableAndUnresolvable);
        Some(json!({"plugin": plugin, "code": code, "reasons": self.sentences(&[reason])}))
    }

    /// One pod: verdicts, scores, best nodes, message.
    fn single(&mut self, name: &str) -> Json {
        let pod = self.pod(name);
        match self.gate(pod) {
            Some(gate) => json!({"outcome": "gated", "gate": gate}),
            None => {
                let (evaluation, _) = self.evaluate(pod);
                self.report(&evaluation).into()
            }
        }
    }

    fn report(&self, evaluation: &Evaluation) -> Map<String, Json> {
        let feasible = !evaluation.scores.is_empty();
        let mut report = Map::new();
        let outcome = if feasible { "feasible" } else { "unschedulable" };
        report.insert("outcome".into(), outcome.into());
        report.insert("preFilter".into(), self.pre_filter(evaluation));
        if evaluation.as_nominated {
            report.insert("nominatedNodeUsed".into(), true.into());
        }
        if evaluation.outright.is_none() {
            report.insert("nodes".into(), self.nodes(evaluation));
        }
        if feasible {
            report.insert("scores".into(), self.scores(evaluation));
            report.insert("best".into(), self.names_of(&evaluation.best()).into());
        } else {
            let message = evaluation.refusal().message(self.world.model());
            report.insert("message".into(), message.into());
        }
        let plugins = self.unschedulable_plugins(evaluation);
        if !plugins.is_empty() {
            report.insert("unschedulablePlugins".into(), plugins.into());
        }
        report
    }

    fn pre_filter(&self, evaluation: &Evaluation) -> Json {
        if let Some(Rejection { plugin, code, reasons, .. }) = &evaluation.outright {
            let reasons = self.sentences(reasons.as_slice());
            let code = code_name(*code);
            return json!({"code": code, "plugin": plugin, "reasons": reasons, "allNodes": true});
        }
        let Some(only) = &evaluation.only else {
            return json!({"code": "Success", "allNodes": true});
        };
        let names = only.names.iter().map(|name| self.world.model().names.text(*name).to_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        json!({"code": "Success", "allNodes": false, "nodeNames": names})
    }

    fn nodes(&self, evaluation: &Evaluation) -> Json {
        let verdict = |rejection: &Option<Rejection>| match rejection {
            None => json!({"fits": true}),
            Some(rejection) => {
                let mut verdict = self.rejection(rejection);
                verdict.insert("fits".into(), false.into());
                verdict.into()
            }
        };
        let rows = evaluation.verdicts.iter();
        rows.map(|(node, rejection)| (self.world.node_name(*node), verdict(rejection))).collect()
    }

    fn rejection(&self, rejection: &Rejection) -> Map<String, Json> {
        let mut row = Map::new();
        if let Some(plugin) = rejection.plugin {
            row.insert("plugin".into(), plugin.into());
        }
        row.insert("code".into(), code_name(rejection.code).into());
        row.insert("reasons".into(), self.sentences(rejection.reasons.as_slice()).into());
        row
    }

    fn scores(&self, evaluation: &Evaluation) -> Json {
        let rows = evaluation.scores.iter().map(|scored| {
            let plugins: BTreeMap<&str, i64> = scored.by_plugin.iter().copied().collect();
            let row = json!({"total": scored.total, "plugins": plugins});
            (self.world.node_name(scored.node), row)
        });
        rows.collect()
    }

    fn names_of(&self, nodes: &[NodeId]) -> Vec<String> {
        let mut names: Vec<String> = nodes.iter().map(|n| self.world.node_name(*n)).collect();
        names.sort();
        names
    }

    fn sentences(&self, reasons: &[UnschedulableReason]) -> Vec<String> {
        let model = self.world.model();
        let mut sentences: Vec<String> = reasons.iter().map(|reason| reason.text(model)).collect();
        sentences.sort();
        sentences
    }

    fn unschedulable_plugins(&self, evaluation: &Evaluation) -> Vec<&'static str> {
        let mut plugins: Vec<&str> =
            evaluation.rejections().map(|r| r.plugin.unwrap_or("NodeAffinity")).collect();
        plugins.sort_unstable();
        plugins.dedup();
        plugins
    }

    /// Several pods, each tried once in queue order and put on the first of its best nodes by name.
    fn sequence(&mut self, pending: &[String]) -> Json {
        let mut order: Vec<&String> = pending.iter().collect();
        order.sort_by_key(|name| -i64::from(self.world.spec_of(self.pod(name)).priority));
        let steps: Vec<Json> = order.iter().map(|name| self.step(name)).collect();
        json!({"order": order, "steps": steps})
    }

    fn step(&mut self, name: &str) -> Json {
        let pod = self.pod(name);
        if let Some(gate) = self.gate(pod) {
            return json!({"pod": name, "outcome": "gated", "gate": gate, "feasible": 0});
        }
        let (evaluation, _) = self.evaluate(pod);
        let feasible = evaluation.scores.len();
        let best = self.names_of(&evaluation.best());
        let Some(node) = best.first() else {
            let message = evaluation.refusal().message(self.world.model());
            return json!({"pod": name, "outcome": "unschedulable", "feasible": feasible,
                "message": message});
        };
        let score = evaluation.scores.iter().map(|scored| scored.total).max();
        let _ = self.world.bind(pod, NodeId::from_index(self.snapshot.nodes[node]));
        json!({"pod": name, "outcome": "scheduled", "feasible": feasible, "node": node,
            "score": score, "best": best})
    }

    /// One pod, and if no node takes it, who would have to make room.
    fn preempt(&mut self, name: &str) -> Json {
        let pod = self.pod(name);
        if let Some(gate) = self.gate(pod) {
            return json!({"outcome": "gated", "gate": gate});
        }
        let (evaluation, preemption) = self.evaluate(pod);
        let mut report = self.report(&evaluation);
        let Some(preemption) = preemption else { return report.into() };
        report.extend(self.outcome_of(pod, &evaluation, &preemption));
        let (candidates, refused) = match &preemption {
            Preemption::NotEligible(_) => (&[][..], &[][..]),
            Preemption::Possible { candidates, refused, .. } => (&candidates[..], &refused[..]),
            Preemption::Impossible { refused } => (&[][..], &refused[..]),
        };
        let candidate = |candidate: &Candidate| {
            let victims: Vec<String> =
                candidate.victims.iter().map(|pod| self.name(*pod)).collect();
            let row = json!({"victims": victims, "pdbViolations": candidate.violations});
            (self.world.node_name(candidate.node), row)
        };
        report.insert("candidates".into(), candidates.iter().map(candidate).collect());
        if !refused.is_empty() {
            let refused = refused.iter().map(|(node, rejection)| {
                let mut row = self.rejection(rejection);
                row.entry("plugin").or_insert("".into());
                (self.world.node_name(*node), row.into())
            });
            report.insert("notCandidates".into(), refused.collect::<Map<String, Json>>().into());
        }
        report.into()
    }

    /// Who is nominated, who goes for it, and what is said about it.
    fn outcome_of(
        &self,
        pod: PodId,
        evaluation: &Evaluation,
        preemption: &Preemption,
    ) -> Map<String, Json> {
        let model = self.world.model();
        let mut outcome = Map::new();
        let mut say = |key: &str, value: Json| outcome.insert(key.into(), value);
        let mut refusal = evaluation.refusal();
        let message = refusal.message(model);
        refusal.room = preemption.no_room(&self.world);
        let full = refusal.message(model);
        say("postFilterMessage", full[message.len()..].trim_start().into());
        say("fullMessage", full.into());
        if !matches!(preemption, Preemption::NotEligible(_)) {
            say("nominatingMode", "Override".into());
        }
        let Preemption::Possible { candidates, chosen, .. } = preemption else {
            say("postFilterCode", "Unschedulable".into());
            say("nominatedNode", "".into());
            say("victims", json!([]));
            say("pdbViolations", 0.into());
            return outcome;
        };
        let Candidate { node, victims, violations } = &candidates[*chosen];
        let names = |pods: &[PodId]| {
            let mut names: Vec<String> = pods.iter().map(|pod| self.name(*pod)).collect();
            names.sort();
            names
        };
        say("outcome", "nominated".into());
        say("postFilterCode", "Success".into());
        say("nominatedNode", self.world.node_name(*node).into());
        say("victims", names(victims).into());
        say("pdbViolations", (*violations).into());
        let cleared = names(&outbid(pod, *node, &self.world));
        if !cleared.is_empty() {
            say("clearedNominations", cleared.into());
        }
        outcome
    }

    fn name(&self, pod: PodId) -> String {
        let place = pod.index();
        let found = self.snapshot.pods.iter().find(|(_, known)| **known == place);
        found.expect("every pod of a case is known").0.clone()
    }
}

fn code_name(code: Code) -> &'static str {
    match code {
        Code::Unschedulable => "Unschedulable",
        Code::UnschedulableAndUnresolvable => "UnschedulableAndUnresolvable",
    }
}
