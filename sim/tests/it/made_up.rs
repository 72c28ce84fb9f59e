//! A provider that is in no list: all that there is to know of one stands in one value.

use crate::common;

use sim::providers::citations::{Citation, Figure};
use sim::providers::interruption::{DrainedBy, Interruption, Loss, Shutdown};
use sim::providers::platform::{Drafts, KnownBy, ZoneNames};
use sim::providers::{Billing, BootTime, CapacityLabel, Provider};
use sim::{Fact, Root, Span};

static CELLAR: Provider = Provider {
    name: "cellar",
    brief: "Machines in a cellar.",
    about: "Machines in a cellar that are switched off when the power is needed.",
    notice: Span::from_secs(7),
    boot: BootTime { median: Span::from_secs(300), p95: Span::from_secs(900) },
    billing: Billing {
        granularity: Span::from_hours(1),
        minimum: Span::ZERO,
        free_if_reclaimed_before: Span::from_secs(300),
    },
    interruption: Interruption {
        drained_by: DrainedBy::Kubelet,
        shutdown_signal: Span::from_secs(7),
        shutdown: Shutdown { total: Span::from_secs(7), critical: Span::from_secs(2) },
        loss: Loss::CLEANED_UP,
    },
    max_life: None,
    takes_max_price: false,
    reclaims_per_hour: 0.25,
    labels: &[CapacityLabel { key: "cellar/power", on_demand: None, spot: Some("spare") }],
    catalogue: "cellar",
    first_zone: "-left",
    zones: ZoneNames {
        known: &[("cellar", &["-left", "-right"])],
        anywhere: |_, _| false,
        form: None,
    },
    known_by: KnownBy { instances: "cellar", label: "cellar/", spot_label: None },
    recommends: false,
    bands: None,
    recorded: None,
    reserve: |_, vcpu, _, pods| (10 * vcpu, 2 * pods),
    max_pods: 20,
    drafts: Drafts {
        region: "cellar",
        zones: ["cellar-left", "cellar-right", "cellar-left"],
        on_demand: "[{name: box, cpu: 2, memory: 8Gi, onDemandPrice: 0.1, spotPrice: 0.04}]",
        spot: "[{name: box, cpu: 2, memory: 8Gi, onDemandPrice: 0.1, spotPrice: 0.04}]",
        taint: "cellar/power",
        grace: "5",
        common: None,
    },
    citations: &[
        cited("cellar-notice", Figure::Notice, ""),
        cited("cellar-drain", Figure::Drain, ""),
        cited("cellar-billing", Figure::Billing, ""),
        cited("cellar-reclaims", Figure::Reclaims, "{} times an hour the power is needed"),
        cited("cellar-labels", Figure::Labels, ", and the key hangs by the door"),
    ],
};

const fn cited(id: &'static str, figure: Figure, note: &'static str) -> Citation {
    Citation { id, figure, note, source: "the caretaker, 2026-11-29", listed: true }
}

#[test]
fn it_runs_by_its_own_figures() {
    let mut setup = common::setup(&common::simple(0.25, 4, Span::from_hours(48)));
    let interruption = CELLAR.interruption;
    setup.change(|it| (it.provider, it.interruption) = (&CELLAR, interruption)).expect("sound");
    let (facts, _) = common::facts(&setup, Root { seed: 42, replication: 0 });
    let leads = facts.iter().filter_map(|(_, fact)| match fact {
        Fact::NoticeGiven { lead, .. } => Some(*lead),
        _ => None,
    });
    let leads: Vec<Span> = leads.collect();
    assert!(leads.len() > 4, "{leads:?}");
    assert!(leads.iter().all(|lead| *lead == CELLAR.notice), "{leads:?}");
    assert_eq!((CELLAR.reserve)("box", 2, 8_192, CELLAR.max_pods), (20, 40));
    assert!(CELLAR.known_by.names("cellar://left/3") && !CELLAR.known_by.names("aws:///i-3"));
}

#[test]
fn its_sentences_say_its_figures() {
    let sentences: Vec<String> = CELLAR.defaults().map(|default| default.text).collect();
    assert_eq!(
        sentences,
        [
            "reclaim notice: 7 s (cellar)",
            "at the notice the kubelet shuts its node down: 5 s for ordinary pods, then 2 s for \
             critical ones, whatever their grace periods and budgets (cellar)",
            "billing: by the hour; an instance that is taken back in its first 300 s is free (cellar)",
            "0.25 times an hour the power is needed (cellar)",
            "spot nodes carry cellar/power: spare, and the key hangs by the door",
        ]
    );
}
