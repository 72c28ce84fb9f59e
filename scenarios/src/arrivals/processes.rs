//! Processes of arrivals: from what a scenario says to what the simulator draws.

use std::sync::Arc;

use jiff::tz::TimeZone;
use sim::Span;
use sim::load::distributions::Impossible;
use sim::load::processes::Process;
use sim::load::processes::at_times::AtTimes;
use sim::load::processes::bursts::{Bursts, State};
use sim::load::processes::rate_curve::RateCurve;
use sim::load::processes::renewal::{Poisson, Renewal};

use super::amounts::{Amounts, Measure};
use super::{Reader, Zoned};
use crate::file::arrivals as file;
use crate::tree::Step;

/// A rate that follows the clock, before the date of `T+0` is known.
pub(super) struct Curve {
    /// A rate for each part of each day of a week.
    per_hour: Vec<f64>,
    /// How long a part is, in seconds.
    slot: f64,
    zone: TimeZone,
}

const DAY: f64 = 86_400.0;

impl Curve {
    /// The process, when `T+0` is at this moment.
    pub(super) fn beginning(
        &self,
        from: Span,
        at: jiff::Timestamp,
    ) -> Result<RateCurve, Impossible> {
        let local = self.zone.to_datetime(at);
        let days = f64::from(i32::from(local.weekday().to_monday_zero_offset()));
        let (hours, minutes, seconds) = (local.hour(), local.minute(), local.second());
        let of_day = f64::from(hours) * 3_600.0 + f64::from(minutes) * 60.0 + f64::from(seconds);
        let phase = days * DAY + of_day + from.as_secs_f64();
        RateCurve::new(self.per_hour.clone(), self.slot, phase)
    }
}

impl Reader<'_> {
    /// The one process that is written.
    pub(super) fn process(&mut self, at: &[Step], written: &file::Process) -> Option<Zoned> {
        let kinds = [
            ("poisson", written.poisson.is_some()),
            ("renewal", written.renewal.is_some()),
            ("curve", written.curve.is_some()),
            ("bursts", written.bursts.is_some()),
            ("at", written.at.is_some()),
        ];
        let there: Vec<&str> = kinds.iter().filter(|it| it.1).map(|it| it.0).collect();
        let [kind] = there[..] else {
            let message = format!("`process` says {} processes", there.len());
            let help = "say one of `poisson`, `renewal`, `curve`, `bursts` and `at`";
            self.wrong(at, &[], message, help);
            return None;
        };
        let at = [at, &[Step::from(kind)]].concat();
        if let Some(it) = &written.poisson {
            self.simple(&at, Poisson::new(it.per_hour))
        } else if let Some(it) = &written.renewal {
            let gap =
                self.amount(&[&at[..], &[Step::from("gap")]].concat(), &it.gap, Measure::Time)?;
            self.simple(&at, Renewal::new(gap))
        } else if let Some(it) = &written.bursts {
            // Durations were checked against the schema.
            let lasts = |text: &str| Span::parse(text).unwrap_or_default().as_secs_f64();
            let states = it.states.iter();
            let states =
                states.map(|it| State { per_hour: it.per_hour, lasts: lasts(&it.lasts) }).collect();
            self.simple(&at, Bursts::new(states))
        } else if let Some(it) = &written.at {
            let mut times = Vec::new();
            for (index, text) in it.times.iter().enumerate() {
                match Span::parse(text) {
                    Ok(span) => times.push(span.as_secs_f64()),
                    Err(message) => {
                        let place = [Step::from("times"), Step::from(index)];
                        self.wrong(&at, &place, message, "write times like `1h30m`");
                        return None;
                    }
                }
            }
            let every = it.every.as_deref().and_then(|text| Span::parse(text).ok());
            if every == Some(Span::ZERO) {
                let message = "`every` is no time at all".to_owned();
                self.wrong(&at, &[Step::from("every")], message, "write for example `24h`");
                return None;
            }
            self.simple(&at, AtTimes::new(times, every.map(Span::as_secs_f64)))
        } else {
            self.curve(&at, written.curve.as_ref()?)
        }
    }

    fn simple<P: Process + 'static>(
        &mut self,
        at: &[Step],
        process: Result<P, Impossible>,
    ) -> Option<Zoned> {
        let process = self.possible(at, process)?;
        Some(Zoned::Process(Arc::new(process)))
    }

    fn curve(&mut self, at: &[Step], written: &file::Curve) -> Option<Zoned> {
        let days = written.days.clone().unwrap_or_else(|| vec![1.0; 7]);
        let per_hour: Vec<f64> = days
            .iter()
            .flat_map(|factor| written.per_hour.iter().map(move |rate| rate * factor))
            .collect();
        let slot = DAY / written.per_hour.len() as f64;
        // What is wrong with it is wrong whenever it begins.
        self.possible(at, RateCurve::new(per_hour.clone(), slot, 0.0))?;
        let zone = match written.time_zone.as_deref() {
            None => TimeZone::UTC,
            Some(name) => match TimeZone::get(name) {
                Ok(zone) => zone,
                Err(_) => {
                    let message = format!("timeZone `{name}` is not known");
                    let help = "write a name like `Europe/Berlin`";
                    self.wrong(at, &[Step::from("timeZone")], message, help);
                    return None;
                }
            },
        };
        Some(Zoned::Curve(Curve { per_hour, slot, zone }))
    }
}
