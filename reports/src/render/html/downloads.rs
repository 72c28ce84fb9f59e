//! The data of a page: the summary is in the page itself, for people to save and for programs to read.

use maud::{Markup, PreEscaped, html};

use super::Page;
use crate::summary::Summary;

/// Where the data are, and how to save them.
pub(super) fn of(page: &Page<'_>) -> Markup {
    html! {
        p {
            "Every figure of this page is in its summary, which is a part of the page: the script element "
            code { "#summary" } ", as " code { "spotsim schema summary" } " describes it."
        }
        p.buttons hidden {
            button type="button" data-save="summary" { "Save summary.json" }
            @for chart in page.charts.iter().filter(|it| !it.data.rows.is_empty()) {
                " " button type="button" data-csv=(chart.name) { (chart.name) ".csv" }
            }
        }
        p.fine {
            "The tables, facts and pictures of a run are in its run folder: " code { "--out DIR" } "."
        }
    }
}

/// The summary as data that no browser runs.
pub(super) fn data(summary: &Summary) -> Markup {
    // JSON may say `<` by its number, which ends no element and begins no comment.
    let json = summary.to_line().replace('<', "\\u003c");
    html! { script #summary type="application/json" { (PreEscaped(json)) } }
}
