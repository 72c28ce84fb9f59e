//! Faults: instances that are taken at a moment, with notice or without, and launches that fail for a while.

use serde_json::{Value, json};
use sim::model::catalog::{CapacityType, Offering};
use sim::{Setup, Span};

use crate::stream::Stream;

/// Moments are whole minutes.
const MINUTE: u64 = 60_000;
/// The shares of instances that are taken.
const SHARES: [u8; 4] = [25, 50, 75, 100];
/// For how many minutes launches fail.
const OUTAGES: [u64; 4] = [0, 15, 60, 240];

/// Instances that are taken at a moment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Fault {
    /// When, in minutes.
    at: u64,
    /// In which zone; in all if none is given.
    zone: Option<String>,
    /// Of which type; of all if none is given.
    instance_type: Option<String>,
    /// How many of a hundred of them.
    percent: u8,
    /// For how many minutes none can be launched.
    outage: u64,
    /// Whether the provider gives notice.
    notice: bool,
}

/// What can be taken of a scenario, and when.
pub(super) struct Targets {
    minutes: usize,
    /// Zones with the types that are bought there.
    bought: Vec<(String, String)>,
}

impl Targets {
    /// What is on spot; none if nothing is.
    pub(super) fn of(setup: &Setup) -> Option<Targets> {
        let model = &setup.model;
        let offerings = model.catalog.offerings.rows();
        let spot: Vec<_> = offerings.filter(|it| it.capacity_type == CapacityType::Spot).collect();
        let text = |name| model.names.text(name).to_owned();
        let machine = |it: &Offering| text(model.catalog.instance_types[it.instance_type].name);
        let mut bought: Vec<_> = spot.iter().map(|it| (text(it.zone), machine(it))).collect();
        bought.sort();
        bought.dedup();
        let length = setup.horizon.since(sim::SimTime::ZERO).as_ms() / MINUTE;
        let minutes = usize::try_from(length).unwrap_or(usize::MAX).max(1);
        (!spot.is_empty()).then_some(Targets { minutes, bought })
    }

    /// What can be taken of either of two scenarios, as long as both last.
    pub(super) fn of_either(one: &Targets, other: &Targets) -> Targets {
        let mut bought = [&one.bought[..], &other.bought].concat();
        bought.sort();
        bought.dedup();
        Targets { minutes: one.minutes.min(other.minutes), bought }
    }

    /// Whether a fault can take anything of it: a scenario knows no other zones and types.
    pub(super) fn can_meet(&self, fault: &Fault) -> bool {
        let is = |own: &Option<String>, name: &String| own.as_ref().is_none_or(|own| own == name);
        let mut bought = self.bought.iter();
        bought.any(|(zone, name)| is(&fault.zone, zone) && is(&fault.instance_type, name))
    }

    /// Some faults, in the order of time.
    pub(super) fn draw(&self, stream: &mut Stream, most: usize) -> Vec<Fault> {
        let count = 1 + stream.below(most);
        let mut faults: Vec<Fault> = (0..count).map(|_| self.fault(stream)).collect();
        faults.sort();
        faults
    }

    fn fault(&self, stream: &mut Stream) -> Fault {
        let bought = stream.one_of(&self.bought).cloned().unwrap_or_default();
        let zone = Some(bought.0).filter(|_| stream.below(2) == 0);
        let instance_type = Some(bought.1).filter(|_| stream.below(2) == 0);
        Fault {
            at: stream.below(self.minutes) as u64,
            zone,
            instance_type,
            percent: SHARES[stream.below(SHARES.len())],
            outage: OUTAGES[stream.below(OUTAGES.len())],
            notice: stream.below(4) > 0,
        }
    }
}

impl Fault {
    /// As an event of a scenario.
    pub(super) fn event(&self) -> Value {
        let span = |minutes: u64| Span::from_ms(minutes * MINUTE).to_string();
        let mut event = json!({ "at": span(self.at) });
        if let Some(zone) = &self.zone {
            event["zones"] = json!([zone]);
        }
        if let Some(instance_type) = &self.instance_type {
            event["instanceTypes"] = json!([instance_type]);
        }
        if self.percent < 100 {
            event["share"] = json!(f64::from(self.percent) / 100.0);
        }
        if self.outage > 0 {
            event["outage"] = json!(span(self.outage));
        }
        event["notice"] = json!(self.notice);
        event
    }

    /// The same with less of something, the least first: launches do not fail, notice is given, fewer
    /// instances are taken, earlier.
    pub(super) fn simpler(&self, targets: &Targets) -> Vec<Fault> {
        let mut all = Vec::new();
        let mut with = |change: &dyn Fn(&mut Fault)| {
            let mut fault = self.clone();
            change(&mut fault);
            if fault != *self {
                all.push(fault);
            }
        };
        for outage in OUTAGES.iter().filter(|it| **it < self.outage) {
            with(&|fault| fault.outage = *outage);
        }
        with(&|fault| fault.notice = true);
        // Only what is bought can be taken.
        let is = |own: &Option<String>, other: &String| own.as_ref().is_none_or(|own| own == other);
        for (zone, name) in &targets.bought {
            if self.zone.is_none() && is(&self.instance_type, name) {
                with(&|fault| fault.zone = Some(zone.clone()));
            }
            if self.instance_type.is_none() && is(&self.zone, zone) {
                with(&|fault| fault.instance_type = Some(name.clone()));
            }
        }
        for percent in SHARES.iter().filter(|it| **it < self.percent) {
            with(&|fault| fault.percent = *percent);
        }
        // Whole days, then whole hours: a moment that needs no explanation.
        for unit in [1_440, 60] {
            with(&|fault| fault.at -= fault.at % unit);
        }
        all
    }
}

/// Faults as a fragment of a scenario, in which nothing else is ever taken.
pub(super) fn fragment(faults: &[Fault]) -> String {
    let mut text = String::from("market:\n  reclaims:\n    model: none\n    events:\n");
    for fault in faults {
        let Value::Object(fields) = fault.event() else { continue };
        let fields: Vec<String> = fields
            .iter()
            .map(|(key, value)| match value {
                Value::String(text) => format!("{key}: {text}"),
                Value::Array(items) => {
                    let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                    format!("{key}: [{}]", items.join(", "))
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                    format!("{key}: {value}")
                }
            })
            .collect();
        text += &format!("      - {{{}}}\n", fields.join(", "));
    }
    text
}
