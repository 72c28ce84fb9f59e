//! Assumptions: what is taken to be so because nobody said, each with an id and a source.
//!
//! A provider brings its own, in [`sim::providers`]; the rest are listed here.

use sim::providers::{PROVIDERS, Sourced};

/// Something that was assumed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assumption {
    /// What `spotsim explain` knows it by.
    pub id: &'static str,
    /// What is taken to be so.
    pub text: String,
    /// Where that comes from.
    pub source: &'static str,
}

/// A kind of assumption, before it is known what exactly it is about.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What `spotsim explain` knows it by.
    pub id: &'static str,
    /// What is taken to be so; each `{}` is a value of the scenario at hand.
    pub text: &'static str,
    /// Where that comes from.
    pub source: &'static str,
}

/// Every kind that a scenario may give rise to, in the order in which they are listed.
pub static KINDS: &[Kind] = &[
    POOL_REPLACEMENT,
    CONTENDED_RECLAIMS,
    MEMORYLESS_RECLAIMS,
    RECLAIMS_OF_2019,
    TIME_OF_DAY,
    POD_STARTUP,
    POD_SHUTDOWN,
    UNKNOWN_BAND,
    COMPUTED_ALLOCATABLE,
    JOB_DURATION,
];

pub(crate) const POOL_REPLACEMENT: Kind = Kind {
    id: "pool-replacement",
    text: "a lost instance is replaced by one of the same type and zone, requested at the loss",
    source: "spotsim's pools of fixed size, 2026-11: no fallback to other types yet",
};

pub(crate) const CONTENDED_RECLAIMS: Kind = Kind {
    id: "contended-reclaims",
    text: "reclaims: in windows of contention, shared by related pools and in batches, as often as \
           from {}, times {}",
    source: "AWS Spot Advisor, 2025-06: a band is read as the chance per month of 730 h that an \
             instance is taken, and its middle used. What AWS counts is not documented; per \
             launched instance, rates would be 30 times higher, so try `scale` 1, 10 and 100. What \
             happens in a window is fitted to traces of p3.2xlarge and r5.16xlarge, 2023 (SkyPilot), \
             batches to fleets of 2020 to 2022 (Bamboo); that nine windows in ten end in ample \
             capacity, and when an instance is said to be at risk, nobody has measured",
};

pub(crate) const RECLAIMS_OF_2019: Kind = Kind {
    id: "reclaims-of-2019",
    text: "reclaims: by age, as of preemptible VMs in 2019; spot VMs of today may differ",
    source: "lifetimes of 1,442 preemptible VMs of Google Cloud, 2019 (Kadupitiya, Jadhao and Sharma, \
             HPDC 2020, data under Apache-2.0), those stopped by their users censored; for ages \
             above a day the rate of the last hours is taken to go on",
};

pub(crate) const TIME_OF_DAY: Kind = Kind {
    id: "time-of-day",
    text: "T+0 is midnight in the region; contention begins more often in its afternoon",
    source: "launch attempts of 45 days in us-east-1 and us-east-2, 2023: availability swings by 8 to \
             21 points a day, its lowest from 12 to 16 h; none in us-west-2. Google Cloud, 2019: by \
             eight hours 0.56, 1.45 and 1.15 times the mean",
};

pub(crate) const MEMORYLESS_RECLAIMS: Kind = Kind {
    id: "memoryless-reclaims",
    text: "reclaims: without memory, from {}, times {}; real ones come in batches",
    source: "AWS Spot Advisor, 2025-06: a band is read as the chance per month of 730 h that an \
             instance is taken, and its middle used. What AWS counts is not documented; per \
             launched instance, rates would be 30 times higher, so try `scale` 1, 10 and \
             100. Traces of 2020 to 2023 show batches and early losses in every large fleet",
};

pub(crate) const POD_STARTUP: Kind = Kind {
    id: "pod-startup",
    text: "a pod is ready 5 s after it is bound (Kubernetes' start SLO, without image pull)",
    source: "kubernetes/community, sig-scalability, pod_startup_latency.md: 99 % of pods within \
             5 s (read 2026-11-24); the annotation `spotsim/startup` says otherwise",
};

pub(crate) const POD_SHUTDOWN: Kind = Kind {
    id: "pod-shutdown",
    text: "a pod takes its whole grace period to stop, unless it says otherwise",
    source: "the cautious reading of terminationGracePeriodSeconds, 2026-11; the annotation \
             `spotsim/shutdown` says otherwise",
};

pub(crate) const UNKNOWN_BAND: Kind = Kind {
    id: "unknown-band",
    text: "interruption band unknown: {}; taken as {} reclaims per instance and hour",
    source: "the catalogue, 2026-11, has AWS's bands only; the rate is the provider's default: \
             `spotsim explain aws-reclaims`, `gcp-reclaims`, `azure-reclaims`",
};

pub(crate) const COMPUTED_ALLOCATABLE: Kind = Kind {
    id: "computed-allocatable",
    text: "what pods can ask for of {} is computed from what the platform says it reserves",
    source: "GKE documentation, \"Plan GKE Standard node sizes\", 110 pods a node; AKS \
             documentation, \"Node resource reservations\", 250 pods a node as with Azure CNI \
             Overlay (both read 2026-11-25); `pods` of a type in place says otherwise",
};

pub(crate) const JOB_DURATION: Kind = Kind {
    id: "job-duration",
    text: "{} Jobs do not say how long their pods run: 10 min (annotation `spotsim/duration`)",
    source: "spotsim, 2026-11: an arbitrary figure, since manifests do not say",
};

impl Kind {
    /// The assumption about these values, one for each `{}`.
    #[must_use]
    pub fn about(&self, values: &[&str]) -> Assumption {
        let mut parts = self.text.split("{}");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (value, part) in values.iter().zip(parts) {
            text += value;
            text += part;
        }
        Assumption { id: self.id, text, source: self.source }
    }
}

impl From<&Sourced> for Assumption {
    fn from(default: &Sourced) -> Assumption {
        Assumption { id: default.id, text: default.text.into(), source: default.source }
    }
}

/// The kind of assumption with this id, a provider's defaults included.
#[must_use]
pub fn named(id: &str) -> Option<Kind> {
    all().find(|kind| kind.id == id)
}

/// Every kind of assumption, the providers' defaults first.
pub fn all() -> impl Iterator<Item = Kind> {
    let defaults = PROVIDERS.iter().flat_map(|provider| provider.defaults);
    let kind =
        |default: &Sourced| Kind { id: default.id, text: default.text, source: default.source };
    defaults.map(kind).chain(KINDS.iter().copied())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_no_words_of_a_scenario() {
        let ids: Vec<&str> = all().map(|kind| kind.id).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        // A dash sets them apart from the fields of a scenario.
        assert!(ids.iter().all(|id| id.contains('-')), "{ids:?}");
    }

    #[test]
    fn values_take_their_places() {
        let text = MEMORYLESS_RECLAIMS.about(&["a band", "30"]).text;
        assert_eq!(
            text,
            "reclaims: without memory, from a band, times 30; real ones come in batches"
        );
        assert_eq!(POD_STARTUP.about(&[]).text, POD_STARTUP.text);
    }
}
