//! HorizontalPodAutoscalers in the engine: when kubelets are scraped, when the controller looks, and what
//! is done about it.
//!
//! Nothing of it happens in a run without such autoscalers.

use super::Simulation;
use crate::action::Action;
use crate::autoscalers::hpa::SYNC_PERIOD;
use crate::event::Event;
use crate::fact::Fact;
use crate::lifecycle::vpas;
use crate::model::hpa::HpaId;
use crate::model::workload::WorkloadId;

impl Simulation<'_> {
    /// metrics-server scrapes again after its resolution, if there is anything for it to read.
    pub(crate) fn await_scrape(&mut self) {
        if let Some(metrics) = &self.metrics {
            let is_read_by_the_minute = self.setup.model.hpas.is_empty();
            let every = is_read_by_the_minute.then_some(vpas::INTERVAL);
            let at = metrics.next_scrape(self.world.now(), every);
            self.agenda.schedule(at, Event::MetricsScrape);
        }
    }

    pub(crate) fn metrics_scrape(&mut self) {
        if let Some(metrics) = &mut self.metrics {
            metrics.scrape(self.world.now());
        }
        self.await_scrape();
    }

    /// A workload is created: its autoscalers look at it from now on.
    // podautoscaler: rate_limiters.go FixedItemIntervalRateLimiter, also before the first look
    pub(crate) fn hpas_begin(&mut self, workload: WorkloadId) {
        for id in self.hpas.of(workload) {
            self.agenda.schedule(self.world.now() + SYNC_PERIOD, Event::HpaSync(*id));
        }
    }

    /// The controller looks at what an autoscaler scales.
    pub(crate) fn hpa_sync(&mut self, id: HpaId) {
        let sees = (&self.watched, self.metrics.as_ref());
        let found = self.hpas.reconcile(id, &self.world, sees, &self.setup.hpa);
        let workload = self.setup.model.hpas[id].workload;
        if let Some((active, reason)) = found.activity {
            self.record(Fact::HpaActive { workload, active, reason });
        }
        if let Some((replicas, reason)) = found.rescale {
            let before = self.world.replicas(workload).unwrap_or(0);
            self.record(Fact::HpaRescaled { workload, before, replicas, reason });
            self.apply(Action::Scale { workload, replicas });
        }
        self.agenda.schedule(self.world.now() + SYNC_PERIOD, Event::HpaSync(id));
    }
}
