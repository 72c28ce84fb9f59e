//! Single runs on a page: what happened in them, event by event, to be searched.

use maud::{Markup, html};
use sim::plain::plain;

use crate::event_log::EventLog;
use crate::format::many;

/// The logs, of each the first of `every` parts.
pub(super) fn of(logs: &[EventLog], every: usize) -> Markup {
    html! { @for (index, it) in logs.iter().enumerate() { (log(it, index, it.rows.len() / every)) } }
}

fn log(log: &EventLog, index: usize, most: usize) -> Markup {
    let id = format!("search-{index}");
    let left_out = log.all - most;
    html! {
        details.log open[index == 0] {
            summary { (plain(&log.title)) " " span.count { (most) } }
            @if left_out > 0 {
                p.fine {
                    "Shown are " (many(most as u64, "event")) " of " (log.all) ": "
                    (log.shown) "."
                }
            }
            p.search hidden {
                label for=(id) { "Search" }
                input id=(id) type="search" autocomplete="off" placeholder="node, pod or word";
                span.found aria-live="polite" {}
            }
            div.scroll.tall role="region" tabindex="0" aria-label=(plain(&log.title)) {
                table {
                    thead { tr { th scope="col" { "At" } th scope="col" { "Event" } } }
                    tbody { @for (at, what) in log.rows.iter().take(most) {
                        tr { th scope="row" { (at) } td { (plain(what)) } }
                    } }
                }
            }
        }
    }
}
