//! The picture of a back-test: waste against risk, CPU and memory apart, and the fronts of tuning.

use backtest::history::Lane;
use backtest::{LaneScore, Score};

use super::Report;
use super::answer::risks;
use crate::chart::{Anchor, Axis, Chart, Color, Data, Ink, Key, Mark, Shape, Stroke};
use crate::format::{many, time, usd, usd_to};

/// How a lane is drawn.
struct Look {
    lane: Lane,
    name: &'static str,
    shape: Shape,
    color: Color,
}

const LOOKS: [Look; 2] = [
    Look { lane: Lane::Cpu, name: "CPU", shape: Shape::Circle, color: Color::Green },
    Look { lane: Lane::Memory, name: "memory", shape: Shape::Square, color: Color::Purple },
];

/// The picture: to the right what is requested and not used, upwards how much of the time there is too
/// little.
#[must_use]
pub fn picture(report: &Report<'_>) -> Chart {
    let place = |score: &Score, lane: Lane| place(report, score, lane);
    let scores = report.comparison.judged.iter().map(|it| &it.score);
    let scores: Vec<&Score> = scores.chain(report.tuned.iter().map(|it| &it.score)).collect();
    let all = scores.iter().flat_map(|score| LOOKS.iter().map(move |look| place(score, look.lane)));
    let most = all.fold((0.0_f64, 0.0_f64), |most, (x, y)| (most.0.max(x), most.1.max(y)));
    let x = Axis::from_zero("requested and not used, $ a month", most.0, false, |at, step| {
        usd_to(at, if step < 1.0 { 2 } else { 0 })
    });
    let y = Axis::from_zero(
        "too little: CPU above its request, memory above its limit, % of the time",
        most.1,
        false,
        |at, _| {
            let text = format!("{at:.3}");
            format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
        },
    );
    let mut marks = Vec::new();
    for look in &LOOKS {
        tuned(report, look, &mut marks);
    }
    let mut labels = Labels { x: &x, y: &y, taken: Vec::new() };
    for look in &LOOKS {
        for judged in &report.comparison.judged {
            if look.lane.of(&judged.score.lanes).samples > 0 {
                labels.block(place(&judged.score, look.lane));
            }
        }
    }
    let mut points = Vec::new();
    for look in &LOOKS {
        for judged in &report.comparison.judged {
            if look.lane.of(&judged.score.lanes).samples > 0 {
                let at = place(&judged.score, look.lane);
                marks.push(Mark::Dot { at, shape: look.shape, color: look.color, size: 1.3 });
                points.push((at, judged.name, look.color));
            }
        }
    }
    // From the right: names that make way upwards stand like stairs, each beginning above its point.
    points.sort_by(|one, other| other.0.0.total_cmp(&one.0.0));
    let named: Vec<Mark> =
        points.into_iter().map(|(at, name, color)| labels.put(at, name, color)).collect();
    marks.extend(named);
    let drawn = |look: &&Look| scores.iter().any(|it| look.lane.of(&it.lanes).samples > 0);
    let key = LOOKS.iter().filter(drawn).map(|look| Key::new(look.shape, look.color, look.name));
    Chart {
        name: "fit",
        title: title(report),
        subtitle: format!(
            "{} in {}; {}",
            many(report.history.containers.len() as u64, "container"),
            time(report.judged_hours() * 3_600.0),
            match report.tuned.len() as u64 {
                0 => "nearer to the corner is better".to_owned(),
                n =>
                    format!("small: {} of VPA; line: those that no other beats", many(n, "setting")),
            }
        ),
        source: report.source.to_owned(),
        key: key.collect(),
        x,
        y,
        marks,
        sides: Vec::new(),
        data: Data::default(),
    }
}

fn title(report: &Report<'_>) -> String {
    let Some(chosen) = report.chosen() else { return "Nothing is recommended".into() };
    let unused = report.monthly(&chosen.score.lanes, |lane| lane.wasted);
    let risks = risks(&chosen.score);
    format!("{} would have left {} a month unused, with {risks}", chosen.name, usd(unused))
}

