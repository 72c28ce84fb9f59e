//! When the provider takes instances back: which model, with which parameters, and what happens
//! besides.

use std::collections::BTreeMap;
use std::sync::Arc;

use glob::Pattern;
use sim::market::failures::Outage;
use sim::market::reclaims::Reclaims;
use sim::market::reclaims::by_age::{ByAge, Law, gcp_2019_times};
use sim::market::reclaims::capped::Capped;
use sim::market::reclaims::constant::Constant;
use sim::market::reclaims::contention::{Contention, afternoon};
use sim::market::reclaims::kinship::Kinship;
use sim::market::reclaims::never::Never;
use sim::market::reclaims::replay::Replay;
use sim::market::reclaims::scripted::{Event, Scripted};
use sim::model::catalog::{CapacityType, OfferingId};
use sim::model::resources::Lane;
use sim::providers::platform::Recorded;
use sim::{SimTime, Span};

use super::Lowering;
use super::clock::first_hour;
use crate::assumption;
use crate::diagnostic::did_you_mean;
use crate::file::Capacity;
use crate::file::market::{self, ReclaimModel};
use crate::tree::Step;

/// Regions of AWS with an afternoon, and by how much more contention begins there then.
const BUSY: [&str; 2] = ["us-east-1", "us-east-2"];
const BUSY_AFTERNOON: f64 = 0.5;
/// Google Cloud, ages above 2 h, 2019: more and less by eight hours of the local day.
const GCP_BY_8_HOURS: [f64; 3] = [0.56, 1.45, 1.15];

/// The least that `maxAge` may say.
const SHORTEST_LIFE: Span = Span::from_secs(60);

