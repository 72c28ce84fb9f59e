//! A comparison as a page: what changes from the first plan to each other, and how sure that is.

use sim::terms::metrics::{Figure, Metric, OfWorkload};

use super::sections;
use super::{Compared, Difference, Plan, Verdict, charts, document};
use crate::chart::Chart;
use crate::format::{usd_ends, usd_signed};
use crate::render::html::{Chapter, Data, Held, Sheet, Tile, Tone, render};
use crate::section::{Cell, Section};

/// The figures in the head, besides what the plan costs less or more.
const TILES: [(Figure, &str); 6] = [
    (Figure::CostMonthly, "Cost a month"),
    (Figure::NodesMean, "Nodes, mean"),
    (Figure::Reclaims, "Node reclaims a day"),
    (Figure::PodsDisrupted, "Pods disrupted a day"),
    (Figure::Pending(95), "Pending, 95th percentile"),
    (Figure::Of(OfWorkload::Availability), "Availability"),
];

/// A chapter that owns what is in it.
struct Draft {
    id: String,
    title: String,
    charts: Vec<Chart>,
    sections: Vec<Section>,
}

/// The page as text: `command` is what has to be typed to get the same again.
#[must_use]
pub fn page(compared: &Compared, command: &str) -> String {
    let all = compared.differences();
    let chosen = sections::cheapest(&all).map_or(0, |(number, _)| number);
    let (base, drafts) = (&compared.plans[0].name, drafts(compared, &all, chosen));
    let about = match &compared.plans[1..] {
        [only] => format!("{} against {base}", only.name),
        others => format!("{} plans against {base}", others.len()),
    };
    let chapters = drafts.iter().map(|it| Chapter {
        id: it.id.clone(),
        title: it.title.clone(),
        charts: it.charts.iter().collect(),
        sections: it.sections.iter().collect(),
    });
    render(&Sheet {
        about: &about,
        answer: &sections::answer(compared),
        tiles: all.get(chosen).map_or_else(Vec::new, |(_, rows)| tiles(rows, base, chosen)),
        held: held(compared),
        caveats: Vec::new(),
        chapters: chapters.collect(),
        logs: &[],
        data: Data::printed("comparison", &document(compared), "spotsim compare -o json"),
        command,
        provenance: sections::provenance(compared).claim,
        version: &compared.version,
    })
}

/// Every chart of the page, in its order: the charts of plans first where there are several.
#[must_use]
pub fn drawn(compared: &Compared) -> Vec<Chart> {
    let all = compared.differences();
    let chosen = sections::cheapest(&all).map_or(0, |(number, _)| number);
    drafts(compared, &all, chosen).into_iter().flat_map(|it| it.charts).collect()
}

/// What is in each chapter. The bill and the convergence are those of the plan that the answer is about.
fn drafts(compared: &Compared, all: &[(&Plan, Vec<Difference>)], chosen: usize) -> Vec<Draft> {
    let several = all.len() > 1;
    let mut drafts = Vec::new();
    if several {
        drafts.push(Draft {
            id: "plans".into(),
            title: "Plans".into(),
            charts: charts::of_plans(compared).into_iter().collect(),
            sections: vec![sections::side_by_side(compared)],
        });
    }
    for (number, (plan, rows)) in all.iter().enumerate() {
        let rows = sections::worth_showing(rows.clone());
        let bill = (number == chosen).then(|| charts::of_bill(compared, plan)).flatten();
        let own = charts::of_plan(compared, number, &rows);
        let changes = sections::changes(plan, several);
        drafts.push(Draft {
            id: format!("changes-{}", number + 1),
            title: if several {
                format!("{} against the first", plan.name)
            } else {
                "What changes".into()
            },
            charts: own.into_iter().chain(bill).collect(),
            sections: changes.into_iter().chain(sections::of_plan(compared, plan, &rows)).collect(),
        });
    }
    drafts.push(Draft {
        id: "checks".into(),
        title: "Expectations".into(),
        charts: Vec::new(),
        sections: sections::judged(compared),
    });
    drafts.push(Draft {
        id: "uncertainty".into(),
        title: "Uncertainty".into(),
        charts: all
            .get(chosen)
            .map_or_else(Vec::new, |(plan, _)| charts::of_uncertainty(compared, plan)),
        sections: Vec::new(),
    });
    drafts
}

