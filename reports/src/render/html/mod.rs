//! A report as one HTML file that people pass on: it opens from a disk without a network, in light and
//! dark, on a phone and on paper.
//!
//! Everything is in the file, and its Content-Security-Policy forbids to ask for more. Names come from
//! files of users: all of them go through templates that escape by construction. A page is a `Sheet`,
//! whatever it is about: a run, plans or settings.

mod blocks;
mod downloads;
mod figure;
mod head;
mod log;
mod policy;
pub(crate) mod run;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sim::plain::plain;

use crate::chart::Chart;
use crate::event_log::EventLog;
use crate::section::Section;

pub(crate) use downloads::Data;
pub(crate) use head::{Held, Tile, Tone};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What a page says.
pub(crate) struct Sheet<'a> {
    /// What it is about.
    pub(crate) about: &'a str,
    /// The answer, in a sentence.
    pub(crate) answer: &'a str,
    /// The figures that the answer is made of, the one that decides first.
    pub(crate) tiles: Vec<Tile>,
    /// What has to hold, and whether it does.
    pub(crate) held: Vec<Held>,
    /// Sections above all chapters, folded, with their number of lines in sight.
    pub(crate) caveats: Vec<&'a Section>,
    /// Its chapters.
    pub(crate) chapters: Vec<Chapter<'a>>,
    /// Single runs, event by event.
    pub(crate) logs: &'a [EventLog],
    /// Its figures for programs.
    pub(crate) data: Data,
    /// What has to be typed to get the same again.
    pub(crate) command: &'a str,
    /// What it was made of: seed, replications and the like.
    pub(crate) provenance: String,
    /// The version of the program that made it.
    pub(crate) version: &'a str,
}

/// A chapter of a page.
pub(crate) struct Chapter<'a> {
    /// What addresses within the page call it.
    pub(crate) id: String,
    /// Its heading.
    pub(crate) title: String,
    /// Its charts, in order.
    pub(crate) charts: Vec<&'a Chart>,
    /// Its sections, each under its title unless that is the heading.
    pub(crate) sections: Vec<&'a Section>,
}

impl Chapter<'_> {
    /// Whether it has nothing to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.charts.is_empty() && self.sections.is_empty()
    }
}

/// A page is to be no longer than this many bytes, so that it can be sent around.
const MOST: usize = 500_000;

/// The page as text. Where it would be too long, of its long lists only parts are there.
pub(crate) fn render(sheet: &Sheet<'_>) -> String {
    let fits = |text: &String| text.len() < MOST;
    let shorter = [2, 4, 8].into_iter().map(|every| whole(sheet, every));
    let mut texts = std::iter::once(whole(sheet, 1)).chain(shorter);
    texts.find(fits).unwrap_or_else(|| whole(sheet, 16))
}

/// The page, of whose long lists one part of `every` is there.
fn whole(sheet: &Sheet<'_>, every: usize) -> String {
    let chapters = chapters(sheet, every);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy::of(STYLE, SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(format!("spotsim {}", sheet.version));
                title { (plain(sheet.about)) " · spotsim" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#answer" { "Skip to the answer" }
                header.top {
                    p.brand { "spotsim" }
                    nav aria-label="Chapters" { ol {
                        @for (id, title, _) in &chapters {
                            li { a href=(format!("#{id}")) { (plain(title)) } }
                        }
                    } }
                }
                main {
                    (head::of(sheet))
                    (caveats(sheet))
                    @for (id, title, content) in &chapters {
                        section.chapter id=(id) aria-labelledby=(format!("{id}-title")) {
                            h2 id=(format!("{id}-title")) { (plain(title)) }
                            (content)
                        }
                    }
                }
                footer {
                    p { "The same again: " code { (plain(sheet.command)) } }
                    p.fine {
                        (plain(&sheet.provenance)) ". Definitions of all figures: "
                        code { "spotsim explain" } "."
                    }
                }
                div #tip role="status" aria-live="polite" hidden {}
                (downloads::element(&sheet.data))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string()
}

/// The id, the heading and the content of each chapter: those of the sheet, then event logs and data.
fn chapters<'s>(sheet: &'s Sheet<'_>, every: usize) -> Vec<(&'s str, &'s str, Markup)> {
    let charts = || sheet.chapters.iter().flat_map(|it| it.charts.iter().copied());
    let rooms = &figure::Rooms::of(charts(), every);
    let own = sheet.chapters.iter().filter(|it| !it.is_empty()).map(|it| {
        let content = html! {
            @for chart in &it.charts { (figure::of(chart, rooms)) }
            @for section in &it.sections { (self::section(section, section.title != it.title)) }
        };
        (&it.id[..], &it.title[..], content)
    });
    let logs =
        (!sheet.logs.is_empty()).then(|| ("events", "Event log", log::of(sheet.logs, every)));
    let data = ("downloads", "Data", downloads::of(&sheet.data, charts()));
    own.chain(logs).chain([data]).collect()
}

/// What is taken for granted, folded, with its count in sight.
fn caveats(sheet: &Sheet<'_>) -> Markup {
    html! {
        @if !sheet.caveats.is_empty() { div.caveats {
            @for section in &sheet.caveats {
                details.fold {
                    summary { (section.title) " " span.count { (section.blocks.len()) } }
                    (blocks::all(&section.blocks))
                }
            }
        } }
    }
}

/// A section, under its title unless that is the heading of its chapter.
fn section(section: &Section, titled: bool) -> Markup {
    html! {
        div.section {
            @if titled { h3 { (section.title) } }
            @if !section.claim.is_empty() { p.claim { (plain(&section.claim)) } }
            (blocks::all(&section.blocks))
        }
    }
}
