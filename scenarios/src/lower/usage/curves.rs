//! Curves as a scenario states them: amounts, durations and times of day become integers.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use sim::model::containers::Amounts;
use sim::model::usage::{
    Bursts, Constant, Curve, Diurnal, Held, Noise, Phases, Ramp, Rate, Replay, Shape, StartUp, Used,
};
use sim::{SimTime, Span};

use super::amount;
use crate::file::Quantity as Written;
use crate::file::usage::{
    self as file, BurstOfRequests, DailyRate, Load, RateNoise, RateStep, Taken, Usage,
};
use crate::quantity::Quantity;

/// A field, what is wrong with it, and what to do.
pub(in crate::lower) type Wrong = (&'static str, String, &'static str);

/// The shortest step of a curve: more samples than this are taken for a mistake.
const SHORTEST: Span = Span::from_secs(1);
/// The length of a step of what grows.
const GROWTH: Span = Span::from_secs(60);

/// Where `T+0` is in a day and a week, and when a day has its peak.
#[derive(Clone, Copy, Debug)]
pub(in crate::lower) struct Clock {
    clock: Span,
    peak: Span,
    /// Days since Monday on the day of `T+0`.
    weekday: usize,
}

impl Clock {
    /// The clock of a curve that begins at a moment.
    ///
    /// # Errors
    /// A sentence that says what is no time of day or no zone.
    pub(in crate::lower) fn at(
        start: Timestamp,
        peak: &str,
        zone: Option<&str>,
    ) -> Result<Clock, String> {
        let zone = match zone {
            None => TimeZone::UTC,
            Some(name) => TimeZone::get(name).map_err(|_| {
                format!("timeZone `{name}` is not known; write a name like `Europe/Berlin`")
            })?,
        };
        let since_midnight = |time: Time| {
            let part = |number: i8| u64::try_from(number).unwrap_or(0);
            let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(part);
            Span::from_secs(hour * 3_600 + minute * 60 + second)
        };
        let peak: Time = format!("{peak}:00")
            .parse()
            .map_err(|_| format!("`{peak}` is no time of day; write one like `14:00`"))?;
        let local = zone.to_datetime(start);
        Ok(Clock {
            clock: since_midnight(local.time()),
            peak: since_midnight(peak),
            weekday: usize::try_from(local.date().weekday().to_monday_zero_offset()).unwrap_or(0),
        })
    }

    /// A curve with this clock, and another height at weekends.
    fn diurnal<V>(self, (low, high): (V, V), weekend: f64, every: Span) -> Diurnal<V> {
        let weekend = thousandths(weekend);
        let day = |number: usize| if (self.weekday + number) % 7 >= 5 { weekend } else { 1_000 };
        let days = std::array::from_fn(day);
        Diurnal { low, high, clock: self.clock, peak: self.peak, days, every }
    }
}

/// What a request costs.
pub(super) struct Cost {
    pub(super) cpu_micro: u64,
    pub(super) memory: u64,
    pub(super) takes: Span,
}

/// What one curve of an entry states.
#[derive(Clone, Copy, Default)]
pub(super) struct Stated<'s> {
    cpu: Option<&'s Written>,
    memory: Option<&'s Written>,
    storage: Option<&'s Written>,
    pids: Option<u32>,
}

/// What a type of the file states.
macro_rules! states {
    ($($kind:ty),*) => { $(
        impl<'s> From<&'s $kind> for Stated<'s> {
            fn from(it: &'s $kind) -> Stated<'s> {
                let (cpu, memory) = (it.cpu.as_ref(), it.memory.as_ref());
                Stated { cpu, memory, storage: it.ephemeral_storage.as_ref(), pids: it.pids }
            }
        }
    )* };
}
states!(Taken, file::Bursts, file::Ramp, file::Leak, file::Phase, file::StartUp);

/// What the amounts of an entry are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    /// Amounts.
    Amounts,
    /// Shares of these.
    Shares(Amounts),
}

