//! The chapters of the page of a run, in the order in which they are read, and what belongs into each.

use crate::chart::Chart;
use crate::render::html::Chapter;
use crate::section::Section;

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

const CHAPTERS: [Plan; 9] = [
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
        id: "autoscaling",
        title: "Node autoscaling",
        charts: &["types", "scaling", "packing"],
        sections: &["Node autoscaling"],
    },
    Plan {
        id: "disruption",
        title: "Disruption",
        charts: &["disruption", "availability"],
        sections: &["Impact of reclaims", "Rules"],
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

/// All chapters; what none of them claims comes after them.
pub(super) fn of<'a>(sections: &'a [Section], charts: &'a [Chart]) -> Vec<Chapter<'a>> {
    let named = |title: &'static str| sections.iter().filter(move |it| it.title == title);
    let drawn = |name: &&str| charts.iter().find(|it| it.name == *name);
    let chapters = CHAPTERS.iter().map(|plan| Chapter {
        id: plan.id.to_owned(),
        title: plan.title.to_owned(),
        charts: plan.charts.iter().filter_map(drawn).collect(),
        sections: plan.sections.iter().flat_map(|title| named(title)).collect(),
    });
    let is_placed = |it: &&Section| {
        let all = CHAPTERS.iter().flat_map(|it| it.sections);
        all.chain(&CAVEATS).chain(&ELSEWHERE).any(|title| *title == it.title)
    };
    let is_drawn = |it: &&Chart| CHAPTERS.iter().any(|plan| plan.charts.contains(&it.name));
    let more = Chapter {
        id: "more".to_owned(),
        title: "More".to_owned(),
        charts: charts.iter().filter(|it| !is_drawn(it)).collect(),
        sections: sections.iter().filter(|it| !is_placed(it)).collect(),
    };
    chapters.chain([more]).collect()
}
