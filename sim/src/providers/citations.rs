//! The figures of a provider in words. A sentence is made from its figure, so that they cannot differ;
//! a citation says who gives it.

use super::interruption::{DrainedBy, Interruption, Loss, NodeObject};
use super::{Billing, BootTime, CapacityLabel, Provider};
use crate::time::Span;

/// Who gives a figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Citation {
    /// The provider's name, a dash, and what it is about: `aws-notice`.
    pub id: &'static str,
    /// Which figure.
    pub figure: Figure,
    /// What the sentence says besides the figure; the whole of it, with `{}` for the figure, for rates
    /// of reclaims, since each source counts something else.
    pub note: &'static str,
    /// The source, and when it was read.
    pub source: &'static str,
    /// Whether a result depends on it so much that it is listed with every result.
    pub listed: bool,
}

/// A figure, or several that belong together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Figure {
    /// How long before an instance is gone the provider says so.
    Notice,
    /// How old spot instances get at most.
    MaxLife,
    /// How long launches take.
    Boot,
    /// Who acts on the notice.
    Drain,
    /// How the kubelet shuts a node down.
    Shutdown,
    /// How the cluster finds out that a node is lost.
    Loss,
    /// How time becomes money.
    Billing,
    /// How often spot instances are taken whose type says nothing about that.
    Reclaims,
    /// The labels of nodes.
    Labels,
}

/// A default in words, and its source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sourced {
    /// The id of the citation.
    pub id: &'static str,
    /// What is assumed.
    pub text: String,
    /// The source, and when it was read.
    pub source: &'static str,
    /// Whether it is listed with every result.
    pub listed: bool,
}

impl Provider {
    /// Each figure in words, with its source.
    pub fn defaults(&self) -> impl Iterator<Item = Sourced> + '_ {
        self.citations.iter().map(|citation| {
            let Citation { id, source, listed, .. } = *citation;
            Sourced { id, text: self.sentence(citation), source, listed }
        })
    }

    fn sentence(&self, &Citation { figure, note, .. }: &Citation) -> String {
        let Interruption { drained_by, shutdown_signal, shutdown, loss } = self.interruption;
        let sentence = match figure {
            Figure::Notice => format!("reclaim notice: {}", seconds(self.notice)),
            Figure::MaxLife => {
                let hours = self.max_life.unwrap_or_default().as_ms() / 3_600_000;
                format!(
                    "no spot instance gets older than {hours} h; those that are there at T+0 are new \
                     then"
                )
            }
            Figure::Boot => {
                let BootTime { median, p95 } = self.boot;
                let (median, p95) = (seconds(median), seconds(p95));
                format!("boot: log-normal, median {median}, 95 % within {p95}{note}")
            }
            Figure::Drain => match drained_by {
                DrainedBy::Handler => "at the notice a termination handler evicts pods at once; \
                                       PodDisruptionBudgets may hold them back, and then it asks \
                                       every 5 s"
                    .to_owned(),
                DrainedBy::Kubelet => format!(
                    "at the notice the kubelet shuts its node down: {} for ordinary pods, then {} for \
                     critical ones, whatever their grace periods and budgets",
                    seconds(shutdown.ordinary()),
                    seconds(shutdown.critical)
                ),
                DrainedBy::Nothing => {
                    "nothing acts on the notice: pods run until the instance is gone".to_owned()
                }
            },
            Figure::Shutdown => format!(
                "a kubelet that shuts its node down is signalled {} before the end and has {}, the last {} \
                 of them for critical pods",
                seconds(shutdown_signal),
                seconds(shutdown.total),
                seconds(shutdown.critical)
            ),
            // Both are the cluster's own, for any provider.
            Figure::Loss => return lost(loss),
            Figure::Labels => return carried(self.labels) + note,
            Figure::Billing => billed(self.billing),
            Figure::Reclaims => note.replace("{}", &self.reclaims_per_hour.to_string()),
        };
        format!("{sentence} ({})", self.name)
    }
}

fn seconds(span: Span) -> String {
    format!("{} s", span.as_ms() / 1_000)
}