impl Read {
    /// CPU and memory.
    pub(super) fn used(self, stated: Stated<'_>) -> Result<Used, Wrong> {
        let Stated { cpu, memory, .. } = stated;
        let used = match self {
            Read::Amounts => {
                Used { cpu: amount(cpu, Quantity::milli), memory: amount(memory, Quantity::value) }
            }
            Read::Shares(of) => Used {
                cpu: share(cpu, of.cpu, "cpu")?,
                memory: share(memory, of.memory, "memory")?,
            },
        };
        if used != used.capped() {
            let message = "no node has as much as this container is to use".to_owned();
            return Err(("workload", message, "a million cores and 32Ti are the most"));
        }
        Ok(used)
    }

    /// Disk and processes, which are amounts in any case.
    pub(super) fn held(self, stated: Stated<'_>) -> Result<Held, Wrong> {
        let disk = amount(stated.storage, Quantity::value);
        let held = Held { disk, processes: stated.pids.unwrap_or(0).into() };
        if held != held.capped() {
            let message = "no node has as large a disk as this container is to use".to_owned();
            return Err(("workload", message, "32Ti are the most"));
        }
        Ok(held)
    }
}

/// Whether an entry states anything of disk or processes.
pub(super) fn holds(usage: &Usage) -> bool {
    let constant = usage.constant.as_ref().map(Stated::from);
    let diurnal = usage.diurnal.iter().flat_map(|it| [Stated::from(&it.low), (&it.high).into()]);
    let all = constant
        .into_iter()
        .chain(diurnal)
        .chain(usage.bursts.as_ref().map(Stated::from))
        .chain(usage.ramp.as_ref().map(Stated::from))
        .chain(usage.leak.as_ref().map(Stated::from))
        .chain(usage.phases.iter().map(Stated::from))
        .chain(usage.start_up.as_ref().map(Stated::from));
    all.into_iter().any(|stated| stated.storage.is_some() || stated.pids.is_some())
}

/// A share of what a container requests.
fn share(share: Option<&Written>, request: Option<u64>, what: &str) -> Result<u64, Wrong> {
    let thousandths = amount(share, Quantity::milli);
    let Some(request) = request.filter(|request| *request > 0) else {
        return match thousandths {
            0 => Ok(0),
            _ => {
                let message =
                    format!("the container requests no {what}, of which it could use a share");
                Err(("ofRequests", message, "let it request some, or take `ofRequests` out"))
            }
        };
    };
    let product = u128::from(thousandths) * u128::from(request);
    Ok(u64::try_from((product + 500) / 1_000).unwrap_or(u64::MAX))
}

/// The curve of a container, but for what is replayed.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn of_usage<V: sim::model::usage::Amount>(
    usage: &Usage,
    read: impl Fn(Stated<'_>) -> Result<V, Wrong>,
    clock: impl Fn(&str, Option<&str>) -> Result<Clock, String>,
) -> Result<Curve<V>, Wrong> {
    if usage.replay.is_some() && usage.of_requests {
        let message = "what was recorded is no share of requests".to_owned();
        return Err(("ofRequests", message, "give the shares an entry without `replay`"));
    }
    let mut shapes = Vec::new();
    if let Some(it) = &usage.constant {
        shapes.push(Shape::Constant(Constant(read(it.into())?)));
    }
    if let Some(it) = &usage.diurnal {
        let at =
            clock(&it.peak, it.time_zone.as_deref()).map_err(|wrong| ("diurnal", wrong, ""))?;
        let every = step(&it.every, "diurnal")?;
        shapes.push(Shape::Diurnal(at.diurnal(
            (read((&it.low).into())?, read((&it.high).into())?),
            it.weekend,
            every,
        )));
    }
    if let Some(it) = &usage.bursts {
        let more = read(it.into())?;
        shapes.push(Shape::Bursts(bursts(more, (&it.every, &it.lasts), it.shared)?));
    }
    if let Some(it) = &usage.ramp {
        let by = read(it.into())?;
        let over = positive(&it.over, "ramp")?;
        shapes.push(Shape::Ramp(Ramp { by, over, ends: true, every: GROWTH.min(over) }));
    }
    if let Some(it) = &usage.leak {
        let by = read(it.into())?;
        let over = positive(&it.per, "leak")?;
        shapes.push(Shape::Ramp(Ramp { by, over, ends: false, every: GROWTH }));
    }
    if !usage.phases.is_empty() {
        let phases = usage.phases.iter().map(|it| {
            let lasts = step(&it.lasts, "phases")?;
            Ok((lasts, read(it.into())?))
        });
        let phases = phases.collect::<Result<Vec<_>, Wrong>>()?;
        shapes.push(Shape::Phases(Phases { phases, repeat: usage.repeat_phases }));
    }
    if let Some(it) = &usage.start_up {
        let more = read(it.into())?;
        shapes.push(Shape::StartUp(StartUp { more, lasts: positive(&it.lasts, "startUp")? }));
    }
    let noise = usage.noise.as_ref().map(|it| {
        let cv = [it.cpu, it.memory].map(thousandths);
        Ok(Noise { cv, every: step(&it.every, "noise")?, shared: it.shared })
    });
    Ok(Curve { shapes, noise: noise.transpose()? })
}

