//! `spotsim calibrate`: fits the models of reclaims to recorded traces, and prints a market to paste.

use std::io::Write;

use reports::chart;
use serde_json::json;
use validation::data;
use validation::fit::{self, Fit, Rate, Slots};

use crate::Outcome;
use crate::args::{CalibrateArgs, Output};
use crate::failure::Failure;
use crate::terminal;

/// Fits what the files say.
pub(crate) fn run(args: &CalibrateArgs) -> Outcome {
    let mut slots = Slots::default();
    for file in &args.files {
        data::read_slots(file, args.pool.as_deref(), &mut slots)
            .map_err(|error| Failure::Usage(error.into()))?;
    }
    let Some(fit) = Fit::of(slots) else {
        let what = match &args.pool {
            Some(pool) => format!("no loss was seen in any pool whose name contains `{pool}`"),
            None => "no loss was seen: there is nothing to fit".to_owned(),
        };
        return Err(Failure::Usage(anyhow::anyhow!(what)));
    };
    if let Some(path) = &args.picture {
        let names: Vec<String> = args.files.iter().map(|file| file.display().to_string()).collect();
        let picture = fit::chart(&fit, &names.join(", "));
        let bytes = match path.extension().and_then(|it| it.to_str()) {
            Some("svg") => chart::svg(&picture).into_bytes(),
            _ => chart::png(&picture),
        };
        spotsim::write_files(&[(path.clone(), bytes)], true)?;
    }
    let mut stdout = terminal::stdout();
    match args.output {
        Output::Table => write!(stdout, "{}", table(&fit))?,
        Output::Json => writeln!(stdout, "{:#}", as_json(&fit))?,
    }
    Ok(())
}

/// The fit in words. All but the market is a comment, so that the whole can be pasted.
fn table(fit: &Fit) -> String {
    let ends = |times: &[(f64, bool)]| times.iter().filter(|(_, ended)| *ended).count();
    let hours = |times: &[(f64, bool)]| times.iter().map(|(hours, _)| hours).sum::<f64>();
    let (up, down) = (&fit.slots.up, &fit.slots.down);
    let mut text = format!("# up for {:.1} h, ended by {} losses", hours(up), ends(up));
    if !down.is_empty() {
        text += &format!("; down for {:.1} h, ended by {} returns", hours(down), ends(down));
    }
    text.push('\n');
    let rate = |name: &str, rate: &Rate| {
        let (low, high) = rate.interval;
        format!("#   {name:<30} {:>8.3} /h   95 % CI {low:.3} to {high:.3}\n", rate.value)
    };
    text += "# without memory\n";
    text += &rate("losses while up", &fit.memoryless.0);
    if let Some(returns) = &fit.memoryless.1 {
        text += &rate("returns while down", returns);
    }
    match &fit.regimes {
        None => text += "# too few up and down times to tell two regimes apart\n",
        Some(it) => {
            text += "# two regimes: quiet, and contended\n";
            text += &rate("contention begins", &it.begins);
            text += &rate("contention ends", &it.ends);
            text += &rate("losses while up and contended", &it.loss);
            text += &rate("returns while contended", &it.grant);
            text += &match fit.gain {
                gain if gain > 10.0 => format!(
                    "# two regimes are better by {gain:.0} units of AIC: losses are not memoryless\n"
                ),
                gain if gain > 0.0 => {
                    format!("# two regimes are hardly better, by {gain:.1} units of AIC\n")
                }
                gain => format!("# no memory is better, by {:.1} units of AIC\n", -gain),
            };
        }
    }
    text + &fit.market()
}

fn as_json(fit: &Fit) -> serde_json::Value {
    let rate = |rate: &Rate| json!({ "perHour": rate.value, "low": rate.interval.0, "high": rate.interval.1 });
    json!({
        "schema": "spotsim/calibrate/v1",
        "upTimes": fit.slots.up.len(),
        "downTimes": fit.slots.down.len(),
        "memoryless": {
            "losses": rate(&fit.memoryless.0),
            "returns": fit.memoryless.1.as_ref().map(rate)
        },
        "regimes": fit.regimes.as_ref().map(|it| json!({
            "begins": rate(&it.begins), "ends": rate(&it.ends), "loss": rate(&it.loss),
            "grant": rate(&it.grant), "logLikelihood": it.log_likelihood
        })),
        "gainInAic": fit.gain,
        "market": fit.market()
    })
}
