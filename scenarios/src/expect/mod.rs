//! From expectations as a scenario writes them to figures with limits.

mod grammar;

use std::ops::Range;

use sim::model::Model;
use sim::model::workload::WorkloadId;
use sim::terms::expect::{Expectation, Relation, Statistic, Term};
use sim::terms::metrics::{METRICS, Metric, Unit};

use crate::diagnostic::{Diagnostic, Diagnostics, Source, did_you_mean};
use crate::file::expect::{Expect, Severity};
use crate::tree::{Node, Step};
use grammar::{Mistake, Number, Subject, parse};

/// What an expectation is about does not exist.
const UNKNOWN: &str = "E1302";
/// An expectation cannot be read.
const SYNTAX: &str = "E1301";

/// Understands the expectations of a scenario whose workloads are those of `model`.
pub(crate) fn lower(
    written: &[Expect],
    (source, tree): (&Source, &Node),
    model: &Model,
    found: &mut Diagnostics,
) -> Vec<Expectation> {
    let mut all = Vec::new();
    for (index, expect) in written.iter().enumerate() {
        let node = tree.at(&[Step::Key("expect".into()), Step::Index(index)]);
        let node = node.get("expr").unwrap_or(node);
        let text = expect.text();
        let place = Place { source, node, text };
        match understood(text, model) {
            Ok((statistic, term, relation, limit, of_base)) => all.push(Expectation {
                text: text.to_owned(),
                line: place.line(),
                statistic,
                term,
                relation,
                limit,
                of_base,
                decides: expect.severity() == Severity::Error,
            }),
            Err((code, mistake)) => {
                let span = place.span(&mistake.span);
                let diagnostic = Diagnostic::new(code, mistake.message).at(source, span);
                found.push(diagnostic.help(mistake.help));
            }
        }
    }
    all
}

/// Where an expectation was written.
struct Place<'p> {
    source: &'p Source,
    node: &'p Node,
    text: &'p str,
}

impl Place<'_> {
    /// The bytes of the file that are these of the expectation; all of it where it is written otherwise
    /// than it reads, in a YAML text with escapes.
    fn span(&self, part: &Range<usize>) -> Range<usize> {
        let whole = self.node.span.clone();
        let written = self.source.text.get(whole.clone()).unwrap_or_default();
        match written.find(self.text) {
            Some(at) if !self.text.is_empty() => {
                let start = whole.start + at + part.start;
                // What is missing at the end has the last letter for its place.
                let end = (whole.start + at + part.end).max(start);
                if start == end { start.saturating_sub(1)..start } else { start..end }
            }
            _ => whole,
        }
    }

    fn line(&self) -> usize {
        let before = self.source.text.get(..self.node.span.start).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}

/// What is expected of which figure.
type Understood = (Statistic, Term, Relation, f64, bool);

fn understood(text: &str, model: &Model) -> Result<Understood, (&'static str, Mistake)> {
    let syntax = |mistake| (SYNTAX, mistake);
    let written = parse(text).map_err(syntax)?;
    let metric = metric(&written.term).map_err(|mistake| (UNKNOWN, mistake))?;
    let workload = workload(&written.term, metric, model).map_err(|it| (UNKNOWN, it))?;
    let value = |number: &Number| in_unit(number, metric.unit).map_err(syntax);
    let of_base = written.of_base;
    let (statistic, limit) = match &written.subject {
        Subject::Mean => (Statistic::Mean, value(&written.limit)?),
        Subject::Worst => (Statistic::Worst, value(&written.limit)?),
        Subject::Cvar95 => (Statistic::Cvar95, value(&written.limit)?),
        Subject::Probability(relation, number) => (
            Statistic::Probability(*relation, value(number)?),
            in_unit(&written.limit, Unit::Share).map_err(syntax)?,
        ),
    };
    Ok((statistic, Term { metric, workload }, written.relation, limit, of_base))
}

/// The metric of a name.
fn metric(term: &grammar::Term) -> Result<&'static Metric, Mistake> {
    let key = &term.key;
    if let Some(metric) = Metric::named(key) {
        return Ok(metric);
    }
    let alike = METRICS.iter().filter(|it| it.key.contains(key.as_str()));
    let alike: Vec<String> = alike.take(4).map(|it| format!("`{}`", it.key)).collect();
    let help = match did_you_mean(key, Metric::names()) {
        // The name of what has percentiles.
        _ if key.len() > 3 && !alike.is_empty() => format!("there is {}", alike.join(", ")),
        Some(near) => format!("did you mean `{near}`?"),
        None => "see docs/metrics.md for those there are".into(),
    };
    let message = format!("`{key}` is no metric");
    Err(Mistake { span: term.span.clone(), message, help })
}

