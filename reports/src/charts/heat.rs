//! A heat map: how much of its CPU the node in each place of a pool has in use, over time, in one run.

use std::collections::BTreeMap;

use sim::fact::Fact;
use sim::model::node::NodeId;
use sim::model::pool::PoolId;
use sim::model::resources::Lane;
use sim::{SimTime, Span};

use super::{Story, x};
use crate::chart::{Axis, Chart, Color, Data, Datum, Ink, Mark, Tick};
use crate::folds::users::Users;

/// How many columns are drawn.
const COLUMNS: usize = 120;
/// How many places in pools have a row.
const ROWS: usize = 40;
/// How many shades there are, up to what a node offers.
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

impl Row {
    /// Stretches of one shade, each with the most that is used in it.
    fn cells(&self, from: SimTime, to: SimTime) -> Vec<(SimTime, SimTime, f64)> {
        let step = step(from, to);
        let mut cells: Vec<(SimTime, SimTime, f64)> = Vec::new();
        for (column, used) in self.used.iter().enumerate() {
            let begin = from + Span::from_ms(step * column as u64);
            let end = if column + 1 == COLUMNS { to } else { begin + Span::from_ms(step) };
            let (begin, end) = (begin.max(self.from), end.min(self.to));
            let ms = end.since(begin).as_ms();
            if ms == 0 {
                continue;
            }
            let share = *used as f64 / (self.offers.max(1) as f64 * ms as f64);
            match cells.last_mut() {
                Some(last) if shade(last.2) == shade(share) && last.1 == begin => {
                    (last.1, last.2) = (end, last.2.max(share));
                }
                _ => cells.push((begin, end, share)),
            }
        }
        cells
    }
}

/// The length of a column in milliseconds; the last takes what is left.
fn step(from: SimTime, to: SimTime) -> u64 {
    (to.since(from).as_ms() / COLUMNS as u64).max(1)
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
    let places = super::places::of(story.recording);
    let shown = places.len().min(ROWS);
    let (mut marks, mut hot) = (Vec::new(), 0.0_f64);
    // Of each place, the most in any stretch of one shade, and when that began.
    let mut most: Vec<Option<(SimTime, f64)>> = vec![None; shown];
    for (index, place) in places.iter().take(ROWS).enumerate() {
        let (low, high) = ((shown - index) as f64 - 0.95, (shown - index) as f64 - 0.05);
        for row in place.nodes.iter().filter_map(|node| rows.get(node)) {
            for (begin, end, share) in row.cells(from, to) {
                hot = hot.max(share);
                if most[index].is_none_or(|(_, before)| share > before) {
                    most[index] = Some((begin, share));
                }
                let ink = match shade(share) {
                    shade if shade > SHADES => Ink::full(Color::Vermillion),
                    shade => Ink::tint(Color::Green, 0.06 + 0.94 * shade as f64 / SHADES as f64),
                };
                marks.push(Mark::Bar { from: (x(begin), low), to: (x(end), high), ink });
            }
        }
    }
    let left_out = match places.len() - shown {
        0 => String::new(),
        more => format!("; {more} more places are not shown"),
    };
    let every = shown.div_ceil(20).max(1);
    let mut numbers: BTreeMap<PoolId, usize> = BTreeMap::new();
    let named = places.iter().take(ROWS).map(|place| {
        let number = numbers.entry(place.pool).or_default();
        *number += 1;
        format!("{} {number}", legend.model.names.text(legend.model.pools[place.pool].name))
    });
    let named: Vec<String> = named.collect();
    let data = named.iter().zip(&most).enumerate().map(|(index, (name, most))| {
        let (at, share) = most.map_or(("-".into(), "-".into()), |(at, share)| {
            (at.to_string(), format!("{:.1} %", 100.0 * share))
        });
        Datum::new(name, [share, at]).y((shown - index) as f64 - 0.5)
    });
    let data = Data::of(["Place", "most CPU in use", "from"], data.collect());
    let ticks = named.into_iter().enumerate().filter(|(index, _)| index % every == 0);
    let ticks = ticks.map(|(index, text)| Tick { at: (shown - index) as f64 - 0.5, text });
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
        data,
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

/// What every node used, by node.
fn rows(story: &Story<'_>) -> BTreeMap<NodeId, Row> {
    let legend = story.recording.legend;
    let (from, to) = (legend.from, legend.to);
    let step = step(from, to);
    let mut rows: BTreeMap<NodeId, Row> = BTreeMap::new();
    let mut users = Users::default();
    let advance = |row: &mut Row, at: SimTime| {
        let (mut begin, end) = (row.since.max(from), at.min(to));
        row.since = at;
        while begin < end {
            let column = usize::try_from(begin.since(from).as_ms() / step).unwrap_or(usize::MAX);
            let column = column.min(COLUMNS - 1);
            let edge = from + Span::from_ms(step * (column as u64 + 1));
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
            ref other => users.fact_by_node(other, |node, before, now| {
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
