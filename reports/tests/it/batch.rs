//! Jobs by hand: which were done, which failed, and which were late.

use crate::common;

use common::legend;
use reports::folds::batch::{Batch, Fate};
use sim::model::job::{Job, Outcome};
use sim::model::workload::{Controller, WorkloadId};
use sim::table::Id;
use sim::{Fact, Legend, SimTime, Sink, Span};

fn s(seconds: u64) -> Span {
    Span::from_secs(seconds)
}

fn workload() -> WorkloadId {
    WorkloadId::from_index(0)
}

/// A window from 0:50 to 16:40 with a CronJob whose Jobs are wanted within 200 s.
fn cron_jobs() -> Legend {
    let mut legend = legend(s(50), s(1_000));
    let mut model = sim::model::Model::clone(&legend.model);
    let job = Job { deadline: Some(s(200)), ..Job::new(1, 1, s(60)) };
    model.workloads[workload()].controller =
        Controller::CronJob { job, schedule: Id::from_index(0) };
    legend.model = model.into();
    legend
}

fn fates(facts: &[(u64, Fact)]) -> (Vec<Fate>, u64) {
    let mut fold = Batch::new(&cron_jobs());
    for (at, fact) in facts {
        fold.fact(SimTime::ZERO + s(*at), fact);
    }
    (fold.fates().collect(), fold.skipped.values().sum())
}

#[test]
fn each_job_of_a_cron_job_has_its_fate() {
    let workload = workload();
    let made = |run| Fact::JobCreated { workload, run, due: SimTime::ZERO };
    let over = |run, outcome| Fact::JobEnded { workload, run, outcome };
    let skipped = Fact::JobSkipped { workload, due: SimTime::ZERO };
    let (fates, skipped) = fates(&[
        (0, Fact::WorkloadCreated { workload }),
        (0, made(0)),
        (40, over(0, Outcome::Complete)),
        (45, skipped),
        (50, made(1)),
        (100, over(1, Outcome::BackoffLimitExceeded)),
        (100, made(2)),
        (400, over(2, Outcome::Complete)),
        (400, skipped),
        (500, made(3)),
        (600, over(3, Outcome::Replaced)),
        (600, made(4)),
        (800, over(4, Outcome::Replaced)),
        (800, made(5)),
        (900, made(6)),
    ]);
    let fate = |outcome, makespan: Option<u64>, late| Fate {
        workload,
        outcome,
        makespan: makespan.map(s),
        late: Some(late),
    };
    let expected = [
        // The first was over before the window.
        fate(Some(Outcome::BackoffLimitExceeded), None, true),
        fate(Some(Outcome::Complete), Some(300), true),
        fate(Some(Outcome::Replaced), None, false),
        fate(Some(Outcome::Replaced), None, true),
        fate(None, None, true),
        fate(None, None, false),
    ];
    assert_eq!(fates, expected);
    assert_eq!(skipped, 1, "one in the window");
}
