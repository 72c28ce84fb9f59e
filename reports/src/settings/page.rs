//! Settings as a page: which is the cheapest, what it risks, and what lies around it.

use sim::terms::metrics::{Figure, Metric};

use super::{
    Optimum, Setting, Swept, charts, document, optimum_document, optimum_sections, sections,
};
use crate::chart::Chart;
use crate::format::many;
use crate::metrics::Column;
use crate::render::html::{Chapter, Data, Held, Sheet, Tile, Tone, render};
use crate::section::{Cell, Section};
use crate::sections::expectations;

/// The figures in the head.
const TILES: [(Figure, &str); 5] = [
    (Figure::CostMonthly, "Cost a month"),
    (Figure::PodsDisrupted, "Pods disrupted a day"),
    (Figure::Reclaims, "Node reclaims a day"),
    (Figure::Pending(95), "Pending, 95th percentile"),
    (Figure::NodesMean, "Nodes, mean"),
];

/// The page of settings side by side: `command` is what has to be typed to get the same again.
#[must_use]
pub fn page(swept: &Swept, command: &str) -> String {
    let sections = sections(swept);
    let charts = charts::of(swept);
    let shown = swept.cheapest().or_else(|| swept.front().first().copied());
    let shown = shown.map(|index| (index, &swept.settings[index]));
    let judged = shown.and_then(|(_, it)| expectations::of(&it.judged));
    let tiles =
        shown.map(|(index, it)| tiles(it, &format!("/settings/{index}"), swept.replications));
    let mut tiles = tiles.unwrap_or_default();
    let front = swept.front().len();
    tiles.push(
        Tile::new("On the Pareto front", front.to_string())
            .below(format!("of {}", many(swept.settings.len() as u64, "setting"))),
    );
    let named_charts = |names: &[&str]| {
        charts.iter().filter(|it| names.contains(&it.name)).collect::<Vec<&Chart>>()
    };
    let section = |title: &str| sections.iter().filter(|it| it.title == title).collect::<Vec<_>>();
    let provenance = section("Provenance").first().map_or_else(String::new, |it| it.claim.clone());
    render(&Sheet {
        about: &swept.scenario,
        answer: section("Answer").first().map_or("", |it| &it.claim),
        tiles,
        held: shown.map_or_else(Vec::new, |(_, it)| held(it)),
        caveats: Vec::new(),
        chapters: vec![
            chapter("settings", "Settings", named_charts(&["front"]), section("Settings")),
            chapter(
                "effects",
                "What moves the figures",
                named_charts(&["tornado", "along-cost", "along-disruption"]),
                Vec::new(),
            ),
            chapter("checks", "Expectations", Vec::new(), judged.iter().collect()),
        ],
        logs: &[],
        data: Data::printed("sweep", &document(swept), "spotsim sweep -o json"),
        command,
        provenance,
        version: &swept.version,
    })
}

/// The page of the cheapest setting that keeps every expectation.
#[must_use]
pub fn optimum_page(optimum: &Optimum, command: &str) -> String {
    let sections = optimum_sections(optimum);
    let front = charts::of_optimum(optimum);
    let shown = optimum.found.index().map(|index| (index, &optimum.candidates[index]));
    let tiles = shown.map(|(index, it)| {
        let tiles = tiles(it, &format!("/candidates/{index}"), optimum.replications);
        let searched = Tile::new("Simulations", crate::format::thousands(optimum.runs as f64))
            .below(format!("of at most {}", many(optimum.budget, "run")))
            .at("/runs", optimum.runs as f64);
        tiles.into_iter().chain([searched]).collect()
    });
    let section = |title: &str| sections.iter().filter(|it| it.title == title).collect::<Vec<_>>();
    render(&Sheet {
        about: &optimum.scenario,
        answer: section("Answer").first().map_or("", |it| &it.claim),
        tiles: tiles.unwrap_or_default(),
        held: shown.map_or_else(Vec::new, |(_, it)| held(it)),
        caveats: Vec::new(),
        chapters: vec![
            chapter("settings", "Settings", vec![&front], section("Settings")),
            chapter("checks", "Expectations", Vec::new(), section("Expectations")),
            chapter("search", "Search", Vec::new(), section("Search")),
        ],
        logs: &[],
        data: Data::printed("optimum", &optimum_document(optimum), "spotsim optimize -o json"),
        command,
        provenance: format!(
            "spotsim {} · seed {} · {} of what was confirmed",
            optimum.version,
            optimum.seed,
            many(optimum.replications as u64, "replication")
        ),
        version: &optimum.version,
    })
}

fn chapter<'a>(
    id: &str,
    title: &str,
    charts: Vec<&'a Chart>,
    sections: Vec<&'a Section>,
) -> Chapter<'a> {
    Chapter { id: id.to_owned(), title: title.to_owned(), charts, sections }
}

/// The figures of a setting; those of the document are at this place.
fn tiles(setting: &Setting, place: &str, replications: usize) -> Vec<Tile> {
    let own = TILES.iter().filter_map(|(figure, label)| {
        let estimate = setting.column(*figure).and_then(Column::estimate)?;
        let metric = Metric::of(*figure);
        let cell = Cell::mean(estimate, metric.unit.into()).within(estimate);
        let interval = cell.interval_text();
        let below = match (figure, interval.is_empty()) {
            (Figure::CostMonthly, true) => many(replications as u64, "replication"),
            (_, true) => String::new(),
            (_, false) => format!("95 % interval {interval}"),
        };
        let path = format!("{place}/metrics/{}/estimate/mean", metric.key);
        let tone = if *figure == Figure::CostMonthly { Tone::Good } else { Tone::Plain };
        Some(Tile::new(*label, cell.text()).at(path, estimate.mean).below(below).toned(tone))
    });
    own.collect()
}

/// Every expectation of a setting.
fn held(setting: &Setting) -> Vec<Held> {
    let judged = setting.judged.iter();
    let held = judged.filter_map(|it| Some(Held { says: it.expect.clone(), holds: it.holds? }));
    held.collect()
}
