//! From what a scenario says about kubelets to what they are configured with.

use std::collections::BTreeMap;

use sim::Span;
use sim::kubelet::back_off::BackOffLimits;
use sim::kubelet::config::{KubeletConfig, KubeletConfigs};
use sim::kubelet::signals::Signal;
use sim::kubelet::thresholds::{Amount, EvictionConfig, Filesystems, Threshold};
use sim::model::pool::PoolId;
use sim::table::Id;

use super::Lowering;
use crate::diagnostic::did_you_mean;
use crate::file::kubelet::Kubelet;
use crate::quantity::Quantity;
use crate::tree::Step;

/// The longest and the shortest `maxContainerRestartPeriod`.
// kubelet: pkg/kubelet/apis/config/validation ValidateKubeletConfiguration
const RESTART_PERIODS: [Span; 2] = [Span::from_secs(1), Span::from_secs(300)];

/// What is wrong with an entry: its code, what is said of it, and what to do.
type Wrong = (&'static str, String, String);

impl Lowering<'_> {
    /// What the kubelets of the cluster and of its pools are configured with.
    pub(super) fn kubelets(&mut self) -> KubeletConfigs {
        let file = self.file;
        let place = [Step::from("kubelet")];
        let cluster = file.kubelet.as_ref().map(|kubelet| self.kubelet(kubelet, &place));
        let mut pools = BTreeMap::new();
        for (index, pool) in file.pools.iter().enumerate() {
            if let Some(kubelet) = &pool.kubelet {
                let place = ["pools".into(), Step::Index(index), "kubelet".into()];
                pools.insert(PoolId::from_index(index), self.kubelet(kubelet, &place));
            }
        }
        KubeletConfigs { cluster: cluster.unwrap_or_default(), pools }
    }

    fn kubelet(&mut self, said: &Kubelet, place: &[Step]) -> KubeletConfig {
        let mut given = match &said.eviction_hard {
            Some(hard) => self.thresholds(hard, "evictionHard", said, place),
            None => EvictionConfig::default_hard(),
        };
        given.extend(self.thresholds(&said.eviction_soft, "evictionSoft", said, place));
        let eviction = EvictionConfig::new(&given, Filesystems::Single);
        let transition = said.eviction_pressure_transition_period.as_deref();
        // It was checked against the schema.
        let transition = transition.and_then(|text| Span::parse(text).ok());
        KubeletConfig {
            eviction: EvictionConfig {
                transition: transition.unwrap_or(eviction.transition),
                max_pod_grace: Span::from_secs(said.eviction_max_pod_grace_period.into()),
                ..eviction
            },
            back_off: self.back_off(said, place),
        }
    }

    fn back_off(&mut self, said: &Kubelet, place: &[Step]) -> BackOffLimits {
        let default = BackOffLimits::default();
        let Some(said) = &said.crash_loop_back_off else { return default };
        let text = &said.max_container_restart_period;
        let Ok(max) = Span::parse(text) else { return default };
        let [least, most] = RESTART_PERIODS;
        if max < least || max > most {
            let steps = ["crashLoopBackOff".into(), "maxContainerRestartPeriod".into()];
            let message =
                format!("a container waits at most {text}, which is not from {least} to {most}");
            self.error("E0103", &[place, &steps].concat(), message, None);
        }
        BackOffLimits { initial: default.initial.min(max), max }
    }

    fn thresholds(
        &mut self,
        entries: &BTreeMap<String, String>,
        field: &str,
        said: &Kubelet,
        place: &[Step],
    ) -> Vec<Threshold> {
        let mut thresholds = Vec::new();
        for (name, value) in entries {
            match threshold(name, value, field == "evictionSoft", said) {
                Ok(threshold) => thresholds.extend(threshold),
                Err((code, message, help)) => {
                    let steps = [Step::from(field), Step::Key(name.clone())];
                    self.error(code, &[place, &steps].concat(), message, Some(help));
                }
            }
        }
        thresholds
    }
}

/// A threshold; none if it is switched off.
// kubelet: pkg/kubelet/eviction/helpers.go parseThresholdStatement
fn threshold(
    name: &str,
    value: &str,
    is_soft: bool,
    said: &Kubelet,
) -> Result<Option<Threshold>, Wrong> {
    let names = || Signal::ALL.iter().map(|(_, name)| *name);
    let Some(signal) = Signal::named(name) else {
        let message = format!("`{name}` is no eviction signal");
        let all = || format!("choose one of {}", names().collect::<Vec<_>>().join(", "));
        let help = did_you_mean(name, names()).map(|near| format!("did you mean `{near}`?"));
        let help = help.unwrap_or_else(all);
        return Err(("E0104", message, help));
    };
    if value == "0%" || value == "100%" {
        return Ok(None);
    }
    let grace = if is_soft { soft_grace(name, said)? } else { Span::ZERO };
    let min_reclaim = said.eviction_minimum_reclaim.get(name).map(|text| amount(text));
    let (value, min_reclaim) = (amount(value)?, min_reclaim.transpose()?);
    Ok(Some(Threshold { signal, value, grace, min_reclaim }))
}

fn soft_grace(name: &str, said: &Kubelet) -> Result<Span, Wrong> {
    let Some(text) = said.eviction_soft_grace_period.get(name) else {
        let message = format!("the soft threshold of `{name}` has no grace period");
        let help = format!("write `evictionSoftGracePeriod: {{{name}: 1m}}`, or make it hard");
        return Err(("E0204", message, help));
    };
    Span::parse(text).map_err(|message| ("E0104", message, "write for example 1m30s".to_owned()))
}

/// An amount, or a part of what there is: `100Mi` or `5%`.
fn amount(text: &str) -> Result<Amount, Wrong> {
    let help = || "write for example 100Mi or 5%".to_owned();
    let wrong = |message| ("E0104", message, help());
    let out = |message| ("E0103", message, help());
    match text.strip_suffix('%') {
        Some(percent) => match percent.parse::<f32>() {
            Ok(part) if (0.0..=100.0).contains(&part) => Ok(Amount::percent(part)),
            Ok(_) => Err(out(format!("`{text}` is not from 0% to 100%"))),
            Err(_) => Err(wrong(format!("`{text}` is no percentage"))),
        },
        None => match Quantity::parse(text).map(|quantity| i64::try_from(quantity.value())) {
            Ok(Ok(quantity)) => Ok(Amount::Quantity(quantity)),
            Ok(Err(_)) => Err(wrong(format!("`{text}` is larger than Kubernetes can count"))),
            Err(message) => Err(wrong(message)),
        },
    }
}
