//! Jobs: how long their pods work, what they save on the way, and by when they are wanted.
//!
//! Manifests say none of it, so annotations do: `spotsim/duration`, `spotsim/checkpoint-every`,
//! `spotsim/checkpoint-takes`, `spotsim/restart-takes`, `spotsim/gang` and `spotsim/deadline`.

use sim::Span;
use sim::model::Model;
use sim::model::job::{Checkpoints, Job, Work};

use super::annotations::span_annotation;
use super::retries::retries;
use crate::assumption::{self, Assumption};
use crate::file::File;
use crate::workloads::Written;

/// How long a Job's pod runs where that is not stated.
const DEFAULT_DURATION: Span = Span::from_secs(600);

/// What is not stated of Jobs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unsaid {
    /// How many do not say how long their pods run.
    durations: usize,
    /// How many save their progress and do not say how long saving or taking up takes.
    overheads: usize,
    /// How many do not say how often their pods may fail.
    limits: usize,
    /// How many look at exit codes, which are not known.
    exits: usize,
    /// How many do not say how many of their pods that run at once have to complete.
    queues: usize,
}

impl Unsaid {
    /// What is therefore assumed.
    pub(super) fn assumptions(self) -> impl Iterator<Item = Assumption> {
        let kinds = [
            (self.durations, assumption::JOB_DURATION),
            (self.overheads, assumption::CHECKPOINT_OVERHEADS),
            (self.limits, assumption::JOB_RETRIES),
            (self.exits, assumption::JOB_EXIT_CODES),
            (self.queues, assumption::WORK_QUEUES),
        ];
        let unsaid = kinds.into_iter().filter(|(count, _)| *count > 0);
        unsaid.map(|(count, kind)| kind.about(&[&count.to_string()]))
    }
}

/// A Job as it was written.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn job(
    model: &mut Model,
    file: &File,
    written: &Written,
    unsaid: &mut Unsaid,
) -> Result<Job, String> {
    let (spec, annotations) = (&written.spec, &written.annotations);
    let span = |key: &str| span_annotation(annotations, key);
    let stated = span("spotsim/duration")?.or_else(|| by_labels(file, written));
    let duration = stated.unwrap_or_else(|| {
        unsaid.durations += 1;
        DEFAULT_DURATION
    });
    let takes = span("spotsim/checkpoint-takes")?;
    let restart = span("spotsim/restart-takes")?;
    let checkpoints = match (span("spotsim/checkpoint-every")?, takes) {
        (Some(Span::ZERO), _) => {
            return Err("annotation `spotsim/checkpoint-every` must be longer than 0s".into());
        }
        (Some(every), takes) => {
            unsaid.overheads += usize::from(takes.is_none() || restart.is_none());
            Some(Checkpoints { every, takes: takes.unwrap_or_default() })
        }
        (None, Some(_)) => {
            let what = "annotation `spotsim/checkpoint-takes` says nothing without";
            return Err(format!("{what} `spotsim/checkpoint-every`"));
        }
        (None, None) => None,
    };
    let gang = match annotations.get("spotsim/gang").map(String::as_str) {
        Some("true") => true,
        None | Some("false") => false,
        Some(other) => {
            return Err(format!("annotation `spotsim/gang` is `{other}`; write `true` or `false`"));
        }
    };
    let parallelism = spec.parallelism.unwrap_or(1);
    unsaid.queues += usize::from(spec.completions.is_none() && parallelism > 1 && !gang);
    let completions = spec.completions.unwrap_or(parallelism);
    if gang && completions != parallelism {
        return Err(format!(
            "a gang runs all its pods at once: completions ({completions}) must be parallelism \
             ({parallelism})"
        ));
    }
    let work = Work { duration, checkpoints, restart: restart.unwrap_or_default(), gang };
    let retries = match &spec.job {
        Some(job) => {
            let mut rules = job.pod_failure_policy.iter().flat_map(|policy| &policy.rules);
            unsaid.exits += usize::from(rules.any(|rule| rule.on_exit_codes.is_some()));
            Some(retries(model, job, &spec.template.spec)?)
        }
        None => {
            unsaid.limits += 1;
            None
        }
    };
    Ok(Job { completions, parallelism, work, deadline: span("spotsim/deadline")?, retries })
}

/// How long pods with such labels run, if the scenario says so.
fn by_labels(file: &File, written: &Written) -> Option<Span> {
    let labels = &written.spec.template.metadata.labels;
    let mut fitting = file
        .job_durations
        .iter()
        .filter(|rule| rule.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value)));
    fitting.next().and_then(|rule| Span::parse(&rule.duration).ok())
}
