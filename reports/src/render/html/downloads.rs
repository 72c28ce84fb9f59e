//! The data of a page: its figures are in the page itself, for people to save and for programs to read.

use maud::{Markup, PreEscaped, html};
use serde_json::Value;
use sim::plain::plain;

use crate::chart::Chart;

/// The figures of a page for programs.
pub(crate) struct Data {
    /// The id of their element, and of the file that they are saved as the name.
    pub(crate) id: &'static str,
    /// They themselves, as JSON on one line; none where they are too long for a page.
    pub(crate) json: Option<String>,
    /// Which command says more of them, and what it does with them.
    pub(crate) command: (&'static str, &'static str),
    /// What else there is to be had, in a sentence: what it is, and which option writes it.
    pub(crate) besides: Option<(&'static str, &'static str)>,
}

/// Figures longer than this many bytes are left to the command that prints them.
const LONG: usize = 200_000;

impl Data {
    /// The figures that a command prints, if they are short enough for a page.
    pub(crate) fn printed(id: &'static str, figures: &Value, command: &'static str) -> Data {
        let json = plain(&figures.to_string()).into_owned();
        let json = Some(json).filter(|it| it.len() <= LONG);
        Data { id, json, command: (command, "prints"), besides: None }
    }
}

/// Where the data are, and how to save them.
pub(super) fn of<'c>(data: &Data, charts: impl Iterator<Item = &'c Chart>) -> Markup {
    let (command, does) = data.command;
    html! {
        p {
            @if data.json.is_some() {
                "Every figure of this page is a part of it: of the script element "
                code { "#" (data.id) } ", which " code { (command) } " " (does) "."
            } @else {
                "The figures are too long for a page: " code { (command) } " " (does) " them."
            }
        }
        p.buttons hidden {
            @if data.json.is_some() {
                button type="button" data-save=(data.id) { "Save " (data.id) ".json" }
            }
            @for chart in charts.filter(|it| !it.data.rows.is_empty()) {
                " " button type="button" data-csv=(chart.name) { (chart.name) ".csv" }
            }
        }
        @if let Some((what, option)) = data.besides {
            p.fine { (what) ": " code { (option) } "." }
        }
    }
}

/// The data in an element that no browser runs.
pub(super) fn element(data: &Data) -> Markup {
    html! {
        @if let Some(json) = &data.json {
            // JSON may say `<` by its number, which ends no element and begins no comment.
            script id=(data.id) type="application/json" { (PreEscaped(json.replace('<', "\\u003c"))) }
        }
    }
}
