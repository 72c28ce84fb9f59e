//! The chapters of a page, in the order in which they are read, and what belongs into each.

use maud::{Markup, html};

use super::{Page, blocks, downloads, figure, log};
use crate::section::Section;

/// A chapter that has something to say.
pub(super) struct Chapter {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) content: Markup,
}

/// A chapter by what belongs into it.
struct Plan {
    id: &'static str,
    title: &'static str,
    /// The names of its charts, in order.
    charts: &'static [&'static str],
    /// The titles of its sections, in order.
    sections: &'static [&'static str],
}

/// Sections that stand above all chapters, folded.
pub(super) const CAVEATS: [&str; 3] = ["Assumptions", "Not modelled", "Warnings"];

/// Sections that are said elsewhere on the page: in its head and at its foot.
const ELSEWHERE: [&str; 2] = ["Answer", "Provenance"];

const CHAPTERS: [Plan; 8] = [
    Plan { id: "checks", title: "Expectations", charts: &[], sections: &["Expectations"] },
    Plan {
        id: "cost",
        title: "Cost",
        charts: &["savings", "cost", "prices"],
        sections: &["Savings", "Cost by part"],
    },
    Plan {
        id: "side-by-side",
        title: "Side by side",
        charts: &[],
        sections: &["The plan", "Both plans", "All plans"],
    },
    Plan {
        id: "capacity",
        title: "Capacity",
        charts: &["nodes", "cpu", "memory", "heat", "load", "replicas", "arrivals"],
        sections: &["Arrivals"],
    },
    Plan {
        id: "disruption",
        title: "Disruption",
        charts: &["disruption", "availability"],
        sections: &["Impact of reclaims", "Expectations", "Rules"],
    },
    Plan {
        id: "scheduling",
        title: "Scheduling",
        charts: &["pending"],
        sections: &["Never placed", "Waiting at the end"],
    },
    Plan {
        id: "fit",
        title: "Requests that fit",
        charts: &["waste", "requests-cpu", "requests-memory", "usage"],
        sections: &["Requests that fit"],
    },
    Plan {
        id: "uncertainty",
        title: "Uncertainty",
        charts: &["risk"],
        sections: &["Tails", "Sensitivity"],
    },
];

/// All chapters that have something to say; what no chapter claims comes after those that claim. Of long
/// lists one part of `every` is there.
pub(super) fn of(page: &Page<'_>, every: usize) -> Vec<Chapter> {
    let rooms = &figure::Rooms::of(page.charts, every);
    let mut chapters: Vec<Chapter> = Vec::new();
    for Plan { id, title, charts, sections } in &CHAPTERS {
        let charts =
            charts.iter().filter_map(|name| page.charts.iter().find(|it| it.name == *name));
        let charts: Vec<Markup> = charts.map(|chart| figure::of(chart, rooms)).collect();
        let sections = sections.iter();
        let sections: Vec<Markup> = sections
            .flat_map(|title| page.sections.iter().filter(move |it| it.title == *title))
            .map(|it| section(it, it.title != *title))
            .collect();
        if charts.is_empty() && sections.is_empty() {
            continue;
        }
        let content = html! { @for it in charts.iter().chain(&sections) { (it) } };
        chapters.push(Chapter { id, title, content });
    }
    let more = more(page, rooms);
    chapters.extend(more.map(|content| Chapter { id: "more", title: "More", content }));
    if !page.logs.is_empty() {
        chapters.push(Chapter {
            id: "events",
            title: "Event log",
            content: log::of(page.logs, every),
        });
    }
    let content = downloads::of(page);
    chapters.push(Chapter { id: "downloads", title: "Data", content });
    chapters
}

/// Sections and charts that are in no chapter; nothing if there are none.
fn more(page: &Page<'_>, rooms: &figure::Rooms) -> Option<Markup> {
    let placed = |title: &str| {
        let chapters = CHAPTERS.iter().flat_map(|it| it.sections);
        chapters.chain(&CAVEATS).chain(&ELSEWHERE).any(|it| *it == title)
    };
    let drawn = |name: &str| CHAPTERS.iter().any(|it| it.charts.contains(&name));
    let sections: Vec<&Section> = page.sections.iter().filter(|it| !placed(it.title)).collect();
    let charts: Vec<_> = page.charts.iter().filter(|it| !drawn(it.name)).collect();
    (!sections.is_empty() || !charts.is_empty()).then(|| {
        html! {
            @for it in sections { (section(it, true)) }
            @for it in charts { (figure::of(it, rooms)) }
        }
    })
}

/// A section, under its title unless that is the one of its chapter.
fn section(section: &Section, titled: bool) -> Markup {
    html! {
        div.section {
            @if titled { h3 { (section.title) } }
            @if !section.claim.is_empty() { p.claim { (blocks::plain(&section.claim)) } }
            (blocks::all(&section.blocks))
        }
    }
}
