//! Jobs with deadlines: what each may buy, and how it decides.

use std::collections::BTreeSet;

use sim::model::deadline;
use sim::model::deadline::DeadlineJob;
use sim::model::pod::PodSpec;
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::workload::{Controller, Workload};
use sim::{SimTime, Span, digest};

use super::Lowering;
use crate::assumption;
use crate::bought::Bought;
use crate::file::deadline::DeadlinePolicy;
use crate::file::{self, Capacity, CapacityTypes};
use crate::tree::Step;

/// A job whose instances are known, and which is yet to be added.
pub(super) struct Ready<'f> {
    file: &'f file::deadline::DeadlineJob,
    /// On spot, and on-demand.
    templates: Vec<NodeTemplate>,
}

impl<'l> Lowering<'l> {
    /// What the scenario's jobs with deadlines may buy.
    pub(super) fn deadline_jobs(&mut self) -> Vec<Ready<'l>> {
        let file = self.file;
        let mut names = BTreeSet::new();
        let mut ready = Vec::new();
        for (index, job) in file.deadline_jobs.iter().enumerate() {
            let place = |field: &str| {
                [Step::Key("deadlineJobs".into()), Step::Index(index), Step::Key(field.into())]
            };
            if !names.insert((&job.namespace, &job.name)) {
                let message = format!("job `{}` is there twice", job.name);
                self.error("E0203", &place("name"), message, None);
            }
            if span(&job.tick) == Span::ZERO {
                let message = format!("job `{}` decides every 0s, and so never gets on", job.name);
                let help = "give a `tick` that is longer than nothing, for example 5m";
                self.error("E0204", &place("tick"), message, Some(help.into()));
            }
            let path = place("instanceType");
            let bought = match Bought::of(&job.instance_type, self.provider, &file.region) {
                Ok(bought) => bought,
                Err(unknown) => {
                    self.error(unknown.code, &path, unknown.message, Some(unknown.help));
                    continue;
                }
            };
            let first_zone = || format!("{}{}", file.region, self.provider.first_zone);
            let zone = job.zone.clone().unwrap_or_else(first_zone);
            let pool = pool(job);
            let templates = [true, false]
                .into_iter()
                .filter_map(|spot| self.template(&pool, spot, &bought, &zone, &path))
                .collect();
            ready.push(Ready { file: job, templates });
        }
        if !ready.is_empty() {
            self.assumptions.push(assumption::DEADLINE_JOBS.about(&[]));
        }
        ready
    }

    /// Adds jobs with deadlines, each with a pool of its own, after all pools and workloads that have
    /// to do with the cluster.
    pub(super) fn add_deadline_jobs(&mut self, jobs: Vec<Ready<'_>>) {
        for Ready { file: job, templates } in jobs {
            let model = &mut self.model;
            let name = model.names.intern(&job.name);
            let pool = model.pools.push(Pool {
                name,

                templates,
                limits: Limits::default(),
                keeper: Keeper::of_size(0),
            });
            let controller = Controller::DeadlineJob(DeadlineJob {
                pool,
                work: span(&job.work),
                deadline: span(&job.deadline),
                changeover: span(&job.changeover),
                tick: span(&job.tick),
                policy: match job.policy {
                    DeadlinePolicy::Greedy => deadline::DeadlinePolicy::Greedy,
                    DeadlinePolicy::UniformProgress => deadline::DeadlinePolicy::UniformProgress,
                    DeadlinePolicy::OnDemandOnly => deadline::DeadlinePolicy::OnDemandOnly,
                },
            });
            let workload = Workload {
                namespace: model.names.intern(&job.namespace),
                name,
                controller,
                spec: model.specs.intern(PodSpec::default()),
                volumes: None,
                created_at: SimTime::ZERO + span(&job.start_at),
                key: digest::of_name(&format!("DeadlineJob/{}/{}", job.namespace, job.name)),
            };
            model.workloads.push(workload);
        }
    }
}

/// The job as if it were a pool of the cluster.
fn pool(job: &file::deadline::DeadlineJob) -> file::Pool {
    file::Pool {
        name: job.name.clone(),
        capacity_type: Some(CapacityTypes::One(Capacity::Spot)),
        ..file::Pool::default()
    }
}

/// A duration that was checked against the schema.
fn span(text: &str) -> Span {
    Span::parse(text).unwrap_or_default()
}
