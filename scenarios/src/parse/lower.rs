//! Lowering: all that is understood, as a draft of the simulator's setup.

use sim::setup::Draft;

use super::Place;
use super::read::Read;
use super::understand::Understood;
use crate::assumption::{self, Assumption};
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostics;
use crate::lower::autoscalers::Scaling;
use crate::lower::cron_jobs::{self, Calendar};
use crate::lower::replicas::Schedules;
use crate::lower::usage;
use crate::lower::{self, Lowering, LoweringInput};
use crate::unmodelled::Tally;
use crate::{arrivals, prices, scheduler, today};

/// A setup that is not checked yet.
pub(super) struct Lowered {
    pub(super) draft: Draft,
    pub(super) assumptions: Vec<Assumption>,
}

/// Lowers what is understood; nothing if that is wrong.
pub(super) fn lower(
    read: &Read,
    understood: &Understood<'_>,
    place: Place<'_>,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Option<Lowered> {
    let input = LoweringInput {
        workloads: &understood.workloads,
        budgets: &understood.budgets,
        traces: &read.traces,
        context: &understood.context,
        start: understood.start(read),
    };
    let lowered = Lowering::lower(&read.file, place, input, found);
    let mut lowered = lowered.map(|(draft, assumptions)| Lowered { draft, assumptions });
    if let Some(lowered) = &mut lowered {
        lowered.add_what_is_dated(read, understood, place, (&mut *tally, &mut *found));
        if let Some(today) = &read.today {
            today::compare(today, &lowered.draft, place, found);
        }
    }
    // Without a draft, what is written of the scheduler is checked all the same.
    let draft = lowered.as_mut().map(|lowered| &mut lowered.draft);
    scheduler::configure(read.scheduler.as_ref(), draft, tally, found);
    lowered
}

impl Lowered {
    /// Adds what depends on the date of `T+0`: replayed prices, which may say it, CronJobs, replicas
    /// over time, and what arrives by the clock.
    fn add_what_is_dated(
        &mut self,
        read: &Read,
        understood: &Understood<'_>,
        place: Place<'_>,
        (tally, found): (&mut Tally, &mut Diagnostics),
    ) {
        let Lowered { draft, assumptions } = self;
        let history = read.history.as_ref();
        let dated = history.and_then(|history| {
            prices::replay(history, &read.file, place, (&mut *draft, &mut *assumptions), found)
        });
        assumptions.extend(understood.cluster.as_ref().and_then(Cluster::assumption));
        let schedules = Schedules {
            written: &read.file.replica_schedules,
            tables: &read.replica_tables,
            workloads: &understood.workloads,
            place,
        };
        let calendar = Calendar {
            said: read.file.start_time.as_deref(),
            history: dated.zip(history.map(|it| it.source.file.as_str())),
            by_arrivals: false,
            by_replicas: schedules.follow_the_clock(),
            place,
        };
        let arrivals = &read.arrivals;
        let calendar = Calendar { by_arrivals: arrivals.follow_the_clock(), ..calendar };
        let (workloads, recorded) = (&understood.workloads, &read.usage);
        let made = (&mut *draft, &mut *assumptions);
        usage::fill(&read.file, recorded, calendar, made, found);
        let scaling = Scaling {
            file: &read.file,
            autoscalers: &understood.autoscalers,
            workloads,
            history: read.vpa_history.as_ref(),
            lacks_server: understood.cluster.as_ref().is_some_and(Cluster::lacks_metrics_server),
        };
        let made = (&mut *draft, &mut *assumptions);
        lower::autoscalers::fill(scaling, calendar, made, tally, found);
        cron_jobs::fill(workloads, calendar, (&mut *draft, &mut *assumptions), found);
        // What is wrong with the moment has been said.
        if let Ok(start) = calendar.start() {
            let cluster = understood.start(read).map(|(cluster, _)| cluster);
            let runs = (workloads.as_slice(), cluster);
            lower::programs::fill(&read.file, runs, start.as_millisecond(), draft);
            schedules.plan(start, draft, found);
            if calendar.by_replicas {
                assumptions.push(assumption::REPLICA_CALENDAR.about(&[&start.to_string()]));
            }
            let (file, (source, tree)) = (&read.file, place);
            let first = read.workloads.len();
            let made = (draft, assumptions);
            arrivals::lower(arrivals, first, (file, source, tree), start, made, found);
        }
    }
}