/// Dollars a month, and per cent of the time.
fn place(report: &Report<'_>, score: &Score, lane: Lane) -> (f64, f64) {
    let wasted = |lane: &LaneScore| lane.wasted;
    match lane {
        Lane::Cpu => {
            let cpu = &score.lanes.cpu;
            (report.cpu_monthly(cpu, wasted), 100.0 * cpu.short().unwrap_or(0.0))
        }
        Lane::Memory => {
            let memory = &score.lanes.memory;
            (report.memory_monthly(memory, wasted), 100.0 * memory.over_limit().unwrap_or(0.0))
        }
    }
}

/// Every setting as a speck, and a line along the front.
fn tuned(report: &Report<'_>, look: &Look, marks: &mut Vec<Mark>) {
    let own = || report.tuned.iter().filter(|it| look.lane.of(&it.score.lanes).samples > 0);
    for it in own() {
        let at = place(report, &it.score, look.lane);
        marks.push(Mark::Dot { at, shape: look.shape, color: look.color, size: 0.35 });
    }
    let on_front = own().filter(|it| *look.lane.of(&it.on_front));
    let mut points: Vec<(f64, f64)> =
        on_front.map(|it| place(report, &it.score, look.lane)).collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0).then(other.1.total_cmp(&one.1)));
    if points.len() > 1 {
        marks.push(Mark::Line { points, ink: Ink::tint(look.color, 0.6), stroke: Stroke::Thin });
    }
}

/// Names beside their points, where no other name is.
struct Labels<'a> {
    x: &'a Axis,
    y: &'a Axis,
    /// What is covered: left, top, right and bottom, in pixels.
    taken: Vec<[f64; 4]>,
}

/// About how large the plot is, in pixels.
const PLOT: (f64, f64) = (840.0, 310.0);
/// About how wide a letter is, and how high a line.
const LETTER: (f64, f64) = (7.7, 17.0);

impl Labels<'_> {
    fn pixels(&self, at: (f64, f64)) -> (f64, f64) {
        (self.x.place(at.0) * PLOT.0, (1.0 - self.y.place(at.1)) * PLOT.1)
    }

    /// Keeps a point free of names.
    fn block(&mut self, at: (f64, f64)) {
        let (x, y) = self.pixels(at);
        self.taken.push([x - 7.0, y - 7.0, x + 7.0, y + 7.0]);
    }

    /// A name at the first place around its point that is free.
    fn put(&mut self, at: (f64, f64), text: &str, color: Color) -> Mark {
        let (x, y) = self.pixels(at);
        let width = LETTER.0 * text.chars().count() as f64;
        let beside = [(12.0, 5.0, Anchor::Start), (-12.0, 5.0, Anchor::End)];
        // At the right end there is no room to begin above a point, and a name ends there.
        let above = (1..16).flat_map(|line| {
            let up = 1.0 - f64::from(line) * LETTER.1;
            [(-6.0, up, Anchor::Start), (6.0, up, Anchor::End)]
        });
        let spots = beside.into_iter().chain(above);
        let around = |(right, down, anchor): (f64, f64, Anchor)| {
            let left = if anchor == Anchor::End { x + right - width } else { x + right };
            [left, y + down - LETTER.1 + 4.0, left + width, y + down + 4.0]
        };
        let free = |area: &[f64; 4]| {
            let inside = area[0] >= 0.0 && area[2] <= PLOT.0 && area[1] >= -10.0;
            let apart = |other: &[f64; 4]| {
                area[2] <= other[0]
                    || other[2] <= area[0]
                    || area[3] <= other[1]
                    || other[3] <= area[1]
            };
            inside && area[3] <= PLOT.1 && self.taken.iter().all(apart)
        };
        let mut spots = spots;
        let spot = spots.find(|spot| free(&around(*spot)));
        let (right, down, anchor) = spot.unwrap_or((12.0, 5.0, Anchor::Start));
        self.taken.push(around((right, down, anchor)));
        let shift = (right, down);
        Mark::Label { at, shift, text: text.to_owned(), anchor, color, strong: false, until: None }
    }
}
