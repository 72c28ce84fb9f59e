//! The head of a page: the answer, and the figures that it is made of, each beside what it is compared with.

use std::borrow::Cow;

use maud::{Markup, html};
use sim::plain::plain;

use super::Sheet;
use crate::format::rate;
use crate::stats::Estimate;

/// A figure of the head.
pub(crate) struct Tile {
    /// What it is.
    pub(crate) label: Cow<'static, str>,
    /// Its value as people read it.
    pub(crate) shown: String,
    /// Where the data of the page have it, and what it is there; none of a sum.
    pub(crate) path: Option<(Cow<'static, str>, f64)>,
    /// What stands below it.
    pub(crate) below: String,
    /// What is to be thought of it.
    pub(crate) tone: Tone,
}

impl Tile {
    /// A figure of which neither more nor less is better.
    pub(crate) fn new(label: impl Into<Cow<'static, str>>, shown: String) -> Tile {
        let (label, below) = (label.into(), String::new());
        Tile { label, shown, path: None, below, tone: Tone::Plain }
    }

    /// The same with its place in the data of the page.
    pub(crate) fn at(self, path: impl Into<Cow<'static, str>>, value: f64) -> Tile {
        Tile { path: Some((path.into(), value)), ..self }
    }

    /// The same with what stands below it.
    pub(crate) fn below(self, below: String) -> Tile {
        Tile { below, ..self }
    }

    /// The same with what is to be thought of it.
    pub(crate) fn toned(self, tone: Tone) -> Tile {
        Tile { tone, ..self }
    }
}

/// What is to be thought of a figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tone {
    /// It is what one wants.
    Good,
    /// It is not.
    Bad,
    /// It is what it is.
    Plain,
}

/// Something that has to hold.
pub(crate) struct Held {
    /// What it is, and what came of it.
    pub(crate) says: String,
    /// Whether it holds.
    pub(crate) holds: bool,
}

/// The head of a sheet.
pub(super) fn of(sheet: &Sheet<'_>) -> Markup {
    let prefix = format!("{}: ", sheet.about);
    let answer = sheet.answer.strip_prefix(&prefix).unwrap_or(sheet.answer);
    html! {
        section.card #answer aria-labelledby="title" {
            p.kicker { (plain(sheet.about)) }
            h1 #title { (capital(&plain(answer))) }
            ul.tiles { @for it in &sheet.tiles { (tile(it)) } }
            (held(&sheet.held))
        }
    }
}

fn tile(tile: &Tile) -> Markup {
    let tone = match tile.tone {
        Tone::Good => Some("good"),
        Tone::Bad => Some("bad"),
        Tone::Plain => None,
    };
    html! {
        li class=[tone] {
            span.label { (tile.label) }
            @match &tile.path {
                Some((path, value)) => data.figure value=(value) data-path=(path) { (tile.shown) },
                None => span.figure { (tile.shown) },
            }
            @if !tile.below.is_empty() { span.below { (plain(&tile.below)) } }
        }
    }
}

/// Where a mean lies.
pub(crate) fn within(estimate: Estimate) -> String {
    estimate.low.zip(estimate.high).map_or_else(String::new, |(low, high)| {
        if estimate.rare {
            format!("at most {}", rate(high))
        } else {
            format!("{} to {}", rate(low), rate(high))
        }
    })
}

/// Each with a mark that does not need its colour.
fn held(all: &[Held]) -> Markup {
    html! {
        @if !all.is_empty() {
            ul.rules { @for Held { says, holds } in all {
                li class=(if *holds { "holds" } else { "broken" }) {
                    span.mark { (if *holds { "✓" } else { "✗" }) }
                    " " span.hidden { (if *holds { "holds: " } else { "broken: " }) }
                    (plain(says))
                }
            } }
        }
    }
}

/// A sentence that begins with a capital.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