impl Lowering<'_> {
    /// How capacity comes and goes.
    pub(super) fn reclaims(&mut self) -> Arc<dyn Reclaims> {
        self.refuse_strangers();
        let by_law: Arc<dyn Reclaims> = match self.reclaim_model() {
            ReclaimModel::Contention => Arc::new(self.contention()),
            ReclaimModel::Constant => Arc::new(Constant),
            ReclaimModel::ByAge => Arc::new(ByAge { law: self.rates(), times: self.times() }),
            ReclaimModel::Bathtub => match self.bathtub() {
                Some(law) => Arc::new(ByAge::from(law)),
                None => Arc::new(Never),
            },
            ReclaimModel::Replay => Arc::new(self.replay()),
            ReclaimModel::None => Arc::new(Never),
        };
        let beside: Arc<dyn Reclaims> = match self.max_life() {
            Some(max_life) => Arc::new(Capped { beneath: by_law, max_life }),
            None => by_law,
        };
        let events = self.events();
        if events.is_empty() { beside } else { Arc::new(Scripted { beside, events }) }
    }

    /// The model that is asked for; by default, by age where the provider limits it.
    pub(super) fn reclaim_model(&self) -> ReclaimModel {
        let usual = match self.provider.max_life {
            Some(_) => ReclaimModel::ByAge,
            None => ReclaimModel::Contention,
        };
        self.file.market.reclaims.model.unwrap_or(usual)
    }

    /// Whether the model asks how often a type is taken.
    pub(super) fn asks_for_rates(&self) -> bool {
        matches!(self.reclaim_model(), ReclaimModel::Contention | ReclaimModel::Constant)
    }

    /// Parameters of another model than the one that is asked for.
    fn refuse_strangers(&mut self) {
        use ReclaimModel::{Bathtub, ByAge, Constant, Contention, Replay};
        let model = self.reclaim_model();
        let written = &self.file.market.reclaims;
        let given: [(&str, bool, &[ReclaimModel]); 6] = [
            ("perHour", written.per_hour.is_some(), &[Contention, Constant]),
            ("contention", written.contention.is_some(), &[Contention]),
            ("rates", !written.rates.is_empty(), &[ByAge]),
            ("bathtub", written.bathtub.is_some(), &[Bathtub]),
            ("traces", !written.traces.is_empty(), &[Replay]),
            ("maxAge", written.max_age.is_some(), &[ByAge, Bathtub]),
        ];
        for (field, given, of) in given {
            if given && !of.contains(&model) {
                let name = |model: &ReclaimModel| {
                    serde_json::to_value(model).map(|name| name.to_string()).unwrap_or_default()
                };
                let of: Vec<String> = of.iter().map(name).collect();
                let message = format!(
                    "`{field}` is a parameter of the model {}, not of {}",
                    of.join(" or "),
                    name(&model)
                );
                let help = "set `model`, or leave the parameter out".to_owned();
                self.error("E0701", &place(&[field]), message, Some(help));
            }
        }
    }

    fn contention(&mut self) -> Contention {
        let fitted = Contention::default();
        let written = self.file.market.reclaims.contention.as_ref();
        let or = |of: fn(&market::Contention) -> Option<f64>, fitted: f64| {
            written.and_then(of).unwrap_or(fitted)
        };
        let by_hour = match (written.and_then(|it| it.afternoon), self.provider.recorded) {
            (Some(more), _) => afternoon(more),
            (None, Some(Recorded::Gcp)) => std::array::from_fn(|hour| GCP_BY_8_HOURS[hour / 8]),
            (None, Some(Recorded::Aws)) if BUSY.contains(&self.file.region.as_str()) => {
                afternoon(BUSY_AFTERNOON)
            }
            (None, _) => [1.0; 24],
        };
        let start_time = self.file.start_time.as_deref();
        let (first_hour, clock) = first_hour(&self.file.region, start_time);
        if by_hour.iter().any(|more| *more < 1.0) {
            let hour = format!("{first_hour}:00");
            self.assumptions.push(assumption::TIME_OF_DAY.about(&[&hour, &clock]));
        }
        let recorded = match self.provider.recorded {
            Some(Recorded::Gcp) => Kinship::GCP,
            Some(Recorded::Aws) | None => Kinship::AWS,
        };
        let kinship = match written.and_then(|it| it.zone_correlation) {
            Some(stated) => recorded.with_zones(stated),
            None => recorded,
        };
        self.assumptions.push(assumption::ZONES_CORRELATE.about(&[&kinship.of_type.to_string()]));
        Contention {
            reclaim_rate: or(|it| it.reclaim_rate, fitted.reclaim_rate),
            grant_rate: or(|it| it.grant_rate, fitted.grant_rate),
            exit_rate: or(|it| it.exit_rate, fitted.exit_rate),
            recovery_rate: or(|it| it.recovery_rate, fitted.recovery_rate),
            ends_ample: or(|it| it.ends_ample, fitted.ends_ample),
            kinship,
            by_hour,
            first_hour,
            notice: self.provider.notice,
            ..fitted
        }
    }

    fn rates(&mut self) -> Law {
        let written = &self.file.market.reclaims.rates;
        if written.is_empty() {
            return Law::gcp_2019();
        }
        // Durations were checked against the schema.
        let rates =
            written.iter().map(|it| (Span::parse(&it.from).unwrap_or_default(), it.per_hour));
        let rates: Vec<(Span, f64)> = rates.collect();
        let wrong = if rates[0].0 == Span::ZERO {
            rates.windows(2).position(|two| two[1].0 <= two[0].0).map(|before| before + 1)
        } else {
            Some(0)
        };
        if let Some(index) = wrong {
            let message = "ages begin at 0s and rise from one rate to the next".to_owned();
            let path = [place(&["rates"]), vec![Step::Index(index)]].concat();
            self.error("E0702", &path, message, None);
        }
        Law::Rates(rates)
    }

    /// Whether it is known how size and zone matter to the rates by age.
    pub(super) fn tells_by_size_and_zone(&self) -> bool {
        self.provider.recorded == Some(Recorded::Gcp) && self.file.market.reclaims.rates.is_empty()
    }

    /// How many times as often as the rates by age say the instances of each offering are taken.
    fn times(&self) -> BTreeMap<OfferingId, f64> {
        if !self.tells_by_size_and_zone() {
            return BTreeMap::new();
        }
        let (catalog, names) = (&self.model.catalog, &self.model.names);
        let times = catalog.offerings.iter().map(|(id, offering)| {
            let cpus = catalog.instance_type(id).capacity[Lane::CPU].div_ceil(1_000);
            (id, gcp_2019_times(cpus, names.text(offering.zone)))
        });
        times.collect()
    }

    fn bathtub(&mut self) -> Option<Law> {
        let Some(market::Bathtub { a, tau1, tau2, b }) = self.file.market.reclaims.bathtub else {
            let message = "the model `bathtub` needs its parameters".to_owned();
            let help = "for example `bathtub: {a: 0.31, tau1: 1.63, tau2: 0.1, b: 23.92}`, as all \
                        1,442 preemptible VMs of 2019";
            self.error("E0106", &place(&["model"]), message, Some(help.into()));
            return None;
        };
        Some(Law::Bathtub { a, tau1, tau2, b })
    }

    fn replay(&mut self) -> Replay {
        let written = &self.file.market.reclaims.traces;
        if written.is_empty() {
            let message = "the model `replay` needs `traces`".to_owned();
            let help = "`traces: [{file: trace.csv, instanceType: m6i.large, zone: us-east-1a}]`";
            self.error("E0106", &place(&["model"]), message, Some(help.into()));
        }
        let mut traces = BTreeMap::new();
        for trace in self.traces {
            let catalog = &self.model.catalog;
            let names = &self.model.names;
            let bought = catalog.offerings.iter().find(|(id, offering)| {
                offering.capacity_type == CapacityType::Spot
                    && names.text(offering.zone) == trace.zone
                    && names.text(catalog.instance_type(*id).name) == trace.instance_type
            });
            let Some((id, _)) = bought else {
                let (name, zone) = (&trace.instance_type, &trace.zone);
                let message = format!("no pool buys `{name}` in `{zone}` on spot");
                self.error("E0703", &place(&["traces"]), message, None);
                continue;
            };
            if traces.insert(id, trace.counts.clone()).is_some() {
                let (name, zone) = (&trace.instance_type, &trace.zone);
                let message = format!("there are two traces of `{name}` in `{zone}`");
                self.error("E0203", &place(&["traces"]), message, None);
            }
            let end = trace.counts.last().map_or(SimTime::ZERO, |(at, _)| *at);
            let horizon = Span::parse(&self.file.horizon).unwrap_or_default();
            if end < SimTime::ZERO + horizon {
                let (name, zone) = (&trace.instance_type, &trace.zone);
                let from = end.to_string();
                self.assumptions.push(assumption::TRACE_END.about(&[name, zone, &from]));
            }
        }
        Replay { traces, notice: self.provider.notice }
    }

    /// The age that no instance exceeds, by the scenario's word or the provider's.
    fn max_life(&mut self) -> Option<Span> {
        let written = self.file.market.reclaims.max_age.as_ref();
        let written = written.and_then(|text| Span::parse(text).ok());
        let of_provider = self.provider.max_life;
        if let Some((written, most)) = written.zip(of_provider).filter(|(asked, most)| asked > most)
        {
            let name = self.provider.name;
            let message = format!("`{name}` lets no instance live for {written}: {most} at most");
            let help = format!("say at most `{most}`, or leave `maxAge` out");
            self.error("E0701", &place(&["maxAge"]), message, Some(help));
        }
        // An instance that is gone before it is there is asked for again without end.
        if let Some(written) = written.filter(|written| *written < SHORTEST_LIFE) {
            let message = format!("no instance is of use that lives for {written}");
            let help = format!("say at least `{SHORTEST_LIFE}`, or leave `maxAge` out");
            self.error("E0701", &place(&["maxAge"]), message, Some(help));
        }
        written.or(of_provider)
    }

    fn events(&mut self) -> Vec<Event> {
        let written = &self.file.market.reclaims.events;
        let horizon = Span::parse(&self.file.horizon).unwrap_or_default();
        let mut events = Vec::new();
        for (index, event) in written.iter().enumerate() {
            let path = |field: &str| {
                [place(&["events"]), vec![Step::Index(index), Step::Key(field.into())]].concat()
            };
            let at = Span::parse(&event.at).unwrap_or_default();
            if at >= horizon {
                let message = format!("this happens when the simulation is over, at {horizon}");
                self.error("E0703", &path("at"), message, None);
            }
            let offerings = self.hit(event, &path);
            if is_failure(event) {
                if event.notice == Some(true) {
                    let message = "nothing announces that on-demand instances go".to_owned();
                    let help =
                        "leave `notice` out, or write an event of its own for spot".to_owned();
                    self.error("E0701", &path("notice"), message, Some(help));
                }
                continue;
            }
            events.push(Event {
                at: SimTime::ZERO + at,
                offerings,
                share: event.share,
                outage: Span::parse(&event.outage).unwrap_or_default(),
                announced: event.notice,
            });
        }
        events
    }

    /// The events that are no reclaims: on-demand instances are among what they are about.
    pub(super) fn outages(&mut self) -> Vec<Outage> {
        let failures = self.file.market.reclaims.events.iter().filter(|event| is_failure(event));
        let outages = failures.map(|event| Outage {
            at: SimTime::ZERO + Span::parse(&event.at).unwrap_or_default(),
            // What is wrong about it was said when reclaims were read.
            offerings: self.hit(event, &|_| Vec::new()),
            share: event.share,
            lasts: Span::parse(&event.outage).unwrap_or_default(),
        });
        outages.collect()
    }

    /// The offerings that an event is about.
    fn hit(&mut self, event: &market::Event, path: &dyn Fn(&str) -> Vec<Step>) -> Vec<OfferingId> {
        let catalog = &self.model.catalog;
        let names = &self.model.names;
        let asked = |bought: CapacityType| {
            event.capacity_types.iter().any(|it| match it {
                Capacity::Spot => bought == CapacityType::Spot,
                Capacity::OnDemand => bought == CapacityType::OnDemand,
            })
        };
        let spot = catalog.offerings.iter().filter(|(_, it)| asked(it.capacity_type));
        let how = if is_failure(event) { "so" } else { "on spot" };
        let spot: Vec<(OfferingId, String, String)> = spot
            .map(|(id, offering)| {
                let name = names.text(catalog.instance_type(id).name).to_owned();
                (id, name, names.text(offering.zone).to_owned())
            })
            .collect();
        let in_zone =
            |zone: &str| event.zones.is_empty() || event.zones.iter().any(|it| it == zone);
        let patterns: Vec<Option<Pattern>> =
            event.instance_types.iter().map(|text| Pattern::new(text).ok()).collect();
        let of_type = |name: &str| {
            patterns.is_empty() || patterns.iter().flatten().any(|pattern| pattern.matches(name))
        };
        for zone in &event.zones {
            if spot.iter().all(|(_, _, known)| known != zone) {
                let known = spot.iter().map(|(_, _, known)| known.as_str());
                let help = did_you_mean(zone, known).map(|near| format!("did you mean `{near}`?"));
                let message = format!("no pool buys {how} in the zone `{zone}`");
                self.error("E0703", &path("zones"), message, help);
            }
        }
        for (text, pattern) in event.instance_types.iter().zip(&patterns) {
            let matches = |name: &str| pattern.as_ref().is_some_and(|it| it.matches(name));
            if !spot.iter().any(|(_, name, _)| matches(name)) {
                let known = spot.iter().map(|(_, name, _)| name.as_str());
                let help = did_you_mean(text, known).map(|near| format!("did you mean `{near}`?"));
                let message = format!("no pool buys `{text}` {how}");
                self.error("E0703", &path("instanceTypes"), message, help);
            }
        }
        let hit: Vec<OfferingId> = spot
            .iter()
            .filter(|(_, name, zone)| of_type(name) && in_zone(zone))
            .map(|(id, _, _)| *id)
            .collect();
        if hit.is_empty() && !self.found.has_errors() {
            let message = format!("no pool buys any of this {how}");
            self.error("E0703", &path("at"), message, None);
        }
        hit
    }
}

/// Whether an event is no reclaim: on-demand instances are never taken back.
fn is_failure(event: &market::Event) -> bool {
    event.capacity_types.contains(&Capacity::OnDemand)
}

/// The place of a field of `market.reclaims`.
fn place(fields: &[&str]) -> Vec<Step> {
    ["market", "reclaims"].iter().chain(fields).map(|field| Step::Key((*field).into())).collect()
}