/// The figures of the plan that the answer is about, each beside that of the first.
fn tiles(rows: &[Difference], base: &str, number: usize) -> Vec<Tile> {
    let of = |figure: Figure| {
        let mut own =
            rows.iter().enumerate().filter(move |(_, it)| Metric::of(figure).is_key(&it.key));
        // Of a figure that each workload has, that of the workload that it is worst for.
        let worst = |row: &Difference| row.plan.unwrap_or(f64::INFINITY);
        let first = own.next();
        own.fold(first, |least, it| {
            least.filter(|least| worst(least.1) <= worst(it.1)).or(Some(it))
        })
    };
    let cost = of(Figure::CostMonthly);
    let cost = cost.and_then(|(index, row)| less_or_more(row, base, (number, index)));
    let others = TILES.iter().filter_map(|(figure, label)| {
        let (index, row) = of(*figure)?;
        tile((*figure, label), row, base, (number, index))
    });
    cost.into_iter().chain(others).collect()
}

/// Where the document has a value of a difference.
fn path((plan, row): (usize, usize), value: &str) -> String {
    format!("/comparisons/{plan}/differences/{row}/{value}")
}

/// What the plan costs less or more than the first.
fn less_or_more(row: &Difference, base: &str, at: (usize, usize)) -> Option<Tile> {
    let change = row.difference?;
    let percent = row.base.filter(|base| *base != 0.0);
    let percent = percent.map(|base| format!("{:+.1} %", 100.0 * change.mean / base));
    let interval = change.low.zip(change.high);
    let interval = interval.map(|(low, high)| format!("95 % interval {}", usd_ends(low, high)));
    let verdict = (row.verdict == Verdict::NotDetectable).then(|| row.verdict.name().to_owned());
    let below: Vec<String> = [percent, interval, verdict].into_iter().flatten().collect();
    let tile = Tile::new(format!("Cost a month, against {base}"), usd_signed(change.mean))
        .below(below.join("; "))
        .at(path(at, "difference/mean"), change.mean);
    Some(tile.toned(tone(row.verdict)))
}

/// A figure of the plan, with that of the first and what the difference comes to.
fn tile(
    (figure, label): (Figure, &str),
    row: &Difference,
    base: &str,
    at: (usize, usize),
) -> Option<Tile> {
    let (unit, value) = (row.unit.into(), row.plan?);
    let workload = row.key.split_once('(').map_or("", |(_, rest)| rest.trim_end_matches(')'));
    let workload = workload.strip_prefix("default/").unwrap_or(workload);
    let of_workload = Metric::of(figure).is_of_workload();
    let label = if of_workload { format!("{label} of {workload}") } else { label.to_owned() };
    let before = Cell::maybe(row.base, unit).text();
    let below = format!("{before} in {base}; {}", row.verdict.name());
    let tile = Tile::new(label, Cell::of(value, unit).text()).below(below);
    Some(tile.at(path(at, "plan"), value).toned(tone(row.verdict)))
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Better => Tone::Good,
        Verdict::Worse => Tone::Bad,
        Verdict::Higher
        | Verdict::Lower
        | Verdict::NotDetectable
        | Verdict::Identical
        | Verdict::OnlyOne => Tone::Plain,
    }
}

/// Every expectation of every plan.
fn held(compared: &Compared) -> Vec<Held> {
    let several = compared.plans.iter().filter(|it| !it.judged.is_empty()).count() > 1;
    let plans = compared.plans.iter().flat_map(|plan| plan.judged.iter().map(move |it| (plan, it)));
    let held = plans.filter_map(|(plan, it)| {
        let of = if several { format!("{}: ", plan.name) } else { String::new() };
        Some(Held { says: format!("{of}{}", it.expect), holds: it.holds? })
    });
    held.collect()
}
