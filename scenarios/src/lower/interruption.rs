//! What becomes of the pods of an instance that is taken: the provider's way, but for what the
//! scenario says.

use sim::Span;
use sim::providers::interruption::{self, DrainedBy, Loss, Shutdown};

use super::Lowering;
use crate::assumption;
use crate::diagnostic::Diagnostic;
use crate::file::interruption as file;
use crate::tree::Step;

impl Lowering<'_> {
    /// The provider's way, but for what the scenario says; what is assumed is listed.
    pub(super) fn interruption(&mut self) -> interruption::Interruption {
        let said = &self.file.interruption;
        let given = self.provider.interruption;
        // All were checked against the schema.
        let or = |said: &Option<String>, given: Span| {
            said.as_ref().and_then(|text| Span::parse(text).ok()).unwrap_or(given)
        };
        let drained_by = match said.drained_by {
            Some(file::DrainedBy::Handler) => DrainedBy::Handler,
            Some(file::DrainedBy::Kubelet) => DrainedBy::Kubelet,
            Some(file::DrainedBy::None) => DrainedBy::Nothing,
            None => given.drained_by,
        };
        let shutdown = Shutdown {
            total: or(&said.shutdown_grace_period, given.shutdown.total),
            critical: or(&said.shutdown_grace_period_critical_pods, given.shutdown.critical),
        };
        let unreachable_after = or(&said.node_monitor_grace_period, given.loss.unreachable_after);
        let object = match said.node_object {
            file::NodeObject::Deleted => given.loss.object,
            file::NodeObject::Kept => interruption::NodeObject::Kept,
        };
        let signal = or(&said.shutdown_signal, given.shutdown_signal);
        let loss = Loss { unreachable_after, object };
        let interruption =
            interruption::Interruption { drained_by, shutdown_signal: signal, shutdown, loss };
        if shutdown.critical > shutdown.total {
            let path = [Step::Key("interruption".into())];
            let (critical, total) = (shutdown.critical, shutdown.total);
            let message =
                format!("critical pods get {critical} of a shutdown that takes {total} altogether");
            let help = "make `shutdownGracePeriodCriticalPods` at most `shutdownGracePeriod`";
            let span = self.tree.at(&path).span.clone();
            self.found.push(Diagnostic::new("E0207", message).at(self.source, span).help(help));
        }
        self.assume_of(&interruption);
        interruption
    }

    /// Replaces what the provider's way would let be assumed by what the scenario says.
    fn assume_of(&mut self, interruption: &interruption::Interruption) {
        let given = self.provider.interruption;
        let own = |about: &str| format!("{}-{about}", self.provider.name);
        let as_given = |same: bool, id: &str, about: &str| same || id != own(about);
        let same_drain = interruption.drained_by == given.drained_by
            && (interruption.drained_by != DrainedBy::Kubelet
                || (interruption.shutdown == given.shutdown
                    && interruption.shutdown_signal == given.shutdown_signal));
        let same_loss = interruption.loss == given.loss;
        self.assumptions.retain(|it| {
            as_given(same_drain, it.id, "drain") && as_given(same_loss, it.id, "loss")
        });
        if !same_drain && interruption.drained_by == DrainedBy::Kubelet {
            let Shutdown { total, critical } = interruption.shutdown;
            let values = [interruption.shutdown_signal, total, critical].map(|it| it.to_string());
            let values = values.each_ref().map(String::as_str);
            self.assumptions.push(assumption::KUBELET_SHUTDOWN.about(&values));
        }
    }
}
