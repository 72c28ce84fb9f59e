//! Amounts: what is always the same or drawn, in the unit that the simulator takes.

use std::sync::Arc;

use csv::ReaderBuilder;
use sim::Span;
use sim::load::distributions::at_most::AtMost;
use sim::load::distributions::bounded_pareto::BoundedPareto;
use sim::load::distributions::empirical::Empirical;
use sim::load::distributions::gamma::Gamma;
use sim::load::distributions::log_normal::LogNormal;
use sim::load::distributions::uniform::Uniform;
use sim::load::distributions::weibull::Weibull;
use sim::load::distributions::zipf::Zipf;
use sim::load::distributions::{Distribution, Impossible, Shared};

use super::Reader;
use crate::diagnostic::{Diagnostic, Source, did_you_mean};
use crate::file::Quantity;
use crate::file::arrivals::{Amount, Column, Distribution as Written};
use crate::inputs::Input;
use crate::limits::ARRIVAL_ROWS;
use crate::quantity;
use crate::reading::{self, Named};
use crate::tree::Step;

/// What an amount measures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Measure {
    /// Seconds, written as a duration.
    Time,
    /// Millicores, written as a quantity of cores.
    Cpu,
    /// Bytes, written as a quantity.
    Memory,
    /// A number.
    Number,
}

impl Measure {
    /// What is written, in the unit of the simulator.
    pub(super) fn value(self, text: &str) -> Result<f64, String> {
        let amount = |units: fn(quantity::Quantity) -> u64, example: &str| {
            let value = quantity::Quantity::parse(text).ok().map(units);
            value
                .map(|value| value as f64)
                .ok_or_else(|| format!("`{text}` is no amount of {example}"))
        };
        match self {
            Measure::Time => Span::parse(text).map(Span::as_secs_f64),
            Measure::Cpu => amount(quantity::Quantity::milli, "CPU; write for example 500m or 2"),
            Measure::Memory => amount(quantity::Quantity::value, "memory; write for example 512Mi"),
            Measure::Number => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number),
                _ => Err(format!("`{text}` is no number")),
            },
        }
    }
}

/// Reads amounts.
pub(crate) trait Amounts {
    /// An amount at its place, in the unit of the simulator.
    fn amount(&mut self, at: &[Step], amount: &Amount, measure: Measure) -> Option<Shared>;
}

impl Amounts for Reader<'_> {
    fn amount(&mut self, at: &[Step], amount: &Amount, measure: Measure) -> Option<Shared> {
        match amount {
            Amount::Text(text) => self.fixed(at, text, measure),
            Amount::Number(number) => self.fixed(at, &number.to_string(), measure),
            Amount::Drawn(written) => self.distribution(at, written, measure),
        }
    }
}