/// The workload that a metric is asked for, if it is that of a workload.
fn workload(
    term: &grammar::Term,
    metric: &Metric,
    model: &Model,
) -> Result<Option<WorkloadId>, Mistake> {
    let (name, span) = match (&term.workload, metric.is_of_workload()) {
        (None, false) => return Ok(None),
        (Some((name, span)), true) => (name, span),
        (None, true) => {
            let message = format!("`{}` is that of a workload", metric.key);
            let help = format!("write `{}(\"web\")`", metric.key);
            return Err(Mistake { span: term.span.clone(), message, help });
        }
        (Some((_, span)), false) => {
            let message = format!("`{}` is that of a run, and of no workload", metric.key);
            return Err(Mistake {
                span: span.clone(),
                message,
                help: format!("write `{}`", metric.key),
            });
        }
    };
    let named = |id: WorkloadId| {
        let workload = &model.workloads[id];
        (model.names.text(workload.namespace), model.names.text(workload.name))
    };
    let with_replicas = || {
        let has = |id: &WorkloadId| model.workloads[*id].controller.desired_replicas().is_some();
        model.workloads.ids().filter(has)
    };
    let is = |id: &WorkloadId| {
        let (namespace, own) = named(*id);
        own == name || format!("{namespace}/{own}") == *name
    };
    let found: Vec<WorkloadId> = with_replicas().filter(is).collect();
    match found[..] {
        [only] => Ok(Some(only)),
        [] => {
            let known: Vec<String> = with_replicas()
                .flat_map(|id| {
                    let (namespace, own) = named(id);
                    [own.to_owned(), format!("{namespace}/{own}")]
                })
                .collect();
            let near = did_you_mean(name, known.iter().map(String::as_str));
            let help = match (near, known.first()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, Some(first)) => {
                    format!("name a Deployment or StatefulSet, such as `{first}`")
                }
                (None, None) => "the scenario has no Deployment or StatefulSet".into(),
            };
            let message = format!("no workload with replicas is called `{name}`");
            Err(Mistake { span: span.clone(), message, help })
        }
        [first, ..] => {
            let (namespace, own) = named(first);
            let message = format!("{} workloads are called `{name}`", found.len());
            let help = format!("name one with its namespace, such as `{namespace}/{own}`");
            Err(Mistake { span: span.clone(), message, help })
        }
    }
}

/// A number in the unit of its figure.
fn in_unit(number: &Number, unit: Unit) -> Result<f64, Mistake> {
    let wrong = |message: String, help: &str| {
        Err(Mistake { span: number.span.clone(), message, help: help.into() })
    };
    let value = number.value;
    let value = match (unit, number.unit.as_str()) {
        (_, "") => value,
        (Unit::Usd, "$" | "USD") | (Unit::Percent, "%") | (Unit::Seconds, "s") => value,
        (Unit::Seconds, "ms") => value / 1_000.0,
        (Unit::Seconds, "m" | "min") => value * 60.0,
        (Unit::Seconds, "h") => value * 3_600.0,
        (Unit::Seconds, "d") => value * 86_400.0,
        (Unit::Share, "%") => value / 100.0,
        (Unit::Usd | Unit::Seconds | Unit::Percent | Unit::Share | Unit::Number, other) => {
            let help = match unit {
                Unit::Usd => "it is in dollars: write a number",
                Unit::Seconds => "it is in seconds: `120`, `120s` or `2min`",
                Unit::Percent => "it is in per cent: `30` or `30 %`",
                Unit::Share => "it is a share: `0.05` or `5 %`",
                Unit::Number => "it is a number without a unit",
            };
            return wrong(format!("`{other}` is not the unit of the figure"), help);
        }
    };
    if unit == Unit::Share && !(0.0..=1.0).contains(&value) {
        return wrong(format!("{value} is no share"), "a share is 0 to 1, or 0 % to 100 %");
    }
    Ok(value)
}
