//! A heat map: how much of its CPU each node has in use, over time, in one run.

use std::collections::BTreeMap;

use sim::SimTime;
use sim::fact::Fact;
use sim::model::node::NodeId;
use sim::model::resources::Lane;

use super::{Story, x};
use crate::chart::{Axis, Chart, Color, Ink, Mark, Tick};
use crate::folds::usage::Users;

/// So many columns are drawn.
const COLUMNS: usize = 120;
/// So many nodes have a row, those that were launched first.
const ROWS: usize = 40;
/// So many shades are told apart, up to what a node offers.
const SHADES: u64 = 8;

/// CPU that a node has in use: when it is there, what it offers, and the integral over each column.
struct Row {
    from: SimTime,
    to: SimTime,
    offers: u64,
    now: u64,
    since: SimTime,
    used: Vec<u128>,
}

/// The chart; none where nothing is used.
pub(super) fn chart(story: &Story<'_>) -> Option<Chart> {
    story.subject.utilisation.as_ref()?;
    let legend = story.recording.legend;
    let (from, to) = (legend.from, legend.to);
    let rows = rows(story);
    if rows.values().all(|row| row.used.iter().all(|used| *used == 0)) {
        return None;
    }
    let shown = rows.len().min(ROWS);
    let step = to.since(from).as_ms() / COLUMNS as u64;
    let (mut marks, mut hot) = (Vec::new(), 0.0_f64);
    for (index, row) in rows.values().take(ROWS).enumerate() {
        let (low, high) = ((shown - index) as f64 - 0.95, (shown - index) as f64 - 0.05);
        let mut cells: Vec<(SimTime, SimTime, u64)> = Vec::new();
        for (column, used) in row.used.iter().enumerate() {
            let begin = from + sim::Span::from_ms(step * column as u64);
            let end = if column + 1 == COLUMNS { to } else { begin + sim::Span::from_ms(step) };
            let (begin, end) = (begin.max(row.from), end.min(row.to));
            let ms = end.since(begin).as_ms();
            if ms == 0 {
                continue;
            }
            let share = *used as f64 / (row.offers.max(1) as f64 * ms as f64);
            hot = hot.max(share);
            let shade = shade(share);
            match cells.last_mut() {
                Some(last) if last.2 == shade && last.1 == begin => last.1 = end,
                _ => cells.push((begin, end, shade)),
            }
        }
        for (begin, end, shade) in cells {
            let ink = match shade {
                shade if shade > SHADES => Ink::full(Color::Vermillion),
                shade => Ink::tint(Color::Green, 0.06 + 0.94 * shade as f64 / SHADES as f64),
            };
            let points = vec![(x(begin), low, high), (x(end), low, high)];
            marks.push(Mark::Area { points, ink });
        }
    }
    let left_out = match rows.len() - shown {
        0 => String::new(),
        more => format!("; {more} later nodes are not shown"),
    };
    let every = shown.div_ceil(20).max(1);
    let ticks = rows.keys().take(ROWS).enumerate().filter(|(index, _)| index % every == 0);
    let ticks = ticks.map(|(index, node)| Tick {
        at: (shown - index) as f64 - 0.5,
        text: story.recording.legend.model.node_name(*node, pool_of(story, *node)),
    });
    let mut y = Axis::from_zero("", shown as f64, true, |_, _| String::new());
    (y.from, y.to, y.ticks, y.lines) = (0.0, shown as f64, ticks.collect(), false);
    Some(Chart {
        name: "heat",
        title: format!(
            "CPU in use, node by node: {:.0} % of what a node offers at most",
            100.0 * hot
        ),
        subtitle: format!(
            "{}. From light, nothing, to green, all that the node offers; red is more than that{left_out}",
            story.shown()
        ),
        source: story.source(),
        key: Vec::new(),
        x: Axis::time(x(from), x(to)),
        y,
        marks,
        sides: Vec::new(),
    })
}

/// The shade of a share: from 0 to [`SHADES`], and one more above the whole.
fn shade(share: f64) -> u64 {
    if share > 1.005 {
        return SHADES + 1;
    }
    // Between 0 and 1.005.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let shade = (share * SHADES as f64).round() as u64;
    shade
}

fn pool_of(story: &Story<'_>, node: NodeId) -> sim::model::pool::PoolId {
    let launched = story.recording.facts.iter().find_map(|(_, fact)| match *fact {
        Fact::NodeLaunched { node: own, pool, .. } if own == node => Some(pool),
        _ => None,
    });
    launched.expect("a row is of a node that was launched")
}

/// What every node used, by node.
fn rows(story: &Story<'_>) -> BTreeMap<NodeId, Row> {
    let legend = story.recording.legend;
    let (from, to) = (legend.from, legend.to);
    let step = (to.since(from).as_ms() / COLUMNS as u64).max(1);
    let mut rows: BTreeMap<NodeId, Row> = BTreeMap::new();
    let mut users = Users::default();
    let advance = |row: &mut Row, at: SimTime| {
        let (mut begin, end) = (row.since.max(from), at.min(to));
        row.since = at;
        while begin < end {
            let column = usize::try_from(begin.since(from).as_ms() / step).unwrap_or(usize::MAX);
            let column = column.min(COLUMNS - 1);
            let edge = from + sim::Span::from_ms(step * (column as u64 + 1));
            let next = if column + 1 == COLUMNS { end } else { edge.min(end) };
            row.used[column] += u128::from(row.now) * u128::from(next.since(begin).as_ms());
            begin = next;
        }
    };
    for (at, fact) in story.recording.facts {
        match *fact {
            Fact::NodeLaunched { node, offering, .. } => {
                let offers = legend.model.catalog.instance_type(offering).allocatable[Lane::CPU];
                let used = vec![0; COLUMNS];
                rows.insert(node, Row { from: *at, to, offers, now: 0, since: *at, used });
            }
            Fact::NodeGone { node, .. } => {
                if let Some(row) = rows.get_mut(&node) {
                    advance(row, *at);
                    row.to = *at;
                }
            }
            ref other => users.fact(other, |node, before, now| {
                if let Some(row) = rows.get_mut(&node) {
                    advance(row, *at);
                    row.now = (row.now + now).saturating_sub(before);
                }
            }),
        }
    }
    rows.values_mut().for_each(|row| {
        let end = row.to;
        advance(row, end);
    });
    rows.retain(|_, row| row.to > from && row.from < to);
    rows
}