/// The curve of a load, and what one request costs.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn of_load(
    load: &Load,
    clock: impl Fn(&str, Option<&str>) -> Result<Clock, String>,
) -> Result<(Curve<Rate>, Cost), Wrong> {
    let rates = Rates {
        constant: load.constant,
        diurnal: load.diurnal.as_ref(),
        bursts: load.bursts.as_ref(),
        steps: &load.steps,
        noise: load.noise.as_ref(),
    };
    let curve = of_rates(&rates, clock)?;
    if curve.shapes.is_empty() {
        let message = format!("the load of `{}` says nothing", load.workload);
        return Err(("workload", message, "give it a curve, for example `constant: 200`"));
    }
    let cost = &load.per_request;
    let cost = Cost {
        cpu_micro: micro(&cost.cpu),
        memory: amount(cost.memory.as_ref(), Quantity::value),
        takes: duration(&cost.takes),
    };
    Ok((curve, cost))
}

/// A rate or a figure over time, as it is written.
pub(in crate::lower) struct Rates<'r> {
    pub(in crate::lower) constant: Option<f64>,
    pub(in crate::lower) diurnal: Option<&'r DailyRate>,
    pub(in crate::lower) bursts: Option<&'r BurstOfRequests>,
    pub(in crate::lower) steps: &'r [RateStep],
    pub(in crate::lower) noise: Option<&'r RateNoise>,
}

/// The curve of a rate or a figure, which has no shape where nothing is said.
///
/// # Errors
/// The first thing that is wrong.
pub(in crate::lower) fn of_rates(
    rates: &Rates<'_>,
    clock: impl Fn(&str, Option<&str>) -> Result<Clock, String>,
) -> Result<Curve<Rate>, Wrong> {
    let mut shapes = Vec::new();
    if let Some(constant) = rates.constant {
        shapes.push(Shape::Constant(Constant(rate(constant))));
    }
    if let Some(it) = rates.diurnal {
        let at =
            clock(&it.peak, it.time_zone.as_deref()).map_err(|wrong| ("diurnal", wrong, ""))?;
        let every = step(&it.every, "diurnal")?;
        shapes.push(Shape::Diurnal(at.diurnal((rate(it.low), rate(it.high)), it.weekend, every)));
    }
    if let Some(it) = rates.bursts {
        shapes.push(Shape::Bursts(bursts(rate(it.rate), (&it.every, &it.lasts), true)?));
    }
    if !rates.steps.is_empty() {
        let step = |it: &RateStep| (SimTime::ZERO + duration(&it.at), Some(rate(it.rate)));
        let series: Arc<[_]> = rates.steps.iter().map(step).collect();
        if !series.is_sorted_by(|one, next| one.0 < next.0) {
            let message = "the steps are not in the order of time".to_owned();
            return Err(("steps", message, "let `at` rise from step to step"));
        }
        shapes.push(Shape::Replay(Replay { series: vec![series], period: None }));
    }
    let noise = rates.noise.map(|it| {
        let cv = [thousandths(it.rate), 0];
        Ok(Noise { cv, every: step(&it.every, "noise")?, shared: true })
    });
    Ok(Curve { shapes, noise: noise.transpose()? })
}

