//! Rollouts: what the pods of a workload are from a given time on, and how they take over.

use std::collections::BTreeMap;

use sim::model::budget::Amount;
use sim::model::planned::{Rollout, Strategy};
use sim::model::pod::SpecId;
use sim::model::workload::{Controller, WorkloadId};
use sim::table::Id;
use sim::{SimTime, Span};

use super::planned::{self, Scaled};
use super::{Lowering, pods};
use crate::diagnostic::did_you_mean;
use crate::file;
use crate::file::planned::StrategyType;
use crate::kube::{self, Labels, PodTemplateSpec};
use crate::tree::Step;
use crate::workloads::Written;
use manifests::context::ClusterContext;

/// The label of a Deployment's pods that says of which template they are.
const TEMPLATE_HASH: &str = "pod-template-hash";
/// That of the pods of StatefulSets and DaemonSets.
const REVISION_HASH: &str = "controller-revision-hash";

/// What the pods of a workload have been.
struct History {
    /// Every template, with the number of the rollout that made it; the present one is the last. One that is
    /// gone back to comes last again.
    templates: Vec<(u32, Template)>,
    /// How many rollouts there have been.
    rollouts: u32,
    /// When the last was.
    since: Option<Span>,
}

/// What the pods of a revision are.
#[derive(Clone)]
struct Template {
    pods: PodTemplateSpec,
    annotations: Labels,
}

impl Lowering<'_> {
    /// Plans every rollout, in the order of time.
    pub(super) fn rollouts(&mut self, workloads: &[Written], context: &ClusterContext) {
        let file = self.file;
        // Where a workload was refused, which has been said, the others have moved up.
        if self.model.workloads.len() < workloads.len() {
            return;
        }
        let at = |rollout: &file::planned::Rollout| Span::parse(&rollout.at).unwrap_or_default();
        let mut order: Vec<usize> = (0..file.rollouts.len()).collect();
        order.sort_by_key(|index| at(&file.rollouts[*index]));
        let mut histories: BTreeMap<usize, History> = BTreeMap::new();
        for index in order {
            let rollout = &file.rollouts[index];
            let path = |field: &str| [Step::from("rollouts"), Step::Index(index), field.into()];
            let found = planned::find(&rollout.workload, workloads, Scaled::Template);
            let workload = match found {
                Ok(workload) => workload,
                Err((message, help)) => {
                    self.error("E1001", &path("workload"), message, help);
                    continue;
                }
            };
            let written = &workloads[workload];
            let history = histories.entry(workload).or_insert_with(|| {
                let pods = written.spec.template.clone();
                let first = Template { pods, annotations: written.annotations.clone() };
                History { templates: vec![(0, first)], rollouts: 0, since: None }
            });
            if let Err((field, message)) =
                self.roll_out(rollout, workload, written, history, context)
            {
                self.error("E1001", &path(field), message, None);
            }
        }
    }

    fn roll_out(
        &mut self,
        rollout: &file::planned::Rollout,
        workload: usize,
        written: &Written,
        history: &mut History,
        context: &ClusterContext,
    ) -> Result<(), (&'static str, String)> {
        let id = WorkloadId::from_index(workload);
        let (controller, created_at) =
            (self.model.workloads[id].controller, self.model.workloads[id].created_at);
        // It was checked against the schema.
        let at = Span::parse(&rollout.at).unwrap_or_default();
        if SimTime::ZERO + at < created_at {
            let created_at = created_at.since(SimTime::ZERO);
            return Err(("at", format!("the workload is created after it, at {created_at}")));
        }
        if Span::parse(&self.file.horizon).is_ok_and(|horizon| at >= horizon) {
            let message = format!("the simulation has ended by then, at {}", self.file.horizon);
            return Err(("at", message));
        }
        if history.since == Some(at) {
            let message = format!("`{}` is rolled out twice at {}", rollout.workload, rollout.at);
            return Err(("at", message));
        }
        history.since = Some(at);
        history.rollouts += 1;
        let strategy =
            strategy(rollout, written, controller).map_err(|message| ("strategy", message))?;
        if rollout.undo {
            let (spec, back_to) = self.undone(id, rollout, history)?;
            let at = SimTime::ZERO + at;
            let planned = Rollout { at, spec, volumes: None, strategy, back_to: Some(back_to) };
            self.model.planned.rollouts.entry(id).or_default().push(planned);
            return Ok(());
        }
        let Some((_, mut template)) = history.templates.last().cloned() else { return Ok(()) };
        template.annotations.extend(rollout.annotations.clone());
        for (name, change) in &rollout.containers {
            change_container(&mut template.pods.spec, name, change)
                .map_err(|message| ("containers", message))?;
        }
        let hash = match controller {
            Controller::Deployment { .. } => TEMPLATE_HASH,
            _ => REVISION_HASH,
        };
        let labels = &mut template.pods.metadata.labels;
        labels.insert(hash.to_owned(), history.rollouts.to_string());
        let source = pods::Source {
            namespace: &written.namespace,
            labels,
            annotations: &template.annotations,
            spec: &template.pods.spec,
            controller: written.spec.selector.as_ref(),
            admitted: None,
            status: None,
        };
        let spec = pods::pod_spec(&mut self.model, context, source);
        let spec = spec.map_err(|message| ("containers", message))?;
        let spec = self.model.specs.intern(spec);
        let at = SimTime::ZERO + at;
        let planned = Rollout { at, spec, volumes: None, strategy, back_to: None };
        self.model.planned.rollouts.entry(id).or_default().push(planned);
        history.templates.push((history.rollouts, template));
        Ok(())
    }

    /// What the pods of a workload are that goes back to its template before the last, and which revision
    /// that is.
    // kubectl: pkg/polymorphichelpers/rollback.go, to revision 0, which is the one before the last
    fn undone(
        &self,
        workload: WorkloadId,
        rollout: &file::planned::Rollout,
        history: &mut History,
    ) -> Result<(SpecId, u32), (&'static str, String)> {
        if !rollout.containers.is_empty() || !rollout.annotations.is_empty() {
            let message = "`undo` goes back to a template as it was, and changes nothing in it";
            return Err(("undo", message.into()));
        }
        let Some(before) = history.templates.len().checked_sub(2) else {
            let message = format!("there is no template of `{}` to go back to", rollout.workload);
            return Err(("undo", message));
        };
        let back = history.templates.remove(before);
        let revision = back.0;
        history.templates.push(back);
        Ok((self.model.template(workload, revision).0, revision))
    }
}

