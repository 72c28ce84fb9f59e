//! The page of a run: what its summary says, what its charts show, and single runs event by event.

mod chapters;
mod tiles;

use super::{Data, Held, Sheet};
use crate::chart::Chart;
use crate::event_log::EventLog;
use crate::section::Section;
use crate::summary::Summary;

/// What the page of a run is made of.
pub(crate) struct Page<'a> {
    /// Every figure.
    pub(crate) summary: &'a Summary,
    /// What the figures say.
    pub(crate) sections: &'a [Section],
    /// What they look like.
    pub(crate) charts: &'a [Chart],
    /// Single runs, event by event.
    pub(crate) logs: &'a [EventLog],
    /// What has to be typed to get the same again.
    pub(crate) command: &'a str,
}

/// The page as text.
pub(crate) fn render(page: &Page<'_>) -> String {
    let Page { summary, sections, charts, logs, command } = *page;
    let section = |title: &str| sections.iter().find(|it| it.title == title);
    super::render(&Sheet {
        about: &summary.scenario,
        answer: section("Answer").map_or("", |it| &it.claim),
        tiles: tiles::of(summary),
        held: held(summary),
        caveats: chapters::CAVEATS.iter().filter_map(|title| section(title)).collect(),
        chapters: chapters::of(sections, charts),
        logs,
        data: Data {
            id: "summary",
            json: Some(summary.to_line()),
            command: ("spotsim schema summary", "describes"),
            besides: Some((
                "The tables, facts and pictures of a run are in its run folder",
                "--out DIR",
            )),
        },
        command,
        provenance: format!(
            "spotsim {} · seed {} · {} · digest {}",
            summary.version,
            summary.seed,
            crate::format::many(summary.replications as u64, "replication"),
            summary.digest
        ),
        version: &summary.version,
    })
}

/// Every placement rule.
fn held(summary: &Summary) -> Vec<Held> {
    let rules = summary.subject().rules.iter();
    let held = rules.map(|rule| Held {
        says: format!("{}: {}", rule.rule, rule.says),
        holds: rule.first.is_none(),
    });
    held.collect()
}
