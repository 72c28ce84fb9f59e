//! A report as one HTML file that people pass on: it opens from a disk without a network, in light and
//! dark, on a phone and on paper.
//!
//! Everything is in the file, and its Content-Security-Policy forbids to ask for more. Names come from
//! files of users: all of them go through templates that escape by construction.

mod blocks;
mod card;
mod chapters;
mod downloads;
mod figure;
mod log;
mod policy;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sim::plain::plain;

use crate::chart::Chart;
use crate::event_log::EventLog;
use crate::section::Section;
use crate::summary::Summary;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What a page is made of.
pub struct Page<'a> {
    /// Every figure.
    pub summary: &'a Summary,
    /// What the figures say.
    pub sections: &'a [Section],
    /// What they look like.
    pub charts: &'a [Chart],
    /// Single runs, event by event.
    pub logs: &'a [EventLog],
    /// What has to be typed to get the same again.
    pub command: &'a str,
}

/// A page is to be no longer than this many bytes, so that it can be sent around.
const MOST: usize = 500_000;

/// The page as text. Where it would be too long, of its long lists only parts are there.
#[must_use]
pub fn render(page: &Page<'_>) -> String {
    let fits = |text: &String| text.len() < MOST;
    let shorter = [2, 4, 8].into_iter().map(|every| whole(page, every));
    let mut texts = std::iter::once(whole(page, 1)).chain(shorter);
    texts.find(fits).unwrap_or_else(|| whole(page, 16))
}

/// The page, of whose long lists one part of `every` is there.
fn whole(page: &Page<'_>, every: usize) -> String {
    let chapters: Vec<_> = chapters::of(page, every);
    let title = plain(&page.summary.scenario);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy::of(STYLE, SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(format!("spotsim {}", page.summary.version));
                title { (title) " · spotsim" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#answer" { "Skip to the answer" }
                header.top {
                    p.brand { "spotsim" }
                    nav aria-label="Chapters" { ol {
                        @for chapter in &chapters {
                            li { a href=(format!("#{}", chapter.id)) { (chapter.title) } }
                        }
                    } }
                }
                main {
                    (card::of(page))
                    (caveats(page))
                    @for chapter in &chapters {
                        section.chapter id=(chapter.id) aria-labelledby=(format!("{}-title", chapter.id)) {
                            h2 id=(format!("{}-title", chapter.id)) { (chapter.title) }
                            (chapter.content)
                        }
                    }
                }
                footer { (provenance(page)) }
                div #tip role="status" aria-live="polite" hidden {}
                (downloads::data(page.summary))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string()
}

/// What is taken for granted, folded, with its count in sight.
fn caveats(page: &Page<'_>) -> Markup {
    let folded = |title: &'static str| page.sections.iter().find(move |it| it.title == title);
    html! {
        div.caveats {
            @for section in chapters::CAVEATS.iter().filter_map(|title| folded(title)) {
                details.fold {
                    summary { (section.title) " " span.count { (section.blocks.len()) } }
                    (blocks::all(&section.blocks))
                }
            }
        }
    }
}

/// What it takes to make the same result again.
fn provenance(page: &Page<'_>) -> Markup {
    let summary = page.summary;
    html! {
        p { "The same again: " code { (plain(page.command)) } }
        p.fine {
            "spotsim " (summary.version) " · seed " (summary.seed) " · "
            (crate::format::many(summary.replications as u64, "replication"))
            " · digest " (summary.digest)
            ". Definitions of all figures: " code { "spotsim explain" } "."
        }
    }
}