impl Reader<'_> {
    fn fixed(&mut self, at: &[Step], text: &str, measure: Measure) -> Option<Shared> {
        let value = self.read(at, text, measure)?;
        self.constant(at, value)
    }

    fn value(&mut self, at: &[Step], quantity: &Quantity, measure: Measure) -> Option<f64> {
        self.read(at, &quantity.text(), measure)
    }

    fn read(&mut self, at: &[Step], text: &str, measure: Measure) -> Option<f64> {
        match measure.value(text) {
            Ok(value) => Some(value),
            Err(message) => {
                let help = "durations are written like 5m, CPU like 500m, memory like 512Mi";
                self.wrong(at, &[], message, help);
                None
            }
        }
    }

    fn distribution(&mut self, at: &[Step], written: &Written, measure: Measure) -> Option<Shared> {
        let kinds = [
            ("constant", written.constant.is_some()),
            ("uniform", written.uniform.is_some()),
            ("logNormal", written.log_normal.is_some()),
            ("gamma", written.gamma.is_some()),
            ("weibull", written.weibull.is_some()),
            ("pareto", written.pareto.is_some()),
            ("zipf", written.zipf.is_some()),
            ("values", written.values.is_some()),
            ("column", written.column.is_some()),
        ];
        let kind = match kinds.iter().filter(|(_, is_there)| *is_there).collect::<Vec<_>>()[..] {
            [(kind, _)] => *kind,
            ref all => {
                let names: Vec<String> =
                    kinds.iter().map(|(kind, _)| format!("`{kind}`")).collect();
                let message = match all.len() {
                    0 => "this says no distribution".to_owned(),
                    many => format!("this says {many} distributions"),
                };
                self.wrong(at, &[], message, &format!("say one of {}", names.join(", ")));
                return None;
            }
        };
        let own = [at, &[Step::from(kind)]].concat();
        let drawn = self.kind(&own, written, measure)?;
        let Some(most) = &written.at_most else { return Some(drawn) };
        let at = [at, &[Step::from("atMost")]].concat();
        let most = self.value(&at, most, measure)?;
        let cut = self.possible(&at, AtMost::new(drawn, most))?;
        Some(Arc::new(cut))
    }

    /// The one kind that is written. Each is a line: what it takes, and what it makes of it.
    fn kind(&mut self, at: &[Step], written: &Written, measure: Measure) -> Option<Shared> {
        let mut value = |field: &str, quantity: &Quantity| {
            self.value(&[at, &[Step::from(field)]].concat(), quantity, measure)
        };
        if let Some(it) = &written.constant {
            let value = self.value(at, it, measure)?;
            self.constant(at, value)
        } else if let Some(it) = &written.uniform {
            let (min, max) = (value("min", &it.min)?, value("max", &it.max)?);
            self.shared(at, Uniform::new(min, max))
        } else if let Some(it) = &written.log_normal {
            let (median, p95) = (value("median", &it.median)?, value("p95", &it.p95)?);
            self.shared(at, LogNormal::of_percentiles(median, p95))
        } else if let Some(it) = &written.gamma {
            let mean = value("mean", &it.mean)?;
            self.shared(at, Gamma::new(mean, it.shape))
        } else if let Some(it) = &written.weibull {
            let mean = value("mean", &it.mean)?;
            self.shared(at, Weibull::new(mean, it.shape))
        } else if let Some(it) = &written.pareto {
            let (min, max) = (value("min", &it.min)?, value("max", &it.max)?);
            self.shared(at, BoundedPareto::new(it.alpha, min, max))
        } else if let Some(it) = &written.zipf {
            self.shared(at, Zipf::new(it.ranks, it.exponent))
        } else if let Some(values) = &written.values {
            let each = values
                .iter()
                .enumerate()
                .map(|(index, it)| self.value(&[at, &[Step::from(index)]].concat(), it, measure));
            let values = each.collect::<Option<Vec<f64>>>()?;
            self.shared(at, Empirical::new(values))
        } else {
            let values = self.column(at, written.column.as_ref()?, measure)?;
            self.shared(at, Empirical::new(values))
        }
    }

    fn shared<D: Distribution + 'static>(
        &mut self,
        at: &[Step],
        drawn: Result<D, Impossible>,
    ) -> Option<Shared> {
        let drawn = self.possible(at, drawn)?;
        Some(Arc::new(drawn))
    }

    /// A file that a field names.
    pub(super) fn file(&mut self, at: &[Step], name: &str) -> Option<Source> {
        let path = self.folder.map_or_else(|| name.into(), |folder| folder.join(name));
        match reading::source(&path, name, Named::ByAFile) {
            Ok(file) => {
                if self.inputs.iter().all(|input| input.file != name) {
                    self.inputs.push(Input::of(name, file.text.as_bytes()));
                }
                Some(file)
            }
            Err(diagnostics) => {
                let span = self.tree.at(&[at, &[Step::from("file")]].concat()).span.clone();
                for diagnostic in diagnostics.iter() {
                    self.found.push(diagnostic.clone().at(self.source, span.clone()));
                }
                None
            }
        }
    }

    /// The values in a column; empty fields are left out.
    fn column(&mut self, at: &[Step], column: &Column, measure: Measure) -> Option<Vec<f64>> {
        let file = self.file(at, &column.file)?;
        match values(&file, &column.name, measure) {
            Ok(values) => Some(values),
            Err(diagnostic) => {
                self.found.push(*diagnostic);
                None
            }
        }
    }
}

/// The values in a column of a file. Numbers without a unit are seconds, cores or bytes.
fn values(file: &Source, name: &str, measure: Measure) -> Result<Vec<f64>, Box<Diagnostic>> {
    let wrong = |span, message: String| Box::new(Diagnostic::new("E0802", message).at(file, span));
    let mut reader =
        ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(file.text.as_bytes());
    let header = reader.headers().map_err(|error| wrong(0..0, error.to_string()))?.clone();
    let Some(index) = header.iter().position(|column| column.trim() == name) else {
        let near = did_you_mean(name, header.iter());
        let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        return Err(wrong(0..0, format!("{} has no column `{name}`{near}", file.file)));
    };
    let mut values = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(0..0, error.to_string()))?;
        let span = super::columns::span_of(&record, &file.text);
        if ARRIVAL_ROWS.exceeded(values.len() + 1) {
            return Err(Box::new(ARRIVAL_ROWS.error(&file.file).at(file, span)));
        }
        let text = record.get(index).map_or("", str::trim);
        if text.is_empty() {
            continue;
        }
        let value = match (measure, text.parse::<f64>()) {
            (Measure::Time, Ok(seconds)) => Ok(seconds),
            _ => measure.value(text),
        };
        match value {
            Ok(value) if value >= 0.0 => values.push(value),
            Ok(value) => return Err(wrong(span, format!("{value} is negative"))),
            Err(message) => return Err(wrong(span, message)),
        }
    }
    Ok(values)
}