fn bursts<V>(more: V, (every, lasts): (&str, &str), shared: bool) -> Result<Bursts<V>, Wrong> {
    let (every, lasts) = (step(every, "bursts")?, step(lasts, "bursts")?);
    if lasts > every {
        let message = format!("bursts of {lasts} every {every} never end");
        return Err(("bursts", message, "let them be shorter, or make them a `constant`"));
    }
    Ok(Bursts { more, every, lasts, shared })
}

/// Requests per second as a rate.
pub(super) fn rate(per_second: f64) -> Rate {
    // The schema holds it between 0 and 1e9.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Rate((per_second * 1_000.0).round() as u64)
}

/// CPU-seconds in millionths, of which a quantity counts thousandths.
fn micro(quantity: &Written) -> u64 {
    let text = quantity.text();
    // A thousand times as much in thousandths is exact down to millionths.
    let thousandfold =
        [("u", "m"), ("m", ""), ("n", "u"), ("", "k")].into_iter().find_map(|(from, to)| {
            let digits = text.strip_suffix(from)?;
            digits.ends_with(|c: char| c.is_ascii_digit()).then(|| format!("{digits}{to}"))
        });
    let exact = thousandfold.and_then(|text| Quantity::parse(&text).ok()).map(Quantity::milli);
    exact.unwrap_or_else(|| amount(Some(quantity), Quantity::milli).saturating_mul(1_000))
}

fn thousandths(share: f64) -> u32 {
    // The schema holds it between 0 and 10.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rounded = (share * 1_000.0).round() as u32;
    rounded
}

/// A duration, all of which were checked against the schema.
fn duration(text: &str) -> Span {
    Span::parse(text).unwrap_or_default()
}

/// A duration of some time at all.
fn positive(text: &str, field: &'static str) -> Result<Span, Wrong> {
    let span = duration(text);
    if span == Span::ZERO {
        return Err((
            field,
            format!("`{field}` takes no time at all"),
            "give it a second at least",
        ));
    }
    Ok(span)
}

/// The length of a step, of which there are not too many.
fn step(text: &str, field: &'static str) -> Result<Span, Wrong> {
    let span = positive(text, field)?;
    if span < SHORTEST {
        let message =
            format!("`{field}` changes every {span}, which is more often than is sampled");
        return Err((field, message, "give it a second at least"));
    }
    Ok(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_seconds_are_exact_to_the_millionth() {
        let of = |text: &str| micro(&Written::Text(text.into()));
        assert_eq!(of("4m"), 4_000);
        assert_eq!(of("0.35m"), 350);
        assert_eq!(of("350u"), 350);
        assert_eq!(of("0.0021"), 2_100);
        assert_eq!(of("2"), 2_000_000);
    }

    #[test]
    fn the_first_day_is_the_one_on_which_the_simulation_starts() {
        // A Saturday.
        let start: Timestamp = "2026-06-06T06:30:00Z".parse().unwrap();
        let clock = Clock::at(start, "20:15", None).unwrap();
        let diurnal = clock.diurnal((Rate(0), Rate(1)), 0.5, Span::from_secs(300));
        assert_eq!(diurnal.days, [500, 500, 1_000, 1_000, 1_000, 1_000, 1_000]);
        assert_eq!(diurnal.clock, Span::parse("6h30m").unwrap());
        assert_eq!(diurnal.peak, Span::parse("20h15m").unwrap());
        let berlin = Clock::at(start, "20:15", Some("Europe/Berlin")).unwrap();
        assert_eq!(berlin.clock, Span::parse("8h30m").unwrap());
        assert!(Clock::at(start, "late", None).is_err());
        assert!(Clock::at(start, "10:00", Some("Moon/Base")).is_err());
    }
}