fn lost(loss: Loss) -> String {
    let unreachable = seconds(loss.unreachable_after);
    match loss.object {
        NodeObject::Deleted { after, orphans_after, orphans_within } => format!(
            "a lost node is unreachable after {unreachable}, its object is deleted {} later, and its \
             pods after another {} to {}, unless they tolerate it for less",
            seconds(after),
            orphans_after.as_ms() / 1_000,
            seconds(orphans_within)
        ),
        NodeObject::Kept => format!(
            "a lost node is unreachable after {unreachable}, and its object stays: pods are deleted \
             when they no longer tolerate that, and never leave"
        ),
    }
}

fn billed(billing: Billing) -> String {
    let Billing { granularity, minimum, free_if_reclaimed_before } = billing;
    let by = match granularity.as_ms() {
        0..=1_000 => "the second".to_owned(),
        60_000 => "the minute".to_owned(),
        3_600_000 => "the hour".to_owned(),
        _ => seconds(granularity),
    };
    let least = match minimum {
        Span::ZERO => String::new(),
        least => format!(", at least {}", seconds(least)),
    };
    let early = match free_if_reclaimed_before.as_ms() {
        0 => ", and no rule for instances that are taken back early".to_owned(),
        60_000 => "; an instance that is taken back in its first minute is free".to_owned(),
        3_600_000 => "; an instance that is taken back in its first hour is free".to_owned(),
        _ => {
            let first = seconds(free_if_reclaimed_before);
            format!("; an instance that is taken back in its first {first} is free")
        }
    };
    format!("billing: by {by}{least}{early}")
}

fn carried(labels: &[CapacityLabel]) -> String {
    let both = labels.iter().filter_map(|it| {
        Some(format!("nodes carry {}: {} or {}", it.key, it.on_demand?, it.spot?))
    });
    let all: Vec<String> = both.collect();
    let who = if all.is_empty() { "spot nodes carry" } else { "spot ones also" };
    let spot = labels.iter().filter(|it| it.on_demand.is_none());
    let spot = spot.filter_map(|it| Some(format!("{who} {}: {}", it.key, it.spot?)));
    let all: Vec<String> = all.iter().cloned().chain(spot).collect();
    if all.is_empty() {
        "nodes carry no label of a platform's own".to_owned()
    } else {
        all.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::PROVIDERS;
    use super::*;

    #[test]
    fn every_figure_has_one_source_with_a_date() {
        for provider in PROVIDERS {
            for Citation { id, source, .. } in provider.citations {
                assert!(id.starts_with(&format!("{}-", provider.name)), "{id}");
                assert!(source.contains("20"), "{id}: {source}");
            }
            let figures =
                |figure| provider.citations.iter().filter(|it| it.figure == figure).count();
            let always = [
                Figure::Notice,
                Figure::Boot,
                Figure::Drain,
                Figure::Shutdown,
                Figure::Loss,
                Figure::Billing,
                Figure::Reclaims,
                Figure::Labels,
            ];
            assert_eq!(always.map(figures), [1; 8], "{}", provider.name);
            assert_eq!(figures(Figure::MaxLife), usize::from(provider.max_life.is_some()));
        }
    }

    #[test]
    fn sentences_say_what_the_figures_are() {
        let all: Vec<String> =
            PROVIDERS.iter().flat_map(|it| it.defaults()).map(|default| default.text).collect();
        for sentence in [
            "reclaim notice: 120 s (aws)",
            "boot: log-normal, median 120 s, 95 % within 240 s, as an Auto Scaling group takes (aws)",
            "billing: by the second, at least 60 s; an instance that is taken back in its first hour is \
             free (aws)",
            "at the notice the kubelet shuts its node down: 15 s for ordinary pods, then 15 s for \
             critical ones, whatever their grace periods and budgets (gcp)",
            "a lost node is unreachable after 50 s, its object is deleted 10 s later, and its pods after \
             another 40 to 80 s, unless they tolerate it for less",
            "a Spot VM meets 0.008 reclaims per hour, whatever its type and age (gcp)",
            "nodes carry cloud.google.com/gke-provisioning: standard or spot, spot ones also \
             cloud.google.com/gke-spot: true, and no taint",
            "billing: by the second, and no rule for instances that are taken back early (azure)",
            "nodes carry no label of a platform's own",
        ] {
            assert!(all.iter().any(|it| it == sentence), "{sentence}\n{all:#?}");
        }
    }
}
