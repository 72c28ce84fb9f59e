//! A back-test of recommended requests: files of recorded usage are read, every recommender is walked
//! through them, and what came of it is kept with what is needed to tell and to paste it.

use std::path::PathBuf;

use backtest::{Comparison, Container, History, Name, Plan, Tuned, Tuning, compare, limits, tune};
use reports::fit::{Prices, Report};
use scenarios::history::{self, Columns, Recorded, Resized};
use sim::Span;
use sim::autoscalers::vpa::sizing::Sizes;

use crate::Error;

/// What is to be fitted, and how.
#[derive(Clone, Debug)]
pub struct Fitting {
    /// Files of recorded usage: CSV, or answers of Prometheus.
    pub usage: Vec<PathBuf>,
    /// Manifests, or a dump of a cluster: what containers request today.
    pub manifests: Vec<PathBuf>,
    /// How the files are to be read.
    pub columns: Columns,
    /// How often a recommendation is made.
    pub step: Span,
    /// What is only learned from; by default a day, or a quarter of a history of less than four.
    pub learn: Option<Span>,
    /// How many per cent a recommendation must differ from what is in force.
    pub threshold_percent: u64,
    /// At which prices money is counted.
    pub prices: Prices,
    /// The recommender whose recommendations are listed, by its id.
    pub recommender: String,
    /// Which settings of VPA are tried; none without.
    pub tuning: Option<Tuning>,
}

/// A back-test that is done.
pub struct Fitted {
    history: History,
    recorded: Vec<Recorded>,
    plan: Plan,
    comparison: Comparison,
    tuned: Vec<Tuned>,
    prices: Prices,
    chosen: String,
    understood: Vec<String>,
    source: String,
}

/// A container counts as running at the end if it was sampled within this number of its usual distances.
const LATELY: u64 = 3;

impl Fitting {
    /// As `spotsim fit` does it without options.
    #[must_use]
    pub fn of(usage: Vec<PathBuf>) -> Fitting {
        Fitting {
            usage,
            manifests: Vec::new(),
            columns: Columns::default(),
            step: Plan::default().step,
            learn: None,
            threshold_percent: 0,
            prices: Prices::default(),
            recommender: "vpa".into(),
            tuning: None,
        }
    }

    /// Reads the files and walks through them, on all cores.
    ///
    /// # Errors
    /// Everything that is wrong with the files.
    pub fn run(&self) -> Result<Fitted, Error> {
        let read = history::read(&self.usage, &self.manifests, &self.columns)?;
        let mut recorded = read.containers;
        let history = History { containers: recorded.iter_mut().map(container).collect() };
        let (start, end) = history.span_ms().unwrap_or_default();
        let quarter = Span::from_ms(end.abs_diff(start) / 4);
        let learn = self.learn.unwrap_or(Plan::default().learn.min(quarter));
        let plan = Plan { step: self.step, learn, threshold_percent: self.threshold_percent };
        let comparison = compare(&history, &plan);
        let tuned =
            self.tuning.as_ref().map_or_else(Vec::new, |tuning| tune(&history, &plan, tuning));
        Ok(Fitted {
            history,
            recorded,
            plan,
            comparison,
            tuned,
            prices: self.prices,
            chosen: self.recommender.clone(),
            understood: read.notes,
            source: read.inputs.iter().map(|it| it.file.as_str()).collect::<Vec<_>>().join(", "),
        })
    }
}

impl Fitted {
    /// The back-test as reports see it.
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        Report {
            history: &self.history,
            plan: &self.plan,
            comparison: &self.comparison,
            tuned: &self.tuned,
            prices: self.prices,
            chosen: &self.chosen,
            understood: &self.understood,
            source: &self.source,
        }
    }

    /// What is recommended, as YAML to paste.
    #[must_use]
    pub fn yaml(&self) -> String {
        let Some(judged) = self.comparison.of(&self.chosen) else { return String::new() };
        let containers = self.history.containers.iter().zip(&self.recorded).zip(&judged.containers);
        let resized = containers.map(|((container, recorded), walked)| {
            let (_, end) = container.span_ms().unwrap_or_default();
            let stated = container.stated_at(end);
            let requests = container.recommendable(walked.now);
            // A limit is written only where there is one: the request as a limit is a way of judging.
            let own = limits(&stated, &requests).zip(stated.limits);
            let limits = own.map(|(limit, stated)| limit.filter(|_| stated.is_some()));
            Resized { container: recorded, sizes: Sizes { requests, limits } }
        });
        history::yaml(&resized.collect::<Vec<_>>(), judged.name)
    }
}

/// A container to walk through; its samples are taken out of the record.
fn container(recorded: &mut Recorded) -> Container {
    let mut container = Container::new(Name {
        namespace: recorded.namespace.clone(),
        workload: recorded.workload.clone(),
        container: recorded.container.clone(),
    });
    container.alongside = recorded.alongside;
    container.bounds = recorded.bounds.map(|it| (it.min, it.max)).unwrap_or_default();
    container.stated.clone_from(&recorded.stated);
    for (pod, (_, samples)) in (0..).zip(std::mem::take(&mut recorded.pods)) {
        container.record(pod, &samples);
    }
    container.sort();
    let running = container.running_lately(LATELY);
    container.replicas = recorded.replicas.map_or(running, u64::from);
    container
}
