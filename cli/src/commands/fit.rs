//! `spotsim fit`: how good recommended requests would have been, by recorded usage.

use std::io::Write;

use reports::fit::{Prices, Report, document, picture, sections};
use reports::layout::WIDE;
use reports::{chart, render};
use scenarios::history::Columns;
use sim::plain::plain_lines;
use spotsim::backtest::Tuning;
use spotsim::{Error, Fitting};

use crate::Outcome;
use crate::args::{FitArgs, Format, Output};
use crate::failure::Failure;
use crate::terminal;

/// Walks through what the files record, and prints what came of it.
pub(crate) fn run(args: &FitArgs) -> Outcome {
    let json = args.output == Output::Json || args.format == Format::Json;
    let fitted = fitting(args).run().map_err(|error| match error {
        Error::Input(diagnostics) => Failure::Input { diagnostics, json },
        other => other.into(),
    })?;
    let report = fitted.report();
    if let Some(path) = &args.picture {
        let picture = picture(&report);
        let bytes = match path.extension().and_then(|it| it.to_str()) {
            Some("svg") => chart::svg(&picture).into_bytes(),
            _ => chart::png(&picture),
        };
        spotsim::write_files(&[(path.clone(), bytes)], true)?;
    }
    if args.yaml {
        return Ok(write!(terminal::stdout(), "{}", fitted.yaml())?);
    }
    print(&report, args)
}

fn fitting(args: &FitArgs) -> Fitting {
    let prices = Prices::default();
    Fitting {
        manifests: args.manifests.clone(),
        columns: Columns {
            map: args.map.iter().cloned().collect(),
            cpu_unit: args.cpu_unit,
            memory_unit: args.memory_unit,
        },
        step: args.step,
        learn: args.learn,
        threshold_percent: args.threshold,
        prices: Prices {
            core_hour: args.cpu_price.unwrap_or(prices.core_hour),
            gib_hour: args.memory_price.unwrap_or(prices.gib_hour),
        },
        recommender: args.recommender.clone(),
        tuning: args.tune.then(Tuning::default),
        ..Fitting::of(args.usage.clone())
    }
}

fn print(report: &Report<'_>, args: &FitArgs) -> Outcome {
    let mut stdout = terminal::stdout();
    match (args.output, args.format) {
        (Output::Json, _) => Ok(writeln!(stdout, "{:#}", document(report))?),
        (Output::Table, Format::Text) => {
            let sections = sections(report);
            let columns = terminal::columns().unwrap_or(WIDE);
            let rest = render::text::render(&sections[1..], columns);
            drop(stdout);
            terminal::answer(&sections[0].claim, &format!("\n{rest}"))
        }
        (Output::Table, Format::Markdown) => {
            let text = render::markdown::render(&sections(report));
            Ok(write!(stdout, "{}", plain_lines(&text))?)
        }
        (Output::Table, Format::Json) => {
            Ok(writeln!(stdout, "{:#}", render::json::render(&sections(report)))?)
        }
    }
}
