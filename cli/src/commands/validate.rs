//! `spotsim validate`: holds the models of the spot market against recorded data.

use std::io::Write;

use serde_json::json;
use validation::known::Standing;
use validation::{Bound, EXPERIMENTS, Experiment, Row};

use crate::Outcome;
use crate::args::{Output, ValidateArgs};
use crate::failure::Failure;
use crate::terminal;

/// Runs the experiments that are named, or all, and says what each of them gives.
pub(crate) fn run(args: &ValidateArgs) -> Outcome {
    let chosen: Vec<&Experiment> = if args.experiments.is_empty() {
        EXPERIMENTS.iter().collect()
    } else {
        args.experiments.iter().filter_map(|name| Experiment::named(name)).collect()
    };
    let mut stdout = terminal::stdout();
    let mut all_hold = true;
    let mut records = Vec::new();
    for experiment in chosen {
        let rows = experiment.run(&args.data).map_err(|error| Failure::Usage(error.into()))?;
        let standings: Vec<Standing> =
            rows.iter().map(|row| Standing::of(experiment.name, row)).collect();
        let count =
            |wanted: fn(&Standing) -> bool| standings.iter().filter(|it| wanted(it)).count();
        let held = count(|it| matches!(it, Standing::Holds | Standing::Mended));
        let known = count(|it| matches!(it, Standing::KnownMiss(_)));
        let judged = count(|it| *it != Standing::Shown);
        all_hold &= standings.iter().all(|it| it.is_accepted());
        match args.output {
            Output::Json => records.push(json!({
                "experiment": experiment.name, "about": experiment.about,
                "holds": held == judged,
                "rows": rows.iter().map(|row| row_as_json(experiment, row)).collect::<Vec<_>>()
            })),
            Output::Table => {
                writeln!(stdout, "{}: {}", experiment.name, experiment.about)?;
                write!(stdout, "{}", table(experiment, &rows))?;
                let but =
                    if known > 0 { format!(", {known} are known misses") } else { String::new() };
                writeln!(stdout, "{held} of {judged} hold{but}\n")?;
            }
        }
    }
    if args.output == Output::Json {
        let whole = json!({ "schema": "spotsim/validate/v1", "experiments": records });
        writeln!(stdout, "{whole:#}")?;
    }
    if all_hold { Ok(()) } else { Err(Failure::Broken) }
}

fn table(experiment: &Experiment, rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.what.chars().count()).max().unwrap_or(0);
    let mut text = format!("{:<width$}  {:>9}  {:>9}  verdict\n", "", "expected", "got");
    for row in rows {
        let (verdict, why) = match Standing::of(experiment.name, row) {
            Standing::Holds => ("holds", ""),
            Standing::Fails => ("FAILS", ""),
            Standing::KnownMiss(why) => ("known miss", why),
            Standing::Mended => ("HOLDS, and is listed as a known miss", ""),
            Standing::Shown => ("shown", ""),
        };
        let (what, decimals) = (&row.what, row.decimals);
        text += &format!(
            "{what:<width$}  {:>9.decimals$}  {:>9.decimals$}  {verdict}, {}\n",
            row.expected,
            row.got,
            wanted(row.bound)
        );
        if !why.is_empty() {
            text += &format!("    {why}\n");
        }
    }
    text
}

fn wanted(bound: Bound) -> String {
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    match bound {
        Bound::Within(most) if most < 1e-9 => "exactly".into(),
        Bound::Within(most) => format!("within {most}"),
        Bound::WithinShare(share) => format!("within {}", percent(share)),
        Bound::Shown => "not judged".into(),
    }
}

fn row_as_json(experiment: &Experiment, row: &Row) -> serde_json::Value {
    let known = match Standing::of(experiment.name, row) {
        Standing::KnownMiss(why) => Some(why),
        _ => None,
    };
    json!({
        "what": row.what, "expected": row.expected, "got": row.got,
        "wanted": wanted(row.bound), "holds": row.holds(),
        "knownMiss": known
    })
}