fn change_container(
    spec: &mut kube::PodSpec,
    name: &str,
    change: &file::planned::ContainerChange,
) -> Result<(), String> {
    let names: Vec<String> =
        spec.init_containers.iter().chain(&spec.containers).map(|it| it.name.clone()).collect();
    let mut all = spec.init_containers.iter_mut().chain(&mut spec.containers);
    let Some(container) = all.find(|container| container.name == name) else {
        let near = did_you_mean(name, names.iter().map(String::as_str));
        let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        return Err(format!("there is no container `{name}`, but {}{near}", names.join(", ")));
    };
    if let Some(image) = &change.image {
        container.image.clone_from(image);
    }
    for (written, resources) in [
        (&change.requests, &mut container.resources.requests),
        (&change.limits, &mut container.resources.limits),
    ] {
        for (resource, quantity) in written {
            let quantity = kube::Quantity::from(quantity.text().as_str());
            resources.insert(resource.clone(), quantity);
        }
    }
    Ok(())
}

/// How the new pods take over: as the rollout says, else as the manifest does, else as Kubernetes does
/// by default.
fn strategy(
    rollout: &file::planned::Rollout,
    written: &Written,
    controller: Controller,
) -> Result<Strategy, String> {
    let said = rollout.strategy.as_ref();
    let own = written.spec.update.as_ref();
    let own_rolling = own.and_then(|own| own.rolling_update.as_ref());
    let kind = match said.and_then(|said| said.kind) {
        Some(kind) => kind,
        None => match own.and_then(|own| own.kind.as_deref()) {
            Some("Recreate") => StrategyType::Recreate,
            Some("OnDelete") => StrategyType::OnDelete,
            _ => StrategyType::RollingUpdate,
        },
    };
    let of_file = |amount: Option<&file::planned::Amount>| amount.map(amount_of_file).transpose();
    let of_kube = |amount: Option<&kube::IntOrString>| amount.map(amount_of_manifest).transpose();
    let max_surge = match of_file(said.and_then(|it| it.max_surge.as_ref()))? {
        Some(amount) => Some(amount),
        None => of_kube(own_rolling.and_then(|it| it.max_surge.as_ref()))?,
    };
    let max_unavailable = match of_file(said.and_then(|it| it.max_unavailable.as_ref()))? {
        Some(amount) => Some(amount),
        None => of_kube(own_rolling.and_then(|it| it.max_unavailable.as_ref()))?,
    };
    let partition = said.and_then(|it| it.partition);
    let deadline = said
        .and_then(|it| it.progress_deadline_seconds)
        .or(written.spec.progress_deadline_seconds)
        .unwrap_or(600);
    let progress_deadline = Span::from_secs(u64::from(deadline));
    let strategy = match (kind, controller) {
        (StrategyType::OnDelete, _) => Strategy::OnDelete,
        (StrategyType::Recreate, _) => Strategy::Recreate { progress_deadline },
        (_, Controller::StatefulSet { .. }) => {
            let own = own_rolling.and_then(|it| it.partition);
            Strategy::Ordinals { partition: partition.or(own).unwrap_or(0) }
        }
        (_, Controller::DaemonSet) => Strategy::Nodes {
            max_surge: max_surge.unwrap_or(Amount::Pods(0)),
            max_unavailable: max_unavailable.unwrap_or(match max_surge {
                None | Some(Amount::Pods(0) | Amount::Percent(0)) => Amount::Pods(1),
                Some(_) => Amount::Pods(0),
            }),
            min_ready: Span::from_secs(u64::from(written.spec.min_ready_seconds)),
        },
        _ => Strategy::Rolling {
            max_surge: max_surge.unwrap_or(Amount::Percent(25)),
            max_unavailable: max_unavailable.unwrap_or(Amount::Percent(25)),
            progress_deadline,
        },
    };
    let misplaced = match controller {
        Controller::Deployment { .. } => partition.map(|_| "partition"),
        Controller::StatefulSet { .. } => {
            said.and_then(|it| it.max_surge.as_ref()).map(|_| "maxSurge")
        }
        _ => partition.map(|_| "partition"),
    };
    if let Some(field) = misplaced {
        return Err(format!("a {:?} has no `{field}`", written.kind));
    }
    if !strategy.is_of(controller) {
        return Err(format!("a {:?} has no strategy `{kind:?}`", written.kind));
    }
    let nothing = [Some(Amount::Pods(0)), Some(Amount::Percent(0))];
    if nothing.contains(&max_surge) && nothing.contains(&max_unavailable) {
        return Err(
            "`maxSurge` and `maxUnavailable` are both 0, so that nothing could go on".into()
        );
    }
    Ok(strategy)
}

fn amount_of_file(amount: &file::planned::Amount) -> Result<Amount, String> {
    match amount {
        file::planned::Amount::Pods(pods) => Ok(Amount::Pods(*pods)),
        file::planned::Amount::Percent(text) => percent(text),
    }
}

fn amount_of_manifest(amount: &kube::IntOrString) -> Result<Amount, String> {
    match amount {
        kube::IntOrString::Int(pods) => u32::try_from(*pods)
            .map(Amount::Pods)
            .map_err(|_| format!("`{pods}` is no number of pods")),
        kube::IntOrString::Text(text) => percent(text),
    }
}

fn percent(text: &str) -> Result<Amount, String> {
    let percent = text.strip_suffix('%').and_then(|number| number.parse().ok());
    percent
        .filter(|percent| *percent <= 1_000)
        .map(Amount::Percent)
        .ok_or_else(|| format!("`{text}` is neither a number of pods nor a percentage like 25%"))
}
